"""Sheets of an Office Open XML workbook (.xlsx, .xlsm, Strict or not), read as a stream.

ECMA-376 part 1, clause 18. Only what a cell says is read: values, formulas without a result,
error values, dates and percent by number format, merged ranges, hyperlinks, hidden sheets.
A missing part (styles, texts, relations) costs only what it would have said.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time

from iid.tasks.ingest.container import Package
from iid.tasks.ingest.number_formats import EPOCH, EPOCH_1904, Styles, as_shown, kind_of_format
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.ingest.xml_stream import Attributes, BrokenXmlError, Budget, Scan, TooManyError, tricked
from iid.tasks.text.cell_values import CellError, Uncalculated, Value, visible

# Safety limits, not rules: the header stands in the first 30 rows, answers in the next 40.
MAX_ROWS = 1_000
MAX_COLUMNS = 256
MAX_SHEETS = 500
MAX_LINKS = 10_000

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_HYPERLINK = re.compile(
    r'(?<![A-Z0-9])HYPERLINK\s*\(\s*(?:"((?:[^"]|"")*)"|(\$?[A-Z]{1,3}\$?\d+)\s*[,;)])', re.IGNORECASE
)
_RELATIONS = "_rels"


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
    """One worksheet as it is stored: ``rows[r][c]`` from 0, ragged; merged ranges and links.

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
class Relation:
    """Where a relation leads, and the last word of its type."""

    target: str
    type: str


class OpenXml:
    """The workbook in *package*; with *formats* a number shown as percent becomes ``5.23%``.

    Raises Unreadable at a limit, and BrokenXmlError where the workbook or a sheet is not
    well-formed: another reader may read it.
    """

    def __init__(
        self,
        package: Package,
        *,
        formats: bool = False,
        max_rows: int = MAX_ROWS,
        max_columns: int = MAX_COLUMNS,
    ) -> None:
        self._package = package
        self._budget = Budget()
        self._formats = formats
        self._max_rows, self._max_columns = max_rows, max_columns
        self._epoch = EPOCH
        self._never_calculated = False
        self._sheets: list[tuple[str, str, str]] = []  # name, relation, state
        root = self._relations("")
        main = next((r.target for r in root.values() if r.type == "officedocument"), "")
        self._main = main if main in package else "xl/workbook.xml"
        if self._main not in package:
            raise BrokenXmlError("no workbook part")
        self._scan(
            self._main, {"sheet": self._sheet, "workbookPr": self._settings, "calcPr": self._calculation}
        )
        self._related = self._relations(self._main)
        self._styles = self._read_styles()
        self._texts = self._read_texts()

    @property
    def styles_broken(self) -> bool:
        """Whether number formats could not be read."""
        return self._styles.broken

    def sheets(self, skip: Collection[str], broken: list[str]) -> Iterator[Sheet]:
        """Every worksheet but those named in *skip* (casefolded), in the workbook's order.

        Macro, chart and dialog sheets are none. Names of those that are no well-formed XML go to *broken*.
        """
        seen: set[str] = set()
        for number, (name, relation, state) in enumerate(self._sheets, 1):
            part = self._part(relation, number)
            if not part or part.casefold() in seen or name.casefold() in skip:
                continue
            seen.add(part.casefold())
            reader = _SheetReader(self, Sheet(name, hidden=state.casefold() in {"hidden", "veryhidden"}))
            try:
                yield reader.read(part)
            except BrokenXmlError:
                broken.append(name)

    def _sheet(self, attributes: Attributes) -> None:
        if len(self._sheets) >= MAX_SHEETS:
            raise Unreadable(f"berisi lebih dari {MAX_SHEETS} lembar")
        self._sheets.append(
            (attributes.get("name", ""), _relation_id(attributes), attributes.get("state", ""))
        )

    def _settings(self, attributes: Attributes) -> None:
        if attributes.get("date1904", "0").casefold() in {"1", "true", "on"}:
            self._epoch = EPOCH_1904

    def _calculation(self, attributes: Attributes) -> None:
        # Set by programs that wrote formulas without calculating them; their results are a bare 0.
        self._never_calculated = attributes.get("fullCalcOnLoad", "0").casefold() in {"1", "true", "on"}

    def _part(self, relation: str, number: int) -> str:
        """The part of a sheet; where no relation says, by its usual name."""
        found = self._related.get(relation)
        if found is not None:
            return found.target if found.type == "worksheet" and found.target in self._package else ""
        usual = f"xl/worksheets/sheet{number}.xml"
        return usual if not self._related and usual in self._package else ""

    def _relations(self, part: str) -> dict[str, Relation]:
        return relations_of(self._package, self._budget, part)

    def _scan(self, part: str, starts: dict[str, object]) -> None:
        Scan(self._budget, starts, {}).run(self._package.chunks(part))  # type: ignore[arg-type]

    def _other(self, kind: str, usual: str) -> str:
        """The part of *kind* that the workbook is related to, or its usual place; "" for none."""
        related = [r.target for r in self._related.values() if r.type == kind]
        return next((part for part in (*related, usual) if part in self._package), "")

    def _read_styles(self) -> Styles:
        part = self._other("styles", "xl/styles.xml")
        if not part:
            return Styles()
        custom: dict[str, str] = {}
        kinds: list[str] = []
        inside = False

        def formats(_: Attributes) -> None:
            nonlocal inside
            inside = True

        def formats_end() -> None:
            nonlocal inside
            inside = False

        def number_format(attributes: Attributes) -> None:
            custom[attributes.get("numFmtId", "")] = attributes.get("formatCode", "")

        def cell_format(attributes: Attributes) -> None:
            if inside:
                key = attributes.get("numFmtId", "0")
                kinds.append(kind_of_format(_number(key, 0), custom.get(key, "")))

        starts = {"numFmt": number_format, "cellXfs": formats, "xf": cell_format}
        try:
            # Formats without end cost no answer: they have a budget of their own.
            Scan(Budget(), starts, {"cellXfs": formats_end}).run(self._package.chunks(part))
        except (BrokenXmlError, TooManyError):
            return Styles(broken=True)
        return Styles(kinds)

    def _read_texts(self) -> list[str]:
        part = self._other("sharedstrings", "xl/sharedStrings.xml")
        if not part:
            return []
        texts: list[str] = []
        reader = _TextReader(self._budget)

        def item() -> None:
            texts.append(reader.taken())

        scan = Scan(
            self._budget,
            {"t": reader.begin, "rPh": reader.phonetic},
            {"t": reader.end, "rPh": reader.phonetic_end, "si": item},
        )
        reader.scan = scan
        scan.run(self._package.chunks(part))
        return texts

    def shown(self, text: str, style: str) -> Value:
        """The number *text* in a cell of format *style*: a date, a percent text, or the number."""
        try:
            value = int(text) if len(text) < 16 and text.lstrip("-").isdigit() else float(text)
        except ValueError:
            return text
        kind = self._styles.kind(int(style)) if style.isdigit() else ""
        return as_shown(value, kind, self._epoch, percent=self._formats)


