"""Excel 97 workbooks (``.xls``), read by calamine in a process of their own.

A damaged ``.xls`` can make calamine ask for a hundred gigabytes, which ends its process;
``.xlsx`` files are cleaned before they are parsed, these cannot be. Few operators still
hand them in, so a process each (some 0.1 s) is cheap.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date, datetime, time, timedelta
from typing import Any

from iid.tasks.submissions.errors import Unreadable
from iid.tasks.submissions.sheetxml import MAX_COLUMNS, MAX_ROWS
from iid.tasks.submissions.values import Value

# Safety limits for the child, far above any honest workbook.
MEMORY = 1024**3  # bytes of address space
SECONDS = 20
MAX_ANSWER = 32 * 1024**2  # bytes of cells

Sheet = tuple[str, list[list[Value]], list[tuple[int, int, int, int]]]
_LOCKED = "terkunci kata sandi"
_BROKEN = "strukturnya rusak"


def read_old_workbook(data: bytes) -> list[Sheet]:
    """Name, cells and merged ranges (top, left, bottom, right, from 0) of each sheet.

    Raises :class:`Unreadable` for damage, a password, or a child that had to be stopped.
    """
    command = [sys.executable, "-I", "-m", __name__]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, bytes on standard input
            command, input=data, capture_output=True, timeout=2 * SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise Unreadable(_BROKEN) from error
    if done.returncode:
        raise Unreadable(_BROKEN)
    answer = json.loads(done.stdout)
    if isinstance(answer, str):
        raise Unreadable(answer)
    return [
        (name, [[_decoded(cell) for cell in row] for row in rows], [tuple(span) for span in merges])
        for name, rows, merges in answer
    ]


def _serve() -> None:
    """The child: bytes on standard input, JSON on standard output."""
    import resource

    for kind, limit in (
        (resource.RLIMIT_AS, MEMORY),
        (resource.RLIMIT_CPU, SECONDS),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    answer = json.dumps(_answer(sys.stdin.buffer.read()), default=_encoded)
    sys.stdout.write(answer if len(answer) < MAX_ANSWER else json.dumps(_BROKEN))


def _answer(data: bytes) -> Any:
    import io

    from python_calamine import CalamineWorkbook, PasswordError, SheetTypeEnum

    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
    except PasswordError:
        return _LOCKED
    sheets = []
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            rows = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS)
            merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
            sheets.append(
                (meta.name, [[cell or _kept(cell) for cell in row[:MAX_COLUMNS]] for row in rows], merges)
            )
    return sheets


def _kept(cell: Any) -> Any:
    return None if cell == "" and isinstance(cell, str) else cell


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    raise TypeError(type(value).__name__)


def _decoded(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return cell
    ((kind, text),) = cell.items()
    if kind == "timedelta":
        return timedelta(seconds=text)
    readers: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return readers[kind].fromisoformat(text)


if __name__ == "__main__":
    _serve()
