"""The review desk: first page of a queue of 10,000 claims, a claim's page, a PDF page; medians in ms.

    python benchmarks/desk.py [--claims 10000] [--decisions 3000] [--rounds 20]

A published run of made-up claims behind the real server on loopback; goals: queue 300 ms, PDF page 150 ms.
Each line has the ratio to its floor: the sign-in page for pages, a bare pdfium loop for drawn pages; and the
processor time of server and client together (a drawing worker's is not in it).
"""

from __future__ import annotations

import argparse
import hashlib
import io
import re
import statistics
import tempfile
import time
import urllib.parse
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import httpx

    from iid.tasks.store.store import Store

CLAIMS_EACH = 20


def publish_run(root: Path, claims: int) -> bytes:
    """Publish a run with *claims* claims of one PDF each; gives that PDF."""
    from reportlab.pdfgen.canvas import Canvas

    from iid.expectations.rulebook.loading import load
    from iid.tasks.report.run_files import canonical_json
    from iid.tasks.store.folder_store import FolderStore
    from iid.tasks.store.publishing import publish
    from iid.tasks.store.table_files import table_files
    from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FINDINGS, INNOVATIONS, SCORES, frame
    from iid.tasks.values.tables import PUBLISHED_UNITS as UNITS

    out = io.BytesIO()
    canvas = Canvas(out)
    for line in range(60):
        canvas.drawString(
            60, 800 - 12 * line, f"Keputusan tentang inovasi, baris {line}, 14 Desember 2024. " * 2
        )
    canvas.save()
    pdf, loaded = out.getvalue(), load(2026)
    keys = [indicator.key for indicator in loaded.rulebook.sid][:CLAIMS_EACH]
    sha256 = hashlib.sha256(pdf).hexdigest()
    owners = [f"U{n % 50:02d}/Inovasi {n:05d}" for n in range(claims // CLAIMS_EACH)]
    pairs = [(owner, key) for owner in owners for key in keys]
    place = "2026/U00 Dinas/berkas.pdf"
    (root / "share" / "2026" / "U00 Dinas").mkdir(parents=True)
    (root / "share" / place).write_bytes(pdf)
    base = [{"innovation_id": o, "unit_code": o[:3], "indicator": k} for o, k in pairs]
    view = {"index": "50.00", "category": "Inovatif", "divisor": 60, "maximum": "250.00"}
    index = {"status": "provisional", "as_of": "2026-08-31T12:00:00Z", "supported": view}
    tables = {
        "claims": frame(CLAIMS, [{**b, "parameter": 1 + n % 3, "aspect": "SID"} for n, b in enumerate(base)]),
        "evidence_all": frame(
            EVIDENCE,
            [
                {**b, "source": place, "kind": "file", "listed": "folder", "sha256": sha256, "format": "pdf",
                 "size": len(pdf), "pages": 1, "readable": True, "counted": True}
                for b in base
            ],
        ),
        "findings": frame(
            FINDINGS, [{**b, "code": "evidence.no_text", "severity": "warning"} for b in base[::3]]
        ),
        "decisions": frame(DECISIONS, []),
        "scores": frame(SCORES, [{**b, "supported_parameter": 1, "supported_score": "3"} for b in base]),
        "units": frame(UNITS, [{"unit_code": f"U{n:02d}", "name": f"Dinas {n}"} for n in range(50)]),
        "profiles": frame(
            INNOVATIONS, [{"innovation_id": o, "unit_code": o[:3], "name": o[4:]} for o in owners]
        ),
    }  # fmt: skip
    files = [("index.json", canonical_json(index)), ("rulebook.yaml", loaded.text.encode())]
    files += [pair for name, table in tables.items() for pair in table_files(name, table)]
    now = datetime.now(UTC).replace(microsecond=0)
    publish(
        FolderStore(root / "hasil"), "63.03", 2026, "20260831T120000Z-00000000", iter(files), {},
        published_at=now, status="provisional",
    )  # fmt: skip
    return pdf


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--claims", type=int, default=10_000)
    parser.add_argument("--decisions", type=int, default=3_000)
    parser.add_argument("--rounds", type=int, default=20)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        pdf = publish_run(Path(folder), asked.claims)
        measure(Path(folder), pdf, asked.decisions, asked.rounds)


def drawn_bare(pdf: bytes) -> float:
    """Milliseconds of one page in a bare loop of the same libraries."""
    import pypdfium2 as pdfium

    begun = time.perf_counter()
    page = pdfium.PdfDocument(pdf)[0]
    page.render(scale=1240 / page.get_width()).to_pil().save(io.BytesIO(), "JPEG", quality=85)
    return 1000 * (time.perf_counter() - begun)


def decide(store: Store, claims: list[tuple[str, str]]) -> None:
    """Records of the desk for *claims*, about other evidence: they lapse, and cost the same."""
    from iid.tasks.review.desk_records import DeskRecord, keep

    for owner, key in claims:
        record = DeskRecord(owner, key, "terima", "", "", "ani", "2026-08-31T12:00:00Z", "0" * 16, 1)
        keep(store, "63.03/2026", record)


def measure(root: Path, pdf: bytes, decisions: int, rounds: int) -> None:
    import httpx

    from iid.tasks.desk.accounts import Account, Accounts, hashed
    from iid.tasks.desk.claims import DeskPlace, RunClaims
    from iid.tasks.desk.desk_app import Desk
    from iid.tasks.desk.gate import Gate
    from iid.tasks.desk.sessions import Signer
    from iid.tasks.operate.serve.report_server import Site
    from iid.tasks.operate.serve.web_server import LOOPBACK, WebServer, application
    from iid.tasks.shares.folder_drive import FolderDrive
    from iid.tasks.store.folder_store import FolderStore
    from iid.tasks.store.published_run import read_run

    store = FolderStore(root / "hasil")
    Accounts(store).put(Account("ani", password=hashed("sandi-ukur")))
    place = DeskPlace("63.03", 2026, store, FolderDrive(root / "share"))
    desk = Desk(lambda: [place], Gate(lambda: [store], Signer()))
    server = WebServer(application(Site(list).answer, desk.routes(), LOOPBACK), "127.0.0.1", 0)
    server.start()
    client = httpx.Client(base_url=f"http://127.0.0.1:{server.port}", timeout=120)
    token = re.findall(r'name="token" value="([^"]+)"', client.get("/masuk").text)[0]
    client.post("/masuk", data={"nama": "ani", "sandi": "sandi-ukur", "token": token})
    begun = time.perf_counter()
    desk.warm()
    print(f"reading the run, once after each publication: {1000 * (time.perf_counter() - begun):.0f} ms")
    floor = report(client, "sign-in page", ["/masuk"] * rounds)
    report(client, "queue, first page", ["/meja/"] * rounds, floor)
    report(client, "queue, filtered", ["/meja/?cari=inovasi&temuan=ada"] * rounds, floor)
    queue = RunClaims(read_run(store, "63.03", 2026)).queue
    decide(store, [row.key for row in queue[:decisions]])
    begun = time.perf_counter()
    client.get("/meja/")
    took = 1000 * (time.perf_counter() - begun)
    print(f"queue, first page, {decisions} decisions read for the first time: {took:.0f} ms")
    report(client, f"queue, first page, {decisions} decisions", ["/meja/"] * rounds, floor)
    owners = [f"/meja/U{n % 50:02d}/" + urllib.parse.quote(f"Inovasi {n:05d}") for n in range(rounds + 1)]
    report(client, "innovation", owners[:rounds], floor)
    report(client, "claim", [f"{owner}/16" for owner in owners[:rounds]], floor)
    item = re.findall(r"/bukti/([0-9a-f]{16})", client.get(f"{owners[0]}/16").text)[0]
    pages = [f"{owner}/16/bukti/{item}/halaman/1" for owner in owners]
    client.get(pages.pop())  # the worker starts
    bare = statistics.median(drawn_bare(pdf) for _ in range(rounds))
    print(f"PDF page, bare pdfium: median {bare:.0f} ms")
    report(client, "PDF page, drawn by a warm worker", pages, bare)
    report(client, "PDF page, from the cache", pages, bare)
    server.stop()
    desk.close()


def report(client: httpx.Client, what: str, paths: list[str], floor: float = 0) -> float:
    took: dict[float, str] = {}
    work = time.process_time()
    for path in paths:
        begun = time.perf_counter()
        answer = client.get(path)
        took[1000 * (time.perf_counter() - begun)] = path
        assert answer.status_code == 200, (path, answer.status_code)  # noqa: S101
    work = 1000 * (time.process_time() - work) / len(paths)
    middle, most = statistics.median(took), max(took)
    ratio = f", {middle / floor:.1f} × its floor" if floor else ""
    slowest = f"slowest {most:.0f} ms ({took[most][:60]})"
    print(f"{what}: median {middle:.0f} ms{ratio}, processor {work:.0f} ms; {slowest}")
    return middle


if __name__ == "__main__":
    main()
