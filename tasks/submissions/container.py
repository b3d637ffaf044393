"""What a workbook's bytes are, and a clean copy that is safe to parse.

Nothing of a hostile file reaches a parser: the archive is taken apart with counted
inflation, and only the few parts that hold cells are put together again.
"""

from __future__ import annotations

import io
import itertools
import re
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass

from iid.tasks.submissions.bounds import MAX_EXTRAS, is_needed, is_texts, refuse_too_many, tricked
from iid.tasks.submissions.errors import Unreadable
from iid.tasks.submissions.inflating import Inflater, damaged, too_large
from iid.tasks.submissions.sheetxml import MAX_ROWS, count_cells, cut_sheet, is_sheet

# Safety limits, not rules: far above any honest workbook of 40 answers, far below what hurts.
MAX_BYTES = 32 * 1024**2  # the file itself; photos pasted into a workbook come to some 20 MB
MAX_PARTS = 5_000
MAX_INFLATED = 256 * 1024**2  # all parts together; a million empty formatted rows come to some 80 MB
MAX_KEPT = 32 * 1024**2  # what is handed to the parser, after empty rows are cut
MAX_TEXT = 256 * 1024**2  # longest text times number of cells: one long text may stand in all of them

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
# Parts that no cell needs: pictures, charts, macros, links; some of them are the usual way in.
_NOT_NEEDED = re.compile(
    r"(^|/)(worksheets/_rels|media|drawings|charts|chartsheets|theme|pivot\w*|externallinks|customxml|docprops"
    r"|embeddings|ctrlprops|activex|diagrams|printersettings|tables|querytables|persons|richdata|slicer\w*"
    r"|timeline\w*|model|revisions|calcchain\.xml|comments\w*\.xml|threadedcomments)(/|$)",
    re.IGNORECASE,
)
# Print areas and links to other files: nothing we read, and broken ones stop openpyxl.
_EXTRAS = (b"definedNames", b"externalReferences", b"pivotCaches")
_EXTRA = re.compile(rb"<((?:\w+:)?(?:%b))\b[^<>]*(?<!/)>.*?</\1\s*>" % b"|".join(_EXTRAS), re.DOTALL)
# calamine reserves memory for as many texts as such a list announces, and a huge number ends the process.
_LISTS = re.compile(
    rb"<(?:\w+:)?(?:sst|numFmts|fonts|fills|borders|cellXfs|cellStyleXfs|cellStyles|dxfs)\s[^<>]*>"
)
_COUNT = re.compile(rb"""\s(?:c|uniqueC)ount\s*=\s*(?:"[^"]*"|'[^']*')""")
_STYLED = re.compile(rb"""(<(?:\w+:)?(?:c|row)\s[^<>]*?)\s?\bs=["']\d+["']""")
_TEXT = re.compile(rb"<(?:\w+:)?si[\s/>]")
_OTHERS = (
    ("xl/workbook.bin", "buku kerja Excel biner (.xlsb)"),
    ("content.xml", "dokumen OpenDocument (misalnya .ods)"),
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
)


@dataclass(frozen=True, slots=True)
class Clean:
    """A workbook that is safe to parse. ``odd``: formulas, error values or far cells stand in it.

    ``lost``: cells with something in them stood below the last row that was kept.
    """

    data: bytes
    kind: str  # xlsx | xls
    odd: bool = False
    lost: bool = False


def clean_copy(data: bytes, rows: int = MAX_ROWS, *, texts_counted: bool = False) -> Clean:
    """A copy of the workbook *data* with nothing but the cells of the first *rows*; raises Unreadable.

    *texts_counted*: the caller counts the texts of all cells, so a long one is not refused for what
    it would come to in every cell.
    """
    if not data:
        raise Unreadable("berkas kosong (0 byte)")
    if len(data) > MAX_BYTES:
        raise Unreadable(f"ukurannya lebih dari {MAX_BYTES // 1024**2} MB")
    if data.startswith(_OLE):
        return _old_workbook(data)
    if data.startswith(b"PK"):
        return _rebuilt(data, rows, texts_counted)
    raise Unreadable(f"isinya {_looks_like(data)}, bukan buku kerja Excel")


def without_styles(clean: Clean) -> Clean:
    """The same cells without formats: dates become day numbers, broken styles no longer matter."""
    with zipfile.ZipFile(io.BytesIO(clean.data)) as archive:
        names = [name for name in archive.namelist() if not name.endswith("styles.xml")]
        parts = {name: _STYLED.sub(rb"\1", archive.read(name)) for name in names}
    return Clean(_zipped(parts), clean.kind, clean.odd, clean.lost)


