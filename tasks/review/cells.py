"""The cells of a review workbook as text, read carefully: stewards edit these files by hand.

Nothing is interpreted here beyond what a cell shows: whole numbers without ``.0``,
dates as ISO. A file that cannot be read raises :class:`UnreadableBookError`.
"""

from __future__ import annotations

import io
import math
import re
import unicodedata
import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from iid.expectations.words import plain
from iid.tasks.submissions.container import clean_copy
from iid.tasks.submissions.errors import Unreadable

SHEET, HISTORY = "Keputusan", "Riwayat"

#: The contract's header, in its order.
HEADER = (
    "innovation_id",
    "No",
    "Indikator",
    "Parameter klaim",
    "Didukung",
    "Temuan",
    "Keputusan",
    "Parameter baru",
    "Catatan",
    "Peninjau",
    "Tanggal",
    "Sidik bukti",
)
#: What stewards fill in; everything else is computed.
ENTRIES = ("Keputusan", "Parameter baru", "Catatan", "Peninjau", "Tanggal")
NEEDED = ("innovation_id", "No", "Keputusan")

# Safety limits of the machine, not rules of a cycle: a review workbook has some hundred rows.
MAX_BYTES, MAX_SHOWN = 20_000_000, 32_000_000  # of the file; characters of all cells together
MAX_ROWS, MAX_COLUMNS, HEADER_ROWS = 100_000, 40, 30

MAX_TEXT = 32_000  # Excel holds 32,767 characters in a cell

Texts = tuple[str, ...]
Grid = tuple[Texts, ...]

# Control signs and lone surrogates cannot stand in a workbook.
_UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
# A workbook writes control signs as _x000D_; openpyxl gives them back so.
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")


class UnreadableBookError(Exception):
    """A workbook that cannot be read; the message is the reason, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row below the header: its number in the sheet, its texts by column name."""

    row: int
    cells: Mapping[str, str]
    places: Mapping[str, int]  # column name -> place in the sheet, from 0

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def filled(self) -> bool:
        """Whether a steward has entered anything; a dash is empty."""
        return any(meant(self[column]) for column in ENTRIES)

    def address(self, column: str) -> str:
        """Cell of *column* in this row (``G12``); the row alone where the column is missing."""
        place = self.places.get(column)
        return str(self.row) if place is None else f"{letters(place)}{self.row}"


def meant(text: str) -> str:
    """*text* without outer spaces; a lone dash means empty."""
    text = text.strip()
    return "" if text in {"-", "–", "—"} else text


