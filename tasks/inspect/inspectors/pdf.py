"""PDF with pdfium: opens, locked, pages, text, embedded files, scripts.

pdfium is what Chromium shows a PDF with, so what opens here opens for a reader.
It is not thread-safe; this module is meant for one thread of a worker process.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from itertools import islice
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from iid.tasks.inspect.inspectors.normalised_text import cleaned, text_facts
from iid.tasks.inspect.inspectors.pdf_page import Page, read_page
from iid.tasks.sandbox.content import LEAST_SHOWN, Content, EncryptedError, UnreadableError
from iid.tasks.sandbox.facts import TEXT_KEPT, Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 5
BROKEN = "rusak atau terpotong"
_TAIL = 65_536  # a whole PDF has startxref near its end; some scanners append padding
# What a lost or wrong index is made from again.
_OBJECT = re.compile(rb"(?<!\d)(\d{1,8})\s{1,3}(\d{1,5})\s{1,3}obj\b")
_OBJECTS = 500_000  # more are not looked for
_ROOT = re.compile(rb"/Root\s{0,3}(\d{1,8})\s{1,3}\d{1,5}\s{1,3}R\b")
_CATALOG = re.compile(rb"/Type\s{0,3}/Catalog\b")
_SCRIPT_MARKS = (b"/JavaScript", b"/JS ", b"/JS(")
_SEARCHED = 8 * 1024 * 1024
# All that a viewer shows of a form made with Adobe LiveCycle.
_WAIT = ("please wait", "trying to load requires adobe", "need a later version of the pdf viewer")


@dataclass(slots=True)
class _Pages:
    """What was met while walking over the pages."""

    texts: list[str] = field(default_factory=list)
    chars: int = 0
    with_text: int = 0
    scans: list[int] = field(default_factory=list)  # words, if any, are in a picture
    broken: list[int] = field(default_factory=list)  # cannot be loaded
    bare: list[int] = field(default_factory=list)  # loaded, nothing on them


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a PDF. Raises UnreadableError, EncryptedError."""
    with _opened(content) as (document, indexed):
        count = len(document)
        if count < 1:
            raise UnreadableError("tidak berisi halaman")
        pages = _walk(document, min(count, limits.pages), limits.text)
        cut = b"startxref" not in content.read_at(-_TAIL, _TAIL)
        _check(pages, min(count, limits.pages), cut=cut or not indexed)
        text = cleaned("\n".join(pages.texts))
        if document.get_formtype() > raw.FORMTYPE_ACRO_FORM and _only_waits(text):
            raise UnreadableError('formulir XFA, yang tampak hanya "Please wait"; cetak ke PDF biasa')
        digest, length = text_facts(text)
        detail = "" if indexed else "daftar isinya rusak, halamannya masih terbuka"
        detail = "ujungnya hilang, halamannya masih terbuka" if cut else detail
        return replace(
            kind,
            pages=count,
            text_sha256=digest,
            text_chars=length,
            text_pages=pages.with_text,
            scan_pages=len(pages.scans),
            text=text[:TEXT_KEPT],
            blank=len(pages.bare) == count,
            damaged=cut or not indexed or bool(pages.broken),
            macros=_has_scripts(document.raw, content),
            attachments=max(0, raw.FPDFDoc_GetAttachmentCount(document.raw)),
            detail=f"halaman {pages.broken[0]} rusak" if pages.broken else detail,
        )


def _only_waits(text: str) -> bool:
    shown = " ".join(text[:2_000].casefold().split())
    return any(words in shown for words in _WAIT)


@contextmanager
def _opened(content: Content) -> Iterator[tuple[pdfium.PdfDocument, bool]]:
    """Yield the document, and whether its index was sound.

    pdfium makes a lost index again only where the last dictionary is whole; other viewers do without.
    """
    source: Any = content.data if content.data is not None else content.file
    indexed = True
    try:
        document = _document(source)
    except UnreadableError:
        again = _indexed(content.data) if content.data is not None else b""
        if not again:
            raise
        document, indexed = _document(again), False
    try:
        yield document, indexed
    finally:
        document.close()


def _document(source: Any) -> pdfium.PdfDocument:
    try:
        return pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise EncryptedError from error
        raise UnreadableError(BROKEN) from error


def _indexed(data: bytes) -> bytes:
    """Return *data* with an index of its objects; b"" without a catalogue."""
    data = data[max(0, data[:1024].find(b"%PDF-")) :]
    if b"/Encrypt" in data:
        return b""
    found = {int(one[1]): (one.start(), int(one[2])) for one in islice(_OBJECT.finditer(data), _OBJECTS)}
    roots = [number for one in _ROOT.finditer(data) if (number := int(one[1])) in found]
    starts = sorted((start, number) for number, (start, _) in found.items())
    for catalog in _CATALOG.finditer(data):
        before = bisect_left(starts, (catalog.start(), 0))
        roots = [*roots, starts[before - 1][1]] if before and not roots else roots
    if not roots:
        return b""
    rows = [
        b"%d 1\n%010d %05d n \n" % (number, start, part) for number, (start, part) in sorted(found.items())
    ]
    end = b"trailer\n<< /Size %d /Root %d %d R >>" % (max(found) + 1, roots[-1], found[roots[-1]][1])
    return b"%s\nxref\n%s%s\nstartxref\n%d\n%%%%EOF\n" % (data, b"".join(rows), end, len(data) + 1)


def scan_pages(document: pdfium.PdfDocument, limits: Limits) -> list[int]:
    """Places (from 0) of the pages whose words are in a picture, for OCR."""
    return [number - 1 for number in _walk(document, min(len(document), limits.pages), limits.text).scans]


def _walk(document: pdfium.PdfDocument, count: int, limit: int) -> _Pages:
    """Load the first *count* pages; read text up to *limit* characters."""
    pages = _Pages()
    document.init_forms()
    form = document.formenv.raw if document.formenv else None
    for index in range(count):
        page = raw.FPDF_LoadPage(document.raw, index)
        if not page:
            pages.broken.append(index + 1)
            if len(pages.broken) == index + 1 >= 3:  # a page tree that only promises
                raise UnreadableError(BROKEN)
            continue
        try:
            _take(index + 1, read_page(page, form, max(0, limit - pages.chars)), pages)
        finally:
            raw.FPDF_ClosePage(page)
    return pages


def _take(number: int, page: Page, pages: _Pages) -> None:
    if page.text:
        pages.texts.append(page.text)
        pages.chars += len(page.text)
    if page.bare:
        pages.bare.append(number)
    elif page.scan:
        pages.scans.append(number)
    else:
        pages.with_text += any(c.isalnum() for c in page.text)


def _check(pages: _Pages, count: int, *, cut: bool) -> None:
    """Raise UnreadableError if under nine tenths of *count* pages show."""
    lost = sorted(pages.broken + (pages.bare if cut else []))
    if len(lost) <= (1 - LEAST_SHOWN) * count:
        return
    if cut:
        raise UnreadableError(f"terpotong: halaman {lost[0]} dari {count} tidak ada isinya")
    raise UnreadableError(f"{len(lost)} dari {count} halaman rusak" if lost[0] > 1 else BROKEN)


def _has_scripts(document: Any, content: Content) -> bool:
    """Return whether the PDF has JavaScript: in the name tree or an action."""
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        return True
    data = content.data if content.data is not None else content.read_at(0, _SEARCHED)
    return any(mark in data for mark in _SCRIPT_MARKS)
