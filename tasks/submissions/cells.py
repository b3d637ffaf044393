"""From the bytes of a workbook to grids of cells, by the quickest reader that tells the truth.

python-calamine reads a workbook in a millisecond but shows neither formulas without a
result, error values nor percent formats; where those matter, openpyxl reads the same
clean copy. Both see only what :mod:`iid.tasks.submissions.container` lets through.
"""

from __future__ import annotations

import io
import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from iid.tasks.submissions.container import Clean, clean_copy, without_styles
from iid.tasks.submissions.errors import Unreadable
from iid.tasks.submissions.sheetxml import MAX_COLUMNS, MAX_ROWS, column_letters
from iid.tasks.submissions.values import CellError, Uncalculated, Value, decimal_text

_IN_QUOTES = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]')
OLD_FORMAT = "isinya format Excel lama (.xls)"
BROKEN_STYLES = "format sel (styles.xml) rusak dan diabaikan; periksa tanggal dan persen"


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: ``rows[r][c]``, both from 0; rows may be shorter than others.

    Cells of a merged range all hold its value; ``filled`` are those that got it from there.
    """

    name: str
    rows: list[list[Value]]
    filled: frozenset[tuple[int, int]] = frozenset()

    def at(self, row: int, column: int) -> Value:
        """The cell, None beyond the edge."""
        cells = self.rows[row] if row < len(self.rows) else []
        return cells[column] if column < len(cells) else None

    def address(self, row: int, column: int) -> str:
        """``Profil!B12``."""
        return f"{self.name}!{column_letters(column + 1)}{row + 1}"


@dataclass(frozen=True, slots=True)
class Book:
    """The sheets of a workbook in order; ``repair`` says how it was read when not the plain way."""

    grids: tuple[Grid, ...]
    repair: str = ""


Sheet = tuple[str, list[list[Value]], list[tuple[int, int, int, int]]]  # name, cells, merged ranges
Reader = Callable[[Clean], Iterator[Sheet]]


def read_book(data: bytes, *, formats: bool = False) -> Book:
    """All sheets of the workbook *data*.

    With *formats*, a number shown as percent becomes the text a person sees (``5.23%``).
    Raises :class:`Unreadable`, and nothing else, for whatever the bytes are.
    """
    clean = clean_copy(data)
    problem = "strukturnya rusak"
    for reader, prepare, repair in _plan(clean, formats):
        try:
            return Book(_grids(reader, prepare(clean)), repair)
        except Unreadable as error:
            problem = str(error)
    raise Unreadable(problem)


def _plan(clean: Clean, formats: bool) -> list[tuple[Reader, Callable[[Clean], Clean], str]]:
    if clean.kind == "xls":
        return [(_old, _same, OLD_FORMAT)]
    plain: list[tuple[Reader, Callable[[Clean], Clean], str]] = [
        (_openpyxl, _same, ""),
        (_openpyxl, without_styles, BROKEN_STYLES),
    ]
    return (
        plain
        if clean.odd or formats
        else [(_calamine, _same, ""), (_calamine, without_styles, BROKEN_STYLES)]
    )


def _same(clean: Clean) -> Clean:
    return clean


def _grids(reader: Reader, clean: Clean) -> tuple[Grid, ...]:
    """Every sheet *reader* finds; whatever a parser throws at hostile bytes becomes Unreadable."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of features that hold no answers
            return tuple(_filled(name, rows, merges) for name, rows, merges in reader(clean))
    except Unreadable:
        raise
    except Exception as error:
        locked = type(error).__name__ == "PasswordError"
        raise Unreadable("terkunci kata sandi" if locked else "strukturnya rusak") from error
    except BaseException as error:
        # A panic inside calamine (Rust) arrives as a BaseException that is nobody's wish to stop.
        if type(error).__name__ != "PanicException":
            raise
        raise Unreadable("strukturnya rusak") from error


def _filled(name: str, rows: list[list[Value]], merges: list[tuple[int, int, int, int]]) -> Grid:
    width = min(max(map(len, rows), default=0), MAX_COLUMNS)
    filled: set[tuple[int, int]] = set()
    for top, left, bottom, right in merges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in range(top, min(bottom + 1, len(rows))):
            cells = rows[row]
            cells += [None] * (min(right + 1, width) - len(cells))
            for column in range(left, min(right + 1, width)):
                if cells[column] is None and value is not None:
                    cells[column] = value
                    filled.add((row, column))
    return Grid(name, rows, frozenset(filled))


def _old(clean: Clean) -> Iterator[Sheet]:
    from iid.tasks.submissions.oldexcel import read_old_workbook

    yield from read_old_workbook(clean.data)


def _calamine(clean: Clean) -> Iterator[Sheet]:
    from python_calamine import CalamineWorkbook, SheetTypeEnum

    with CalamineWorkbook.from_filelike(io.BytesIO(clean.data)) as book:
        for meta in book.sheets_metadata:
            if meta.typ != SheetTypeEnum.WorkSheet:
                continue
            sheet = book.get_sheet_by_name(meta.name)
            found = sheet.to_python(skip_empty_area=False, nrows=MAX_ROWS)
            rows: list[list[Value]] = [[None if cell == "" else cell for cell in row] for row in found]
            merges = [(*start, *end) for start, end in sheet.merged_cell_ranges or []]
            yield meta.name, rows, merges


def _openpyxl(clean: Clean) -> Iterator[Sheet]:
    from openpyxl import load_workbook

    shown: Any = load_workbook(io.BytesIO(clean.data), data_only=True, keep_links=False)
    formulas: Any = load_workbook(io.BytesIO(clean.data), keep_links=False)
    # Set by programs that wrote formulas without calculating them; their results are a bare 0.
    never = bool(shown.calculation and shown.calculation.fullCalcOnLoad)
    for sheet in shown.worksheets:
        # Only stored cells: iter_rows would make every cell between them.
        other = formulas[sheet.title]._cells
        rows: list[list[Value]] = []
        for (row, column), cell in sorted(sheet._cells.items()):
            if row <= MAX_ROWS and column <= MAX_COLUMNS:
                rows += [[] for _ in range(row - len(rows))]
                rows[-1] += [None] * (column - 1 - len(rows[-1]))
                rows[-1].append(_value(cell, other[row, column], never))
        merges = [
            (span.min_row - 1, span.min_col - 1, span.max_row - 1, span.max_col - 1)
            for span in sheet.merged_cells.ranges
        ]
        yield sheet.title, rows, merges


def _value(cell: Any, formula: Any, never: bool) -> Value:
    value = cell.value
    empty = value is None and cell.data_type != "str"  # t="str" without a value is a calculated ""
    if formula.data_type == "f" and (empty or (never and value in {0, ""})):
        text = getattr(formula.value, "text", formula.value)  # an array formula is an object
        return Uncalculated(str(text))
    if cell.data_type == "e":
        return CellError(str(value))
    if isinstance(value, int | float) and not isinstance(value, bool) and "%" in _shape(cell):
        return f"{decimal_text(Decimal(repr(value)) * 100)}%"
    return None if value == "" else value


def _shape(cell: Any) -> str:
    return _IN_QUOTES.sub("", cell.number_format or "")
