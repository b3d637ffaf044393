"""One worksheet of Office Open XML, cell by cell (ECMA-376 part 1, 18.3)."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time

from iid.tasks.ingest.container import Package
from iid.tasks.ingest.xml_stream import Attributes, Budget, Scan, TextReader, tricked, unescaped
from iid.tasks.text.cell_values import CellError, Uncalculated, Value

# Safety limits, not rules: the header is in the first 30 rows, answers in the next 40.
MAX_ROWS = 1_000
MAX_COLUMNS = 256
MAX_LINKS = 10_000
_HYPERLINK = re.compile(
    r'(?<![A-Z0-9])HYPERLINK\s*\(\s*(?:"((?:[^"]|"")*)"|(\$?[A-Z]{1,3}\$?\d+)\s*[,;)])', re.IGNORECASE
)


def column_letters(number: int) -> str:
    """1 is ``A``, 16384 ``XFD``."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


_COLUMNS = {column_letters(number): number - 1 for number in range(1, MAX_COLUMNS + 1)}


@dataclass(slots=True)
class Sheet:
    """One worksheet as stored: ragged ``rows[r][c]`` from 0, merges, links.

    ``merges`` are top, left, bottom, right, from 0. ``lost``: something is below the rows
    that are read.
    """

    name: str
    rows: list[list[Value]] = field(default_factory=list)
    merges: list[tuple[int, int, int, int]] = field(default_factory=list)
    links: dict[tuple[int, int], str] = field(default_factory=dict)
    hidden: bool = False
    lost: bool = False


@dataclass(frozen=True, slots=True)
class Whole:
    """What a sheet takes from its workbook; ``targets``: relations by id."""

    package: Package
    budget: Budget
    texts: list[str]
    shown: Callable[[str, str], Value]
    targets: Callable[[str], Mapping[str, str]]
    never_calculated: bool
    max_rows: int
    max_columns: int


