"""Office files and archives with fixed bytes: clock stamps are reset."""

from __future__ import annotations

import io
import zipfile
from datetime import datetime

from iid.tasks.demo.prose import EXAMPLE_NOTE, Document

_STAMP = (2026, 1, 1, 0, 0, 0)


def docx(document: Document) -> bytes:
    """*document* as a Word file."""
    from docx import Document as WordFile

    word = WordFile()
    word.core_properties.created = word.core_properties.modified = datetime(*_STAMP)
    word.add_heading(document.title, 1)
    for text in (document.number, document.about, *document.paragraphs, *document.closing, EXAMPLE_NOTE):
        word.add_paragraph(text)
    buffer = io.BytesIO()
    word.save(buffer)
    return same_stamps(buffer.getvalue())


def pptx(document: Document) -> bytes:
    """*document* as slides, one paragraph each."""
    from pptx import Presentation

    slides = Presentation()
    slides.core_properties.created = slides.core_properties.modified = datetime(*_STAMP)
    for text in document.paragraphs:
        slide = slides.slides.add_slide(slides.slide_layouts[1])
        slide.shapes.title.text = document.title
        slide.placeholders[1].text = text
    buffer = io.BytesIO()
    slides.save(buffer)
    return same_stamps(buffer.getvalue())


def xlsx(document: Document) -> bytes:
    """The table of *document* as a workbook."""
    import xlsxwriter

    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"title": document.title, "created": datetime(*_STAMP)})
    sheet = workbook.add_worksheet("Data")
    for line, row in enumerate(document.table or ((document.title,),)):
        for column, text in enumerate(row):
            sheet.write_string(line, column, text)
    workbook.close()
    return buffer.getvalue()


def archive(files: dict[str, bytes]) -> bytes:
    """*files* packed as a zip archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as packed:
        for name in sorted(files):
            packed.writestr(_entry(name), files[name])
    return buffer.getvalue()


def same_stamps(data: bytes) -> bytes:
    """The zip container *data* with every member dated alike."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        members = {name: source.read(name) for name in source.namelist()}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as packed:
        for name, content in members.items():  # in the writer's order: [Content_Types].xml stays first
            packed.writestr(_entry(name), content)
    return buffer.getvalue()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _STAMP)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    return entry
