"""One page of a PDF: its words with fields and notes; whether a scan.

A page with a picture over most of it and no more words than a line or two, or than the footer of an
app or of an electronic signature, is a scan: what it says is in the picture.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pypdfium2 import raw

#: Letters and digits of "a line or two"; and of what the margins of a scan may hold (BSrE: some 350).
_LINE, _FOOTER = 120, 700
_MARGIN = 0.15  # of the height, above and below
_NO_LETTER = re.compile(r"[\W_]+")
_COVERED = 0.495  # part of the page under pictures, from which it is a scan: half, but for rounding
_OBJECTS = 2_000  # looked at for pictures
_DEEPEST = 3  # pictures in forms in forms
_ANNOTATIONS = 1_000
_LONGEST = 20_000  # characters of one annotation or field
_WRITTEN = (raw.FPDF_ANNOT_TEXT, raw.FPDF_ANNOT_FREETEXT, raw.FPDF_ANNOT_STAMP, raw.FPDF_ANNOT_HIGHLIGHT)
_FILLED = (raw.FPDF_FORMFIELD_TEXTFIELD, raw.FPDF_FORMFIELD_COMBOBOX, raw.FPDF_FORMFIELD_LISTBOX)


@dataclass(frozen=True, slots=True)
class Page:
    """``text`` without a scan's footer; ``bare``: empty; ``scan``: a picture."""

    text: str
    scan: bool
    bare: bool


def read_page(page: Any, form: Any, limit: int) -> Page:
    """Read *limit* characters of the open *page*; *form*: the document's."""
    layer = raw.FPDFText_LoadPage(page)
    try:
        text = _layer_text(layer, limit) if layer else ""
        added = "\n".join(_annotated(page, form))
        objects = raw.FPDFPage_CountObjects(page)
        letters = _letters(text)
        scan = objects > 0 and not letters and limit > 0
        if 0 < letters <= _FOOTER and _covered(page, objects) >= _COVERED:
            middle = _middle_text(page, layer)
            scan = letters <= _LINE or not _letters(middle)
            text = middle if scan else text
    finally:
        if layer:
            raw.FPDFText_ClosePage(layer)
    return Page(f"{text}\n{added}" if added else text, scan and not added, objects <= 0 and not added)


def _letters(text: str) -> int:
    return len(_NO_LETTER.sub("", text))


def _layer_text(layer: Any, limit: int) -> str:
    count = min(raw.FPDFText_CountChars(layer), limit)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetText(layer, 0, count, buffer)
    return bytes(buffer)[: 2 * max(0, written - 1)].decode("utf-16-le", "ignore")


def _box(page: Any) -> tuple[float, float, float, float]:
    """Left, bottom, right and top of what is shown, before the page is turned."""
    sides = [ctypes.c_float() for _ in range(4)]
    for ask in (raw.FPDFPage_GetCropBox, raw.FPDFPage_GetMediaBox):
        if ask(page, *sides):
            left, bottom, right, top = (side.value for side in sides)
            if right > left and top > bottom:
                return left, bottom, right, top
    width, height = raw.FPDF_GetPageWidthF(page), raw.FPDF_GetPageHeightF(page)
    return (0.0, 0.0, height, width) if raw.FPDFPage_GetRotation(page) % 2 else (0.0, 0.0, width, height)


def _middle_text(page: Any, layer: Any) -> str:
    """The words that are in neither margin, as the reader sees the page."""
    left, bottom, right, top = _box(page)
    if raw.FPDFPage_GetRotation(page) % 2:
        margin = _MARGIN * (right - left)
        left, right = left + margin, right - margin
    else:
        margin = _MARGIN * (top - bottom)
        bottom, top = bottom + margin, top - margin
    count = raw.FPDFText_GetBoundedText(layer, left, top, right, bottom, None, 0)
    if count <= 0:
        return ""
    buffer = (ctypes.c_ushort * (count + 1))()
    written = raw.FPDFText_GetBoundedText(layer, left, top, right, bottom, buffer, count)
    return bytes(buffer)[: 2 * max(0, written)].decode("utf-16-le", "ignore").rstrip("\0")


def _covered(page: Any, objects: int) -> float:
    """Return the share of the page under pictures, strips added up."""
    left, bottom, right, top = _box(page)
    pictures = _pictures(page, raw.FPDFPage_GetObject, min(objects, _OBJECTS), 0)
    area = 0.0
    for picture in pictures:
        sides = [ctypes.c_float() for _ in range(4)]
        if raw.FPDFPageObj_GetBounds(picture, *sides):
            x0, y0, x1, y1 = (side.value for side in sides)
            area += max(0.0, min(x1, right) - max(x0, left)) * max(0.0, min(y1, top) - max(y0, bottom))
    return area / max(1e-9, (right - left) * (top - bottom))


def _pictures(owner: Any, item: Any, count: int, depth: int) -> Iterator[Any]:
    """Yield a page's pictures; for one in a form the form, which has a place."""
    for index in range(count):
        thing = item(owner, index)
        kind = raw.FPDFPageObj_GetType(thing)
        if kind == raw.FPDF_PAGEOBJ_IMAGE:
            yield thing
        elif kind == raw.FPDF_PAGEOBJ_FORM and depth < _DEEPEST:
            inside = min(raw.FPDFFormObj_CountObjects(thing), _OBJECTS)
            if next(_pictures(thing, raw.FPDFFormObj_GetObject, inside, depth + 1), None) is not None:
                yield thing


def _annotated(page: Any, form: Any) -> Iterator[str]:
    """What people wrote on the page: notes, stamps, filled fields."""
    for index in range(min(raw.FPDFPage_GetAnnotCount(page), _ANNOTATIONS)):
        annotation = raw.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        try:
            text = _annotation_text(annotation, form)
        finally:
            raw.FPDFPage_CloseAnnot(annotation)
        if any(c.isalnum() for c in text):
            yield text


def _annotation_text(annotation: Any, form: Any) -> str:
    kind = raw.FPDFAnnot_GetSubtype(annotation)
    if kind in _WRITTEN:
        return _string(lambda *out: raw.FPDFAnnot_GetStringValue(annotation, b"Contents", *out))
    if kind == raw.FPDF_ANNOT_WIDGET and form and raw.FPDFAnnot_GetFormFieldType(form, annotation) in _FILLED:
        return _string(lambda *out: raw.FPDFAnnot_GetFormFieldValue(form, annotation, *out))
    return ""


def _string(ask: Any) -> str:
    """Read a pdfium text by asking twice: for its length, then for itself."""
    length = min(ask(None, 0), 2 * _LONGEST)
    if length <= 2:
        return ""
    buffer = (ctypes.c_ushort * (length // 2 + 1))()
    ask(buffer, length)
    return bytes(buffer)[: length - 2].decode("utf-16-le", "ignore")