class SheetReader:
    """One worksheet part, cell by cell."""

    def __init__(self, book: Whole, sheet: Sheet) -> None:
        self._book, self._sheet = book, sheet
        self._budget = book.budget
        self._row = self._column = -1
        self._type = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._in_cell = self._kept = False
        self._relations: list[tuple[str, str, str]] = []  # cells, relation id, fragment
        self._formula_links: list[tuple[int, int, str]] = []
        self._merged = 0
        self._texts = TextReader(self._budget)

    def read(self, part: str) -> Sheet:
        """The sheet in *part*."""
        starts = {
            "row": self._row_start, "c": self._cell_start, "v": self._text_start, "f": self._formula_start,
            "t": self._inline_start, "rPh": self._texts.phonetic, "mergeCell": self._merge,
            "hyperlink": self._link,
        }  # fmt: skip
        ends = {
            "c": self._cell_end, "v": self._value_end, "f": self._formula_end, "t": self._inline_end,
            "rPh": self._texts.phonetic_end,
        }  # fmt: skip
        self._scan = self._texts.scan = Scan(self._budget, starts, ends)
        self._scan.run(self._book.package.chunks(part))
        self._join_links(part)
        return self._sheet

    def _row_start(self, attributes: Attributes) -> None:
        self._row = number(attributes.get("r", ""), self._row + 2) - 1
        self._column = -1

    def _cell_start(self, attributes: Attributes) -> None:
        place = attributes.get("r", "")
        letters = place.rstrip("0123456789")
        if letters:
            self._column = _COLUMNS.get(letters, MAX_COLUMNS)
            if self._row < 0:
                self._row = number(place[len(letters) :], 1) - 1
        else:
            self._column += 1
        self._in_cell = True
        self._kept = 0 <= self._row < self._book.max_rows and self._column < self._book.max_columns
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value = self._formula = None

    def _text_start(self, _: Attributes) -> None:
        if self._kept:
            self._scan.collect()
        elif self._in_cell and self._row >= self._book.max_rows:
            self._sheet.lost = True

    def _formula_start(self, attributes: Attributes) -> None:
        self._text_start(attributes)

    def _inline_start(self, attributes: Attributes) -> None:
        if self._kept:
            self._texts.begin(attributes)
        else:
            self._text_start(attributes)

    def _value_end(self) -> None:
        if self._kept:
            self._value = self._scan.collected()

    def _formula_end(self) -> None:
        if self._kept:
            self._formula = self._scan.collected()

    def _inline_end(self) -> None:
        if self._kept:
            self._texts.end()

    def _cell_end(self) -> None:
        self._in_cell = False
        if not self._kept:
            return
        self._kept = False
        if self._formula is not None and (found := _HYPERLINK.search(self._formula)):
            address = found[1].replace('""', '"') if found[1] is not None else f"={found[2]}"
            self._formula_links.append((self._row, self._column, address))
        value = self._read_value()
        if value is None:
            return
        rows = self._sheet.rows
        while len(rows) <= self._row:
            rows.append([])
        row = rows[self._row]
        row += [None] * (self._column + 1 - len(row))
        row[self._column] = value
        if isinstance(value, str):
            self._budget.spend_text(len(value))

    def _read_value(self) -> Value:
        if self._type == "inlineStr":
            return self._texts.taken() or None
        text = self._value
        if self._formula is not None and self._type != "str":
            unset = text is None or (self._book.never_calculated and text.strip() in {"", "0"})
            if unset and not (self._type == "s" and text):
                return Uncalculated(f"={self._formula}")
        return self._typed(text) if text else None

    def _typed(self, text: str) -> Value:
        match self._type:
            case "s":
                texts = self._book.texts
                index = number(text.strip(), len(texts))
                return (texts[index] or None) if index < len(texts) else None
            case "b":
                return text.strip() not in {"0", "false"}
            case "e":
                return CellError(text)
            case "str":
                return unescaped(text)
            case "d":
                return _iso(text.strip())
        return self._book.shown(text.strip(), self._style)

    def _merge(self, attributes: Attributes) -> None:
        span = _span(attributes.get("ref", ""), self._book.max_rows, self._book.max_columns)
        if span is None:
            return
        top, left, bottom, right = span
        self._merged += (bottom - top + 1) * (right - left + 1)
        if self._merged > self._book.max_rows * MAX_COLUMNS:
            raise tricked()  # ranges over each other, which Excel does not allow
        self._sheet.merges.append(span)

    def _link(self, attributes: Attributes) -> None:
        if len(self._relations) < MAX_LINKS:
            key = relation_id(attributes)
            self._relations.append((attributes.get("ref", ""), key, attributes.get("location", "")))

    def _join_links(self, part: str) -> None:
        if any(key for _, key, _ in self._relations):
            targets = self._book.targets(part)
            for cells, key, fragment in self._relations:
                span = _span(cells, self._book.max_rows, self._book.max_columns)
                if key in targets and span is not None:
                    address = targets[key] + (f"#{fragment}" if fragment else "")
                    for row in range(span[0], min(span[2], span[0] + MAX_LINKS) + 1):
                        self._sheet.links.setdefault((row, span[1]), address)
        for row, column, address in self._formula_links:
            target = self._text_at(address[1:]) if address.startswith("=") else address
            if target:
                self._sheet.links[row, column] = target

    def _text_at(self, cell: str) -> str:
        """Return the text of the cell that HYPERLINK() names; "" outside."""
        spot = _span(cell.replace("$", "").upper(), self._book.max_rows, self._book.max_columns)
        rows = self._sheet.rows
        cells = rows[spot[0]] if spot is not None and spot[0] < len(rows) else []
        return str(cells[spot[1]] or "") if spot is not None and spot[1] < len(cells) else ""


def linked_by(formula: str) -> str:
    """The address in a formula ``HYPERLINK("address";…)``; "" for none."""
    found = _HYPERLINK.search(formula)
    return found[1].replace('""', '"') if found and found[1] is not None else ""


def number(digits: str, otherwise: int) -> int:
    """A whole number; one longer than any row's is beyond every limit."""
    if not (digits.isascii() and digits.isdigit()):
        return otherwise
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < 10 else 10**9


def _span(cells: str, max_rows: int, max_columns: int) -> tuple[int, int, int, int] | None:
    """Return (top, left, bottom, right) of ``B2:D4`` within limits, or None."""
    first, _, last = cells.partition(":")
    corners = []
    for corner in (first, last or first):
        letters = corner.rstrip("0123456789")
        row = number(corner[len(letters) :], 0) - 1
        corners.append((row, _COLUMNS.get(letters, max_columns)))
    (top, left), (bottom, right) = corners
    if not (0 <= top < max_rows and left < max_columns):
        return None
    return top, left, max(top, min(bottom, max_rows - 1)), max(left, min(right, max_columns - 1))


def relation_id(attributes: Attributes) -> str:
    """``r:id`` under whatever prefix; never the plain attribute ``id``."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _iso(text: str) -> Value:
    try:
        return (
            datetime.fromisoformat(text)
            if "T" in text
            else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        return text
