"""PDF with pdfium: opens, locked, pages, the text of every page, embedded files, scripts.

pdfium is what Chromium shows a PDF with, so what opens here opens for a reader.
It is not thread-safe; this module is meant for one thread of a worker process.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any

import pypdfium2 as pdfium
from pypdfium2 import raw

from iid.tasks.evidence.content import Content, EncryptedError, UnreadableError
from iid.tasks.evidence.facts import TEXT_KEPT, Facts
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.normalising import cleaned, text_facts

VERSION = 1
BROKEN = "rusak atau terpotong"
_TAIL = 65_536  # a whole PDF has startxref near its end; some scanners append padding
_SCRIPT_MARKS = (b"/JavaScript", b"/JS ", b"/JS(")
_SEARCHED = 8 * 1024 * 1024


@dataclass(slots=True)
class _Pages:
    """What was met while walking over the pages."""

    texts: list[str] = field(default_factory=list)
    chars: int = 0
    with_text: int = 0
    broken: list[int] = field(default_factory=list)  # cannot be loaded
    bare: list[int] = field(default_factory=list)  # loaded, nothing on them


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a PDF. Raises UnreadableError, EncryptedError."""
    with _opened(content) as document:
        count = len(document)
        if count < 1:
            raise UnreadableError("tidak berisi halaman")
        pages = _walk(document.raw, min(count, limits.pages), limits.text)
        _check(pages, count, cut=b"startxref" not in content.read_at(-_TAIL, _TAIL))
        text = cleaned("\n".join(pages.texts))
        digest, length = text_facts(text)
        return replace(
            kind,
            pages=count,
            text_sha256=digest,
            text_chars=length,
            text_pages=pages.with_text,
            text=text[:TEXT_KEPT],
            blank=len(pages.bare) == count,
            macros=_has_scripts(document.raw, content),
            attachments=max(0, raw.FPDFDoc_GetAttachmentCount(document.raw)),
            detail=f"halaman {pages.broken[0]} rusak" if pages.broken else "",
        )


@contextmanager
def _opened(content: Content) -> Iterator[pdfium.PdfDocument]:
    source: Any = content.data if content.data is not None else content.file
    try:
        document = pdfium.PdfDocument(source)
    except pdfium.PdfiumError as error:
        if getattr(error, "err_code", None) == raw.FPDF_ERR_PASSWORD:
            raise EncryptedError from error
        raise UnreadableError(BROKEN) from error
    try:
        yield document
    finally:
        document.close()


def _walk(document: Any, count: int, limit: int) -> _Pages:
    """Load the first *count* pages; read text until *limit* characters are reached."""
    pages = _Pages()
    for index in range(count):
        page = raw.FPDF_LoadPage(document, index)
        if not page:
            pages.broken.append(index + 1)
            if len(pages.broken) == index + 1 >= 3:  # a page tree that only promises
                break
            continue
        try:
            if pages.chars < limit:
                _take_text(page, pages, limit)
            if raw.FPDFPage_CountObjects(page) <= 0:
                pages.bare.append(index + 1)
        finally:
            raw.FPDF_ClosePage(page)
    return pages


def _take_text(page: Any, pages: _Pages, limit: int) -> None:
    layer = raw.FPDFText_LoadPage(page)
    if not layer:
        return
    try:
        count = min(raw.FPDFText_CountChars(layer), limit - pages.chars)
        if count <= 0:
            return
        buffer = (ctypes.c_ushort * (count + 1))()
        written = raw.FPDFText_GetText(layer, 0, count, buffer)
        text = bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")
    finally:
        raw.FPDFText_ClosePage(layer)
    pages.texts.append(text)
    pages.chars += count
    pages.with_text += any(c.isalnum() for c in text)


def _check(pages: _Pages, count: int, *, cut: bool) -> None:
    """Raise UnreadableError when the first page does not open, or the file's end is lost with pages."""
    if pages.broken and pages.broken[0] == 1:
        raise UnreadableError(BROKEN)
    lost = sorted(pages.broken + pages.bare)
    if cut and lost:
        raise UnreadableError(f"terpotong: halaman {lost[0]} dari {count} tidak ada isinya")


def _has_scripts(document: Any, content: Content) -> bool:
    """Whether the document carries JavaScript: its name tree, or an action that stands uncompressed."""
    if raw.FPDFDoc_GetJavaScriptActionCount(document) > 0:
        return True
    data = content.data if content.data is not None else content.read_at(0, _SEARCHED)
    return any(mark in data for mark in _SCRIPT_MARKS)
