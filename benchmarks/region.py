"""What one region costs, for planning: wall time, processor time and memory, cold and unchanged.

    python benchmarks/region.py [--innovations 25 100 250] [--regions 546]

Whole processes (`iid assess --direct`, imports included) over made-up shares of that many innovations with
20 claims and files each. Processor time is what planning needs: it hardly depends on what else the machine
does. The last lines are the arithmetic for that many regions on workers of 2 cores.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from assess import IID, build

NIGHTS = ("2026-08-30T12:00:00+00:00", "2026-08-31T12:00:00+00:00")


def run(share: Path, store: Path, home: Path, as_of: str) -> dict[str, float]:
    """Wall and processor seconds of all processes of one run, and MiB of the largest."""
    words = [
        "--share",
        str(share),
        "--store",
        str(store),
        "--cycle",
        "2026",
        "--as-of",
        as_of,
        "--no-feedback",
    ]
    environment = {**os.environ, "HOME": str(home), "IID_TOML": str(home / "none.toml")}
    with (home / "log").open("wb") as log:
        start = time.perf_counter()
        process = subprocess.Popen(
            [IID, "assess", "--direct", *words], env=environment, stdout=log, stderr=log
        )
        before = os.times()
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
        after = os.times()
    if status:
        raise SystemExit((home / "log").read_text()[-2000:])
    cpu = after.children_user - before.children_user + after.children_system - before.children_system
    return {"wall_s": round(wall, 1), "cpu_s": round(cpu, 1), "mib": round(usage.ru_maxrss / 1024)}


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--innovations", type=int, nargs="+", default=[25, 100, 250])
    parser.add_argument("--regions", type=int, default=546)
    given = parser.parse_args()
    for count in given.innovations:
        with tempfile.TemporaryDirectory(prefix="iid-wilayah-") as place:
            folder = Path(place)
            files = build(folder / "share", count)
            cold, again = (run(folder / "share", folder / "store", folder, as_of) for as_of in NIGHTS)
            stored = sum(p.stat().st_size for p in (folder / "store").rglob("*") if p.is_file())
        record = {"innovations": count, "files": files, "cold": cold, "unchanged": again}
        print(json.dumps(record | {"store_mb_two_runs": round(stored / 1e6, 1)}), flush=True)
        for name, cost in (("cold", cold), ("unchanged", again)):
            hours = given.regions * cost["cpu_s"] / 3600
            workers = ", ".join(f"{n} workers {hours / 2 / n:.1f} h" for n in (1, 4, 16))
            print(f"  {given.regions} regions {name}: {hours:.1f} core hours; {workers}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
