"""Our reader of workbooks beside openpyxl, calamine and LibreOffice, over folders of real workbooks.

    python benchmarks/workbooks.py FOLDER… [--most N]

Every file is read by every reader in a process of its own with limits on time and memory. A row for
each folder: how many files LibreOffice opens (it writes them as CSV), how many of those each reader
reads, processor seconds of all files, the largest process; then, on standard error, every file that
LibreOffice opens and we refuse, and every file that crashed us or cost more than 5 s or 200 MB.
The files are fetched by hand and never kept in this repository; docs/dev/workbooks.md has the table.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import resource
import select
import shlex
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

ENDINGS = (".xlsx", ".xlsm", ".xltx", ".xltm", ".xlam", ".xls", ".xlt", ".xlsb", ".ods")
MEMORY, PROCESSOR_S, WAIT_S = 1536 * 1024**2, 60, 120
SLOW_S, LARGE_MB = 5.0, 200.0
BATCH = 25  # files that LibreOffice gets at once


class Outcome(NamedTuple):
    """What one reader did with one file: ``""`` = read, else why not; ``crash`` where it was ended."""

    problem: str
    seconds: float
    megabytes: float


def ours(path: Path) -> str:
    from iid.tasks.ingest.cell_grids import read_book
    from iid.tasks.ingest.unreadable import Unreadable

    try:
        read_book(path.read_bytes())
    except Unreadable as error:
        return str(error)
    return ""


def openpyxl(path: Path) -> str:
    from openpyxl import load_workbook

    book: Any = load_workbook(path, data_only=True)
    for sheet in book.worksheets:
        for _ in sheet.iter_rows(values_only=True):
            pass
    return ""


def calamine(path: Path) -> str:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(str(path))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()
    return ""


READERS: dict[str, Callable[[Path], str]] = {"ours": ours, "openpyxl": openpyxl, "calamine": calamine}


def guarded(read: Callable[[Path], str], path: Path) -> Outcome:
    """*read* applied to *path* in a process of its own."""
    said, sink = os.pipe()
    child = os.fork()
    if child == 0:
        _inside(read, path, sink)
    os.close(sink)
    ready, _, _ = select.select([said], [], [], WAIT_S)
    answer = os.read(said, 65_536) if ready else b""
    os.close(said)
    if not answer:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)
    _, _, used = os.wait4(child, 0)
    problem = json.loads(answer) if answer else "crash"
    return Outcome(problem, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def _inside(read: Callable[[Path], str], path: Path, sink: int) -> None:
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (PROCESSOR_S, PROCESSOR_S))
    try:
        problem = read(path)
    except BaseException as error:  # noqa: BLE001  another library's reader raises anything
        problem = type(error).__name__
    os.write(sink, json.dumps(problem).encode()[:60_000])
    os._exit(0)


def opened_by_libreoffice(paths: Sequence[Path]) -> set[Path]:
    """The files that LibreOffice opens and writes as CSV; those of a batch that ended are tried alone."""
    opened: set[Path] = set()
    with tempfile.TemporaryDirectory() as folder:
        for start in range(0, len(paths), BATCH):
            batch = paths[start : start + BATCH]
            found = _converted(batch, Path(folder))
            opened |= found
            for path in batch:
                if path not in found:
                    opened |= _converted([path], Path(folder))
    return opened


def _converted(paths: Sequence[Path], folder: Path) -> set[Path]:
    with tempfile.TemporaryDirectory(dir=folder) as place:
        names = {f"{number}{path.suffix.lower()}": path for number, path in enumerate(paths)}
        for name, path in names.items():
            (Path(place) / name).symlink_to(path.resolve())
        profile = f"-env:UserInstallation=file://{folder}/profile"
        command = ["soffice", profile, "--headless", "--norestore", "--convert-to", "csv"]
        command += ["--outdir", f"{place}/out", *(f"{place}/{name}" for name in names)]
        _run(command, WAIT_S + 3 * len(paths))
        return {path for name, path in names.items() if Path(place, "out", f"{Path(name).stem}.csv").exists()}


def _run(command: Sequence[str], seconds: float) -> None:
    """Run *command* with all it starts for at most *seconds*, and with at most twice our readers' memory."""
    limit = f"ulimit -v {2 * MEMORY // 1024}; exec " + shlex.join(command)
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(["sh", "-c", limit], stdout=quiet, stderr=quiet, start_new_session=True)
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _chosen(folder: Path, most: int) -> list[Path]:
    found = sorted(p for p in folder.rglob("*") if p.suffix.lower() in ENDINGS and p.is_file())
    found = [path for path in found if path.stat().st_size]  # LibreOffice opens an empty file as a text
    step = max(1.0, len(found) / most)
    return [found[int(number * step)] for number in range(min(most, len(found)))]


def _row(folder: Path, paths: list[Path]) -> Iterator[str]:
    """The row of a folder, then what differs."""
    began = time.monotonic()
    opened = opened_by_libreoffice(paths)
    done = {name: [guarded(read, path) for path in paths] for name, read in READERS.items()}
    cells = [folder.name, len(paths), len(opened)]
    for outcomes in done.values():
        good = sum(not one.problem and path in opened for path, one in zip(paths, outcomes, strict=True))
        largest = max(one.megabytes for one in outcomes)
        seconds = sum(one.seconds for one in outcomes)
        cells += [good, f"{seconds:.1f}", f"{largest:.0f}"]
    mine = list(zip(paths, done["ours"], strict=True))
    cells += [sum(one.problem == "crash" for _, one in mine)]
    cells += [sum(one.seconds > SLOW_S or one.megabytes > LARGE_MB for _, one in mine)]
    yield f"| {' | '.join(map(str, cells))} | {time.monotonic() - began:.0f} |"
    causes = Counter(one.problem for _, one in mine if one.problem)
    yield "  refused: " + json.dumps(dict(causes.most_common()), ensure_ascii=False)
    for path, one in mine:
        if path in opened and one.problem:
            yield f"  LibreOffice opens {path.name}: {one.problem}"
        if one.problem == "crash" or one.seconds > SLOW_S or one.megabytes > LARGE_MB:
            yield f"  costly {path.name}: {one}"


def main() -> None:
    """Print a row for each folder."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=100_000)
    asked = parser.parse_args()
    readers = [f"{name} reads of them | s | MB" for name in READERS]
    titles = ["folder", "files", "LibreOffice opens", *readers, "crashed", "costly", "seconds in all"]
    print(f"| {' | '.join(titles)} |")
    print("|---" * (len(titles) + 2 * len(READERS)) + "|", flush=True)
    for read in READERS.values():  # imports are the parent's, not every file's
        with contextlib.suppress(Exception):
            read(Path(os.devnull))
    for folder in asked.folders:
        row, *rest = _row(folder, _chosen(folder, asked.most))
        print(row, flush=True)
        print("\n".join(rest), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
