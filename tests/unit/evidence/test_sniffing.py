"""The content decides what a file is, never its name."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from iid.tasks.evidence.content import Content
from iid.tasks.evidence.inspectors import _MODULES, module_of
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.sniffing import MEDIA_TYPES, sniff


def word(data: bytes) -> str:
    return sniff(Content.of(data), Limits()).format


def test_every_kind_is_told_by_its_content(make) -> None:
    assert word(make.pdf()) == "pdf"
    assert word(make.docx("x")) == "docx"
    assert word(make.xlsx()) == "xlsx"
    assert word(make.pptx("x")) == "pptx"
    assert word(make.odt()) == "odt"
    assert word(make.zipped({"a.pdf": b"x"})) == "zip"
    assert word(make.mp4()) == "mp4"
    assert word(make.mp4(brand=b"qt  ").replace(b"mp41", b"qt  ", 1)) == "mov"
    assert word(make.box(b"ftyp", b"heic", b"\0" * 4, b"mif1heic")) == "heic"
    assert word(b"Rar!\x1a\x07\x01\x00" + b"\0" * 40) == "rar"
    assert word(b"7z\xbc\xaf\x27\x1c" + b"\0" * 40) == "7z"


@pytest.mark.parametrize(
    ("kind", "expected"),
    [("JPEG", "jpg"), ("PNG", "png"), ("GIF", "gif"), ("WEBP", "webp"), ("TIFF", "tiff"), ("BMP", "bmp")],
)
def test_pictures_are_told_by_their_content(make, kind: str, expected: str) -> None:
    assert word(make.picture(kind)) == expected


@pytest.mark.parametrize(
    ("stream", "expected"),
    [
        ("WordDocument", "doc"),
        ("Workbook", "xls"),
        ("Book", "xls"),
        ("PowerPoint Document", "ppt"),
        ("X", ""),
    ],
)
def test_old_office_files_are_told_by_their_streams(make, stream: str, expected: str) -> None:
    assert word(make.ole({stream: b"x"})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nama;umur\nani;3\nbudi;4\n", "csv"),
        ("Yth. Bapak Bupati,\ndengan hormat\n", "txt"),
        ("<!DOCTYPE html><html><body>x</body></html>", "html"),
        ("\ufeff <!-- a --> <!-- b -->\n<HTML>", "html"),
        ('<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg"/>', "svg"),
        ("{\\rtf1\\ansi x}", "rtf"),
        ("   \n", ""),
    ],
)
def test_texts_are_told_apart(text: str, expected: str) -> None:
    assert word(text.encode()) == expected


def test_text_in_utf16_and_windows_1252_is_text() -> None:
    assert word("Surat Keputusan".encode("utf-16")) == "txt"
    assert word("Kantor “Bupati” – Martapura".encode("cp1252")) == "txt"


def test_a_pdf_may_begin_within_the_first_1024_bytes_and_not_later(make) -> None:
    assert word(b"\n" * 1000 + make.pdf()) == "pdf"
    assert word(b"\x00\x01\x02\x03" * 300 + make.pdf()) == ""


def test_of_a_polyglot_the_first_bytes_decide(make) -> None:
    gif = io.BytesIO()
    Image.new("L", (4, 4)).save(gif, "GIF")
    assert word(make.pdf() + make.zipped({"word/document.xml": b"x", "[Content_Types].xml": b"x"})) == "pdf"
    assert word(gif.getvalue() + make.pdf()) == "gif"
    assert word(make.picture("PNG") + b"<html>") == "png"


def test_a_docx_whose_end_is_lost_is_still_a_docx(make) -> None:
    data = make.docx("x" * 5000)
    assert word(data[: len(data) // 2]) == "docx"


@pytest.mark.parametrize("data", [b"\x00" * 500, bytes(range(256)) * 8, b"MZ" + b"\x90\x00" * 400])
def test_what_is_no_document_has_no_format(data: bytes) -> None:
    assert word(data) == ""


def test_every_format_has_a_media_type_and_an_inspector() -> None:
    assert set(_MODULES) | {""} == set(MEDIA_TYPES)
    assert module_of("") == "legacy"
