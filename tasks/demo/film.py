"""A small MP4 film of still pictures (Motion JPEG), written box by box.

ISO/IEC 14496-12 describes the boxes, 14496-14 the ``mp4v`` sample entry; object type
0x6C is JPEG in the MP4 registration authority's list. VLC, FFmpeg and MediaInfo read it.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence

_TIMESCALE = 1000  # ticks a second
_MATRIX = struct.pack(">9i", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)


def mp4(frames: Sequence[bytes], seconds_each: int, size: tuple[int, int]) -> bytes:
    """Build a film of JPEG *frames*, *seconds_each*, all of *size* in pixels."""
    head = _box(b"ftyp", b"isom" + struct.pack(">I", 512) + b"isomiso2mp41")
    media_at = len(head) + 8
    offsets, position = [], media_at
    for frame in frames:
        offsets.append(position)
        position += len(frame)
    film = _box(b"mdat", b"".join(frames))
    return head + film + _movie(frames, offsets, seconds_each * _TIMESCALE, size)


def _box(kind: bytes, *content: bytes) -> bytes:
    body = b"".join(content)
    return struct.pack(">I", len(body) + 8) + kind + body


def _full(kind: bytes, *content: bytes, flags: int = 0) -> bytes:
    return _box(kind, struct.pack(">I", flags), *content)


def _movie(frames: Sequence[bytes], offsets: Sequence[int], each: int, size: tuple[int, int]) -> bytes:
    length = each * len(frames)
    header = _full(
        b"mvhd",
        struct.pack(">IIII", 0, 0, _TIMESCALE, length),
        struct.pack(">IHHII", 0x10000, 0x100, 0, 0, 0),
        _MATRIX,
        bytes(24),
        struct.pack(">I", 2),
    )
    return _box(b"moov", header, _track(frames, offsets, each, size))


def _track(frames: Sequence[bytes], offsets: Sequence[int], each: int, size: tuple[int, int]) -> bytes:
    length = each * len(frames)
    header = _full(
        b"tkhd",
        struct.pack(">IIIII", 0, 0, 1, 0, length),
        bytes(8),
        struct.pack(">HHHH", 0, 0, 0, 0),
        _MATRIX,
        struct.pack(">II", size[0] << 16, size[1] << 16),
        flags=7,
    )
    media_header = _full(b"mdhd", struct.pack(">IIIIHH", 0, 0, _TIMESCALE, length, 0x55C4, 0))
    handler = _full(b"hdlr", bytes(4), b"vide", bytes(12), b"Video\0")
    reference = _box(b"dinf", _full(b"dref", struct.pack(">I", 1), _full(b"url ", flags=1)))
    information = _box(
        b"minf", _full(b"vmhd", bytes(8), flags=1), reference, _samples(frames, offsets, each, size)
    )
    return _box(b"trak", header, _box(b"mdia", media_header, handler, information))


def _samples(frames: Sequence[bytes], offsets: Sequence[int], each: int, size: tuple[int, int]) -> bytes:
    count = len(frames)
    return _box(
        b"stbl",
        _full(b"stsd", struct.pack(">I", 1), _sample_entry(size)),
        _full(b"stts", struct.pack(">III", 1, count, each)),
        _full(b"stsc", struct.pack(">IIII", 1, 1, 1, 1)),
        _full(b"stsz", struct.pack(">II", 0, count), *(struct.pack(">I", len(frame)) for frame in frames)),
        _full(b"stco", struct.pack(">I", count), *(struct.pack(">I", offset) for offset in offsets)),
    )


def _sample_entry(size: tuple[int, int]) -> bytes:
    return _box(
        b"mp4v",
        bytes(6),
        struct.pack(">H", 1),
        bytes(16),
        struct.pack(">HHIIIH", *size, 0x480000, 0x480000, 0, 1),
        bytes(32),
        struct.pack(">Hh", 24, -1),
        _full(b"esds", _descriptor(3, struct.pack(">HB", 1, 0), _decoder(), _descriptor(6, b"\x02"))),
    )


def _decoder() -> bytes:
    jpeg, visual_stream = 0x6C, 0x11
    return _descriptor(4, struct.pack(">BB", jpeg, visual_stream), bytes(11))


def _descriptor(tag: int, *content: bytes) -> bytes:
    body = b"".join(content)
    return bytes((tag, len(body))) + body
