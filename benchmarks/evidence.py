"""Evidence inspection against its floor: hashing the same tree.

    python benchmarks/evidence.py --files 3000 [--workers 2] [--rclone PATH] [--drop-caches]

Makes a share of real files of all kinds (half photographs and scans, as in the
field), then measures in one run: a cold inspection, an unchanged one, one with one
changed file, and the floors: ``rclone hashsum sha256`` (or ``sha256sum``) and a bare
listing. Ratios of one run on one machine; the best of ``--repeat`` counts.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import NamedTuple

from evidence_files import MIX, Maker

CYCLE = "2026"


def build(root: Path, files: int) -> None:
    """A share of *files* evidence files, 25 a folder."""
    maker = Maker()
    kinds = [kind for kind, percent in MIX for _ in range(percent)]
    old = time.time() - 86_400
    (root / "iid-share.toml").write_text('region = "63.03"\n', encoding="utf-8")
    for number in range(files):
        folder = (
            root / CYCLE / f"{number // 750:02} Unit" / f"Inovasi {number // 25}" / "bukti" / "16 Regulasi"
        )
        folder.mkdir(parents=True, exist_ok=True)
        ending, data = maker.make(kinds[number * 37 % 100], number)
        path = folder / f"{number}.{ending}"
        path.write_bytes(data)
        os.utime(path, (old, old))


def rows(listing):
    """Evidence rows for every listed file, as the reader makes them."""
    from iid.tasks.values.tables import EVIDENCE, frame

    return frame(
        EVIDENCE,
        (
            {
                "innovation_id": entry.path.rsplit("/", 3)[0],
                "unit_code": entry.path.split("/")[1][:2],
                "indicator": "16",
                "source": entry.path,
                "kind": "file",
                "size": entry.size,
            }
            for entry in listing.entries
            if entry.path.startswith(CYCLE)
        ),
    )


def run(root: Path, store, workers: int | None):
    from iid.tasks.inspect.inspection import inspect_evidence
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.shares.folder_drive import FolderDrive

    drive = FolderDrive(root)
    listing = drive.list()
    evidence = rows(listing)
    ledger = Ledger.load(store, "63.03/2026")
    inspection = inspect_evidence(drive, listing, evidence, ledger, workers=workers)
    ledger.save(store, "63.03/2026")
    return inspection


class Timing(NamedTuple):
    """Best of several: seconds on the wall, and of all processors."""

    wall: float
    cpu: float


def timed(action: Callable[[], object], repeat: int, before: Callable[[], object] = lambda: None) -> Timing:
    taken = []
    for _ in range(repeat):
        before()
        start, cpu = time.perf_counter(), processor_time()
        action()
        taken.append(Timing(time.perf_counter() - start, processor_time() - cpu))
    return Timing(min(t.wall for t in taken), min(t.cpu for t in taken))


def processor_time() -> float:
    """Seconds that this process and its ended children have used."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=3000)
    parser.add_argument("--workers", type=int)
    parser.add_argument("--repeat", type=int, default=2)
    parser.add_argument("--rclone", default=shutil.which("rclone"))
    parser.add_argument("--drop-caches", action="store_true", help="empty the page cache before each (root)")
    parser.add_argument(
        "--share", type=Path, help="an existing share made by this script, or where to make it"
    )
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        root = options.share or Path(temporary) / "share"
        if not root.exists():
            root.mkdir(parents=True)
            build(root, options.files)
        measure(root, Path(temporary) / "store", options)


