"""The table of a review workbook: header, rows, copies of its sheet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from iid.expectations.rulebook.words import plain
from iid.tasks.ingest.open_xml_sheet import column_letters
from iid.tasks.review.review_cells import Grid, Sheets, Texts, UnreadableBookError

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
HEADER_ROWS = 30  # rows in which the header is sought


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
        return str(self.row) if place is None else f"{column_letters(place + 1)}{self.row}"


def meant(text: str) -> str:
    """*text* without outer spaces; a lone dash means empty."""
    text = text.strip()
    return "" if text in {"-", "–", "—"} else text


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
        if place != used and not _is_set_aside(cell):
            read_at, other = (f"{column_letters(at + 1)}{head + 1}" for at in (used, place))
            yield column, read_at, other


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
    used = [name for name in grids if not _is_set_aside(name)]
    names = [name for name in used if plain(name) == wanted]
    names += [name for name in used if plain(name) != wanted and _is_copy(plain(name), wanted)]
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


def _is_set_aside(name: str) -> bool:
    """Report whether a steward marked a sheet or column with ``_``."""
    return name.startswith("_")


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
        column = "" if _is_set_aside(cell) else labels.get(plain(cell))
        if column and (column not in places or _is_filled(below, place) > _is_filled(below, places[column])):
            places[column] = place
    return places


def _is_filled(below: Sequence[Texts], place: int) -> bool:
    return any(place < len(cells) and meant(cells[place]) for cells in below)
