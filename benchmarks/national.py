"""A national cycle in one process: ledger, inspection without reading, validation, score.

    python benchmarks/national.py [--records 75000 300000 600000] [--limit-mib 4096]

A nation is assessed one run a region; this is the hardest form of the same work, all of it at once. A small
real share (25 innovations, 20 claims and files each) is read and then multiplied: as many units, innovations,
claims and evidence rows as there are records, and a synthetic ledger that knows every file's content (packed
text of some 2.5 kB for three of five), so that no file is read. Each size runs in a process of its own.
Fails when one needs more memory than allowed, or when a record of the largest costs more than twice the
processor time of one of the smallest.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from evidence_ledger import PREFIX, Unread, peak

CYCLE = 2026
COUNT = 25  # innovations of the small share
BATCH = 20_000
ID_COLUMNS = ("unit_code", "innovation_id", "parent")
PATHS = ("folder", "workbook", "source", "basis_cell", "files_cell")


def small_share(folder: Path) -> None:
    """A share of 25 innovations in 5 units with one file a claim."""
    from iid.expectations.rulebook.loading import load
    from iid.tasks.demo.build_share import build_share
    from iid.tasks.demo.recipe import InnovationSpec, Recipe, UnitSpec

    units = tuple(UnitSpec(code=f"U{n}", name=f"Dinas {n}", type="opd") for n in range(5))
    claims = {"all": {"parameter": 1, "count": 1}}
    innovations = tuple(
        InnovationSpec(unit=unit.code, name=f"SIGAP {n}", repeat=COUNT // 5, claims=claims)
        for n, unit in enumerate(units)
    )
    build_share(folder, Recipe(cycle=CYCLE, units=units, innovations=innovations), load(CYCLE).rulebook)


def read(folder: Path) -> dict[str, Any]:
    """The small share's tables, evidence inspected for real, and its facts."""
    from iid.expectations.rulebook.loading import load
    from iid.tasks.ingest.submissions import read_submissions
    from iid.tasks.inspect.inspection import inspect_evidence
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.shares.folder_drive import FolderDrive

    drive = FolderDrive(folder)
    listing = drive.list(str(CYCLE))
    found = read_submissions(drive, listing, load(CYCLE).rulebook, None)
    inspection = inspect_evidence(drive, listing, found.evidence, Ledger())
    names = ("units", "innovations", "fields", "claims")
    return {name: getattr(found, name) for name in names} | {"evidence": inspection.evidence}


def multiplied(table: Any, copies: int) -> Any:
    """*table* so many times, each copy with ids, names and paths of its own; the region's rows once."""
    import numpy as np
    import pandas as pd

    from iid.tasks.values.tables import REGION_ID

    own = table["innovation_id"] == REGION_ID if "innovation_id" in table else None
    once = table[own] if own is not None else table.iloc[:0]
    rest = table[~own] if own is not None else table
    many = pd.concat([rest] * copies, ignore_index=True)
    number = pd.Series(np.repeat(np.arange(copies), len(rest))).astype("string")
    for name in [column for column in ID_COLUMNS if column in many]:
        many[name] = (number + "-" + many[name]).where(many[name] != "", "")
    for name in [column for column in PATHS if column in many]:
        inside = many[name].str.startswith(f"{CYCLE}/").fillna(False)
        many[name] = (f"{CYCLE}/" + number + "-" + many[name].str.slice(5)).where(inside, many[name])
    if "stage" in many:  # equal names would be duplicates
        many["name"] = many["name"] + " " + number
    if "field" in many:
        record = (many["field"] == "name").to_numpy(bool)
        many["value"] = (many["value"] + " " + number).where(record, many["value"])
    return pd.concat([once, many], ignore_index=True)


def text(name: str, number: int) -> bytes:
    """A packed text of some 2.5 kB that names the innovation."""
    import random

    from iid.tasks.sandbox.facts import pack

    noise = random.Random(number)  # noqa: S311  filler
    words = " ".join(f"{noise.getrandbits(28):x}" for _ in range(580))
    return pack(f"laporan inovasi {name.lower()} {words}")


def write_ledger(store: Path, tables: dict[str, Any]) -> None:
    """Facts and paths of every evidence row, each with a content of its own."""
    import hashlib

    from iid.tasks.inspect.ledger import arrow_tables
    from iid.tasks.inspect.ledger.fact_columns import row
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.sandbox.facts import Facts, as_record
    from iid.tasks.store.folder_store import FolderStore

    evidence = tables["evidence"]
    rows = evidence[evidence["kind"] == "file"]
    names = dict(zip(tables["innovations"]["innovation_id"], tables["innovations"]["name"], strict=True))
    ledger, hashes = Ledger(), []
    columns = (rows["innovation_id"], rows["format"], rows["media_type"])
    batch: list[Any] = []
    for number, (owner, kind, media) in enumerate(zip(*columns, strict=True)):
        sha256 = hashlib.sha256(b"%d" % number).hexdigest()
        hashes.append(sha256)
        packed = text(names.get(owner, ""), number) if number % 5 < 3 else b""
        record = {"text_sha256": sha256, "text_chars": 5800, "text_pages": 3} if packed else {}
        known = Facts(format=kind, media_type=media, pages=3, **record)
        batch.append(row(sha256, {"facts": as_record(known), "size": 100_000 + number % 50_000}, packed))
        if len(batch) == BATCH:
            ledger.learn(arrow_tables.facts_rows(batch))
            batch.clear()
    ledger.learn(arrow_tables.facts_rows(batch))
    listed = [(path, 100_000 + n % 50_000, 1.7e9 + n, f"{n}") for n, path in enumerate(rows["source"])]
    paths = {
        name: [entry[place] for entry in listed]
        for place, name in enumerate(("path", "size", "modified", "ident"))
    }
    ledger.remember_paths(arrow_tables.paths_rows({**paths, "sha256": hashes}))
    ledger.save(FolderStore(store), PREFIX)


