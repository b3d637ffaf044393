"""Parts of a zip archive, inflated with a count: no part may come out larger than allowed.

``zipfile`` believes the sizes an archive declares about itself; here the bytes are counted.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Iterator

from iid.tasks.submissions.errors import Unreadable

CHUNK = 1024**2
_HEADER = struct.Struct("<4s5H3I2H")  # local file header, PKZIP APPNOTE 4.3.7


class Inflater:
    """Reads members of the archive *data*; all of them together give at most *limit* bytes."""

    def __init__(self, data: bytes, limit: int) -> None:
        self._data = memoryview(data)
        self._limit = limit
        self._left = limit

    def chunks(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        """The member's content in pieces; raises :class:`Unreadable` when it is too much or damaged."""
        body = self._body(member)
        checksum = 0
        for chunk in self._inflated(body) if member.compress_type == zipfile.ZIP_DEFLATED else _pieces(body):
            self._left -= len(chunk)
            if self._left < 0:
                raise too_large(self._limit)
            checksum = zlib.crc32(chunk, checksum)
            yield chunk
        if checksum != member.CRC:
            raise damaged()

    def _body(self, member: zipfile.ZipInfo) -> memoryview:
        if member.flag_bits & 0x1:
            raise Unreadable("terkunci kata sandi")
        if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
            raise Unreadable("dimampatkan dengan cara yang tidak dipakai Excel")
        header = self._data[member.header_offset : member.header_offset + _HEADER.size]
        if len(header) < _HEADER.size:
            raise damaged()
        signature, *_, name_length, extra_length = _HEADER.unpack(header)
        start = member.header_offset + _HEADER.size + name_length + extra_length
        body = self._data[start : start + member.compress_size]
        if signature != b"PK\x03\x04" or len(body) < member.compress_size:
            raise damaged()
        return body

    def _inflated(self, body: memoryview) -> Iterator[bytes]:
        stream = zlib.decompressobj(-zlib.MAX_WBITS)
        waiting: bytes | memoryview = body
        try:
            while not stream.eof:
                chunk = stream.decompress(waiting, CHUNK)
                waiting = stream.unconsumed_tail
                if not chunk and not waiting:
                    break
                yield chunk
        except zlib.error as error:
            raise damaged() from error
        if not stream.eof:
            raise damaged()


def damaged() -> Unreadable:
    """What is said of an archive that does not hold what it promises."""
    return Unreadable("berkas terpotong atau rusak; mungkin penyalinannya belum selesai")


def too_large(limit: int) -> Unreadable:
    """What is said of an archive that unpacks to more than *limit* bytes."""
    return Unreadable(f"isinya setelah dibuka lebih dari {limit // 1024**2} MB")


def _pieces(body: memoryview) -> Iterator[bytes]:
    for start in range(0, len(body), CHUNK):
        yield bytes(body[start : start + CHUNK])
