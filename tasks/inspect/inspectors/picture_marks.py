"""The marks and checksums by which PNG and JPEG say that they are whole."""

from __future__ import annotations

import re
import struct
import zlib

from iid.tasks.inspect.inspectors.undecoded_picture import BROKEN
from iid.tasks.sandbox.content import Content, UnreadableError

_PNG_END = b"IEND\xaeB`\x82"
_KEPT = (b"tRNS", b"eXIf")  # what is transparent; when and where it was taken
_TAIL = 65_536
_PIECE = 1 << 20  # bytes of pixels unpacked at a time


def has_png_end(content: Content) -> bool:
    """Return whether the end mark is near the end."""
    return _PNG_END in content.read_at(-_TAIL, _TAIL)


def without_notes(content: Content) -> Content:
    """Return a PNG of the chunks that make its picture; notes may be damaged.

    A wrong checksum of pixels is corrected where the checksum of the stream inside them is right: viewers
    show those. Raises UnreadableError where that of another chunk is wrong without which there is no picture.
    """
    at, kept, wrong = 8, [content.read_at(0, 8)], False
    pixels: list[bytes] = []
    while len(header := content.read_at(at, 8)) == 8:
        length, name = struct.unpack(">I4s", header)
        body = content.read_at(at + 4, length + 8)
        whole = len(body) == length + 8
        if whole and name[:1].isupper() and zlib.crc32(body[:-4]) != struct.unpack(">I", body[-4:])[0]:
            if name != b"IDAT":
                raise UnreadableError(BROKEN)
            wrong, body = True, body[:-4] + struct.pack(">I", zlib.crc32(body[:-4]))
        if name == b"IDAT":
            pixels.append(body[4:-4])
        if name[:1].isupper() or name in _KEPT:
            kept.append(header[:4] + body)
        at += length + 12
    if wrong and not _is_sound(b"".join(pixels)):
        raise UnreadableError(BROKEN)
    return Content.of(b"".join(kept))


def _is_sound(stream: bytes) -> bool:
    """Return whether *stream* is whole zlib data with its right checksum."""
    unpacking = zlib.decompressobj()
    try:
        while stream and not unpacking.eof:
            unpacking.decompress(stream, _PIECE)
            stream = unpacking.unconsumed_tail
    except zlib.error:
        return False
    return unpacking.eof


def has_jpeg_end(content: Content) -> bool:
    """Return whether the end mark follows the pixels; elsewhere none counts.

    ITU-T T.81, B.1.1: what precedes the pixels is in segments that give their length; a thumbnail in
    one of them has an end of its own. Cameras append a film or another picture after the end.
    """
    at = 2
    while len(header := content.read_at(at, 4)) == 4 and header[0] == 0xFF:
        mark, length = header[1], int.from_bytes(header[2:], "big")
        at += 1 if mark == 0xFF else length + 2  # 0xFF may be repeated before a mark
        if mark == 0xDA:
            tail = max(at, content.size - _TAIL)
            return any(b"\xff\xd9" in content.read_at(start, content.size - start) for start in (tail, at))
    return True  # no pixels were found: the decoder says what is wrong


def is_refined(content: Content) -> bool:
    """Return whether a cut progressive JPEG has begun its last refinement.

    Its scans (ITU-T T.81, G.1) each give a band of coefficients down to a bit; before the last ones the
    picture is only a blur.
    """
    data = content.data if content.data is not None else content.read_at(0, content.size)
    if not re.search(rb"\xff\xc2\x00.\x08", data):
        return False
    exact: set[tuple[int, int]] = set()
    components: set[int] = set()
    for scan in re.finditer(rb"\xff\xda\x00[\x08-\x0e]([\x01-\x04])", data):
        count = scan[1][0]
        header = data[scan.end() : scan.end() + 2 * count + 3]
        if len(header) == 2 * count + 3:
            first, last, bits = header[-3:]
            components.update(header[0 : 2 * count : 2])
            if bits & 15 == 0:
                exact |= {(part, k) for part in header[0 : 2 * count : 2] for k in range(first, last + 1)}
    return bool(components) and len(exact) == 64 * len(components)