def listing_of(evidence: Any) -> Any:
    """The listing in which every file is as the ledger knows it."""
    from iid.tasks.shares.drive import Entry, Listing

    files = evidence.loc[evidence["kind"] == "file", "source"]
    return Listing(
        tuple(Entry(path, 100_000 + n % 50_000, 1.7e9 + n, f"{n}") for n, path in enumerate(files)), ()
    )


def run(folder: Path) -> None:
    """Everything after the reading of workbooks; prints one line of JSON."""
    import pandas as pd

    from iid.expectations.rulebook.loading import load
    from iid.tasks.inspect.inspection import inspect_evidence
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.score.scoring import score
    from iid.tasks.store.folder_store import FolderStore
    from iid.tasks.validate.case import Case
    from iid.tasks.validate.documents import read_documents
    from iid.tasks.validate.validation import Tables, validate
    from iid.tasks.values.region import Marker
    from iid.tasks.values.tables import DECISIONS, frame

    tables = {path.stem: pd.read_pickle(path) for path in folder.glob("*.pickle")}  # noqa: S301  our own
    listing = listing_of(tables["evidence"])
    rulebook, marker = load(CYCLE).rulebook, Marker("63.03", "Nasional", "Asia/Jakarta")
    before, clock, started = peak(), time.perf_counter(), time.process_time()
    seconds, peaks = {}, {}

    def lap(name: str) -> None:
        nonlocal clock
        seconds[name] = round(time.perf_counter() - clock, 2)
        peaks[name] = round(peak())
        clock = time.perf_counter()

    ledger = Ledger.load(FolderStore(folder / "hasil"), PREFIX)
    lap("ledger")
    inspection = inspect_evidence(Unread(), listing, tables["evidence"], ledger)
    lap("inspect")
    del ledger  # as the step does; a run keeps its listing and the evidence as it was read to the end
    judged = Tables(evidence=inspection.evidence, **{k: v for k, v in tables.items() if k != "evidence"})
    documents = read_documents(Case(judged, rulebook, marker, inspection.facts))
    inspection = replace(inspection, facts=inspection.facts.drop(columns="text"))
    lap("texts")
    record = {"facts": inspection.facts, "documents": documents}
    findings = validate(judged, rulebook, marker, docs_dir=None, **record)
    lap("validate")
    decisions = frame(DECISIONS, [])
    scored = score(judged.innovations, judged.claims, inspection.evidence, findings, decisions, rulebook)
    lap("score")
    print(
        json.dumps(
            {
                "records": len(inspection.evidence),
                "innovations": len(judged.innovations),
                "findings": len(findings),
                "index": scored.index["supported"]["index"],
                "seconds": seconds,
                "total_s": round(sum(seconds.values()), 1),
                "cpu_s": round(time.process_time() - started, 1),
                "peak_mib": round(peak()),
                "listed": len(listing.entries),
                "peaks_mib": {"tables": round(before), **peaks},
            }
        )
    )


def measure(records: int, base: dict[str, Any]) -> dict[str, Any]:
    """One size, in a process of its own."""
    copies = max(1, records // int((base["evidence"]["kind"] == "file").sum()))
    with tempfile.TemporaryDirectory(prefix="iid-nasional-") as place:
        folder = Path(place)
        (folder / "hasil").mkdir()
        tables = {name: multiplied(table, copies) for name, table in base.items()}
        write_ledger(folder / "hasil", tables)
        for name, table in tables.items():
            empty = {"sha256": "", "readable": False, "format": "", "media_type": "", "problem": ""}
            bare = table.assign(**empty) if name == "evidence" else table
            bare.astype(base[name].dtypes.to_dict()).to_pickle(folder / f"{name}.pickle")
        del tables
        command = [sys.executable, __file__, "--run", str(folder)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(done.stderr[-3000:])
        record: dict[str, Any] = json.loads(done.stdout)
        return record


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, nargs="+", default=[75_000, 300_000, 600_000])
    parser.add_argument("--limit-mib", type=int, default=4096)
    parser.add_argument("--run", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.run:
        run(given.run)
        return 0
    with tempfile.TemporaryDirectory(prefix="iid-nasional-") as place:
        small_share(Path(place) / "share")
        base = read(Path(place) / "share")
    found = []
    for records in given.records:
        found.append(measure(records, base))
        print(json.dumps(found[-1]), flush=True)
    cost = [record["cpu_s"] / record["records"] for record in found]
    linear = cost[-1] <= 2 * cost[0]
    small = all(record["peak_mib"] <= given.limit_mib for record in found)
    each = ", ".join(f"{one * 1e6:.0f} µs" for one in cost)
    print(f"cost a record {each}; linear: {linear}; memory: {small}")
    return 0 if linear and small else 1


if __name__ == "__main__":
    sys.exit(main())
