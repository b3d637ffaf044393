"""From a dropped file to the published index: `iid watch`, against the floor of the imports.

    python benchmarks/latency.py [--drops 3] [--quiet 2]

Makes the example share in a temporary folder, starts `iid watch --direct` on it, drops one file after
the other and waits for a new `latest.json`. Printed: median seconds from the end of the copy to the
published pointer, what of it is the quiet period, and beside it the same work as single commands: the
imports alone, a whole `iid assess` from a cold start. All in one run, so ratios hold on any machine.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

LIMIT = 300.0  # seconds for any single step


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--drops", type=int, default=3)
    asked.add_argument("--quiet", type=float, default=2.0, help="quiet period in seconds")
    options = asked.parse_args()
    with tempfile.TemporaryDirectory(prefix="iid-latency-") as folder:
        measure(Path(folder), options.drops, options.quiet)


def measure(folder: Path, drops: int, quiet: float) -> None:
    share, store = folder / "share", folder / "hasil"
    python("-c", f"from iid.tasks.demo.build_share import *; build_demo_share(Path({str(share)!r}), 2026)")
    where = ("--share", str(share), "--store", str(store), "--cycle", "2026")
    python("-m", "iid.flows", "assess", *where, "--direct")
    imports = median(drops, lambda: python("-c", IMPORTS))
    assess = median(drops, lambda: python("-m", "iid.flows", "assess", *where, "--direct"))
    waits = watched(folder, where, drops, quiet, share, store)
    wait = statistics.median(waits)
    print(f"imports alone (floor)                {imports:6.2f} s")
    print(f"iid assess --direct, cold start      {assess:6.2f} s")
    print(f"dropped file to published index      {wait:6.2f} s   ({', '.join(f'{w:.2f}' for w in waits)})")
    print(f"  of it the quiet period             {quiet:6.2f} s")
    rest = wait - quiet
    print(f"  everything else                    {rest:6.2f} s   = {rest / assess:.2f} x cold assess")


IMPORTS = (
    "import importlib\nfrom iid.flows.service.warm_worker import MODULES\n"
    "for module in MODULES: importlib.import_module(module)"
)


def python(*words: str) -> float:
    """Run this Python and give the seconds it took."""
    started = time.monotonic()
    subprocess.run([sys.executable, *words], check=True, capture_output=True, timeout=LIMIT)
    return time.monotonic() - started


def median(times: int, run: Callable[[], float]) -> float:
    return statistics.median(run() for _ in range(times))


def watched(
    folder: Path, where: tuple[str, ...], drops: int, quiet: float, share: Path, store: Path
) -> list[float]:
    """Seconds of each drop, with a watcher that runs beside."""
    pointer, log = store / "63.03/2026/latest.json", folder / "watch.log"
    proof = sorted(share.glob("2026/[1-9]*/[!_]*/bukti/*/"))[0]
    command = [sys.executable, "-m", "iid.flows", "watch", *where, "--direct", "--quiet-period", str(quiet)]
    waits = []
    with log.open("wb") as out:
        environment = {**os.environ, "HOME": str(folder)}
        process = subprocess.Popen(command, stdout=out, stderr=out, env=environment)
        try:
            until(lambda: "mengamati" in log.read_text(), log)
            time.sleep(2)  # the watcher stands
            for number in range(drops):
                before = pointer.read_bytes()
                (proof / f"baru {number}.txt").write_text(str(number))
                started = time.monotonic()
                until(lambda before=before: pointer.read_bytes() != before, log)
                waits.append(time.monotonic() - started)
                until(lambda number=number: log.read_text().count("✓ indeks") == number + 1, log)
                time.sleep(1)
        finally:
            process.terminate()
            process.wait(timeout=60)
    return waits


def until(done: Callable[[], bool], log: Path) -> None:
    end = time.monotonic() + LIMIT
    while not done():
        if time.monotonic() > end:
            raise SystemExit(log.read_text())
        time.sleep(0.01)


if __name__ == "__main__":
    main()
