"""What the inspectors open of other projects' files, beside others.

``python benchmarks/collections_check.py FOLDER… [--most N]`` looks at up to N files of each kind below
each folder. ``two`` counts what at least two of the other programs open, ``refused`` those of them that
we do not; ``none`` counts what none of them opens, ``counted`` those of them that we do. ``locked`` needs
a password. Opening is showing where the program can show: poppler draws the first page, ffmpeg and
ImageMagick decode the picture, antiword, catdoc and odt2txt print the words; the others read the structure.
The files are fetched by hand and never kept in this repository; docs/dev/evidence.md has the table.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.folder_drive import FolderDrive

KINDS = {
    "pdf": (".pdf",),
    "picture": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp"),
    "office": (".docx", ".xlsx", ".pptx", ".xlsm", ".docm", ".pptm", ".odt", ".ods"),
    "old office": (".doc", ".xls", ".ppt"),
    "film": (".mp4", ".mov", ".3gp", ".m4v", ".avi", ".mkv", ".webm"),
}
_LIBRARIES = {
    ".docx": (("docx", "Document"),),
    ".docm": (("docx", "Document"),),
    ".xlsx": (("openpyxl", "load_workbook"), ("python_calamine", "load_workbook")),
    ".xlsm": (("openpyxl", "load_workbook"), ("python_calamine", "load_workbook")),
    ".xls": (("python_calamine", "load_workbook"),),
    ".ods": (("python_calamine", "load_workbook"),),
    ".pptx": (("pptx", "Presentation"),),
}
_READERS = {".doc": ("antiword", "catdoc"), ".xls": ("xls2csv",), ".ppt": ("catppt",), ".odt": ("odt2txt",)}
_WAIT_S = 30
_LARGEST = 8_000_000


def _ends_well(
    command: list[str], *, codes: tuple[int, ...] = (0,), says: bytes = b"", writes: bool = False
) -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_WAIT_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in codes and done.stdout.startswith(says) and bool(done.stdout or not writes)


def _exiftool(paths: list[Path]) -> set[Path]:
    """The files that exiftool reads; one process, for it is slow to start."""
    command = [
        "exiftool",
        "-j",
        "-q",
        "-Error",
        "-FileType",
        "-ImageSize",
        "-charset",
        "filename=utf8",
        "-@",
        "-",
    ]
    listed = "\n".join(map(str, paths)).encode()
    found = subprocess.run(command, input=listed, capture_output=True, check=False)
    tags = json.loads(found.stdout or b"[]")
    return {Path(one["SourceFile"]) for one in tags if "Error" not in one and "FileType" in one}


def _library(module: str, opener: str, path: str) -> bool:
    """Whether the library opens *path*; in a process, for some never end."""
    code = f"import sys; from {module} import {opener}; {opener}(sys.argv[1])"
    return _ends_well([sys.executable, "-W", "ignore", "-c", code, path])


def _openers(kind: str, path: Path) -> list[bool]:
    """What each program says of the file that is asked of one file at a time."""
    shown = str(path)
    if kind == "pdf":
        poppler = _ends_well(["pdftoppm", "-r", "20", "-l", "1", shown], says=b"P6")
        return [poppler, _ends_well(["qpdf", "--check", shown], codes=(0, 3))]
    if kind in ("picture", "film"):
        frame = ["ffmpeg", "-v", "error", "-xerror", "-i", shown, "-frames:v", "1", "-f", "null", "-"]
        picture = [_ends_well(["convert", f"{shown}[0]", "null:"])] if kind == "picture" else []
        return [_ends_well(frame), *picture]
    suffix = path.suffix.lower()
    libraries = [_library(*one, shown) for one in _LIBRARIES.get(suffix, ())]
    return [*libraries, *(_ends_well([reader, shown], writes=True) for reader in _READERS.get(suffix, ()))]


def _votes(kind: str, paths: list[Path]) -> dict[Path, list[bool]]:
    """What each of the other programs says of each file."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        single = dict(zip(paths, pool.map(lambda path: _openers(kind, path), paths), strict=True))
    opened = _exiftool(paths)
    return {path: [*single[path], path in opened] for path in paths}


def _chosen(folder: Path, kind: str, most: int) -> list[Path]:
    found = sorted(
        path
        for path in folder.rglob("*")
        if path.suffix.lower() in KINDS[kind] and path.is_file() and 0 < path.stat().st_size < _LARGEST
    )
    step = max(1, len(found) / most)
    return [found[int(number * step)] for number in range(min(most, len(found)))]


def _ours(paths: list[Path]) -> Iterator[tuple[Path, str, str]]:
    """Each file, what is wrong with it (``""`` = it counts), and the detail."""
    with tempfile.TemporaryDirectory() as root:
        wanted = []
        for key, path in enumerate(paths):
            os.link(path, f"{root}/{key}{path.suffix}")
            wanted.append(Wanted(key, f"{key}{path.suffix}", path.stat().st_size, path.stat().st_mtime))
        for answer in Here(1).answers(FolderDrive(Path(root)), wanted, Known(), Limits()):
            facts = answer.message.get("facts", {"problem": "", "detail": "copy"})
            yield paths[answer.job.key], facts["problem"], facts["detail"]


def main() -> None:
    """Print a row for each collection and kind, and what differs."""
    parser = argparse.ArgumentParser()
    parser.add_argument("folders", nargs="+", type=Path)
    parser.add_argument("--most", type=int, default=150)
    asked = parser.parse_args()
    print("| collection | kind | files | locked | two | refused | none | counted | seconds |")
    print("|---" * 9 + "|", flush=True)
    total = Counter[str]()
    for folder in asked.folders:
        for kind in KINDS:
            if paths := _chosen(folder, kind, asked.most):
                total += _row(folder, kind, paths)
    print(_line("all", "", total))


def _line(name: str, kind: str, tally: Counter[str]) -> str:
    columns = ("files", "locked", "two", "refused", "none", "counted", "seconds")
    return f"| {' | '.join(map(str, (name, kind, *(tally[column] for column in columns))))} |"


def _row(folder: Path, kind: str, paths: list[Path]) -> Counter[str]:
    started, tally = time.monotonic(), Counter[str]()
    ours = list(_ours(paths))
    tally["seconds"] = round(time.monotonic() - started)
    opened = _votes(kind, paths)
    for path, problem, detail in ours:
        votes = opened[path]
        two, none, locked = sum(votes) >= 2, not any(votes), problem == "encrypted"
        refused, counted = two and bool(problem), none and not problem
        tally.update(files=1, locked=locked, two=two, none=none, refused=refused, counted=counted)
        if problem or none:
            said = f"{problem or 'counted'} {detail}" + " (refused)" * refused + " (counted)" * counted
            print(f"  {path.relative_to(folder)}: {said} {votes}", file=sys.stderr, flush=True)
    print(_line(folder.name, kind, tally), flush=True)
    return tally


if __name__ == "__main__":
    main()
