"""A whole assessment: wall time and peak memory, direct and as a Prefect flow, and `iid --help`.

    python benchmarks/assess.py [--sizes 25 250 2500] [--keep FOLDER] [--write README.md]

Builds made-up shares of that many innovations with 20 claims and 20 real files
each (the example's documents), then measures whole processes: a first run, and a
second one over the unchanged share. Everything in one run, on one machine.
"""

from __future__ import annotations

import argparse
import os
import platform
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

UNITS = 25
#: Thousands with a point, decimals with a comma.
INDONESIAN = str.maketrans(".,", ",.")
IID = str(Path(sys.executable).with_name("iid"))
AFFAIRS = (
    "Pendidikan",
    "Kesehatan",
    "Pekerjaan Umum dan Penataan Ruang",
    "Perumahan Rakyat dan Kawasan Permukiman",
    "Sosial",
)


def build_part(share: Path, unit: int, count: int) -> None:
    """The innovations of one unit."""
    from iid.expectations.rulebook.loading import load
    from iid.tasks.demo.build_share import build_share
    from iid.tasks.demo.recipe import InnovationSpec, Recipe, UnitSpec

    units = tuple(UnitSpec(code=f"U{n:02d}", name=f"Dinas {n:02d}", type="opd") for n in range(UNITS))
    spec = InnovationSpec(
        unit=f"U{unit:02d}",
        name=f"SIGAP {unit:02d}",
        affair=AFFAIRS[unit % len(AFFAIRS)],
        repeat=count,
        claims={"all": {"parameter": 1 + unit % 3, "count": 1}},
    )
    build_share(share, Recipe(cycle=2026, units=units, innovations=(spec,)), load(2026).rulebook)


def build(share: Path, innovations: int) -> int:
    """A share of *innovations*; how many files it holds. Built unit by unit in processes, then merged."""
    if not share.exists():
        with tempfile.TemporaryDirectory(dir=share.parent) as parts, ProcessPoolExecutor() as pool:
            folders = [Path(parts) / str(unit) for unit in range(UNITS)]
            jobs = [pool.submit(build_part, f, u, innovations // UNITS) for u, f in enumerate(folders)]
            for job in jobs:
                job.result()
            folders[0].rename(share)
            for unit, folder in enumerate(folders[1:], 1):
                target = share / "2026" / f"U{unit:02d} Dinas {unit:02d}"
                for innovation in (folder / "2026" / target.name).iterdir():
                    if not (target / innovation.name).exists():
                        innovation.rename(target / innovation.name)
    return sum(1 for path in share.rglob("*") if path.is_file() and "/_" not in str(path))


def measure(*command: str, home: Path) -> tuple[float, float]:
    """Wall seconds and the largest process's MiB of one command."""
    environment = {**os.environ, "HOME": str(home), "IID_TOML": str(home / "none.toml")}
    pid = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    started = time.perf_counter()
    errors = pid.stderr.read() if pid.stderr else b""
    _, status, usage = os.wait4(pid.pid, 0)
    seconds = time.perf_counter() - started
    if status:
        raise SystemExit(f"{' '.join(command)}: {errors.decode()[-500:]}")
    return seconds, usage.ru_maxrss / 1024


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("--sizes", type=int, nargs="+", default=[25, 250, 2500])
    parser.add_argument("--keep", type=Path, help="keep shares here, and use those that stand there")
    parser.add_argument("--write", type=Path, help="put the table between the marks of this file")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        place = options.keep or Path(scratch)
        place.mkdir(parents=True, exist_ok=True)
        rows = list(measured(options.sizes, place, Path(scratch)))
    table = "\n".join(
        [
            "| inovasi | berkas | pertama, langsung | tanpa perubahan, langsung "
            "| tanpa perubahan, Prefect | memori |",
            "|---:|---:|---:|---:|---:|---:|",
            *(row.translate(INDONESIAN) for row in rows),
        ]
    )
    note = (
        f"`make bench` pada {platform.machine()}, {os.cpu_count()} inti, Python {platform.python_version()}: "
        "waktu seluruh proses, termasuk memuat pustaka; memori proses terbesar."
    )
    print(f"{note}\n\n{table}")
    if options.write:
        text = options.write.read_text(encoding="utf-8")
        head, rest = text.split("<!-- measured:begin -->")
        tail = rest.split("<!-- measured:end -->")[1]
        body = f"<!-- measured:begin -->\n{note}\n\n{table}\n<!-- measured:end -->"
        options.write.write_text(head + body + tail, encoding="utf-8")


def measured(sizes: list[int], place: Path, scratch: Path):
    """One row of the table a size, and one for ``iid --help``."""
    home = scratch / "home"
    home.mkdir()
    measure(IID, "--help", home=home)
    seconds, memory = min(measure(IID, "--help", home=home) for _ in range(5))
    for size in sizes:
        share, store = place / f"share-{size}", scratch / f"store-{size}"
        files = build(share, size)
        assess = (
            IID,
            "assess",
            "--share",
            str(share),
            "--store",
            str(store),
            "--cycle",
            "2026",
            "--no-feedback",
        )
        first, peak = measure(*assess, "--direct", home=home)
        again, _ = measure(*assess, "--direct", home=home)
        flow, flow_peak = measure(*assess, home=home)
        most = max(peak, flow_peak)
        times = " | ".join(f"{spent:.1f} detik" for spent in (first, again, flow))
        yield f"| {size:,} | {files:,} | {times} | {most:,.0f} MiB |"
    yield f"| `iid --help` | | {seconds:.2f} detik | | | {memory:.0f} MiB |"


if __name__ == "__main__":
    main()