class _TextReader:
    """The ``t`` elements of a text, without phonetic guides."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts: list[str] = []
        self._phonetic = False
        self.scan: Scan | None = None

    def begin(self, _: Attributes) -> None:
        if self.scan is not None and not self._phonetic:
            self.scan.collect()

    def end(self) -> None:
        if self.scan is not None and not self._phonetic:
            text = self.scan.collected()
            self._budget.spend_text(len(text))
            self._parts.append(text)

    def phonetic(self, _: Attributes) -> None:
        self._phonetic = True

    def phonetic_end(self) -> None:
        self._phonetic = False

    def taken(self) -> str:
        text = "".join(self._parts)
        self._parts.clear()
        return _unescaped(text)


class _SheetReader:
    """One worksheet part, cell by cell."""

    def __init__(self, book: OpenXml, sheet: Sheet) -> None:
        self._book, self._sheet = book, sheet
        self._budget = book._budget
        self._row = self._column = -1
        self._type = self._style = ""
        self._value: str | None = None
        self._formula: str | None = None
        self._in_cell = self._kept = False
        self._relations: list[tuple[str, str, str]] = []  # cells, relation id, fragment
        self._formula_links: list[tuple[int, int, str]] = []
        self._merged = 0
        self._texts = _TextReader(self._budget)

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
        self._scan.run(self._book._package.chunks(part))
        self._join_links(part)
        return self._sheet

    def _row_start(self, attributes: Attributes) -> None:
        self._row = _number(attributes.get("r", ""), self._row + 2) - 1
        self._column = -1

    def _cell_start(self, attributes: Attributes) -> None:
        place = attributes.get("r", "")
        letters = place.rstrip("0123456789")
        if letters:
            self._column = _COLUMNS.get(letters, MAX_COLUMNS)
            if self._row < 0:
                self._row = _number(place[len(letters) :], 1) - 1
        else:
            self._column += 1
        self._in_cell = True
        self._kept = 0 <= self._row < self._book._max_rows and self._column < self._book._max_columns
        self._type, self._style = attributes.get("t", "n"), attributes.get("s", "")
        self._value = self._formula = None

    def _text_start(self, _: Attributes) -> None:
        if self._kept:
            self._scan.collect()
        elif self._in_cell and self._row >= self._book._max_rows:
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
            unset = text is None or (self._book._never_calculated and text.strip() in {"", "0"})
            if unset and not (self._type == "s" and text):
                return Uncalculated(f"={self._formula}")
        return self._typed(text) if text else None

    def _typed(self, text: str) -> Value:
        match self._type:
            case "s":
                texts = self._book._texts
                index = _number(text.strip(), len(texts))
                return (texts[index] or None) if index < len(texts) else None
            case "b":
                return text.strip() not in {"0", "false"}
            case "e":
                return CellError(text)
            case "str":
                return _unescaped(text)
            case "d":
                return _iso(text.strip())
        return self._book.shown(text.strip(), self._style)

    def _merge(self, attributes: Attributes) -> None:
        span = _span(attributes.get("ref", ""), self._book._max_rows, self._book._max_columns)
        if span is None:
            return
        top, left, bottom, right = span
        self._merged += (bottom - top + 1) * (right - left + 1)
        if self._merged > self._book._max_rows * MAX_COLUMNS:
            raise tricked()  # ranges over each other, which Excel does not allow
        self._sheet.merges.append(span)

    def _link(self, attributes: Attributes) -> None:
        if len(self._relations) < MAX_LINKS:
            key = _relation_id(attributes)
            self._relations.append((attributes.get("ref", ""), key, attributes.get("location", "")))

    def _join_links(self, part: str) -> None:
        if any(key for _, key, _ in self._relations):
            targets = self._book._relations(part)
            for cells, key, fragment in self._relations:
                span = _span(cells, self._book._max_rows, self._book._max_columns)
                if key in targets and span is not None:
                    address = targets[key].target + (f"#{fragment}" if fragment else "")
                    for row in range(span[0], min(span[2], span[0] + MAX_LINKS) + 1):
                        self._sheet.links.setdefault((row, span[1]), address)
        for row, column, address in self._formula_links:
            target = self._text_at(address[1:]) if address.startswith("=") else address
            if target:
                self._sheet.links[row, column] = target

    def _text_at(self, cell: str) -> str:
        """The text of a cell that HYPERLINK() points at; "" outside of what is kept."""
        spot = _span(cell.replace("$", "").upper(), self._book._max_rows, self._book._max_columns)
        rows = self._sheet.rows
        cells = rows[spot[0]] if spot is not None and spot[0] < len(rows) else []
        return str(cells[spot[1]] or "") if spot is not None and spot[1] < len(cells) else ""


def relations_of(package: Package, budget: Budget, part: str) -> dict[str, Relation]:
    """The relations of *part* by id; of a repeated id the first whose part is there."""
    folder, _, name = part.rpartition("/")
    where = posixpath.join(folder, _RELATIONS, f"{name}.rels")
    found: dict[str, Relation] = {}

    def relation(attributes: Attributes) -> None:
        key, target = attributes.get("Id", ""), attributes.get("Target", "")
        kind = attributes.get("Type", "").rpartition("/")[2].casefold()
        if attributes.get("TargetMode", "").casefold() != "external":
            target = _resolved(folder, target)
        if key not in found or found[key].target not in package:
            found[key] = Relation(target, kind)

    if where in package:
        try:
            Scan(budget, {"Relationship": relation}, {}).run(package.chunks(where))
        except BrokenXmlError:
            if not found:
                raise
    return found


def linked_by(formula: str) -> str:
    """The address in a formula ``HYPERLINK("address";…)``; "" for none."""
    found = _HYPERLINK.search(formula)
    return found[1].replace('""', '"') if found and found[1] is not None else ""


def _number(digits: str, otherwise: int) -> int:
    """A whole number; one longer than any row's is beyond every limit."""
    if not (digits.isascii() and digits.isdigit()):
        return otherwise
    digits = digits.lstrip("0") or "0"
    return int(digits) if len(digits) < 10 else 10**9


