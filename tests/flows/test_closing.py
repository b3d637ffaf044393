"""`iid close`: frozen at the deadline, signed, kept by hash, opened again only with a reason."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from fnmatch import fnmatchcase
from pathlib import Path

import jsonschema
import openpyxl
import pandas as pd
import pytest
from runs import Done, Run, assess, published

DEADLINE = "2026-08-31T23:59:59"  # no zone: on the region's clock, Asia/Makassar
REVIEWER = "Hj. Sitti Peninjau"
KEY = "openssl genpkey -algorithm ed25519"


@dataclass(frozen=True)
class Place:
    """A share with one accepted claim and late files, its store after the closing, and what was reported."""

    share: Path
    store: Path
    late: Path
    refused: Done
    closed: Done
    public_key: Path


def accept_one(share: Path) -> tuple[str, str]:
    """Write *terima* for the first claim that is supported; its innovation and indicator."""
    for path in sorted((share / "2026" / "_tinjauan").glob("[0-9]*.xlsx")):
        book = openpyxl.load_workbook(path)
        sheet = book["Keputusan"]
        rows = list(sheet.iter_rows())
        start = next(n for n, row in enumerate(rows) if row[0].value == "innovation_id")
        names = [cell.value for cell in rows[start]]
        for row in rows[start + 1 :]:
            cells = dict(zip(names, row, strict=True))
            if cells["Didukung"].value in {1, 2, 3, "1", "2", "3"} and cells["Sidik bukti"].value:
                cells["Keputusan"].value, cells["Peninjau"].value = "terima", REVIEWER
                book.save(path)
                return str(cells["innovation_id"].value), str(cells["No"].value)
    raise AssertionError("no supported claim in the example share")


def touch(path: Path, when: str) -> Path:
    seconds = datetime.fromisoformat(when).replace(tzinfo=UTC).timestamp()
    os.utime(path, (seconds, seconds))
    return path


@pytest.fixture(scope="module")
def place(example: Path, tmp_path_factory: pytest.TempPathFactory, module_iid: Run) -> Place:
    folder = tmp_path_factory.mktemp("tutup")
    share = Path(shutil.copytree(example, folder / "share", symlinks=True))
    store = folder / "hasil"
    done = assess(module_iid, share, store)
    assert done.returncode == 0, done.stderr
    accept_one(share)
    evidence = pd.read_csv(published(store) / "evidence.csv", dtype=str, keep_default_na=False)
    good = evidence[(evidence.readable == "true") & (evidence.kind == "file")]
    late = touch(
        share / good.source.iloc[-1], "2026-08-31T16:00:00"
    )  # midnight in Banjar: one second too late
    touch(share / good.source.iloc[0], "2026-08-31T15:59:59")
    key, public = folder / "kunci.pem", folder / "publik.pem"
    subprocess.run([*KEY.split(), "-out", key], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", key, "-pubout", "-out", public], check=True)
    order = ("close", "--share", share, "--store", store, "--cycle", "2026", "--direct")
    order = (*order, "--accept-undecided", "uji coba")
    refused = module_iid(*order, "--as-of", "2026-08-30T12:00:00+08:00")
    closed = module_iid(*order, "--as-of", DEADLINE, "--json", IID_SIGNING_KEY=key.read_text())
    assert closed.returncode == 0, closed.stderr
    return Place(share, store, late, refused, closed, public)


@pytest.fixture(scope="module")
def module_iid(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    import sys

    home = tmp_path_factory.mktemp("rumah")

    def run(*arguments: str | Path, **environment: str) -> Done:
        return subprocess.run(
            [str(Path(sys.executable).with_name("iid")), *map(str, arguments)],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, "HOME": str(home), "IID_TOML": str(home / "no.toml"), **environment},
            timeout=240,
        )

    yield run


def closing_of(place: Place) -> dict:
    return json.loads((published(place.store) / "closing.json").read_text())


def test_before_the_deadline_closing_is_refused(place: Place) -> None:
    assert place.refused.returncode == 3
    assert "31 Agustus 2026 23.59 WITA" in place.refused.stderr
    assert "--early" in place.refused.stderr


def test_the_final_run_has_status_final_everywhere_and_its_headline_is_verified(place: Place) -> None:
    run = published(place.store)
    index = json.loads((run / "index.json").read_text())
    latest = json.loads((place.store / "63.03/2026/latest.json").read_text())
    manifest = json.loads((run / "manifest.json").read_text())
    assert {index["status"], latest["status"], manifest["status"]} == {"final"}
    assert index["as_of"] == "2026-08-31T15:59:59Z"
    assert index["verified"]["index"] != "0.00"
    assert json.loads(place.closed.stdout)["index"] == index["verified"]["index"]
    assert manifest["closing"]["version"] == 1
    assert manifest["closing"]["deadline_status"] == "given"


def test_every_content_is_kept_under_its_hash_with_the_workbooks(place: Place) -> None:
    closing, root = closing_of(place), place.store / "63.03/2026/evidence"
    wanted = {item["sha256"] for part in ("evidence", "workbooks") for item in closing[part]}
    kept = {path.name: path for path in root.rglob("*") if path.is_file()}
    assert kept.keys() == wanted
    for name, path in kept.items():
        assert path.parent.name == name[:2]
        assert hashlib.sha256(path.read_bytes()).hexdigest() == name
    evidence = pd.read_csv(published(place.store) / "evidence.csv", dtype=str, keep_default_na=False)
    assert set(evidence.sha256) - {""} <= wanted
    assert any(item["sources"][0].endswith("inovasi.xlsx") for item in closing["workbooks"])


def test_what_changed_after_the_deadline_is_reported_and_does_not_count(place: Place) -> None:
    source = place.late.relative_to(place.share).as_posix()
    assert json.loads(place.closed.stdout)["late"] == [source]
    [late] = closing_of(place)["late"]
    assert (late["source"], late["counted"], late["modified_at"]) == (source, False, "2026-08-31T16:00:00Z")
    findings = pd.read_csv(published(place.store) / "findings.csv", dtype=str, keep_default_na=False)
    [shown] = findings[findings.code == "submission.late"].to_dict("records")
    assert shown["source"] == source
    assert "1 September 2026 00.00 WITA" in shown["message"]
    counted = pd.read_parquet(published(place.store) / "evidence_all.parquet")
    assert not counted[counted.source == source].readable.any()


def test_what_a_closing_publishes_follows_its_schemas(place: Place) -> None:
    schemas = Path(__file__).parents[2] / "docs" / "schema"
    for name in ("closing", "manifest", "index"):
        schema = json.loads((schemas / f"{name}.schema.json").read_text())
        content = json.loads((published(place.store) / f"{name}.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(content)


def test_what_the_public_may_read_names_no_reviewer(place: Place) -> None:
    policy = json.loads((Path(__file__).parents[2] / "deployments/s3/public.json").read_text())
    allowed = policy["Statement"][0]["Resource"]
    run = published(place.store)
    for path in sorted(p for p in run.rglob("*") if p.is_file()):
        name = f"arn:aws:s3:::BUCKET/PREFIX/{path.relative_to(place.store).as_posix()}"
        if any(fnmatchcase(name, pattern) for pattern in allowed):
            data = pd.read_parquet(path).to_csv() if path.suffix == ".parquet" else path.read_text("utf-8")
            assert REVIEWER not in data, path.name
    assert REVIEWER in (run / "decisions.csv").read_text("utf-8")


def test_verify_checks_numbers_evidence_and_signature(place: Place, module_iid: Run, tmp_path: Path) -> None:
    order = ("verify", "--cycle", "2026", "--recompute", "--public-key", place.public_key, "--store")
    done = module_iid(*order, place.store)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ditandatangani kunci" in done.stdout
    copy = Path(shutil.copytree(place.store, tmp_path / "hasil"))
    kept = next(path for path in sorted((copy / "63.03/2026/evidence").rglob("*")) if path.is_file())
    kept.write_bytes(kept.read_bytes() + b" ")
    done = module_iid(*order, copy)
    assert done.returncode == 4
    assert f"berubah: evidence/{kept.name[:2]}/{kept.name}" in done.stdout


def test_a_closed_cycle_refuses_assessments_and_reports_later_changes(
    place: Place, module_iid: Run, tmp_path: Path
) -> None:
    share = Path(shutil.copytree(place.share, tmp_path / "share", symlinks=True))
    store = Path(shutil.copytree(place.store, tmp_path / "hasil"))
    new = share / "2026/00 Pemda/bukti/susulan.pdf"
    new.parent.mkdir(exist_ok=True)
    new.write_bytes(b"%PDF-1.4")
    before = (store / "63.03/2026/latest.json").read_bytes()
    done = assess(module_iid, share, store, as_of="2026-12-01T00:00:00+00:00")
    assert done.returncode == 3
    assert "sudah ditutup" in done.stderr
    order = ("close", "--share", share, "--store", store, "--cycle", "2026", "--direct")
    done = module_iid(*order)
    assert done.returncode == 0
    assert "2026/00 Pemda/bukti/susulan.pdf" in done.stdout
    assert "tidak dihitung" in done.stdout
    assert (store / "63.03/2026/latest.json").read_bytes() == before


def test_a_lost_pointer_opens_nothing_and_is_fixed_by_closing_again(
    place: Place, module_iid: Run, tmp_path: Path
) -> None:
    store = Path(shutil.copytree(place.store, tmp_path / "hasil"))
    pointer = store / "63.03/2026/latest.json"
    before = pointer.read_bytes()
    pointer.unlink()
    done = assess(module_iid, place.share, store, as_of="2026-12-01T00:00:00+00:00")
    assert (done.returncode, "sudah ditutup" in done.stderr) == (3, True)
    assert not pointer.exists()
    done = module_iid("close", "--share", place.share, "--store", store, "--cycle", "2026", "--direct")
    assert done.returncode == 0, done.stderr
    assert "dipulihkan dari riwayat" in done.stderr
    assert pointer.read_bytes() == before


def test_reopening_needs_a_reason_gives_a_new_version_and_history_lists_all(
    place: Place, module_iid: Run, tmp_path: Path
) -> None:
    store = Path(shutil.copytree(place.store, tmp_path / "hasil"))
    order = ("close", "--share", place.share, "--store", store, "--cycle", "2026", "--direct")
    order = (*order, "--accept-undecided", "uji coba")
    first = json.loads((store / "63.03/2026/latest.json").read_text())["run_id"]
    assert module_iid(*order, "--reopen").returncode == 2
    pages = list(place.share.glob("2026/*/_umpan-balik/umpan-balik.html"))
    closed = [page.read_text(encoding="utf-8") for page in pages]
    assert closed and all("sudah ditutup" in page for page in closed)
    assert not any("Bila semua temuan kritis" in page for page in closed)
    done = module_iid(*order, "--reopen", "--reason", "banding Dinas Kesehatan diterima")
    assert done.returncode == 0, done.stderr
    assert json.loads((store / "63.03/2026/latest.json").read_text())["run_id"] == first
    assert not any("sudah ditutup" in page.read_text(encoding="utf-8") for page in pages)
    done = module_iid(*order, "--as-of", "2026-09-30T23:59:59+08:00", "--json")
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    assert answer["closing"]["signed_by"] is None
    assert "manifest tidak ditandatangani" in answer["notes"][0]
    assert (answer["closing"]["version"], answer["late"]) == (2, [])
    listed = json.loads(module_iid("history", "--store", store, "--cycle", "2026", "--json").stdout)
    assert [(entry["event"], entry["status"]) for entry in listed if entry["status"] == "final"] == [
        ("published", "final"),
        ("reopened", "final"),
        ("published", "final"),
    ]
    finals = [entry for entry in listed if (entry["event"], entry["status"]) == ("published", "final")]
    assert {entry["accept_undecided"] for entry in finals} == {"uji coba"}
    assert next(e for e in listed if e["event"] == "reopened")["reason"] == "banding Dinas Kesehatan diterima"
    for run in (first, answer["run_id"]):
        assert module_iid("verify", "--store", store, "--cycle", "2026", "--run", run).returncode == 0
