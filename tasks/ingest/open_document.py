"""The hyperlinks of an OpenDocument workbook, which no other reader gives.

A cell's address is that of its text (``text:a``) or of its formula ``HYPERLINK()``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from iid.tasks.ingest.container import Package
from iid.tasks.ingest.open_xml_sheet import MAX_COLUMNS, MAX_LINKS, linked_by
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.ingest.xml_stream import Attributes, BrokenXmlError, Budget, Scan

Links = Mapping[tuple[int, int], str]


def cell_links(data: bytes, max_rows: int) -> Mapping[str, Links]:
    """Return each sheet's cell addresses by row and column; none if broken."""
    reader = _Links(max_rows)
    starts = {
        "table": reader.table,
        "table-row": reader.row,
        "table-cell": reader.cell,
        "covered-table-cell": reader.cell,
        "a": reader.link,
    }
    try:
        Scan(Budget(), starts, {"table-row": reader.row_end}).run(Package(data).chunks("content.xml"))
    except (BrokenXmlError, Unreadable, KeyError):
        return {}
    return reader.found


class _Links:
    """Where in the sheets the scan is, and the links so far."""

    def __init__(self, max_rows: int) -> None:
        self.found: defaultdict[str, dict[tuple[int, int], str]] = defaultdict(dict)
        self._max_rows, self._left = max_rows, MAX_LINKS
        self._sheet = ""
        self._row = self._rows = self._column = self._next = 0

    def table(self, attributes: Attributes) -> None:
        self._sheet, self._row = _value(attributes, "name"), 0

    def row(self, attributes: Attributes) -> None:
        self._rows, self._next = _count(attributes, "number-rows-repeated"), 0

    def row_end(self) -> None:
        self._row += self._rows

    def cell(self, attributes: Attributes) -> None:
        self._column = self._next
        self._next += _count(attributes, "number-columns-repeated")
        self._keep(linked_by(_value(attributes, "formula")))

    def link(self, attributes: Attributes) -> None:
        self._keep(_value(attributes, "href"))

    def _keep(self, address: str) -> None:
        inside = self._row < self._max_rows and self._column < MAX_COLUMNS
        if address and inside and self._left > 0:
            self._left -= 1
            self.found[self._sheet].setdefault((self._row, self._column), address)


def _value(attributes: Attributes, name: str) -> str:
    return next((text for key, text in attributes.items() if key.rpartition(":")[2] == name), "")


def _count(attributes: Attributes, name: str) -> int:
    text = _value(attributes, name)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