def _span(cells: str, max_rows: int, max_columns: int) -> tuple[int, int, int, int] | None:
    """Top, left, bottom, right of ``B2:D4``, cut to what is kept; None outside of it."""
    first, _, last = cells.partition(":")
    corners = []
    for corner in (first, last or first):
        letters = corner.rstrip("0123456789")
        row = _number(corner[len(letters) :], 0) - 1
        corners.append((row, _COLUMNS.get(letters, max_columns)))
    (top, left), (bottom, right) = corners
    if not (0 <= top < max_rows and left < max_columns):
        return None
    return top, left, max(top, min(bottom, max_rows - 1)), max(left, min(right, max_columns - 1))


def _relation_id(attributes: Attributes) -> str:
    """``r:id`` under whatever prefix; never the plain attribute ``id``."""
    return next((value for key, value in attributes.items() if key.endswith(":id")), "")


def _resolved(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(path).lstrip("/")


def _iso(text: str) -> Value:
    try:
        return (
            datetime.fromisoformat(text)
            if "T" in text
            else datetime.combine(date.fromisoformat(text), time())
        )
    except ValueError:
        return text


def _unescaped(text: str) -> str:
    """``_x000D_`` as its sign (ECMA-376 part 1, 22.9.2.19), and nothing that no eye sees."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: _sign(int(found[1], 16), found[0]), text)
    return visible(text)


def _sign(number: int, otherwise: str) -> str:
    return otherwise if 0xD800 <= number <= 0xDFFF else chr(number)