def measure(root: Path, place: Path, options: argparse.Namespace) -> None:
    from iid.tasks.shares.folder_drive import FolderDrive
    from iid.tasks.store.folder_store import FolderStore

    def empty_cache() -> None:
        if options.drop_caches:
            os.sync()
            Path("/proc/sys/vm/drop_caches").write_text("3", encoding="ascii")

    def forget() -> None:
        shutil.rmtree(place, ignore_errors=True)
        place.mkdir()
        empty_cache()

    def touch() -> None:
        victim = sorted(root.rglob("*.pdf"))[7]
        victim.write_bytes(victim.read_bytes() + b"\n%")
        os.utime(victim, (time.time() - 3600,) * 2)

    cores = str(len(os.sched_getaffinity(0)))
    shell = f'find "$0" -type f -print0 | xargs -0 -n 64 -P {cores} sha256sum >/dev/null'
    hashing = ["sh", "-c", shell, str(root)]
    count = sum(1 for path in root.rglob("*") if path.is_file())
    size = sum(path.stat().st_size for path in root.rglob("*") if path.is_file())
    cache = "dropped" if options.drop_caches else "warm"
    print(f"{count} files, {size / 1e6:.0f} MB, {cores} cores, page cache {cache}; seconds wall (processors)")
    floors = {"sha256sum": timed(lambda: subprocess.run(hashing, check=True), options.repeat, empty_cache)}
    if options.rclone:
        command = [options.rclone, "hashsum", "sha256", str(root), "--checkers", cores]
        hashsum = partial(subprocess.run, command, check=True, capture_output=True)
        floors["rclone"] = timed(hashsum, options.repeat, empty_cache)
    listed = timed(lambda: FolderDrive(root).list(), options.repeat)
    store = FolderStore(place)
    cold = timed(lambda: run(root, store, options.workers), options.repeat, forget)
    same = timed(lambda: run(root, store, options.workers), options.repeat)
    one = timed(lambda: run(root, store, options.workers), options.repeat, touch)
    for name, floor in floors.items():
        ratio = f"cold is {cold.wall / floor.wall:.1f} x ({cold.cpu / floor.cpu:.1f} x)"
        print(f"{name:12} {floor.wall:8.3f} ({floor.cpu:7.3f})  {ratio}")
    print(f"{'listing':12} {listed.wall:8.3f} ({listed.cpu:7.3f})")
    print(f"{'cold':12} {cold.wall:8.3f} ({cold.cpu:7.3f})  {1000 * cold.cpu / count:.2f} ms a file")
    for name, taken in (("unchanged", same), ("one changed", one)):
        over = f"listing + {taken.wall - listed.wall:.3f}, {taken.wall / listed.wall:.1f} x"
        print(f"{name:12} {taken.wall:8.3f} ({taken.cpu:7.3f})  {over}")
    bare = by_kind(root)
    print(
        f"the same reading and opening in one process, unguarded: {bare:.2f}; cold is {cold.cpu / bare:.2f} x"
    )
    print(f"peak memory of this process {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MiB")


def by_kind(root: Path) -> float:
    """Processor time of one worker's two parts, kind by kind: reading with hashing, and what opening adds.

    Gives the sum: what the libraries themselves take, without processes, pipes, tables and ledger.
    """
    from iid.tasks.inspect.inspectors.registry import inspect
    from iid.tasks.sandbox.file_reader import reading
    from iid.tasks.sandbox.limits import Limits

    totals: dict[str, list[float]] = {}
    for path in sorted(path for path in root.rglob("bukti/*/*") if path.is_file()):
        start = time.process_time()
        with reading(str(path), str(root), Limits()) as read:
            hashed = time.process_time()
            facts = inspect(read.content, Limits())
            opened = time.process_time()
        total = totals.setdefault(kind_of(facts), [0, 0.0, 0.0, 0.0])
        for place, value in enumerate((1, read.size / 1e6, hashed - start, opened - hashed)):
            total[place] += value
    print(f"{'':18} {'files':>5} {'MB':>6} {'hash s':>7} {'open s':>7} {'both / hash':>11}")
    for kind, (files, megabytes, hashing, opening) in sorted(totals.items(), key=lambda item: -item[1][3]):
        ratio = (hashing + opening) / hashing
        print(f"{kind:18} {files:5} {megabytes:6.0f} {hashing:7.2f} {opening:7.2f} {ratio:11.1f}")
    return sum(hashing + opening for _, _, hashing, opening in totals.values())


def kind_of(facts) -> str:
    """The format; scans apart from texts, and large photographs from what a messenger sends."""
    if facts.format == "pdf":
        return "pdf, text" if facts.text_chars else "pdf, scan"
    if facts.format == "jpg":
        return "jpg, 12 million" if facts.width > 2000 else "jpg, 2 million"
    return facts.format


if __name__ == "__main__":
    main()
