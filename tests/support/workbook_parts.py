"""Workbooks as archives of parts, to be damaged part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
import xlsxwriter

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.ingest.unreadable import Unreadable

Workbook = Callable[..., bytes]
RULES = load(2026).rulebook
SHEET = "xl/worksheets/sheet1.xml"


def why(data: bytes) -> str:
    with pytest.raises(Unreadable) as caught:
        read_book(data)
    return str(caught.value)


def changed(data: bytes, change: Callable[[str, bytes], bytes | None], **more: bytes) -> bytes:
    """The archive *data* with each part run through *change* (None drops it), and *more* parts."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            part = change(name, old.read(name))
            if part is not None:
                new.writestr(name, part)
        for name, part in more.items():
            new.writestr(name, part)
    return buffer.getvalue()


def in_sheet(data: bytes, old: bytes, new: bytes) -> bytes:
    return changed(data, lambda name, part: part.replace(old, new) if name == SHEET else part)


def long_text_in_cells(simple: bytes, length: int, cells: int) -> bytes:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, cells + 1))
    main = b"xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'"
    parts = {
        SHEET: b"<worksheet %b><sheetData>%b</sheetData></worksheet>" % (main, rows),
        "xl/sharedStrings.xml": b"<sst %b><si><t>%b</t></si></sst>" % (main, b"x" * length),
    }
    return changed(simple, parts.get)


def written(sheets: dict[str, list[list[Any]]]) -> bytes:
    """A workbook as Excel saves it: with shared strings, which openpyxl writes inline."""
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    for name, rows in sheets.items():
        sheet = book.add_worksheet(name)
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    book.close()
    return buffer.getvalue()
