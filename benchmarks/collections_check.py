"""What the inspectors open of other projects' test files, beside poppler, qpdf, ffmpeg and exiftool.

``python benchmarks/collections_check.py FOLDER… [--most N]`` looks at up to N files of each kind below
each folder. ``two`` counts what at least two of the other programs open, ``refused`` those of them that
we do not; ``none`` counts what none of them opens, ``counted`` those of them that we do. The files are
fetched by hand and never kept in this repository; docs/dev/evidence.md has the table.
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
from pathlib import Path

from iid.tasks.inspect.inspection import Here
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.folder_drive import FolderDrive

KINDS = {
    "pdf": (".pdf",),
    "picture": (".jpg", ".jpeg", ".png", ".gif", ".webp", ".tif", ".tiff", ".bmp"),
    "office": (".docx", ".xlsx", ".pptx", ".xlsm", ".docm"),
    "old office": (".doc", ".xls", ".ppt"),
    "film": (".mp4", ".mov", ".3gp", ".m4v", ".avi", ".mkv", ".webm"),
}
_LIBRARIES = {
    ".docx": ("docx", "Document"),
    ".xlsx": ("openpyxl", "load_workbook"),
    ".pptx": ("pptx", "Presentation"),
}
_WAIT_S = 30
_LARGEST = 8_000_000


def _ends_well(command: list[str], *, codes: tuple[int, ...] = (0,), says: str = "") -> bool:
    try:
        done = subprocess.run(command, capture_output=True, timeout=_WAIT_S, check=False)
    except subprocess.TimeoutExpired:
        return False
    return done.returncode in codes and (not says or says in done.stdout.decode("utf-8", "replace"))


def _exiftool(path: str) -> bool:
    command = ["exiftool", "-j", "-Error", "-FileType", "-ImageSize", path]
    try:
        found = subprocess.run(command, capture_output=True, timeout=_WAIT_S, check=False)
        tags = json.loads(found.stdout or b"[{}]")[0]
    except (subprocess.TimeoutExpired, ValueError):
        return False
    return "Error" not in tags and "FileType" in tags


def _library(module: str, opener: str, path: str) -> bool:
    """Whether the office library opens *path*; in a process, for some files never end."""
    code = f"import sys; from {module} import {opener}; {opener}(sys.argv[1])"
    return _ends_well([sys.executable, "-W", "ignore", "-c", code, path])


def openers(kind: str, path: str) -> list[bool]:
    """What each of the other programs says of the file."""
    if kind == "pdf":
        poppler = _ends_well(["pdftotext", path, "-"]) and _ends_well(["pdfinfo", path])
        return [poppler, _ends_well(["qpdf", "--check", path], codes=(0, 3)), _exiftool(path)]
    if kind in ("picture", "film"):
        frame = ["ffmpeg", "-v", "error", "-xerror", "-i", path, "-frames:v", "1", "-f", "null", "-"]
        return [_ends_well(frame), _exiftool(path)]
    suffix = Path(path).suffix.lower()
    return [_exiftool(path), *([_library(*_LIBRARIES[suffix], path)] if suffix in _LIBRARIES else [])]


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
    print("| collection | kind | files | two | refused | none | counted | seconds |")
    print("|---" * 8 + "|", flush=True)
    for folder in asked.folders:
        for kind in KINDS:
            if paths := _chosen(folder, kind, asked.most):
                _row(folder, kind, paths)


def _row(folder: Path, kind: str, paths: list[Path]) -> None:
    started, tally, lines = time.monotonic(), Counter[str](), []
    ours = list(_ours(paths))
    seconds = time.monotonic() - started
    for path, problem, detail in ours:
        votes = openers(kind, str(path))
        two, none = sum(votes) >= 2, not any(votes)
        refused, counted = two and bool(problem), none and not problem
        tally.update(two=int(two), none=int(none), refused=int(refused), counted=int(counted))
        if refused or counted:
            lines.append(f"  {path.relative_to(folder)}: {problem or 'counted'} {detail} {votes}")
    row = (folder.name, kind, len(ours), tally["two"], tally["refused"], tally["none"], tally["counted"])
    print(f"| {' | '.join(map(str, row))} | {seconds:.0f} |")
    print("\n".join(lines), file=sys.stderr, flush=True)


if __name__ == "__main__":
    main()
