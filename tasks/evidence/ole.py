"""The old Office container (OLE compound file): names of its streams, and their first bytes.

Only what tells Word from Excel and a locked file from an open one; the layout
is [MS-CFB]. Nothing is interpreted beyond that, and every walk is bounded.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass

from iid.tasks.evidence.content import Content, UnreadableError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENTRY = 128
_MAX_ENTRIES = 4096
_END = 0xFFFFFFFA  # this and above are marks, not sector numbers
_MINI_CUTOFF = 4096  # smaller streams live in the mini stream


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream's or storage's name, first sector and size."""

    name: str
    start: int
    size: int


class Compound:
    """An OLE file whose directory could be read; raises UnreadableError otherwise."""

    def __init__(self, content: Content) -> None:
        header = content.read_at(0, 512)
        if len(header) < 512 or not header.startswith(MAGIC):
            raise UnreadableError("rusak atau terpotong")
        self._content = content
        self._sector = 1 << min(struct.unpack_from("<H", header, 30)[0], 16)
        if self._sector not in (512, 4096):
            raise UnreadableError("rusak atau terpotong")
        self._fat_sectors = struct.unpack_from("<109I", header, 76)
        self.streams = self._directory(struct.unpack_from("<I", header, 48)[0])

    def _bytes(self, sector: int) -> bytes:
        return self._content.read_at((sector + 1) * self._sector, self._sector)

    def _next(self, sector: int) -> int:
        """Sector that follows *sector*; only the first 109 FAT sectors (7 MB and more) are looked at."""
        place, slot = divmod(sector, self._sector // 4)
        if place >= len(self._fat_sectors) or self._fat_sectors[place] >= _END:
            return _END
        table = self._bytes(self._fat_sectors[place])
        return int(struct.unpack_from("<I", table, slot * 4)[0]) if len(table) == self._sector else _END

    def _directory(self, sector: int) -> tuple[Stream, ...]:
        found: list[Stream] = []
        seen: set[int] = set()
        while sector < _END and sector not in seen and len(found) < _MAX_ENTRIES:
            seen.add(sector)
            raw = self._bytes(sector)
            if len(raw) < self._sector:
                raise UnreadableError("rusak atau terpotong")
            found += [s for at in range(0, len(raw), _ENTRY) if (s := _entry(raw[at : at + _ENTRY]))]
            sector = self._next(sector)
        if not found:
            raise UnreadableError("rusak atau terpotong")
        return tuple(found)

    def find(self, *names: str) -> Stream | None:
        """The first stream that bears one of *names*."""
        return next((s for s in self.streams if s.name in names), None)

    def whole(self) -> bool:
        """Whether the first and the last byte of every large stream can lie inside the file."""
        return all(
            (s.start + 1) * self._sector + min(s.size, self._sector) <= self._content.size
            and s.size <= self._content.size
            for s in self.streams[1:]
            if s.size >= _MINI_CUTOFF and s.start < _END
        )

    def first(self, stream: Stream, length: int = 512) -> bytes:
        """At most one sector from the start of *stream*; b"" for one in the mini stream."""
        if stream.size < _MINI_CUTOFF or stream.start >= _END:
            return b""
        return self._bytes(stream.start)[:length]


def _entry(raw: bytes) -> Stream | None:
    length, kind = struct.unpack_from("<HB", raw, 64)
    if kind not in (1, 2, 5) or not 2 <= length <= 64:
        return None
    name = raw[: length - 2].decode("utf-16-le", "replace")
    start, size = struct.unpack_from("<IQ", raw, 116)
    return Stream(name, start, 0 if kind == 1 else size & 0xFFFFFFFF)
