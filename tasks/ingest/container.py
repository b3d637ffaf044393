"""What a workbook's bytes are, and its archive's parts, within limits.

Limits are on what costs memory or time, never on what is merely unusual.
"""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from functools import cached_property

from iid.tasks.ingest.unreadable import LOCKED, Unreadable

# Safety limits, not rules: far above any honest workbook of 40 answers, far below what hurts.
MAX_BYTES = 32 * 1024**2  # the file itself; photos pasted into a workbook come to some 20 MB
MAX_PARTS = 50_000
MAX_INFLATED = 256 * 1024**2  # of the parts that are read; a million formatted rows come to some 80 MB
_CHUNK = 256 * 1024

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
#: How the records of a workbook begin that is in no container: Excel 2, 3, 4, 5 and 97.
_RECORDS = (
    b"\x09\x00\x04\x00",
    b"\x09\x02\x06\x00",
    b"\x09\x04\x06\x00",
    b"\x09\x08\x08\x00\x00\x05",
    b"\x09\x08\x10\x00\x00\x06",
)
_WORD = "WordDocument".encode("utf-16-le")  # also in a workbook, where a document is embedded
_BOOK = ("Workbook\0".encode("utf-16-le"), "Book\0".encode("utf-16-le"))
_MANIFEST = "META-INF/manifest.xml"  # of an OpenDocument
_OTHERS = (
    ("word/document.xml", "dokumen Word"),
    ("ppt/presentation.xml", "presentasi PowerPoint"),
)
_HEADS = (
    (b"%pdf", "PDF"),
    (b"\xff\xd8", "gambar JPG"),
    (b"\x89png", "gambar PNG"),
    (b"{\\rtf", "dokumen RTF"),
    (b"<!doctype html", "halaman HTML"),
    (b"<html", "halaman HTML"),
    (b"<table", "halaman HTML"),
    (b"<?xml", "berkas XML"),
    (b"rar!", "arsip RAR"),
    (b"7z\xbc\xaf", "arsip 7z"),
    (b"\x1f\x8b", "arsip GZ"),
    (b"l\x00\x00\x00\x01\x14\x02\x00", "pintasan Windows"),
    (b"[internetshortcut]", "pintasan internet"),
    (b'{"url"', "pintasan Google Drive"),
    (b'{"doc_id"', "pintasan Google Drive"),
)


class Package:
    """The parts of archive *data* by name, without case or leading slashes.

    Raises Unreadable for what is no archive, and while reading for damage, a password, or
    more than :data:`MAX_INFLATED` bytes of all parts that were read.
    """

    def __init__(self, data: bytes) -> None:
        try:
            self._archive = zipfile.ZipFile(io.BytesIO(data))
        except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError) as error:
            raise damaged() from error
        members = self._archive.infolist()
        if len(members) > MAX_PARTS:
            raise Unreadable(f"berisi lebih dari {MAX_PARTS} bagian")
        self._members = {_folded(member.filename): member for member in members}
        self._left = MAX_INFLATED

    def __contains__(self, name: str) -> bool:
        return _folded(name) in self._members

    def holds(self, name: str) -> bool:
        """Whether a part is called *name*, in whatever folder."""
        return any(part.rpartition("/")[2] == name for part in self._members)

    @cached_property
    def locked(self) -> bool:
        """Whether a part is encrypted, or says that others are (OpenDocument)."""
        manifest = b"".join(self.chunks(_MANIFEST)) if _MANIFEST in self else b""
        return (
            any(member.flag_bits & 0x1 for member in self._members.values())
            or "encrypted-package" in self
            or b"encryption-data" in manifest
        )

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the content of part *name* in pieces. KeyError without the part."""
        member = self._members[_folded(name)]
        if member.flag_bits & 0x1:
            raise Unreadable(LOCKED)
        if member.file_size > self._left:
            raise too_large(MAX_INFLATED)
        try:
            with self._archive.open(member) as part:
                while chunk := part.read(_CHUNK):
                    self._left -= len(chunk)
                    if self._left < 0:
                        raise too_large(MAX_INFLATED)
                    yield chunk
        except NotImplementedError as error:
            raise Unreadable("dimampatkan dengan cara yang tidak dipakai Excel") from error
        except (zipfile.BadZipFile, zlib.error, EOFError, ValueError, OSError) as error:
            raise damaged() from error


def kind_of(data: bytes) -> str:
    """Return ``xlsx``, ``xlsb``, ``ods`` or ``xls``; else raise Unreadable."""
    if not data:
        raise Unreadable("berkas kosong (0 byte)")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"ukurannya lebih dari {MAX_BYTES // 1024**2} MB")
    if data.startswith(_OLE):
        if "EncryptedPackage".encode("utf-16-le") in data:
            raise Unreadable(LOCKED)
        if _WORD in data and not any(stream in data for stream in _BOOK):
            raise Unreadable("isinya dokumen Word, bukan buku kerja Excel")
        return "xls"
    if data.startswith(_RECORDS):
        return "xls"
    if not data.startswith(b"PK"):
        raise Unreadable(f"isinya {_looks_like(data)}, bukan buku kerja Excel")
    return _kind_of_archive(Package(data))


def _kind_of_archive(package: Package) -> str:
    if package.locked:
        raise Unreadable(LOCKED)
    if package.holds("workbook.bin"):
        return "xlsb"
    if "content.xml" in package:
        return "ods"
    what = next((words for part, words in _OTHERS if part in package), "")
    if what or not ("_rels/.rels" in package or "xl/workbook.xml" in package):
        raise Unreadable(f"isinya {what or 'arsip ZIP biasa'}, bukan buku kerja Excel")
    return "xlsx"


def damaged() -> Unreadable:
    """What is said of an archive that does not hold what it promises."""
    return Unreadable("berkas terpotong atau rusak; mungkin penyalinannya belum selesai")


def too_large(limit: int) -> Unreadable:
    """What is said of an archive that unpacks to more than *limit* bytes."""
    return Unreadable(f"isinya setelah dibuka lebih dari {limit // 1024**2} MB")


def _folded(name: str) -> str:
    return name.replace("\\", "/").lstrip("/").casefold()


def _looks_like(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for start, words in _HEADS:
        if head.startswith(start):
            return "halaman HTML" if b"<html" in head else words
    text = head.decode("utf-8", "ignore")
    readable = sum(sign.isprintable() or sign in "\r\n\t" for sign in text)
    mostly = 2 * len(text) > len(head) and readable > 0.95 * len(text)
    return "teks biasa (misalnya CSV)" if mostly else "tidak dikenal"
