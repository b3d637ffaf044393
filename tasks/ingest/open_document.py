"""The hyperlinks and errors of an OpenDocument workbook (.ods).

A cell's address is that of its text (``text:a``) or of its formula ``HYPERLINK()``. An error is
for LibreOffice an empty text of type ``calcext:error``: only the paragraph shows which.
"""

from __future__ import annotations

from collections.abc import Callable

from iid.tasks.ingest.container import Package
from iid.tasks.ingest.open_xml_sheet import linked_by
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.ingest.xml_stream import Attributes, BrokenXmlError, Budget, Scan
from iid.tasks.text.cell_values import CellError, visible

Keep = Callable[[str, int, int, str | CellError], None]


def read_marks(data: bytes, keep: Keep) -> None:
    """Call *keep* with sheet, row, column, and the address or error there."""
    reader = _Marks(keep)
    try:
        reader.scan.run(Package(data).chunks("content.xml"))
    except (BrokenXmlError, Unreadable, KeyError):
        return


class _Marks:
    """Where in the sheets the scan is."""

    def __init__(self, keep: Keep) -> None:
        starts = {
            "table": self._table,
            "table-row": self._begin_row,
            "table-cell": self._cell,
            "covered-table-cell": self._cell,
            "a": self._link,
            "annotation": self._begin_note,
            "p": self._begin_text,
        }
        ends = {"table-row": self._end_row, "p": self._end_text, "annotation": self._end_note}
        self._budget = Budget()
        self.scan = Scan(self._budget, starts, ends)
        self._keep = keep
        self._sheet = ""
        self._row = self._rows = self._column = self._next = 0
        self._is_error = self._in_note = False

    def _table(self, attributes: Attributes) -> None:
        self._sheet, self._row = _value(attributes, "name"), 0

    def _begin_row(self, attributes: Attributes) -> None:
        self._rows, self._next = _count(attributes, "number-rows-repeated"), 0

    def _end_row(self) -> None:
        self._row += self._rows

    def _cell(self, attributes: Attributes) -> None:
        self._column = self._next
        self._next += _count(attributes, "number-columns-repeated")
        self._is_error = ("value-type", "error") in {
            (name.rpartition(":")[2], value) for name, value in attributes.items()
        }
        self._mark(linked_by(_value(attributes, "formula")))

    def _link(self, attributes: Attributes) -> None:
        self._mark(_value(attributes, "href"))

    def _begin_text(self, _: Attributes) -> None:
        if self._is_error and not self._in_note:
            self.scan.collect()

    def _end_text(self) -> None:
        if text := visible(self.scan.collected()):
            self._budget.spend_text(len(text))
            self._is_error = False
            self._mark(CellError(text))

    def _begin_note(self, _: Attributes) -> None:
        self._in_note = True

    def _end_note(self) -> None:
        self._in_note = False

    def _mark(self, value: str | CellError) -> None:
        if value:
            self._keep(self._sheet, self._row, self._column, value)


def _value(attributes: Attributes, name: str) -> str:
    return next((text for key, text in attributes.items() if key.rpartition(":")[2] == name), "")


def _count(attributes: Attributes, name: str) -> int:
    text = _value(attributes, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
