"""A national cycle in the ledger: records that are known and unchanged, none of them read.

    python benchmarks/evidence_ledger.py --records 600000

Writes a synthetic ledger (three of five contents with 2.5 kB of packed text), then, in a
fresh process, loads it and fills that many evidence rows. Prints seconds and peak memory.
"""

from __future__ import annotations

import argparse
import hashlib
import subprocess
import sys
import tempfile
import time
from pathlib import Path

PREFIX = "nasional/2026"
BATCH = 20_000


class Unread:
    """A share whose files must not be read."""

    url = "synthetic"

    def exists(self, path: str) -> bool:
        return True

    def local(self, path: str) -> Path | None:
        raise AssertionError(f"{path} was read")


def entries(count: int):
    from iid.tasks.shares.drive import Entry

    folder = "2026/{unit:04} Unit/Inovasi {innovation}/bukti/16 Regulasi/berkas {n}.pdf"
    return tuple(
        Entry(
            folder.format(unit=n // 2000, innovation=n // 25, n=n),
            100_000 + n % 50_000,
            1.7e9 + n,
            f"{n}-{n}",
        )
        for n in range(count)
    )


def write(place: Path, count: int) -> None:
    import numpy as np

    from iid.tasks.inspect.ledger import arrow_tables
    from iid.tasks.inspect.ledger.fact_columns import row
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.sandbox.facts import Facts, as_record
    from iid.tasks.store.folder_store import FolderStore

    ledger, noise = Ledger(), np.random.default_rng(0)
    listed = entries(count)
    hashes = [hashlib.sha256(b"%d" % n).hexdigest() for n in range(count)]
    facts = as_record(
        Facts(format="pdf", media_type="application/pdf", pages=3, text_chars=6000, text_pages=3)
    )
    for start in range(0, count, BATCH):
        rows = [
            row(hashes[n], {"facts": facts, "size": listed[n].size}, noise.bytes(2500) if n % 5 < 3 else b"")
            for n in range(start, min(count, start + BATCH))
        ]
        ledger.learn(arrow_tables.facts_rows(rows))
    names = ("path", "size", "modified", "ident")
    columns = {name: [getattr(entry, name) for entry in listed] for name in names}
    ledger.remember_paths(arrow_tables.paths_rows({**columns, "sha256": hashes}))
    ledger.save(FolderStore(place), PREFIX)


def evidence(listing):
    """Evidence rows for the whole listing, made by columns: as rows they would cost more than all else."""
    import pandas as pd

    from iid.tasks.values.tables import EVIDENCE, FLAG, TEXT

    count = len(listing.entries)
    nothing = {TEXT: "", FLAG: False}
    table = pd.DataFrame(
        {name: pd.array([nothing.get(kind, pd.NA)], kind).repeat(count) for name, kind in EVIDENCE.items()}
    )
    table["source"] = pd.array([entry.path for entry in listing.entries], TEXT)
    table["kind"] = pd.array(["file"], TEXT).repeat(count)
    return table


def fill(place: Path, count: int) -> None:
    from iid.tasks.inspect.inspection import inspect_evidence
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.shares.drive import Listing
    from iid.tasks.store.folder_store import FolderStore

    listing = Listing(entries(count), ())
    rows = evidence(listing)
    before = peak()
    start = time.perf_counter()
    ledger = Ledger.load(FolderStore(place), PREFIX)
    loaded = time.perf_counter()
    found = inspect_evidence(Unread(), listing, rows, ledger)
    filled = time.perf_counter()
    if not found.evidence["readable"].all():
        raise SystemExit("not every record was found again")
    print(f"{count} records: loaded in {loaded - start:.2f} s, filled in {filled - loaded:.2f} s")
    print(f"peak memory {peak():.0f} MiB, of which {before:.0f} MiB the listing and the rows themselves")


def peak() -> float:
    """MiB this process has held at most; getrusage would count the one that started it."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--records", type=int, default=600_000)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.fill:
        fill(options.fill, options.records)
        return
    with tempfile.TemporaryDirectory() as place:
        write(Path(place), options.records)
        command = [sys.executable, __file__, "--records", str(options.records), "--fill", place]
        subprocess.run(command, check=True)


if __name__ == "__main__":
    main()
