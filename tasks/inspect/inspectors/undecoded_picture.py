"""Pictures that viewers show and our decoder does not know.

HEIC of phones, TIFF of odd samples or compressions, BMP of odd masks. They are recognised and measured;
what is on them is not looked at.
"""

from __future__ import annotations

import re
import struct
from dataclasses import replace

from iid.tasks.inspect.inspectors.mp4_boxes import extent
from iid.tasks.sandbox.content import LEAST_SHOWN, Content, UnreadableError
from iid.tasks.sandbox.facts import Facts

BROKEN = "gambar rusak atau terpotong"
_HEAD = 65_536
# BMP: of BITMAPINFOHEADER the least known length, and compressions whose rows have a fixed length:
# none, masks, masks with transparency.
_CORE, _SHORTEST, _ROWS = 12, 16, (0, 3, 6)
# TIFF 6.0: tags of width, height, and where the pixels are and how many bytes: strips, tiles.
_WIDTH, _HEIGHT, _PIXELS = 256, 257, ((273, 279), (324, 325))
_TYPES = {3: "H", 4: "I", 16: "Q"}
_ENTRIES, _STRIPS = 4_096, 1_000_000


def inspect(content: Content, kind: Facts) -> Facts:
    """Facts of a picture by its headers. Raises UnreadableError."""
    measure = {"heic": _heic, "tiff": _tiff, "bmp": _bmp}.get(kind.format)
    try:
        shown, width, height, exact = measure(content) if measure else (0.0, None, None, False)
    except (struct.error, KeyError) as error:
        raise UnreadableError(BROKEN) from error
    if shown < LEAST_SHOWN:
        raise UnreadableError(BROKEN)
    seen = f"{kind.format.upper()} hanya dikenali, gambarnya tidak diperiksa"
    return replace(kind, width=width, height=height, damaged=not exact or shown < 1, detail=seen)


_Measured = tuple[float, int | None, int | None, bool]


def _heic(content: Content) -> _Measured:
    shown, exact = extent(content, b"meta")
    head = content.read_at(0, _HEAD)
    sizes = [struct.unpack_from(">II", head, m.end() + 4) for m in re.finditer(b"ispe", head[:-12])]
    width, height = max(sizes, default=(None, None), key=lambda s: (s[0] or 0) * (s[1] or 0))
    return shown, width, height, exact


def _bmp(content: Content) -> _Measured:
    head = content.read_at(0, 54)
    start, length = struct.unpack_from("<II", head, 10)
    if length < _SHORTEST or start < 14 + _CORE:
        raise UnreadableError(BROKEN)
    width, height, planes, bits = struct.unpack_from("<iiHH", head, 18)
    packed = struct.unpack_from("<I", head, 30)[0] if length > _SHORTEST else 0
    if packed not in _ROWS or planes != 1 or bits not in (1, 4, 8, 16, 24, 32) or width < 1 or not height:
        raise UnreadableError(BROKEN)
    promised = (width * bits + 31) // 32 * 4 * abs(height)
    return max(0, min(1.0, (content.size - start) / promised)), width, abs(height), True


def _tiff(content: Content) -> _Measured:
    order = {b"II": "<", b"MM": ">"}[content.read_at(0, 2)]
    big = struct.unpack(f"{order}H", content.read_at(2, 2))[0] == 43
    word, count = ("Q", "Q") if big else ("I", "H")
    at = struct.unpack(f"{order}{word}", content.read_at(8 if big else 4, 8 if big else 4))[0]
    entries = struct.unpack(f"{order}{count}", content.read_at(at, struct.calcsize(count)))[0]
    at += struct.calcsize(count)
    tags: dict[int, tuple[int, ...]] = {}
    for number in range(min(entries, _ENTRIES)):
        place = at + number * (20 if big else 12)
        tag, kind, length = struct.unpack(f"{order}HH{word}", content.read_at(place, 12 if big else 8))
        if tag in (_WIDTH, _HEIGHT, *_PIXELS[0], *_PIXELS[1]) and kind in _TYPES and 0 < length <= _STRIPS:
            code, place = f"{order}{length}{_TYPES[kind]}", place + (12 if big else 8)
            if struct.calcsize(code) > (8 if big else 4):
                place = struct.unpack(f"{order}{word}", content.read_at(place, 8 if big else 4))[0]
            tags[tag] = struct.unpack(code, content.read_at(place, struct.calcsize(code)))
    starts, lengths = next((tags[a], tags[b]) for a, b in _PIXELS if a in tags and b in tags)
    there = sum(max(0, min(size, content.size - start)) for start, size in zip(starts, lengths, strict=False))
    return there / max(1, sum(lengths)), tags[_WIDTH][0], tags[_HEIGHT][0], True
