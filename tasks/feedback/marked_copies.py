"""A unit's workbook copied with findings as coloured cells and notes.

The original is never touched. The copy is built anew from the cells our own reader sees (same addresses),
so nothing of a hostile workbook lives on in it: no formulas, macros, links or pictures. It holds only the
sheets that were read, under the names of the form, so that it never passes for another workbook (a sheet
*Keputusan* in a unit's own workbook would be one of decisions). It is for reading.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Any

from iid.tasks.feedback.findings_book import CREATED
from iid.tasks.feedback.work_list import Line
from iid.tasks.ingest.cell_grids import Book, Grid, read_book
from iid.tasks.ingest.parse_workbook import REGION_WORKBOOK
from iid.tasks.ingest.sheet_tables import INDICATORS, PROFILE, find_table
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.report.losses import SEVERITY_ORDER
from iid.tasks.report.sheet_writer import LONGEST_TEXT, as_double
from iid.tasks.text.cell_values import CellError, Uncalculated, Value
from iid.tasks.text.indonesian import clean
from iid.tasks.text.labels import SEVERITY

MOST_ROWS, MOST_COLUMNS = 2_000, 60  # a form has 40 answers; what is beyond says nothing
WIDEST, TALLEST, LINE_HEIGHT = 60, 300, 15
COLOURS = {"critical": "#F5B7B1", "warning": "#FBE3A8", "info": "#D6E6F5"}
AUTHOR = "Pemeriksaan IID"
SHEET = "Umpan balik"
_ADDRESS = re.compile(r"([A-Z]{1,3})([1-9][0-9]{0,6})")
Notes = dict[tuple[str, int, int], list[Line]]  # (sheet, row, column), both from 0


def marked_copy(data: bytes, path: str, lines: Sequence[Line]) -> bytes | None:
    """Copy the workbook *data* that is at *path*; None if it is unreadable.

    *lines* are the findings about it: those with a cell of this workbook are there, and all of
    them in a last sheet.
    """
    import xlsxwriter

    try:
        grids = _answered(read_book(data), path)
    except Unreadable:
        return None
    notes = _notes(path, lines)
    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": "Salinan dengan catatan", "created": CREATED})
        styles = _Styles(book)
        marked = [sheet for sheet, *_ in notes]
        for name, grid in grids.items():
            sheet = book.add_worksheet(name)
            _sheet(sheet, grid, notes, styles)
            if marked and grid.name == max(marked, key=lambda name: (marked.count(name), name)):
                sheet.activate()  # open where the most is to be fixed
        _list(book.add_worksheet(SHEET), path, lines, styles)
    return target.getvalue()


def _answered(book: Book, path: str) -> dict[str, Grid]:
    """Return the sheets that answers are read from, by the form's names."""
    region = path.rpartition("/")[2].casefold() == REGION_WORKBOOK
    found: dict[str, Grid] = {}
    for form in (INDICATORS,) if region else (PROFILE, INDICATORS):
        table = find_table(book, form)
        if table and not any(table.grid is grid for grid in found.values()):
            found[form.sheet] = table.grid
    return found


def _notes(path: str, lines: Iterable[Line]) -> Notes:
    notes: Notes = {}
    for line in lines:
        if line.cell and line.cell.path == path and (place := _ADDRESS.fullmatch(line.cell.address)):
            column = 0
            for letter in place[1]:
                column = column * 26 + ord(letter) - 64
            notes.setdefault((line.cell.sheet, int(place[2]) - 1, column - 1), []).append(line)
    return notes


