"""Office files of before 2007 (doc, xls, ppt) and locked new ones: whole, locked, macros. No text."""

from __future__ import annotations

import struct
from dataclasses import replace

from iid.tasks.evidence.content import Content, EncryptedError, UnreadableError
from iid.tasks.evidence.facts import Facts
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.ole import Compound

VERSION = 1
BROKEN = "rusak atau terpotong"
_MACRO_STORAGES = ("Macros", "_VBA_PROJECT_CUR", "_VBA_PROJECT", "VBA")
_FILEPASS = 0x2F  # [MS-XLS] 2.4.117: the workbook stream is encrypted


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of an OLE file. Raises UnreadableError, EncryptedError."""
    container = Compound(content)
    if container.find("EncryptedPackage", "EncryptionInfo"):
        raise EncryptedError
    if not kind.format:
        raise UnreadableError("isinya bukan jenis berkas yang dikenal")
    if not container.whole():
        raise UnreadableError(BROKEN)
    if _LOCKED[kind.format](container):
        raise EncryptedError
    return replace(kind, macros=container.find(*_MACRO_STORAGES) is not None)


def _doc_locked(container: Compound) -> bool:
    """[MS-DOC] 2.5.1: bit fEncrypted of the FIB."""
    stream = container.find("WordDocument")
    fib = container.first(stream) if stream else b""
    return len(fib) >= 12 and bool(struct.unpack_from("<H", fib, 10)[0] & 0x0100)


def _xls_locked(container: Compound) -> bool:
    """Whether a FILEPASS record stands among the first records of the workbook."""
    stream = container.find("Workbook", "Book")
    records = container.first(stream) if stream else b""
    at = 0
    while at + 4 <= len(records):
        code, length = struct.unpack_from("<HH", records, at)
        if code == _FILEPASS:
            return True
        at += 4 + length
    return False


def _ppt_locked(container: Compound) -> bool:
    return container.find("EncryptedSummary") is not None


_LOCKED = {"doc": _doc_locked, "xls": _xls_locked, "ppt": _ppt_locked}
