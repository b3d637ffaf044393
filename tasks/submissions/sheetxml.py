"""One worksheet's XML cut down to its first rows and its merged ranges.

People format whole columns, and a workbook then stores a million empty rows. They are
let go while they stream by; memory and time stay those of a sheet of forty rows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from iid.tasks.submissions.bounds import tricked
from iid.tasks.submissions.inflating import too_large

# Safety limits, not rules: the header stands in the first 30 rows, answers in the next 40.
MAX_ROWS = 1_000
MAX_COLUMNS = 256
_DEEPEST = 10_000_000  # far below Excel's last row, 1,048,576
_TAIL = 1024**2  # merged ranges stand after the rows; 40,000 of them fit into this many bytes
_OVERLAP = 256  # a row's opening tag may lie across two chunks

# A pattern that begins with a fixed text runs ten times as fast; prefixes (<x:row>) are rare.
_ROW = re.compile(rb"""<row\s(?:[^<>]*?\s)?r=["'](\d+)["']""")
_PREFIXED_ROW = re.compile(rb"""<(?:\w+:)?row\s(?:[^<>]*?\s)?r=["'](\d+)["']""")
_CELL = re.compile(rb"<(?:\w+:)?c(?:\s[^<>]*)?(?<!/)>")
_PLACED = re.compile(rb"""<(?:\w+:)?c\s(?:[^<>]*?\s)?r=["'][A-Z]{1,3}\d+["'][^<>]*(?<!/)>""")
# Any place but A1..IV9999 (IV is the 256th column), or the number of a row.
_FAR = re.compile(rb"""r=["'](?!(?:[A-Z]|[A-H][A-Z]|I[A-V])?\d{1,4}["'])""")
_ODD = re.compile(rb"""<(?:\w+:)?f[\s/>]|\st=["']e["']""")
_ODD_SIGNS = (b"<f", b":f", b't="e"', b"t='e'")
_SAYS = re.compile(rb"<(?:\w+:)?(?:v|f|is)[\s>]")
_ROOT = re.compile(rb"<(?:(\w+):)?worksheet(?:\s[^<>]*)?>")
_ROWS = re.compile(rb"<(?:\w+:)?sheetData(?:\s[^<>]*)?>")
_ROWS_END = re.compile(rb"</(?:\w+:)?sheetData\s*>")
_MERGE = re.compile(rb"""<(?:\w+:)?mergeCell\s[^<>]*?ref=["']([A-Z]{1,3})(\d+):([A-Z]{1,3})(\d+)["']""")


@dataclass(frozen=True, slots=True)
class SheetCut:
    """A small worksheet. ``odd``: formulas, error values or far cells need the careful reader.

    ``lost``: something stood in the rows that were let go.
    """

    xml: bytes
    odd: bool
    lost: bool = False


def is_sheet(head: bytes) -> bool:
    """Whether the XML part, or its beginning, *head* is a worksheet."""
    return b"worksheet" in head and _ROOT.search(head) is not None


def cut_sheet(chunks: Iterable[bytes], limit: int, deepest: int = MAX_ROWS) -> SheetCut:
    """The worksheet in *chunks*, without rows below *deepest* and without anything but cells."""
    head, tail, lost = _first_rows(chunks, limit, deepest)
    root, start = _ROOT.search(head), _ROWS.search(head)
    if root is None or start is None:  # <sheetData/>: an empty sheet
        opening = root[0] if root else b"<worksheet>"
        return SheetCut(opening + _closing(root), False, lost)
    rows = head[start.end() :]
    if end := _ROWS_END.search(rows):
        tail, rows = rows[end.end() :] + tail, rows[: end.start()]
    prefix = root[1] + b":" if root[1] else b""
    xml = b"".join(
        (
            *(root[0], b"<", prefix, b"sheetData>", rows, b"</", prefix, b"sheetData>"),
            *(_merges(tail, prefix), _closing(root)),
        )
    )
    return SheetCut(xml, _is_odd(rows), lost)


def count_cells(xml: bytes) -> int:
    """How many cells of a worksheet hold something."""
    return len(_CELL.findall(xml))


def _is_odd(rows: bytes) -> bool:
    if any(sign in rows for sign in _ODD_SIGNS) and _ODD.search(rows):
        return True
    # Every program writes the place first; only where one did not, each cell is looked at.
    usual = b":c" not in rows and rows.count(b"<c") == rows.count(b'<c r="')
    if not usual and len(_CELL.findall(rows)) != len(_PLACED.findall(rows)):
        return True
    return _FAR.search(rows) is not None


def column_number(letters: str) -> int:
    """``A`` is 1, ``XFD`` 16384."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def column_letters(number: int) -> str:
    """1 is ``A``, 16384 ``XFD``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def _first_rows(chunks: Iterable[bytes], limit: int, deepest: int) -> tuple[bytes, bytes, bool]:
    """Everything down to row *deepest* (at most *limit* bytes), the end of what came after it, and
    whether any of that held something.
    """
    head, tail = bytearray(), bytearray()
    cut = lost = False
    for chunk in chunks:
        if cut:
            lost = lost or _SAYS.search(bytes(tail[-_OVERLAP:]) + chunk) is not None
            tail += chunk
            del tail[:-_TAIL]
            continue
        start = max(len(head) - _OVERLAP, 0)
        head += chunk
        window = bytes(head[start:])
        pattern = _PREFIXED_ROW if b":row" in window else _ROW
        deep = next((row.start() for row in pattern.finditer(window) if _number(row[1]) > deepest), None)
        if deep is not None:
            tail, cut = bytearray(window[deep:]), True
            lost = _SAYS.search(window, deep) is not None
            del head[start + deep :]
        if len(head) > limit:
            raise too_large(limit)
    return bytes(head), bytes(tail), lost


def _number(digits: bytes) -> int:
    """A row's number; what is longer than any counts as the deepest row there is."""
    digits = digits.lstrip(b"0")
    return int(digits or b"0") if len(digits) < len(str(_DEEPEST)) else _DEEPEST


def _merges(tail: bytes, prefix: bytes) -> bytes:
    """The merged ranges of the rows and columns that are kept, cut to those."""
    if b"mergeCell" not in tail:
        return b""
    kept = []
    room = MAX_ROWS * MAX_COLUMNS
    for left, top, right, bottom in _MERGE.findall(tail):
        first, last = _number(top), min(_number(bottom), MAX_ROWS)
        beginning, end = column_number(left.decode()), min(column_number(right.decode()), MAX_COLUMNS)
        if first > MAX_ROWS or beginning > MAX_COLUMNS:
            continue
        room -= max(last - first + 1, 0) * max(end - beginning + 1, 0)
        if room < 0:  # ranges over each other, which Excel does not allow
            raise tricked()
        corner = f"{column_letters(end)}{last}".encode()
        kept.append(b"<%bmergeCell ref='%b%d:%b'/>" % (prefix, left, first, corner))
    if not kept:
        return b""
    return b"<%bmergeCells>%b</%bmergeCells>" % (prefix, b"".join(kept), prefix)


def _closing(root: re.Match[bytes] | None) -> bytes:
    return b"</%bworksheet>" % (root[1] + b":" if root and root[1] else b"")