class _Styles:
    """Formats by colour and kind, made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top", "align": "left", "text_wrap": True}
        base |= {"border": 1, "border_color": "#D5DDD9"}
        shades: dict[str, dict[str, Any]] = {"": {}} | {
            name: {"bg_color": c, "border_color": "#8A8A8A"} for name, c in COLOURS.items()
        }
        kinds: dict[str, dict[str, Any]] = {
            "text": {},
            "date": {"num_format": "dd/mm/yyyy"},
            "quoted": {"quote_prefix": True},
        }
        self._made = {
            (shade, kind): book.add_format({**base, **colour, **form})
            for shade, colour in shades.items()
            for kind, form in kinds.items()
        }
        self.bold = book.add_format({**base, "bold": True})

    def of(self, shade: str = "", kind: str = "text") -> Any:
        return self._made[shade, kind]


def _sheet(sheet: Any, grid: Grid, notes: Notes, styles: _Styles) -> None:
    rows = [row[:MOST_COLUMNS] for row in grid.rows[:MOST_ROWS]]
    marked = {(r, c): found for (name, r, c), found in notes.items() if name == grid.name}
    widths = _widths(rows)
    for place, width in enumerate(widths):
        sheet.set_column(place, place, width)
    for number, row in enumerate(rows):
        if height := _height(row, widths):
            sheet.set_row(number, height)
        for place, value in enumerate(row):
            _write(sheet, number, place, value, _shade(marked.get((number, place), ())), styles)
    for (number, place), found in marked.items():
        if number >= len(rows) or place >= len(rows[number]):
            sheet.write_blank(number, place, None, styles.of(_shade(found)))
        _note(sheet, number, place, found)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _shade(found: Sequence[Line]) -> str:
    """The colour of the gravest finding on a cell; "" without one."""
    return min((line.severity for line in found), key=lambda s: SEVERITY_ORDER.get(s, 9), default="")


def _write(sheet: Any, row: int, column: int, value: Value, shade: str, styles: _Styles) -> None:
    match value:
        case None:
            if shade:
                sheet.write_blank(row, column, None, styles.of(shade))
        case bool():
            sheet.write_boolean(row, column, value, styles.of(shade))
        case int() | float() if as_double(value) is not None:
            sheet.write_number(row, column, value, styles.of(shade))
        case date() if value.year >= 1900:  # a datetime is a date too
            sheet.write_datetime(row, column, value, styles.of(shade, "date"))
        case _:
            text = _text(value)
            kind = "quoted" if text.startswith(("=", "+", "-", "@")) else "text"
            sheet.write_string(row, column, text, styles.of(shade, kind))


def _text(value: Value) -> str:
    match value:
        case None:
            return ""
        case CellError(text) | Uncalculated(text):
            return clean(text)[:LONGEST_TEXT]
        case datetime() | date():
            return f"{value:%d/%m/%Y}" if not isinstance(value, time | timedelta) else str(value)
    return clean(value)[:LONGEST_TEXT]


def _note(sheet: Any, row: int, column: int, found: Sequence[Line]) -> None:
    text = "\n\n".join(_comment(line) for line in found)[: LONGEST_TEXT - 1]
    lines = sum(1 + len(part) // 46 for part in text.split("\n"))
    size = {"width": 330, "height": min(max(18 * lines + 10, 80), 420)}
    sheet.write_comment(row, column, text, {"author": AUTHOR, "font_size": 9, **size})


def _comment(line: Line) -> str:
    worth = f" ({line.worth} poin indeks)" if line.worth else ""
    head = f"{SEVERITY.get(line.severity, line.severity).upper()}: {line.title}{worth}"
    return "\n".join(filter(None, (head, line.why, f"→ {line.fix}" if line.fix else "")))


def _list(sheet: Any, path: str, lines: Sequence[Line], styles: _Styles) -> None:
    """The last sheet: what this copy is, and every finding with its place."""
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    name = path.rpartition("/")[2]
    about = (
        f"Salinan untuk dibaca. Perbaiki {name} yang asli, bukan salinan ini; salinan ini ditimpa bila ada "
        "perubahan. Arahkan penunjuk ke sel berwarna untuk membaca catatannya."
    )
    sheet.merge_range(0, 0, 0, 1, about, styles.of())
    sheet.set_row(0, 2 * LINE_HEIGHT)
    if not lines:
        sheet.write_string(2, 0, "Tidak ada temuan.", styles.bold)
    for number, line in enumerate(lines, 2):
        text = _comment(line)
        place = f"{line.cell.sheet}, sel {line.cell.address}" if line.cell else line.where
        rows = sum(1 + len(part) // 105 for part in text.split("\n"))
        sheet.set_row(number, LINE_HEIGHT * min(max(rows, 1 + len(place) // 26), 20))
        sheet.write_string(number, 0, clean(place)[:LONGEST_TEXT], styles.of(line.severity))
        sheet.write_string(number, 1, text[:LONGEST_TEXT], styles.of())
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)


def _widths(rows: list[list[Value]]) -> list[int]:
    widths = [8] * max(map(len, rows), default=0)
    for row in rows:
        for place, value in enumerate(row):
            longest = max(map(len, _text(value).split("\n")))
            widths[place] = max(widths[place], min(longest + 2, WIDEST))
    return widths


def _height(row: list[Value], widths: list[int]) -> int:
    """Points that the longest text needs when it is wrapped; 0 for one line."""
    lines = max(
        (
            sum(1 + len(part) // width for part in _text(value).split("\n"))
            for value, width in zip(row, widths, strict=False)
        ),
        default=1,
    )
    return min(LINE_HEIGHT * lines, TALLEST) if lines > 1 else 0
