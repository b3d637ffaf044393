"""A real Excel 97 workbook (BIFF8, compound file) for a renamed .xls.

Only text and numbers. Records: [MS-XLS] 2.4; container: [MS-CFB], version 3.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR, _END, _FREE, _FAT = 512, 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
_SMALLEST = 4096  # shorter streams would have to live in the mini stream

Grid = Sequence[Sequence[str | int | float | None]]


def xls(sheets: Mapping[str, Grid]) -> bytes:
    """The *sheets* (name → rows of cells) as the bytes of an ``.xls`` file."""
    head = [_begin(0x0005), _record(0x0042, struct.pack("<H", 1200))]
    names = [_name(name) for name in sheets]
    bodies = [_sheet(grid) for grid in sheets.values()]
    position = sum(map(len, head)) + sum(4 + 6 + len(name) for name in names) + 4
    boundaries = []
    for name, body in zip(names, bodies, strict=True):
        boundaries.append(_record(0x0085, struct.pack("<IBB", position, 0, 0) + name))
        position += len(body)
    return _container(b"".join([*head, *boundaries, _record(0x000A), *bodies]))


def _record(kind: int, data: bytes = b"") -> bytes:
    return struct.pack("<HH", kind, len(data)) + data


def _begin(substream: int) -> bytes:
    return _record(0x0809, struct.pack("<HHHHII", 0x0600, substream, 0x0DBB, 1996, 0x41, 6))


def _name(text: str) -> bytes:
    return struct.pack("<BB", len(text), 1) + text.encode("utf-16-le")


def _sheet(grid: Grid) -> bytes:
    width = max((len(row) for row in grid), default=0)
    records = [_begin(0x0010), _record(0x0200, struct.pack("<IIHHH", 0, len(grid), 0, width, 0))]
    for line, row in enumerate(grid):
        for column, cell in enumerate(row):
            place = struct.pack("<HHH", line, column, 0)
            if isinstance(cell, str) and cell:
                text = cell[:4000]  # a record holds 8,224 bytes
                records.append(
                    _record(0x0204, place + struct.pack("<HB", len(text), 1) + text.encode("utf-16-le"))
                )
            elif isinstance(cell, int | float):
                records.append(_record(0x0203, place + struct.pack("<d", cell)))
    return b"".join([*records, _record(0x000A)])


def _container(stream: bytes) -> bytes:
    """*stream* as the only stream, ``Workbook``, of a compound file."""
    stream = stream.ljust(_SMALLEST, b"\0")
    data = -(-len(stream) // _SECTOR)
    tables = 1
    while tables * (_SECTOR // 4) < data + 1 + tables:
        tables += 1
    # Sectors: the tables, the directory, then the stream.
    links = [_FAT] * tables + [_END] + [tables + 1 + number for number in range(1, data)] + [_END]
    links += [_FREE] * (tables * (_SECTOR // 4) - len(links))
    header = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16)
    header += struct.pack(
        "<HHHHH6xIIIIIIIII", 0x3E, 3, 0xFFFE, 9, 6, 0, tables, tables, 0, 4096, _END, 0, _END, 0
    )
    header += struct.pack("<109I", *range(tables), *[_FREE] * (109 - tables))
    directory = _entry("Root Entry", 5, 1, _END, 0) + _entry("Workbook", 2, _FREE, tables + 1, len(stream))
    directory += 2 * _entry("", 0, _FREE, 0, 0)
    table = struct.pack(f"<{len(links)}I", *links)
    return header + table + directory + stream.ljust(data * _SECTOR, b"\0")


def _entry(name: str, kind: int, child: int, start: int, size: int) -> bytes:
    text = name.encode("utf-16-le")
    length = len(text) + 2 if name else 0
    return struct.pack("<64sHBBIII16xI16xIQ", text, length, kind, 1, _FREE, _FREE, child, 0, start, size)
