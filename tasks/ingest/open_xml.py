"""Sheets of an Office Open XML workbook (.xlsx, .xlsm), read as a stream.

ECMA-376 part 1, clause 18. Only what a cell says is read: values, formulas without a result,
error values, dates and percent by number format, merged ranges, hyperlinks, hidden sheets.
A missing part (styles, texts, relations) costs only what it would have said.
"""

from __future__ import annotations

import posixpath
from collections.abc import Collection, Iterator
from dataclasses import dataclass

from iid.tasks.ingest.container import Package
from iid.tasks.ingest.number_formats import EPOCH, EPOCH_1904, Styles, as_shown, kind_of_format
from iid.tasks.ingest.open_xml_sheet import (
    MAX_COLUMNS,
    MAX_ROWS,
    Sheet,
    SheetReader,
    Whole,
    number,
    relation_id,
)
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.ingest.xml_stream import Attributes, BrokenXmlError, Budget, Scan, TextReader, TooManyError
from iid.tasks.text.cell_values import Value

MAX_SHEETS = 500
_RELATIONS = "_rels"


@dataclass(frozen=True, slots=True)
class Relation:
    """Where a relation leads, and the last word of its type."""

    target: str
    type: str


class OpenXml:
    """The workbook in *package*; *formats* turns percents into ``5.23%``.

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
        """Yield the worksheets not named in *skip* (casefolded), in order.

        Macro, chart and dialog sheets are none. Names of those that are no well-formed XML go to *broken*.
        """
        seen: set[str] = set()
        whole = Whole(
            self._package,
            self._budget,
            self._texts,
            self.shown,
            lambda part: {key: one.target for key, one in self._relations(part).items()},
            self._never_calculated,
            self._max_rows,
            self._max_columns,
        )
        for position, (name, relation, state) in enumerate(self._sheets, 1):
            part = self._part(relation, position)
            if not part or part.casefold() in seen or name.casefold() in skip:
                continue
            seen.add(part.casefold())
            sheet = Sheet(name, hidden=state.casefold() in {"hidden", "veryhidden"})
            reader = SheetReader(whole, sheet)
            try:
                yield reader.read(part)
            except BrokenXmlError:
                broken.append(name)

    def _sheet(self, attributes: Attributes) -> None:
        if len(self._sheets) >= MAX_SHEETS:
            raise Unreadable(f"berisi lebih dari {MAX_SHEETS} lembar")
        self._sheets.append(
            (attributes.get("name", ""), relation_id(attributes), attributes.get("state", ""))
        )

    def _settings(self, attributes: Attributes) -> None:
        if attributes.get("date1904", "0").casefold() in {"1", "true", "on"}:
            self._epoch = EPOCH_1904

    def _calculation(self, attributes: Attributes) -> None:
        # Set by programs that wrote formulas without calculating them; their results are a bare 0.
        self._never_calculated = attributes.get("fullCalcOnLoad", "0").casefold() in {"1", "true", "on"}

    def _part(self, relation: str, position: int) -> str:
        """The part of a sheet; where no relation says, by its usual name."""
        found = self._related.get(relation)
        if found is not None:
            return found.target if found.type == "worksheet" and found.target in self._package else ""
        usual = f"xl/worksheets/sheet{position}.xml"
        return usual if not self._related and usual in self._package else ""

    def _relations(self, part: str) -> dict[str, Relation]:
        return relations_of(self._package, self._budget, part)

    def _scan(self, part: str, starts: dict[str, object]) -> None:
        Scan(self._budget, starts, {}).run(self._package.chunks(part))  # type: ignore[arg-type]

    def _other(self, kind: str, usual: str) -> str:
        """Return the workbook's part of *kind*, or its usual place; "" for none."""
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
                kinds.append(kind_of_format(number(key, 0), custom.get(key, "")))

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
        reader = TextReader(self._budget)

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
        """Return the number *text* as format *style* shows it."""
        try:
            value = int(text) if len(text) < 16 and text.lstrip("-").isdigit() else float(text)
        except ValueError:
            return text
        kind = self._styles.kind(int(style)) if style.isdigit() else ""
        return as_shown(value, kind, self._epoch, percent=self._formats)


def relations_of(package: Package, budget: Budget, part: str) -> dict[str, Relation]:
    """Return the relations of *part* by id; of repeated ids the first valid."""
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


def _resolved(folder: str, target: str) -> str:
    target = target.replace("\\", "/")
    path = target if target.startswith("/") else posixpath.join("/", folder, target)
    return posixpath.normpath(path).lstrip("/")
