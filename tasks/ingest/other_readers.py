"""Workbooks read by calamine, openpyxl and xlrd, in their own process.

For what our own reader does not read: Excel (.xls, of whatever age), binary (.xlsb) and OpenDocument
(.ods) workbooks, and .xlsx files it gives up on. A damaged file can make calamine ask for a hundred
gigabytes, which ends its process; few operators hand such files in, so a process each
(some 0.1 s) is cheap. What a library prints goes nowhere.
"""

from __future__ import annotations

import base64
import io
import json
import os
import subprocess
import sys
import warnings
from collections.abc import Callable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any

from iid.tasks.ingest.excel_97 import without_far_cells
from iid.tasks.ingest.open_xml_sheet import MAX_COLUMNS, MAX_ROWS, Sheet
from iid.tasks.ingest.unreadable import LOCKED, Unreadable
from iid.tasks.text.cell_values import visible

# Safety limits for the child, far above any honest workbook.
MEMORY = 1024**3  # bytes of address space
SECONDS = 20  # of processor
WAIT = 40  # on the clock
MAX_ANSWER = 32 * 1024**2  # bytes of cells

#: The record that begins a workbook (Excel 97, 95), and the one that follows where it is encrypted.
_BEGIN = (b"\x09\x08\x10\x00\x00\x06\x05\x00", b"\x09\x08\x08\x00\x00\x05\x05\x00")
_FILEPASS, _FIRST_RECORDS = b"\x2f\x00", 8
_BROKEN = "strukturnya rusak"
_EXCELS = "VelvetSweatshop"  # [MS-OFFCRYPTO] 2.4.2.3
_LAST_DAY = 2_957_003  # 31 December 9999 in the calendar that begins in 1904


def read_otherwise(
    data: bytes, readers: tuple[str, ...], max_rows: int = MAX_ROWS
) -> tuple[str, list[Sheet]]:
    """Return the first of *readers* that opens *data*, and its sheets.

    Readers are ``calamine``, ``openpyxl`` and ``xlrd``.
    Raises :class:`Unreadable` for damage, a password, or a child that had to be stopped.
    """
    problem = _BROKEN
    for reader in readers:
        answer = _asked(reader, data, max_rows)
        if not isinstance(answer, str):
            return reader, [_sheet(*parts) for parts in answer]
        problem = answer
    raise Unreadable(problem)


def without_password(data: bytes) -> bytes:
    """Decrypt *data* with Excel's own password; raise Unreadable otherwise.

    Excel encrypts so where only the structure of an old workbook is protected, and opens it unasked.
    """
    answer = _asked("msoffcrypto", data)
    if isinstance(answer, str):
        raise Unreadable(LOCKED)
    return base64.b64decode(answer[0])


def _asked(reader: str, data: bytes, max_rows: int = MAX_ROWS) -> Any:
    """What *reader* makes of *data*; a text where that is nothing, and why."""
    limits = map(str, (max_rows, MEMORY, SECONDS, MAX_ANSWER))
    command = [sys.executable, "-I", "-m", __name__, reader, *limits]
    try:
        done = subprocess.run(  # noqa: S603 - our own interpreter and module, bytes on standard input
            command, input=data, capture_output=True, timeout=WAIT, check=False
        )
    except subprocess.TimeoutExpired:
        return _BROKEN
    return _BROKEN if done.returncode else json.loads(done.stdout)


def _sheet(name: str, rows: list[list[Any]], merges: list[list[int]], hidden: bool) -> Sheet:
    spans = [(top, left, bottom, right) for top, left, bottom, right in merges]
    return Sheet(name, [[_decoded(cell) for cell in row] for row in rows], spans, hidden=hidden)


