"""A share in which nothing changed, and one in which one file of very many did, against listing it.

    python benchmarks/unchanged.py [--files 100000] [--repeat 5]
    python benchmarks/unchanged.py --innovations 250

Makes a share of small real files (letters, reports, pictures, notes, no two alike) in the folders of
units, innovations and indicators, and inspects it once, really. Then, in turns and the best of each:

- ``find -printf`` (sizes and times of all files; it sorts nothing and keeps nothing): the floor,
- our own listing,
- unchanged: listing, ledger, and all facts filled into the evidence rows,
- one changed: the same after one file was written anew.

Each of them in a process of its own that has imported everything (start-up is not what is measured).
It fails when a byte of evidence was read where nothing changed (every byte this process read is
accounted for by the kernel and the store), or another file than the changed one.

With ``--innovations`` whole processes (`iid assess --direct`, imports included) over a made-up region:
a first run, unchanged nights, and nights in which one file of one innovation changed, by processor seconds,
against the listing alone and the first run. It fails when an unchanged night publishes a run, or when the
store grows by more than 64 kB in it.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Generator
from pathlib import Path
from typing import Any

from unchanged_share import CYCLE, build, rows

PREFIX = f"63.03/{CYCLE}"
ROWS = "rows.pickle"


class Counting:
    """This machine's engine; notes every file that it is asked to read."""

    def __init__(self) -> None:
        from iid.tasks.inspect.local_engine import Here

        self.here, self.read = Here(), list[str]()

    def check(self) -> None:
        self.here.check()

    def answers(self, drive: Any, wanted: Any, known: Any, limits: Any) -> Generator[Any]:
        self.read += [want.path for want in wanted]
        return self.here.answers(drive, wanted, known, limits)


class CountingStore:
    """The store; counts the bytes that it gave."""

    def __init__(self, store: Any) -> None:
        self.store, self.given = store, 0

    def get(self, key: str) -> bytes:
        data = self.store.get(key)
        self.given += len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        return getattr(self.store, name)


def characters_read() -> tuple[int, int]:
    """Bytes that this process and its ended children have read, as the kernel counted them: before this
    question, and with it.
    """
    counts = Path("/proc/self/io").read_bytes()
    before = int(counts.split()[1])
    return before, before + len(counts)


def processors() -> float:
    """Seconds that this process and its ended children have used."""
    both = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(usage.ru_utime + usage.ru_stime for usage in both)


def night(root: Path, place: Path, evidence: Any) -> dict[str, Any]:
    """One inspection of the share; its seconds, and what it read."""
    from iid.tasks.inspect.inspection import inspect_evidence
    from iid.tasks.inspect.ledger.ledger import Ledger
    from iid.tasks.shares.folder_drive import FolderDrive
    from iid.tasks.store.folder_store import FolderStore

    store, engine, drive = CountingStore(FolderStore(place)), Counting(), FolderDrive(root)
    _, before = characters_read()
    start, cpu = time.perf_counter(), processors()
    listing = drive.list()
    listed, listed_cpu = time.perf_counter() - start, processors() - cpu
    ledger = Ledger.load(store, PREFIX)
    found = inspect_evidence(drive, listing, evidence, ledger, engine=engine)
    ledger.save(store, PREFIX)
    wall, cpu = time.perf_counter() - start, processors() - cpu
    other = characters_read()[0] - before - store.given
    if not found.evidence["readable"].all():
        raise SystemExit("not every file was found again")
    return {"listing": (listed, listed_cpu), "all": (wall, cpu), "read": engine.read, "other_bytes": other}


def apart(folder: Path) -> dict[str, Any]:
    """One night in a process of its own, as every run is one."""
    command = [sys.executable, __file__, "--night", "--share", str(folder)]
    return dict(json.loads(subprocess.run(command, check=True, capture_output=True).stdout))


def alone(folder: Path) -> dict[str, Any]:
    """What :func:`apart` starts: first a tiny share twice, so that whatever is imported late has been."""
    import pandas as pd

    evidence = pd.read_pickle(folder / ROWS)  # noqa: S301  written by this script
    with tempfile.TemporaryDirectory(prefix="iid-tetap-") as small:
        import_all(Path(small))
    return night(folder / "share", folder / "store", evidence)


def import_all(folder: Path) -> None:
    """Inspect a tiny share in *folder* twice."""
    root = folder / "share"
    root.mkdir(parents=True)
    build(root, 8)
    from iid.tasks.shares.folder_drive import FolderDrive

    for _ in range(2):
        night(root, folder / "store", rows(FolderDrive(root).list()))


