"""Sheets of a binary workbook (.xlsb), read as a stream ([MS-XLSB] 2.1.4).

What costs memory is only what is kept: cells of the first rows and columns. Rows below them are
skipped; what is behind the cells (merged ranges, hyperlinks) is read again.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from itertools import chain

from iid.tasks.ingest.container import Package, too_large
from iid.tasks.ingest.number_formats import EPOCH, EPOCH_1904, Styles, as_shown, kind_of_format
from iid.tasks.ingest.open_xml import MAX_SHEETS, Relation, relations_of
from iid.tasks.ingest.open_xml_sheet import MAX_COLUMNS, MAX_LINKS, Sheet
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.ingest.xml_stream import MAX_TOKEN, BrokenXmlError, Budget
from iid.tasks.text.cell_values import CellError, Value, visible

_BOOK = "xl/workbook.bin"
_ROW, _TEXT_ITEM, _FORMAT, _CELL_FORMAT = 0, 19, 44, 47
_SETTINGS, _SHEET, _MERGE, _LINK = 153, 156, 176, 494
_CELL_FORMATS, _CELL_FORMATS_END = 617, 618
_CELLS_END = b"\x92\x01\x00"  # BrtEndSheetData, without content
# Kinds of cells: the results of formulas are kept like constants.
_RK, _REALS, _BOOLS, _FAULTS, _TEXTS, _SHARED, _RICH = 2, {5, 9}, {4, 10}, {3, 11}, {6, 8}, 7, 62


class ExcelBinary:
    """The workbook in *package*; *formats* turns percents into ``5.23%``.

    Raises Unreadable at a limit, and BrokenXmlError where a record is not what it says.
    """

    def __init__(self, package: Package, *, formats: bool, max_rows: int) -> None:
        self._package, self._formats, self._max_rows = package, formats, max_rows
        self._budget = Budget()
        self._epoch = EPOCH

    def sheets(self) -> Iterator[Sheet]:
        """Yield the worksheets in order; macro, chart and dialog sheets are none."""
        try:
            root = relations_of(self._package, self._budget, "").values()
            book = next((one.target for one in root if one.type == "officedocument"), _BOOK)
            related = relations_of(self._package, self._budget, book)
            found = self._read_book(book)
            self._styles = self._read_styles(_other(related, "styles", "xl/styles.bin"))
            self._texts = self._read_texts(_other(related, "sharedstrings", "xl/sharedStrings.bin"))
            for name, key, state in found:
                part = related.get(key)
                if part is not None and part.type == "worksheet" and part.target in self._package:
                    yield self._read_sheet(part.target, Sheet(name, hidden=state != 0))
        except (struct.error, IndexError) as error:
            raise BrokenXmlError(str(error)) from error

    def _records(self, part: str) -> Iterator[tuple[int, bytes]]:
        return _records(self._package.chunks(part)) if part in self._package else iter(())

    def _read_book(self, part: str) -> list[tuple[str, str, int]]:
        found: list[tuple[str, str, int]] = []
        for kind, body in self._records(part):
            if kind == _SETTINGS and body[0] & 1:
                self._epoch = EPOCH_1904
            elif kind == _SHEET:
                found.append(_sheet(body))
                if len(found) > MAX_SHEETS:
                    raise Unreadable(f"berisi lebih dari {MAX_SHEETS} lembar")
        return found

    def _read_styles(self, part: str) -> Styles:
        codes: dict[int, str] = {}
        kinds: list[str] = []
        inside = False
        for kind, body in self._records(part):
            if kind == _FORMAT:
                codes[int.from_bytes(body[:2], "little")] = _wide(body, 2)[0]
            elif kind in {_CELL_FORMATS, _CELL_FORMATS_END}:
                inside = kind == _CELL_FORMATS
            elif kind == _CELL_FORMAT and inside:
                number = int.from_bytes(body[2:4], "little")
                kinds.append(kind_of_format(number, codes.get(number, "")))
        return Styles(kinds)

    def _read_texts(self, part: str) -> list[str]:
        return [self._text(body, 1) for kind, body in self._records(part) if kind == _TEXT_ITEM]

    def _read_sheet(self, part: str, sheet: Sheet) -> Sheet:
        row, links = -1, relations_of(self._package, self._budget, part)
        chunks = self._package.chunks(part)
        records = _records(chunks, sheet, self._max_rows)
        for kind, body in records:
            if kind == _ROW:
                row = int.from_bytes(body[:4], "little")
            elif kind < _TEXT_ITEM or kind == _RICH:
                self._cell(sheet, row, kind, body)
            elif kind in {_MERGE, _LINK}:
                top, bottom, left, right = struct.unpack_from("<4I", body)
                if not (top < self._max_rows and left < MAX_COLUMNS):
                    continue
                if kind == _MERGE and len(sheet.merges) < MAX_LINKS:
                    last = min(bottom, self._max_rows - 1), min(right, MAX_COLUMNS - 1)
                    sheet.merges.append((top, left, max(top, last[0]), max(left, last[1])))
                elif kind == _LINK and len(sheet.links) < MAX_LINKS:
                    key, end = _wide(body, 16)
                    if key in links:
                        place = _wide(body, end)[0]
                        address = links[key].target + (f"#{place}" if place else "")
                        for at in range(top, min(bottom, top + MAX_LINKS, self._max_rows - 1) + 1):
                            sheet.links.setdefault((at, left), address)
        return sheet

    def _cell(self, sheet: Sheet, row: int, kind: int, body: bytes) -> None:
        column, style = struct.unpack_from("<2I", body)
        if not (0 <= row < self._max_rows and column < MAX_COLUMNS):
            return
        value = self._value(kind, body, style & 0xFFFFFF)
        if value is None:
            return
        rows = sheet.rows
        rows += [[] for _ in range(row + 1 - len(rows))]
        rows[row] += [None] * (column + 1 - len(rows[row]))
        rows[row][column] = value

    def _value(self, kind: int, body: bytes, style: int) -> Value:
        if kind in _TEXTS or kind == _RICH:
            return self._text(body, 9 if kind == _RICH else 8) or None
        if kind == _SHARED:
            (index,) = struct.unpack_from("<I", body, 8)
            return (self._texts[index] or None) if index < len(self._texts) else None
        if kind in _BOOLS:
            return bool(body[8])
        if kind in _FAULTS:
            return CellError.of(body[8])
        if kind != _RK and kind not in _REALS:
            return None
        number = _rk(body) if kind == _RK else struct.unpack_from("<d", body, 8)[0]
        if isinstance(number, float) and number.is_integer() and abs(number) < 1e15:
            number = int(number)
        return as_shown(number, self._styles.kind(style), self._epoch, percent=self._formats)

    def _text(self, body: bytes, at: int) -> str:
        text = visible(_wide(body, at)[0])
        self._budget.spend_text(len(text))
        return text


def _sheet(body: bytes) -> tuple[str, str, int]:
    """Return a sheet's name, relation and state (0: visible), in both layouts."""
    for start in (8, 12):
        try:
            key, end = _wide(body, start)
            name, end = _wide(body, end)
        except (struct.error, IndexError):
            continue
        if end == len(body):
            return name, key, int.from_bytes(body[:4], "little")
    raise IndexError("a sheet without name")


