"""ISO media boxes (MP4, MOV, 3GP, HEIC): how much of the promise is there."""

from __future__ import annotations

import struct
import sys
from array import array
from collections.abc import Iterator

from iid.tasks.sandbox.content import Content

_MAX_BOXES = 100_000
_DATA = b"mdat"
_PICTURE = b"meta"
_HEAD = 16  # bytes of the longest head of a box
_INDEX_READ = 32 << 20  # bytes of an index that are read; of a film of two hours some 5 MB


def extent(content: Content, index: bytes) -> tuple[float, bool]:
    """Return (part of media data present, whether boxes and file end alike).

    *index* is the box without which nothing plays: ``moov`` of a film, ``meta`` of a picture. 0.0
    where it or all data is missing. Bytes behind the last box are no loss; fewer than eight of them are
    forgiven, as players do. Boxes that are whole may still hold less than the index asks for.
    """
    at, seen, there, asked = 0, set[bytes](), 0, 0
    for _ in range(_MAX_BOXES):
        if content.size - at < 8:
            break
        size, kind = _header(content, at)
        if size == 0 and kind.strip(b"\0"):  # "to the end of the file"
            size = content.size - at
        if size < 8:
            return float(index in seen and there > _HEAD), False
        if at + size > content.size:
            if kind == _DATA and index in seen:
                return (there + content.size - at) / (there + size), False
            return float(index in seen and there > _HEAD), False
        seen.add(kind)
        if kind == index != _PICTURE:
            asked = max(asked, _pictures_size(content.read_at(at, min(size, _INDEX_READ))[8:]))
        there += size if kind == _DATA else 0
        at += size
    # A picture may keep its data in the index; a film's is more than the head of a box.
    if index not in seen or (index != _PICTURE and there <= _HEAD):
        return 0.0, True
    shown = min(1.0, there / asked) if asked else 1.0
    return shown, shown == 1


def _pictures_size(index: bytes) -> int:
    """Return the bytes of all pictures that *index* lists; 0 for none.

    Of sound no sum is taken: old formats count samples, not bytes.
    """
    total = 0
    for track in _boxes(index, b"trak"):
        for media in _boxes(track, b"mdia"):
            if any(handler[8:12] == b"vide" for handler in _boxes(media, b"hdlr")):
                tables = (t for part in _boxes(media, b"minf") for t in _boxes(part, b"stbl"))
                total += sum(_listed(sizes) for table in tables for sizes in _boxes(table, b"stsz"))
    return total


def _listed(sizes: bytes) -> int:
    """Return the sum of a table of sizes ([ISO 14496-12] 8.7.3.2)."""
    if len(sizes) < 12:
        return 0
    each, count = struct.unpack_from(">II", sizes, 4)
    if each:
        return int(each * count)
    entries = array("I", sizes[12 : 12 + 4 * min(count, (len(sizes) - 12) // 4)])
    if sys.byteorder == "little":
        entries.byteswap()
    return sum(entries)


def _boxes(data: bytes, wanted: bytes) -> Iterator[bytes]:
    """Yield what is in the boxes of kind *wanted* directly in *data*."""
    at = 0
    for _ in range(_MAX_BOXES):
        if at + 8 > len(data):
            return
        size, kind = struct.unpack_from(">I4s", data, at)
        if size < 8:
            return
        if kind == wanted:
            yield data[at + 8 : at + size]
        at += size


def _header(content: Content, at: int) -> tuple[int, bytes]:
    header = content.read_at(at, 16)
    size = int(struct.unpack_from(">I", header)[0])
    if size == 1 and len(header) == 16:
        size = int(struct.unpack_from(">Q", header, 8)[0])
    return size, header[4:8]
