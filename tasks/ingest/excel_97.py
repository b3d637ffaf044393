"""Records of an Excel 97 workbook ([MS-XLS]): links, errors, far cells."""

from __future__ import annotations

import io
import struct
from collections.abc import Callable, Iterator

from iid.tasks.ingest.open_xml_sheet import MAX_COLUMNS
from iid.tasks.text.cell_values import CellError

_SHEET, _BEGIN, _END, _LINK = 0x0085, 0x0809, 0x000A, 0x01B8
_FORMULA, _TRUTH_OR_ERROR = 0x0006, 0x0205
# Records that begin with the row and column of a cell: numbers, texts, formulas, blanks.
_CELLS = {0x0006, 0x00BD, 0x00BE, 0x00D6, 0x00FD, 0x0201, 0x0203, 0x0204, 0x0205, 0x027E}
_NOTHING = b"\0\0"  # a kind that no reader knows
_URL = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b")  # class of an address: its length, then UTF-16


def read_marks(data: bytes, keep: Callable[[str, int, int, str | CellError], None]) -> None:
    """Call *keep* with sheet, row, column, and the address or error there."""
    names: dict[int, str] = {}
    sheet = outer = ""
    for place, kind, body in _records(_stream(data)):
        if kind == _SHEET and len(body) > 8:
            names[int.from_bytes(body[:4], "little")] = _name(body)
        elif kind == _BEGIN:
            sheet, outer = names.get(place, ""), sheet  # a chart begins and ends within its sheet
        elif kind == _END:
            sheet, outer = outer, ""
        elif kind == _LINK and len(body) > 8:
            row, _, column = struct.unpack_from("<3H", body)
            if address := _address(body):
                keep(sheet, row, column, address)
        elif (error := _error(kind, body)) is not None:
            row, column = struct.unpack_from("<2H", body)
            keep(sheet, row, column, error)


def _error(kind: int, body: bytes) -> CellError | None:
    """Return the error of a cell, typed or its formula's result."""
    if kind == _TRUTH_OR_ERROR and body[7:8] == b"\1":
        return CellError.of(body[6])
    if kind == _FORMULA and body[6:7] == b"\2" and body[12:14] == b"\xff\xff":
        return CellError.of(body[8])
    return None


def without_far_cells(data: bytes, max_rows: int) -> bytes:
    """Return *data* without cells below *max_rows* or right of MAX_COLUMNS.

    calamine keeps whole rectangles.
    """
    from olefile import OleFileIO

    changed = bytearray(_stream(data))
    before = bytes(changed)
    for place, kind, body in _records(before):
        if kind in _CELLS and len(body) >= 4:
            row, column = struct.unpack_from("<2H", body)
            if row >= max_rows or column >= MAX_COLUMNS:
                changed[place : place + 2] = _NOTHING
    if changed == before:
        return data
    copy = io.BytesIO(data)
    with OleFileIO(copy, write_mode=True) as container:
        container.write_stream("Workbook", bytes(changed))
    return copy.getvalue()


def _stream(data: bytes) -> bytes:
    """The stream of the workbook; nothing where the container is damaged."""
    from olefile import OleFileIO

    try:
        with OleFileIO(io.BytesIO(data)) as container:
            return bytes(container.openstream("Workbook").read())
    except Exception:  # noqa: BLE001  another library over damaged bytes
        return b""


def _records(stream: bytes) -> Iterator[tuple[int, int, bytes]]:
    """Place, kind and content of every record."""
    place = 0
    while place + 4 <= len(stream):
        kind, length = struct.unpack_from("<HH", stream, place)
        yield place, kind, stream[place + 4 : place + 4 + length]
        place += 4 + length


def _name(body: bytes) -> str:
    length, wide = body[6], body[7] & 1
    return body[8 : 8 + length * (1 + wide)].decode("utf-16-le" if wide else "latin-1", "replace")


def _address(body: bytes) -> str:
    start = body.find(_URL)
    if start < 0:
        return ""
    length = int.from_bytes(body[start + 16 : start + 20], "little")
    text = body[start + 20 : start + 20 + min(length, len(body))]
    return text[: len(text) // 2 * 2].decode("utf-16-le", "ignore").partition("\0")[0]
