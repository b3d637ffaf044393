"""Office files before 2007 and locked new ones: whole, locked, macros."""

from __future__ import annotations

import struct
from dataclasses import replace

from olefile import OleFileIO
from olefile.olefile import OleDirectoryEntry

from iid.tasks.sandbox.content import Content, EncryptedError, UnreadableError
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 3
BROKEN = "rusak atau terpotong"
MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MACRO_STORAGES = ("Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA")
_FILEPASS = 0x2F  # [MS-XLS] 2.4.117: the workbook stream is encrypted
_END = 0xFFFFFFFA  # this and above are marks, not sector numbers
_STREAM = 2  # [MS-CFB] 2.6.1: the entry is a stream


class Compound:
    """An OLE file: what is at its top, by name. Raises UnreadableError."""

    def __init__(self, content: Content) -> None:
        content.file.seek(0)
        try:
            self._ole = OleFileIO(content.file)
        except (MemoryError, RecursionError):
            raise
        except Exception as error:  # its reader leaks IndexError, struct.error and more
            raise UnreadableError(BROKEN) from error
        self._size = content.size
        self._top: dict[str, OleDirectoryEntry] = {entry.name.upper(): entry for entry in self._ole.root.kids}

    def has(self, *names: str) -> bool:
        """Whether a stream or storage bears one of *names*, in any case."""
        return any(name.upper() in self._top for name in names)

    def first(self, *names: str) -> bytes:
        """Return the first sector of the first of *names*; b"" if there is none."""
        entry = next((self._top[name.upper()] for name in names if name.upper() in self._top), None)
        if entry is None or entry.size < self._ole.minisectorcutoff or entry.isectStart >= _END:
            return b""
        return bytes(self._ole.getsect(entry.isectStart))

    def whole(self) -> bool:
        """Return whether the ends of every large stream can be in the file."""
        sector, small = self._ole.sectorsize, self._ole.minisectorcutoff
        return all(
            (entry.isectStart + 1) * sector + min(entry.size, sector) <= self._size
            and entry.size <= self._size
            for entry in self._ole.direntries
            if entry and entry.entry_type == _STREAM and entry.size >= small and entry.isectStart < _END
        )


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of an OLE file. Raises UnreadableError, EncryptedError."""
    container = Compound(content)
    if container.has("EncryptedPackage", "EncryptionInfo"):
        raise EncryptedError
    if not kind.format:
        raise UnreadableError("isinya bukan jenis berkas yang dikenal")
    if not container.whole():
        raise UnreadableError(BROKEN)
    if _LOCKED[kind.format](container):
        raise EncryptedError
    return replace(kind, macros=container.has(*_MACRO_STORAGES))


def _doc_locked(container: Compound) -> bool:
    """[MS-DOC] 2.5.1: bit fEncrypted of the FIB."""
    fib = container.first("WordDocument")
    return len(fib) >= 12 and bool(struct.unpack_from("<H", fib, 10)[0] & 0x0100)


def _xls_locked(container: Compound) -> bool:
    """Whether a FILEPASS record is among the first records of the workbook."""
    records, at = container.first("Workbook", "Book"), 0
    while at + 4 <= len(records):
        code, length = struct.unpack_from("<HH", records, at)
        if code == _FILEPASS:
            return True
        at += 4 + length
    return False


def _ppt_locked(container: Compound) -> bool:
    return container.has("EncryptedSummary")


_LOCKED = {"doc": _doc_locked, "xls": _xls_locked, "ppt": _ppt_locked}