def _old_workbook(data: bytes) -> Clean:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Unreadable("terkunci kata sandi")
    if "WordDocument".encode("utf-16-le") in data:
        raise Unreadable("isinya dokumen Word, bukan buku kerja Excel")
    return Clean(data, "xls")


def _rebuilt(data: bytes, rows: int, texts_counted: bool) -> Clean:
    inflater = Inflater(data, MAX_INFLATED)
    parts: dict[str, bytes] = {}
    sheets: list[str] = []
    odd, lost, kept = False, False, 0
    for name, member in _members(data).items():
        chunks = inflater.chunks(member)
        first = next(chunks, b"")
        stream = itertools.chain((first,), chunks)
        if is_sheet(first):
            sheet = cut_sheet(stream, MAX_KEPT, rows)
            part, odd, lost = sheet.xml, odd or sheet.odd, lost or sheet.lost
            sheets.append(name)
        else:
            part = _without_extras(b"".join(_at_most(stream, MAX_KEPT)))
            if is_sheet(part):  # hidden behind a long comment, so that it would not be cut
                raise tricked()
            if not (is_texts(part) or is_needed(part)):
                continue
        kept += len(part)
        if kept > MAX_KEPT:
            raise too_large(MAX_KEPT)
        _refuse_tricks(part)
        parts[name] = part
    refuse_too_many(parts, sheets)
    if not texts_counted:
        _refuse_multiplied(parts, sheets)
    return Clean(_zipped(parts), "xlsx", odd, lost)


def _refuse_multiplied(parts: dict[str, bytes], sheets: list[str]) -> None:
    """One long text in all cells: every cell would be a text of its own."""
    longest = max((len(text) for part in parts.values() for text in _texts(part)), default=0)
    for name in sheets:
        # The quick bound first: a cell takes at least 5 bytes.
        if longest * len(parts[name]) // 5 > MAX_TEXT and longest * count_cells(parts[name]) > MAX_TEXT:
            raise too_large(MAX_TEXT)


def _members(data: bytes) -> dict[str, zipfile.ZipInfo]:
    """The parts to keep by tidy name, sizes as declared checked first."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, zipfile.LargeZipFile, NotImplementedError, ValueError, OSError) as error:
        raise damaged() from error
    named = {member.filename.replace("\\", "/").lstrip("/"): member for member in members}
    if len(members) > MAX_PARTS:
        raise Unreadable(f"berisi lebih dari {MAX_PARTS} bagian")
    lower = {name.casefold() for name in named}
    workbook = "[content_types].xml" in lower and any(name.startswith("xl/") for name in lower)
    if not workbook or "xl/workbook.bin" in lower:
        what = next((words for part, words in _OTHERS if part in lower), "arsip ZIP biasa")
        raise Unreadable(f"isinya {what}, bukan buku kerja .xlsx")
    needed = {
        name: member
        for name, member in named.items()
        if name.casefold().endswith((".xml", ".rels")) and not _NOT_NEEDED.search(name)
    }
    if sum(member.file_size for member in needed.values()) > MAX_INFLATED:
        raise too_large(MAX_INFLATED)
    return needed


def _without_extras(part: bytes) -> bytes:
    if found := sum(map(part.count, _EXTRAS)):
        if found > MAX_EXTRAS:  # each one that is never closed would be sought to the very end
            raise tricked()
        part = _EXTRA.sub(b"", part)
    return _LISTS.sub(lambda tag: _COUNT.sub(b"", tag[0]), part) if b"ount" in part else part


def _at_most(chunks: Iterable[bytes], limit: int) -> Iterable[bytes]:
    left = limit
    for chunk in chunks:
        left -= len(chunk)
        if left < 0:
            raise too_large(limit)
        yield chunk


def _refuse_tricks(part: bytes) -> None:
    """Excel writes UTF-8 without document types; entities in one are the billion-laughs attack."""
    other_encoding = part.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"))
    if other_encoding or b"<!DOCTYPE" in part or b"<!ENTITY" in part:
        raise tricked()


def _texts(part: bytes) -> Iterable[bytes]:
    return _TEXT.split(part) if b"<sst" in part or b":sst" in part else ()


def _zipped(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, part in parts.items():
            archive.writestr(zipfile.ZipInfo(name), part)
    return buffer.getvalue()


def _looks_like(data: bytes) -> str:
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    for start, words in _HEADS:
        if head.startswith(start):
            return "halaman HTML" if b"<html" in head else words
    text = head.decode("utf-8", "ignore")
    readable = sum(sign.isprintable() or sign in "\r\n\t" for sign in text)
    mostly = 2 * len(text) > len(head) and readable > 0.95 * len(text)
    return "teks biasa (misalnya CSV)" if mostly else "tidak dikenal"
