"""One table of a workbook: headings, formats, filter, parts by row limit.

Text is always written as text (``write_string``), so nothing from a share becomes a
formula or a link. Numbers are written as numbers only where a double shows the same
digits; the exact text is in the published tables.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from itertools import chain, islice
from typing import Any, Literal

from iid.tasks.text.indonesian import clean

ROWS_PER_SHEET = 1_000_000  # Excel ends at 1,048,576
LONGEST_TEXT = 32_767  # characters a cell holds
LINE_HEIGHT, MOST_LINES = 15, 12
Kind = Literal["text", "wrap", "whole", "points", "exact", "flag"]
FORMATS = {"whole": "#,##0", "points": "#,##0.00", "exact": "General"}


Value = Callable[[Mapping[str, Any]], object]


def of(key: str) -> Value:
    """The value of a row under *key*."""
    return lambda row: row[key]


@dataclass(frozen=True, slots=True)
class Column:
    """One column: heading, width in characters, format, source of values."""

    heading: str
    width: int
    kind: Kind
    value: Value


class Styles:
    """The few formats of a workbook, made once."""

    def __init__(self, book: Any) -> None:
        base = {"font_name": "Calibri", "font_size": 11, "valign": "top"}
        self.head = book.add_format(
            base
            | {"bold": True, "text_wrap": True, "font_color": "#FFFFFF", "bg_color": "#0C4A46", "border": 1}
        )
        self.title = book.add_format(base | {"bold": True, "font_size": 16})
        self.strong = book.add_format(base | {"bold": True, "font_size": 13})
        self.note = book.add_format(base | {"font_color": "#4D5D58"})
        rule = {"bottom": 1, "bottom_color": "#D5DDD9"}
        self._cells = {
            (kind, tone): book.add_format(base | rule | self._shape(kind) | color)
            for kind in ("text", "wrap", "whole", "points", "exact", "flag")
            for tone, color in (
                ("", {}),
                ("critical", {"bg_color": "#FBE3E0"}),
                ("warning", {"bg_color": "#FBF1DC"}),
            )
        }

    @staticmethod
    def _shape(kind: str) -> dict[str, Any]:
        if kind in FORMATS:
            return {"num_format": FORMATS[kind]}
        return {"text_wrap": True} if kind == "wrap" else {}

    def cell(self, kind: str, tone: str = "") -> Any:
        """Format of a cell of *kind*, in the colour of a severity or none."""
        return self._cells[kind, tone]


def write_table(
    book: Any,
    styles: Styles,
    name: str,
    columns: tuple[Column, ...],
    rows: Iterable[Mapping[str, Any]],
    tone: Callable[[Mapping[str, Any]], str] = lambda row: "",
    limit: int = ROWS_PER_SHEET,
) -> int:
    """Write *rows* to sheet *name* (then ``name 2`` …); return how many."""
    left = iter(rows)
    total, part, ahead = 0, 1, list(islice(left, 1))
    while ahead or part == 1:
        sheet = book.add_worksheet(name if part == 1 else f"{name} {part}")
        _head(sheet, styles, columns)
        written = 0
        for written, row in enumerate(islice(chain(ahead, left), limit), 1):
            _row(sheet, styles, written, columns, row, tone(row))
        sheet.autofilter(0, 0, max(written, 1), len(columns) - 1)
        total, part, ahead = total + written, part + 1, list(islice(left, 1))
    return total


def _row(
    sheet: Any, styles: Styles, place: int, columns: tuple[Column, ...], row: Mapping[str, Any], shade: str
) -> None:
    values = [column.value(row) for column in columns]
    # Only Excel fits the height of wrapped rows by itself; other programs cut them off.
    lines = max(
        (
            -(-len(clean(value)) // column.width)
            for column, value in zip(columns, values, strict=True)
            if column.kind == "wrap"
        ),
        default=1,
    )
    if lines > 1:
        sheet.set_row(place, LINE_HEIGHT * min(lines, MOST_LINES))
    for position, (column, value) in enumerate(zip(columns, values, strict=True)):
        write(sheet, place, position, value, column.kind, styles.cell(column.kind, shade))


def _head(sheet: Any, styles: Styles, columns: tuple[Column, ...]) -> None:
    sheet.set_row(0, 32)
    for position, column in enumerate(columns):
        sheet.set_column(position, position, column.width)
        sheet.write_string(0, position, column.heading, styles.head)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def write(sheet: Any, row: int, column: int, value: object, kind: str, style: Any) -> None:
    """Write a number where *kind* is one and a double has its digits, or text."""
    if value is None or value == "":
        sheet.write_blank(row, column, None, style)
    elif kind == "flag":
        sheet.write_string(row, column, "ya" if value else "tidak", style)
    elif kind in FORMATS and (number := as_double(value)) is not None:
        sheet.write_number(row, column, number, style)
    else:
        text = clean(value)
        sheet.write_string(
            row, column, text if len(text) <= LONGEST_TEXT else f"{text[: LONGEST_TEXT - 1]}…", style
        )


@lru_cache(maxsize=10_000)  # weights, parameters and scores repeat
def as_double(value: object) -> float | None:
    """Return *value* as a double; None where that would change its digits."""
    try:
        exact = Decimal(clean(value))
    except ArithmeticError:
        return None
    number = float(exact)
    return number if exact.is_finite() and Decimal(repr(number)) == exact else None
