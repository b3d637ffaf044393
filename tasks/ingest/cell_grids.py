"""Grids of cells from a workbook's bytes, by the first reader to open it.

Our own streaming reader (:mod:`iid.tasks.ingest.open_xml`) sees formulas without a result,
error values, formats, hyperlinks and hidden sheets. Where it gives up, and for other formats,
calamine, then openpyxl or xlrd read the file in a process of their own; the book says so.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from iid.tasks.ingest import excel_97, open_document
from iid.tasks.ingest.container import Package, kind_of
from iid.tasks.ingest.excel_binary import ExcelBinary
from iid.tasks.ingest.open_xml import OpenXml
from iid.tasks.ingest.open_xml_sheet import MAX_COLUMNS, MAX_LINKS, MAX_ROWS, Sheet, column_letters
from iid.tasks.ingest.other_readers import read_otherwise, without_password
from iid.tasks.ingest.unreadable import LOCKED, Unreadable
from iid.tasks.ingest.xml_stream import BrokenXmlError
from iid.tasks.text.cell_values import CellError, Value

OLD_FORMATS = {
    "xls": "isinya format Excel lama (.xls)",
    "xlsb": "isinya format Excel biner (.xlsb)",
    "ods": "isinya format OpenDocument (.ods)",
}
_READERS = {"xls": ("calamine", "xlrd")}
_MARKS = {"xls": excel_97.read_marks, "ods": open_document.read_marks}
EXCELS_LOCK = "dikunci dengan kata sandi bawaan Excel"
SECOND_READER = "; dibaca dengan pembaca kedua ({reader})"
BROKEN_STYLES = "format sel (styles.xml) rusak dan diabaikan; periksa tanggal dan persen"
BROKEN_SHEETS = "lembar {names} rusak dan tidak terbaca; lembar lainnya terbaca"
BY_OTHER_READER = (
    "strukturnya tidak lazim dan dibaca dengan pembaca kedua ({reader}); tautan pada sel tidak terbaca"
)


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``rows[r][c]``, both from 0; rows may be shorter than others.

    Cells of a merged range all hold its value; ``filled`` are those that got it from there.
    ``links`` are the hyperlinks of cells, by row and column.
    """

    name: str
    rows: list[list[Value]]
    filled: frozenset[tuple[int, int]] = frozenset()
    links: Mapping[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False

    def at(self, row: int, column: int) -> Value:
        """The cell, None beyond the edge."""
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def address(self, row: int, column: int) -> str:
        """``Profil!B12``."""
        return f"{self.name}!{column_letters(column + 1)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook in order; ``repair``: which fallback read it.

    ``lost``: something is below the rows that are read.
    """

    grids: tuple[Grid, ...]
    repair: str = ""
    lost: bool = False


def read_book(
    data: bytes, *, formats: bool = False, max_rows: int = MAX_ROWS, skip: Collection[str] = ()
) -> Book:
    """Read *max_rows* rows of each sheet of *data* not in *skip* (casefolded).

    With *formats*, a number shown as percent becomes the text a person sees (``5.23%``).
    Raises :class:`Unreadable`, and nothing else, for whatever the bytes are.
    """
    try:
        return _read(data, formats, max_rows, skip)
    except Unreadable as error:
        if str(error) != LOCKED:
            raise
    book = _read(without_password(data), formats, max_rows, skip)
    return replace(book, repair="; ".join(filter(None, (EXCELS_LOCK, book.repair))))


def _read(data: bytes, formats: bool, max_rows: int, skip: Collection[str]) -> Book:
    kind = kind_of(data)
    if kind == "xlsb":
        try:
            return _book(
                ExcelBinary(Package(data), formats=formats, max_rows=max_rows).sheets(), OLD_FORMATS[kind]
            )
        except BrokenXmlError:
            pass  # calamine forgives other faults
    if kind != "xlsx":
        reader, sheets = read_otherwise(data, _READERS.get(kind, ("calamine",)), max_rows)
        if kind in _MARKS:
            _MARKS[kind](data, _Marks(sheets, max_rows).keep)
        second = "" if reader == "calamine" else SECOND_READER.format(reader=reader)
        return _book(sheets, OLD_FORMATS[kind] + second)
    whole: list[Sheet] = []
    broken: list[str] = []
    try:
        book = OpenXml(Package(data), formats=formats, max_rows=max_rows)
        whole += book.sheets(skip, broken)
        if not broken:
            return _book(whole, BROKEN_STYLES if book.styles_broken else "", skip)
    except BrokenXmlError:
        whole.clear()
    try:
        reader, sheets = read_otherwise(data, ("calamine", "openpyxl"), max_rows)
    except Unreadable:
        if not whole:
            raise
        return _book(whole, BROKEN_SHEETS.format(names=", ".join(f'"{name}"' for name in broken)), skip)
    return _book(sheets, BY_OTHER_READER.format(reader=reader))


class _Marks:
    """Links and errors of cells, put into the sheets of another reader."""

    def __init__(self, sheets: Iterable[Sheet], max_rows: int) -> None:
        self._sheets = {sheet.name: sheet for sheet in sheets}
        self._max_rows, self._left = max_rows, MAX_LINKS

    def keep(self, name: str, row: int, column: int, value: str | CellError) -> None:
        """Keep a link up to MAX_LINKS, and an error in place of an empty cell."""
        sheet = self._sheets.get(name)
        if sheet is None:
            return
        if isinstance(value, CellError):
            cells = sheet.rows[row] if row < len(sheet.rows) else []
            if column < len(cells):
                cells[column] = value
        elif row < self._max_rows and column < MAX_COLUMNS and self._left > 0:
            self._left -= 1
            sheet.links.setdefault((row, column), value)


def _book(sheets: Iterable[Sheet], repair: str, skip: Collection[str] = ()) -> Book:
    read = tuple(sheets)
    if not read and not skip:
        raise Unreadable("tidak berisi satu lembar kerja pun")
    return Book(tuple(map(_filled, read)), repair, any(sheet.lost for sheet in read))


def _filled(sheet: Sheet) -> Grid:
    rows, links = sheet.rows, dict(sheet.links)
    width = min(max(map(len, rows), default=0), MAX_COLUMNS)
    filled: set[tuple[int, int]] = set()
    for top, left, bottom, right in sheet.merges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value, link = rows[top][left], links.get((top, left))
        for row in range(top, min(bottom + 1, len(rows))):
            cells = rows[row]
            cells += [None] * (min(right + 1, width) - len(cells))
            for column in range(left, min(right + 1, width)):
                if cells[column] is None and value is not None:
                    cells[column] = value
                    filled.add((row, column))
                    if link:
                        links[row, column] = link
    return Grid(sheet.name, rows, frozenset(filled), links, sheet.hidden)