def _serve() -> None:
    """The child: bytes on standard input, JSON on standard output."""
    import resource

    max_rows, memory, seconds, max_answer = map(int, sys.argv[2:])
    for kind, limit in (
        (resource.RLIMIT_AS, memory),
        (resource.RLIMIT_CPU, seconds),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(kind, (limit, limit))
    with os.fdopen(os.dup(1), "w") as output:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        warnings.simplefilter("ignore")
        read = _READERS[sys.argv[1]]
        answer = json.dumps(_answer(read, sys.stdin.buffer.read(), max_rows), default=_encoded)
        output.write(answer if len(answer) <= max_answer else json.dumps(_BROKEN))


def _answer(read: Callable[[bytes, int], Iterator[Any]], data: bytes, max_rows: int) -> Any:
    try:
        return list(read(data, max_rows))
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001  a parser raises anything over damaged bytes
        locked = type(error).__name__ == "PasswordError" or "encrypted" in str(error) or _has_password(data)
        return LOCKED if locked else _BROKEN


def _has_password(data: bytes) -> bool:
    """Return whether the first Excel 97 or 95 records announce encryption."""
    place = next((at for begin in _BEGIN if (at := data.find(begin)) >= 0), len(data))
    for _ in range(_FIRST_RECORDS):
        head = data[place : place + 4]
        if len(head) < 4 or head[:2] == _FILEPASS:
            return len(head) == 4
        place += 4 + int.from_bytes(head[2:], "little")
    return False


def _calamine(data: bytes, max_rows: int) -> Iterator[Any]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

    book = CalamineWorkbook.from_filelike(io.BytesIO(without_far_cells(data, max_rows)))
    for meta in book.sheets_metadata:
        if meta.typ == SheetTypeEnum.WorkSheet:
            sheet = book.get_sheet_by_name(meta.name)
            found = sheet.to_python(skip_empty_area=False, nrows=max_rows)
            rows = [[cell or _kept(cell) for cell in row[:MAX_COLUMNS]] for row in found]
            merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
            yield meta.name, rows, merges, meta.visible != SheetVisibleEnum.Visible


def _openpyxl(data: bytes, max_rows: int) -> Iterator[Any]:
    from openpyxl import load_workbook

    book: Any = load_workbook(io.BytesIO(data), data_only=True, keep_links=False)
    for sheet in book.worksheets:
        cells = sheet.iter_rows(max_row=min(max_rows, sheet.max_row), max_col=MAX_COLUMNS, values_only=True)
        merges = [
            (span.min_row - 1, span.min_col - 1, span.max_row - 1, span.max_col - 1)
            for span in sheet.merged_cells.ranges
        ]
        yield sheet.title, [list(row) for row in cells], merges, sheet.sheet_state != "visible"


def _xlrd(data: bytes, max_rows: int) -> Iterator[Any]:
    import xlrd

    book = xlrd.open_workbook(file_contents=data, formatting_info=True, ragged_rows=True)
    for sheet in book.sheets():
        cells = (sheet.row(number)[:MAX_COLUMNS] for number in range(min(sheet.nrows, max_rows)))
        rows = [[_value(cell.ctype, cell.value, book.datemode) for cell in row] for row in cells]
        merges = [(top, left, bottom - 1, right - 1) for top, bottom, left, right in sheet.merged_cells]
        yield sheet.name, rows, merges, sheet.visibility != 0


def _value(kind: int, value: Any, datemode: int) -> Any:
    """A cell of xlrd as calamine and openpyxl give it."""
    import xlrd

    if kind in (xlrd.XL_CELL_EMPTY, xlrd.XL_CELL_BLANK):
        return None
    if kind == xlrd.XL_CELL_BOOLEAN:
        return bool(value)
    if kind == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(value, "#N/A")
    if kind == xlrd.XL_CELL_DATE and 0 <= value < _LAST_DAY:
        moment = xlrd.xldate_as_datetime(value, datemode)
        if value < 1:
            return moment.time()
        return moment.date() if value.is_integer() else moment
    return _kept(value)


def _unlocked(data: bytes, _: int) -> Iterator[str]:
    import msoffcrypto

    locked, plain = msoffcrypto.OfficeFile(io.BytesIO(data)), io.BytesIO()
    locked.load_key(password=_EXCELS)
    locked.decrypt(plain)
    yield base64.b64encode(plain.getvalue()).decode()


_READERS = {"calamine": _calamine, "openpyxl": _openpyxl, "xlrd": _xlrd, "msoffcrypto": _unlocked}


def _kept(cell: Any) -> Any:
    return None if cell == "" and isinstance(cell, str) else cell


def _encoded(value: Any) -> Any:
    if isinstance(value, datetime | date | time):
        return {type(value).__name__: value.isoformat()}
    if isinstance(value, timedelta):
        return {"timedelta": value.total_seconds()}
    return str(value)


def _decoded(cell: Any) -> Any:
    if not isinstance(cell, dict):
        return (visible(cell) or None) if isinstance(cell, str) else cell
    ((kind, text),) = cell.items()
    if kind == "timedelta":
        return timedelta(seconds=text)
    readers: dict[str, Any] = {"datetime": datetime, "date": date, "time": time}
    return readers[kind].fromisoformat(text)


if __name__ == "__main__":
    _serve()