def letters(place: int) -> str:
    """Column letters of a place counted from 0: ``0`` is ``A``, ``26`` is ``AA``."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def clean(text: str) -> str:
    """*text* as a workbook can hold it and gives it back: NFC, ``\\n`` for line ends, no control signs."""
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), unicodedata.normalize("NFC", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWRITABLE.sub("\ufffd", text).strip()
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1].rstrip()}…"


def cell_text(value: object) -> str:
    """What a cell shows, as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):
        return _float_text(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == datetime.min.time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return clean(str(value))


def _float_text(value: float) -> str:
    """A number as Excel shows it: 15 digits, so ``0.1 + 0.2`` is ``0.3``; no exponent."""
    if not math.isfinite(value):
        return str(value)
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def read_book(data: bytes) -> dict[str, Grid]:
    """All sheets of a workbook as text, trailing empty cells and rows cut. UnreadableBookError.

    A formula gives the value it had when the file was saved; one that was never calculated
    gives its own text, so that it is seen and not lost.
    """
    clean = _clean(data)
    grids = _sheets(clean, calculated=False)
    if any(text.startswith("=") for grid in grids.values() for row in grid for text in row):
        values = _sheets(clean, calculated=True)
        grids = {name: _calculated(grid, values[name]) for name, grid in grids.items()}
    return grids


def _clean(data: bytes) -> bytes:
    """A copy with nothing but cells. Refuse what is no workbook, or one that would swell on opening."""
    if len(data) > MAX_BYTES:
        raise UnreadableBookError(f"lebih besar dari {MAX_BYTES // 1_000_000} MB")
    if data.startswith(b"\xd0\xcf\x11\xe0"):
        raise UnreadableBookError("terkunci kata sandi atau berformat .xls lama")
    try:
        clean = clean_copy(data, MAX_ROWS, texts_counted=True)
    except Unreadable as error:
        raise UnreadableBookError(str(error)) from error
    if clean.lost:
        raise UnreadableBookError(f"berisi lebih dari {MAX_ROWS} baris")
    return clean.data


def _sheets(data: bytes, *, calculated: bool) -> dict[str, Grid]:
    from openpyxl import load_workbook

    shown = _Shown()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns about styles and extensions it drops
            book = load_workbook(io.BytesIO(data), read_only=True, data_only=calculated)
            grids = {sheet.title: _grid(sheet, shown) for sheet in book.worksheets}
            book.close()
    except UnreadableBookError:
        raise
    except Exception as error:  # openpyxl fails on broken files in any way it likes
        raise UnreadableBookError(f"isinya rusak ({type(error).__name__})") from error
    return grids


class _Shown:
    """The texts of a workbook's cells, counted: one long text may stand in a million of them."""

    def __init__(self) -> None:
        self._left = MAX_SHOWN

    def text(self, value: object) -> str:
        """What a cell shows. UnreadableBookError when all cells together show too much."""
        # A long text is counted before a copy of it is made.
        text = cell_text(value) if not isinstance(value, str) or len(value) <= self._left else value
        self._left -= len(text)
        if self._left < 0:
            raise UnreadableBookError("isinya mengembang terlalu besar")
        return text


def _calculated(grid: Grid, values: Grid) -> Grid:
    """*grid* with the saved value in place of each formula that has one."""
    found = {(r, c): text for r, row in enumerate(values) for c, text in enumerate(row) if text}
    return tuple(
        tuple(found.get((r, c), text) if text.startswith("=") else text for c, text in enumerate(row))
        for r, row in enumerate(grid)
    )


def lines(grids: Mapping[str, Grid], sheet: str = SHEET) -> tuple[Line, ...]:
    """The rows below the header of *sheet*, wherever in the first 30 rows the header stands."""
    grid, head, places = header_of(grids, sheet)
    below = enumerate(grid[head + 1 :], head + 2)
    return tuple(_line(row_number, cells, places) for row_number, cells in below)


def header_of(grids: Mapping[str, Grid], sheet: str) -> tuple[Grid, int, dict[str, int]]:
    """The grid of *sheet*, the place of its header row, and the place of each known column.

    UnreadableBookError when there is no such sheet or header.
    """
    name = next((name for name in grids if plain(name) == plain(sheet)), None)
    if name is None:
        raise UnreadableBookError(f"lembar {sheet} tidak ada")
    grid = grids[name]
    for number, row in enumerate(grid[:HEADER_ROWS]):
        places = _places(row)
        if all(column in places for column in NEEDED):
            return grid, number, places
    raise UnreadableBookError(
        f"judul kolom {', '.join(NEEDED)} tidak ditemukan dalam {HEADER_ROWS} baris pertama lembar {name}"
    )


def _places(row: Iterable[str]) -> dict[str, int]:
    labels = {plain(column): column for column in HEADER}
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        if (column := labels.get(plain(cell))) and column not in places:
            places[column] = place
    return places


def _line(row: int, cells: tuple[str, ...], places: Mapping[str, int]) -> Line:
    found = {column: cells[place] for column, place in places.items() if place < len(cells)}
    return Line(row, found, places)


def _grid(sheet: Any, shown: _Shown) -> Grid:
    """The sheet's texts. Rows are streamed, and none below the last that counts is made."""
    rows: list[tuple[str, ...]] = []
    cells = sheet.iter_rows(max_row=MAX_ROWS, max_col=MAX_COLUMNS, values_only=True)
    for number, row in enumerate(cells, 1):
        texts = [shown.text(value) if value is not None else "" for value in row]
        while texts and not texts[-1]:
            texts.pop()
        if texts:
            rows += [()] * (number - 1 - len(rows))
            rows.append(tuple(texts))
    return tuple(rows)