def _other(related: dict[str, Relation], kind: str, usual: str) -> str:
    return next((one.target for one in related.values() if one.type == kind), usual)


def _records(
    chunks: Iterable[bytes], sheet: Sheet | None = None, max_rows: int = 0
) -> Iterator[tuple[int, bytes]]:
    """Yield each record's kind and content; of a *sheet* up to *max_rows*."""
    data, at = b"", 0
    chunks = iter(chunks)
    for chunk in chunks:
        data, at = data[at:] + chunk, 0
        while (found := _record(data, at)) is not None:
            kind, start, at = found
            if (
                sheet is not None
                and kind == _ROW
                and int.from_bytes(data[start : start + 4], "little") >= max_rows
            ):
                sheet.lost = True
                yield from _records([_behind_cells(chain([data[at:]], chunks))])
                return
            yield kind, data[start:at]
    if at < len(data):
        raise IndexError("a record without its end")


def _behind_cells(chunks: Iterable[bytes]) -> bytes:
    """What comes after the last mark that ends the cells."""
    kept, found = b"", False
    for chunk in chunks:
        kept += chunk
        if (at := kept.rfind(_CELLS_END)) >= 0:
            kept, found = kept[at + len(_CELLS_END) :], True
        elif not found:
            kept = kept[-len(_CELLS_END) :]
        if len(kept) > MAX_TOKEN:
            return b""
    return kept if found else b""


def _record(data: bytes, at: int) -> tuple[int, int, int] | None:
    """Kind, begin and end of the record at *at*; None where it is not whole."""
    try:
        kind = data[at]
        at += 1
        if kind & 0x80:
            kind = kind & 0x7F | (data[at] & 0x7F) << 7
            at += 1
        size = shift = 0
        while True:
            byte = data[at]
            at += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80 or shift == 28:
                break
    except IndexError:
        return None
    if size > MAX_TOKEN:
        raise too_large(MAX_TOKEN)
    return (kind, at, at + size) if at + size <= len(data) else None


def _wide(body: bytes, at: int) -> tuple[str, int]:
    """Return the text at *at* and its end; ``""`` if marked as missing."""
    (length,) = struct.unpack_from("<I", body, at)
    end = at + 4 + (0 if length == 0xFFFFFFFF else 2 * length)
    if end > len(body):
        raise IndexError("a text longer than its record")
    return body[at + 4 : end].decode("utf-16-le", "replace"), end


def _rk(body: bytes) -> int | float:
    """Decode a number of four bytes: float or whole, perhaps times a hundred."""
    (raw,) = struct.unpack_from("<I", body, 8)
    number: int | float = struct.unpack("<d", struct.pack("<Q", (raw & ~3) << 32))[0]
    if raw & 2:
        number = struct.unpack("<i", struct.pack("<I", raw))[0] >> 2
    return number / 100 if raw & 1 else number
