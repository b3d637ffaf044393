"""The cells of a review workbook as text; stewards edit it by hand.

Nothing is interpreted here beyond what a cell shows: whole numbers without ``.0``,
dates as ISO. A file that cannot be read raises :class:`UnreadableBookError`.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable
from decimal import Decimal
from functools import lru_cache

from iid.tasks.ingest import cell_grids
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.text.cell_values import Value, decimal_text, raw_text

# Safety limits of the machine, not rules of a cycle: a review workbook has some hundred rows.
MAX_BYTES, MAX_SHOWN = 20_000_000, 32_000_000  # of the file; characters of all cells together
MAX_ROWS, MAX_COLUMNS = 100_000, 40

MAX_TEXT = 32_000  # Excel holds 32,767 characters in a cell

Texts = tuple[str, ...]
Grid = tuple[Texts, ...]

# A workbook cannot hold control characters and lone surrogates.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A workbook writes control signs as _x000D_; some readers give them back so.
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")


class UnreadableBookError(Exception):
    """An unreadable workbook; the message is the reason, in Indonesian."""


def clean(text: str) -> str:
    """Return *text* as a workbook holds it: NFC, ``\\n``, no control signs."""
    if text.isascii() and text.isprintable() and len(text) <= MAX_TEXT and "_x00" not in text:
        return text.strip()  # nearly every cell
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), unicodedata.normalize("NFC", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWRITABLE.sub("\ufffd", text).strip()
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1].rstrip()}…"


def cell_text(value: Value) -> str:
    """What a cell shows, as text."""
    return _float_text(value) if isinstance(value, float) else clean(raw_text(value))


def _float_text(value: float) -> str:
    """Write a number as Excel does: 15 digits (``0.3``), no exponent."""
    if not math.isfinite(value):
        return str(value)
    return decimal_text(Decimal(f"{value:.15g}"))


class Sheets(dict[str, Grid]):
    """Texts of all sheets by name; ``hidden`` are names of hidden ones."""

    hidden: frozenset[str] = frozenset()


Reader = Callable[[bytes], Sheets]  # as :func:`read_book`


@lru_cache(maxsize=512)
def read_book(data: bytes) -> Sheets:
    """Read all sheets as text, visible ones first, without empty ends.

    The same bytes are parsed once in a run: to read the decisions, and to write the workbook anew.

    A formula gives the value it had when the file was saved; one that was never calculated
    gives its own text, so that it is seen and not lost. Raises UnreadableBookError.
    """
    if len(data) > MAX_BYTES:
        raise UnreadableBookError(f"lebih besar dari {MAX_BYTES // 1_000_000} MB")
    try:
        book = cell_grids.read_book(data, max_rows=MAX_ROWS)
    except Unreadable as error:
        raise UnreadableBookError(str(error)) from error
    if book.lost:
        raise UnreadableBookError(f"berisi lebih dari {MAX_ROWS} baris")
    shown = _Shown()
    visible_first = sorted(book.grids, key=lambda grid: grid.hidden)
    sheets = Sheets((grid.name, _grid(grid, shown)) for grid in visible_first)
    sheets.hidden = frozenset(grid.name for grid in book.grids if grid.hidden)
    return sheets


class _Shown:
    """The texts of cells, counted: one long text may be in a million of them."""

    def __init__(self) -> None:
        self._left = MAX_SHOWN

    def text(self, value: Value) -> str:
        """Return a cell's text. UnreadableBookError if all cells show too much."""
        # A long text is counted before a copy of it is made.
        text = cell_text(value) if not isinstance(value, str) or len(value) <= self._left else value
        self._left -= len(text)
        if self._left < 0:
            raise UnreadableBookError("isinya mengembang terlalu besar")
        return text


def _grid(sheet: cell_grids.Grid, shown: _Shown) -> Grid:
    """The sheet's texts; of a merged range only its first cell."""
    rows: list[tuple[str, ...]] = []
    for number, row in enumerate(sheet.rows):
        texts = [
            shown.text(value) if value is not None and (number, place) not in sheet.filled else ""
            for place, value in enumerate(row[:MAX_COLUMNS])
        ]
        while texts and not texts[-1]:
            texts.pop()
        rows.append(tuple(texts))
    while rows and not rows[-1]:
        rows.pop()
    return tuple(rows)