def found(root: Path) -> tuple[float, float]:
    """Wall and processor seconds of ``find``."""
    start, cpu = time.perf_counter(), processors()
    command = ["find", str(root), "-printf", r"%p %s %T@ %C@ %i\n"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.perf_counter() - start, processors() - cpu


def change(root: Path, evidence: Any, turn: int) -> str:
    """Write one file anew; its path in the share."""
    path = str(evidence["source"].iat[len(evidence) // 2])
    rewrite(root / path, turn)
    return path


def rewrite(path: Path, turn: int) -> None:
    path.write_bytes(path.read_bytes() + b"\n%% %d" % turn)
    past = int(time.time()) - 86_400 + turn
    os.utime(path, (past, past))


def best(taken: list[tuple[float, float]]) -> tuple[float, float]:
    return min(wall for wall, _ in taken), min(cpu for _, cpu in taken)


def measure(folder: Path, evidence: Any, repeat: int) -> None:
    """Measure in turns and print."""
    root = folder / "share"
    times: dict[str, list[tuple[float, float]]] = {}
    for turn in range(repeat):
        times.setdefault("find -printf", []).append(found(root))
        same = apart(folder)
        if same["read"] or same["other_bytes"]:
            raise SystemExit(f"unchanged, and yet read: {same['read']}, {same['other_bytes']} bytes")
        path = change(root, evidence, turn)
        one = apart(folder)
        if one["read"] != [path]:
            raise SystemExit(f"{path} changed, and read were {one['read']}")
        times.setdefault("our listing", []).append(same["listing"])
        times.setdefault("unchanged", []).append(same["all"])
        times.setdefault("one changed", []).append(one["all"])
    floor, listing = best(times["find -printf"]), best(times["our listing"])
    print("seconds: wall (processors); ratios by processors (wall)")
    for name, taken in times.items():
        wall, cpu = best(taken)
        ratios = (
            f"{cpu / base[1]:5.2f} ({wall / base[0]:.2f}) x {what}"
            for what, base in (("find", floor), ("our listing", listing))
        )
        print(f"{name:14} {wall:7.3f} ({cpu:6.3f})   {'   '.join(ratios)}")
    print("unchanged: no byte of evidence read; one changed: that file read and no other")


LISTING = "import sys; from iid.tasks.shares.folder_drive import FolderDrive; FolderDrive(sys.argv[1]).list()"
GROWTH = 64_000  # bytes that the store may grow by in an unchanged night


def stored(store: Path) -> int:
    return sum(path.stat().st_size for path in store.rglob("*") if path.is_file())


def whole_nights(folder: Path, innovations: int, repeat: int) -> None:
    """A first run and unchanged nights of a whole region, as the command runs them."""
    from assess import build as build_region
    from region import run

    share, store = folder / "share", folder / "store"
    files = build_region(share, innovations)
    cold = run(share, store, folder, "2026-08-01T12:00:00+00:00")["cpu_s"]
    runs, size, nights, listings = list(store.glob("*/*/runs/*")), stored(store), [], []
    for day in range(2, 2 + repeat):
        nights.append(run(share, store, folder, f"2026-08-{day:02d}T12:00:00+00:00")["cpu_s"])
        before = processors()
        subprocess.run([sys.executable, "-c", LISTING, str(share)], check=True)
        listings.append(processors() - before)
    if list(store.glob("*/*/runs/*")) != runs or stored(store) - size > GROWTH:
        raise SystemExit(f"an unchanged night published, or stored {stored(store) - size} bytes")
    proofs, changed = sorted(share.glob("2026/U*/*/bukti/*/*.pdf")), []
    for day in range(2 + repeat, 2 + 2 * repeat):
        rewrite(proofs[len(proofs) // 2], day)
        changed.append(run(share, store, folder, f"2026-08-{day:02d}T12:00:00+00:00")["cpu_s"])
    if len(list(store.glob("*/*/runs/*"))) != len(runs) + repeat:
        raise SystemExit("a night with another file did not publish")
    one = min(changed)
    night, listing = min(nights), min(listings)
    print(
        f"{innovations} innovations, {files} files; processors: first run {cold:.1f} s, night {night:.2f} s, "
        f"one file changed {one:.2f} s"
    )
    print(
        f"night / first run {night / cold:.3f} (aim 0.10), night / process that lists {night / listing:.1f}, "
        f"one changed / first run {one / cold:.2f}, one changed / night {one / night:.1f} (aim 2)"
    )


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--files", type=int, default=100_000)
    parser.add_argument("--repeat", type=int, default=5)
    parser.add_argument(
        "--share", type=Path, help="keep the share and its ledger here, or use those that are"
    )
    parser.add_argument("--innovations", type=int, help="whole nights of a region of so many instead")
    parser.add_argument("--night", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.night:
        print(json.dumps(alone(options.share)))
        return
    with tempfile.TemporaryDirectory(prefix="iid-tetap-") as temporary:
        if options.innovations:
            whole_nights(Path(temporary), options.innovations, options.repeat)
            return
        folder = options.share or Path(temporary)
        root = folder / "share"
        if not root.exists():
            root.mkdir(parents=True)
            build(root, options.files)
        from iid.tasks.shares.folder_drive import FolderDrive

        listing = FolderDrive(root).list()
        evidence, size = rows(listing), sum(entry.size for entry in listing.entries)
        cores = len(os.sched_getaffinity(0))
        print(
            f"{len(evidence)} files, {len(listing.folders)} folders, {size / 1e6:.0f} MB; "
            f"{platform.machine()}, {cores} cores, Python {platform.python_version()}, page cache warm"
        )
        evidence.to_pickle(folder / ROWS)
        first = apart(folder)
        print(f"first inspection {first['all'][0]:.1f} s, {len(first['read'])} files read", flush=True)
        measure(folder, evidence, options.repeat)


if __name__ == "__main__":
    sys.exit(main())
