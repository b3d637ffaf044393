"""Zip containers: counted before listed, inflated only up to a limit."""

from __future__ import annotations

import re
import struct
import zipfile
import zlib
from collections.abc import Iterator

from iid.tasks.sandbox.content import Content, EncryptedError, UnreadableError
from iid.tasks.sandbox.limits import Limits

MAGICS = (b"PK\x03\x04", b"PK\x05\x06")
_EOCD = b"PK\x05\x06"
_LOCAL = re.compile(rb"PK\x03\x04.{22}(..)(..)", re.DOTALL)
BROKEN = "rusak atau terpotong"
_CHUNK = 65_536


def open_zip(content: Content, limits: Limits) -> zipfile.ZipFile:
    """Open the zip's directory. UnreadableError when broken or over the limit."""
    tail = content.read_at(-65_557, 65_557)
    at = tail.rfind(_EOCD)
    if at < 0 or len(tail) < at + 22:
        raise UnreadableError(BROKEN)
    size = struct.unpack_from("<I", tail, at + 12)[0]
    if size != 0xFFFFFFFF and size > limits.members * 1024:
        raise UnreadableError("daftar isinya terlalu besar untuk diperiksa")
    try:
        archive = zipfile.ZipFile(content.file)
    except (zipfile.BadZipFile, ValueError, NotImplementedError, OSError, struct.error) as error:
        raise UnreadableError(BROKEN) from error
    if len(archive.infolist()) > limits.members:
        raise UnreadableError("daftar isinya terlalu besar untuk diperiksa")
    return archive


def local_names(head: bytes) -> Iterator[str]:
    """Yield names from local headers in *head*, for a zip without directory."""
    for found in _LOCAL.finditer(head):
        length = int.from_bytes(found[1], "little")
        yield head[found.end() : found.end() + length].decode("utf-8", "replace")


class Inflater:
    """Reads members of one archive within a common budget of inflated bytes."""

    def __init__(self, archive: zipfile.ZipFile, limits: Limits) -> None:
        self._archive = archive
        self._left = limits.inflated

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield member *name* in pieces. UnreadableError when broken or too large."""
        info = self._archive.getinfo(name)
        if info.flag_bits & 1:
            raise EncryptedError
        if info.file_size > self._left:
            raise UnreadableError("isinya mengembang terlalu besar")
        try:
            with self._archive.open(info) as member:
                while chunk := member.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise UnreadableError("isinya mengembang terlalu besar")
                    yield chunk
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, NotImplementedError, OSError) as error:
            raise UnreadableError(BROKEN) from error

    def read(self, name: str, limit: int) -> bytes:
        """The first *limit* bytes or more of the member *name*."""
        parts: list[bytes] = []
        for chunk in self.chunks(name):
            parts.append(chunk)
            if (limit := limit - len(chunk)) <= 0:
                break
        return b"".join(parts)
