"""The cells of a review workbook as text; stewards edit it by hand.

Nothing is interpreted here beyond what a cell shows: whole numbers without ``.0``,
dates as ISO. A file that cannot be read raises :class:`UnreadableBookError`.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache

from iid.expectations.rulebook.words import plain
from iid.tasks.ingest import cell_grids
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.store.memory import last_night
from iid.tasks.store.store import Store
from iid.tasks.text.cell_values import CellError, Uncalculated

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
# A workbook writes control signs as _x000D_; some readers give them back so.
_ESCAPED = re.compile(r"_x00([01][0-9A-Fa-f])_")


class UnreadableBookError(Exception):
    """An unreadable workbook; the message is the reason, in Indonesian."""


@dataclass(frozen=True, slots=True)
class Line:
    """A row below the header: its number, its texts by column name."""

    row: int
    cells: Mapping[str, str]
    places: Mapping[str, int]  # column name -> place in the sheet, from 0
    sheet: str = SHEET

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "")

    @property
    def filled(self) -> bool:
        """Whether a steward has entered anything; a dash is empty."""
        return any(meant(self[column]) for column in ENTRIES)

    def address(self, column: str) -> str:
        """Return the address of *column* here (``G12``), or the row without it."""
        place = self.places.get(column)
        return str(self.row) if place is None else f"{letters(place)}{self.row}"


def meant(text: str) -> str:
    """*text* without outer spaces; a lone dash means empty."""
    text = text.strip()
    return "" if text in {"-", "–", "—"} else text


def letters(place: int) -> str:
    """Return the letters of a column counted from 0: 0 is ``A``, 26 ``AA``."""
    name = ""
    place += 1
    while place:
        place, rest = divmod(place - 1, 26)
        name = chr(65 + rest) + name
    return name


def clean(text: str) -> str:
    """Return *text* as a workbook holds it: NFC, ``\\n``, no control signs."""
    if text.isascii() and text.isprintable() and len(text) <= MAX_TEXT and "_x00" not in text:
        return text.strip()  # nearly every cell
    text = _ESCAPED.sub(lambda match: chr(int(match[1], 16)), unicodedata.normalize("NFC", text))
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text = _UNWRITABLE.sub("\ufffd", text).strip()
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1].rstrip()}…"


def cell_text(value: object) -> str:
    """What a cell shows, as text."""
    match value:
        case None:
            text = ""
        case bool():
            text = str(value).upper()
        case float():
            text = _float_text(value)
        case datetime() if value.time() != datetime.min.time():
            text = value.isoformat(" ")
        case datetime():
            text = value.date().isoformat()
        case date():
            text = value.isoformat()
        case CellError(shown):
            text = shown
        case Uncalculated(formula):
            text = clean(formula)
        case _:
            text = clean(str(value))
    return text


def _float_text(value: float) -> str:
    """Write a number as Excel does: 15 digits (``0.3``), no exponent."""
    if not math.isfinite(value):
        return str(value)
    text = f"{Decimal(f'{value:.15g}'):f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


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


@contextmanager
def remembered(store: Store, prefix: str, *, fresh: bool = False) -> Iterator[Reader]:
    """Yield a reader that knows what workbooks of known content said.

    It is remembered below *prefix* of *store*, and learnt anew where *fresh*.
    """
    memory = last_night(store, prefix, "review", fresh=fresh)

    def read(data: bytes) -> Sheets:
        key = hashlib.sha256(data).hexdigest(), SHEET
        return _unpacked(memory.answer(key, lambda: _packed(read_book(data))))

    yield read
    memory.save()


def _packed(sheets: Sheets) -> str:
    return json.dumps([sheets, sorted(sheets.hidden)])


@lru_cache(maxsize=512)
def _unpacked(said: str) -> Sheets:
    """Return remembered sheets; the same text is unpacked once in a run."""
    grids, hidden = json.loads(said)
    sheets = Sheets((name, tuple(map(tuple, rows))) for name, rows in grids.items())
    sheets.hidden = frozenset(hidden)
    return sheets


class _Shown:
    """The texts of cells, counted: one long text may be in a million of them."""

    def __init__(self) -> None:
        self._left = MAX_SHOWN

    def text(self, value: object) -> str:
        """Return a cell's text. UnreadableBookError if all cells show too much."""
        # A long text is counted before a copy of it is made.
        text = cell_text(value) if not isinstance(value, str) or len(value) <= self._left else value
        self._left -= len(text)
        if self._left < 0:
            raise UnreadableBookError("isinya mengembang terlalu besar")
        return text


