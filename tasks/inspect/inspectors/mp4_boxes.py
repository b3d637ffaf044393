"""ISO media boxes (MP4, MOV, 3GP, HEIC): how much of the promise is there."""

from __future__ import annotations

import struct

from iid.tasks.sandbox.content import Content

_MAX_BOXES = 100_000
_DATA = b"mdat"
_PICTURE = b"meta"
_HEAD = 16  # bytes of the longest head of a box


def extent(content: Content, index: bytes) -> tuple[float, bool]:
    """Return (part of media data present, whether boxes and file end alike).

    *index* is the box without which nothing plays: ``moov`` of a film, ``meta`` of a picture. 0.0
    where it or all data is missing. Bytes behind the last box are no loss; fewer than eight of them are
    forgiven, as players do.
    """
    at, seen, there = 0, set[bytes](), 0
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
        there += size if kind == _DATA else 0
        at += size
    # A picture may keep its data in the index; a film's is more than the head of a box.
    return float(index in seen and (index == _PICTURE or there > _HEAD)), True


def _header(content: Content, at: int) -> tuple[int, bytes]:
    header = content.read_at(at, 16)
    size = int(struct.unpack_from(">I", header)[0])
    if size == 1 and len(header) == 16:
        size = int(struct.unpack_from(">Q", header, 8)[0])
    return size, header[4:8]