def lines(grids: Mapping[str, Grid], sheet: str = SHEET) -> tuple[Line, ...]:
    """Return the rows below the header, sought in the first 30 rows.

    Filled rows of a copy of the sheet (``Keputusan (2)``) are added for the claims that no filled
    row of the sheet itself decides.
    """
    first, *copies = _tables(grids, sheet)
    found = list(_below(*first))
    decided = {_claim_of(line) for line in found if line.filled}
    for copy in copies:
        found += [line for line in _below(*copy) if line.filled and _claim_of(line) not in decided]
        decided |= {_claim_of(line) for line in found if line.filled}
    return tuple(found)


def filled_copies(grids: Mapping[str, Grid], sheet: str = SHEET) -> tuple[str, tuple[str, ...]]:
    """Return the sheet that counts, and its copies with decisions."""
    (used, *_), *copies = _tables(grids, sheet)
    return used, tuple(copy[0] for copy in copies if any(line.filled for line in _below(*copy)))


def rival_columns(grids: Mapping[str, Grid], sheet: str = SHEET) -> Iterator[tuple[str, str, str]]:
    """Yield title, cell read and cell not read, of columns of one title."""
    _, grid, head, places = _tables(grids, sheet)[0]
    read = {plain(column): (column, place) for column, place in places.items()}
    for place, cell in enumerate(grid[head]):
        column, used = read.get(plain(cell), ("", place))
        if place != used:
            yield column, f"{letters(used)}{head + 1}", f"{letters(place)}{head + 1}"


_Table = tuple[str, Grid, int, dict[str, int]]  # name, cells, place of the header, places of its columns


def _below(name: str, grid: Grid, head: int, places: dict[str, int]) -> Iterator[Line]:
    for number, cells in enumerate(grid[head + 1 :], head + 2):
        found = {column: cells[place] for column, place in places.items() if place < len(cells)}
        yield Line(number, found, places, name)


def _claim_of(line: Line) -> tuple[str, str]:
    return plain(line["innovation_id"]), plain(line["No"])


def _tables(grids: Mapping[str, Grid], sheet: str) -> list[_Table]:
    """Return that sheet, then its copies, hidden ones last."""
    wanted = plain(sheet)
    names = [name for name in grids if plain(name) == wanted]
    names += [name for name in grids if plain(name) != wanted and _is_copy(plain(name), wanted)]
    if isinstance(grids, Sheets):
        names.sort(key=grids.hidden.__contains__)
    if not names:
        raise UnreadableBookError(f"lembar {sheet} tidak ada")
    found = [(name, grids[name], *header) for name in names if (header := _header(grids[name]))]
    if not found:
        raise UnreadableBookError(
            f"judul kolom {', '.join(NEEDED)} tidak ditemukan dalam {HEADER_ROWS} baris pertama "
            f"lembar {names[0]}"
        )
    return found


def _is_copy(name: str, wanted: str) -> bool:
    """Report whether a name is *wanted* with what programs add to a copy."""
    return name.startswith(wanted) or name.endswith(wanted)


def _header(grid: Grid) -> tuple[int, dict[str, int]] | None:
    for number, row in enumerate(grid[:HEADER_ROWS]):
        places = _places(row, grid[number + 1 :])
        if all(column in places for column in NEEDED):
            return number, places
    return None


def header_of(grids: Mapping[str, Grid], sheet: str) -> tuple[Grid, int, dict[str, int]]:
    """Return the grid of *sheet*, its header row, and each known column.

    UnreadableBookError when there is no such sheet or header.
    """
    return _tables(grids, sheet)[0][1:]


def _places(row: Iterable[str], below: Sequence[Texts]) -> dict[str, int]:
    """Return each column's place; of several with one title a filled one."""
    labels = {plain(column): column for column in HEADER}
    places: dict[str, int] = {}
    for place, cell in enumerate(row):
        column = labels.get(plain(cell))
        if column and (column not in places or _is_filled(below, place) > _is_filled(below, places[column])):
            places[column] = place
    return places


def _is_filled(below: Sequence[Texts], place: int) -> bool:
    return any(place < len(cells) and meant(cells[place]) for cells in below)


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
