"""The content decides what a file is, never its name."""

from __future__ import annotations

import gzip
import io
import plistlib
import tarfile

import pytest
from PIL import Image

from iid.tasks.inspect.inspectors.registry import _MODULES, module_of
from iid.tasks.inspect.inspectors.sniffing import MEDIA_TYPES, sniff
from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.limits import Limits
from iid.tasks.text.labels import format_name


def word(data: bytes) -> str:
    return sniff(Content.of(data), Limits()).format


def test_every_kind_is_reported_by_its_content(make) -> None:
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
def test_pictures_are_reported_by_their_content(make, kind: str, expected: str) -> None:
    assert word(make.picture(kind)) == expected


def test_a_tiff_with_long_offsets_is_a_tiff() -> None:
    from PIL import Image

    buffer = io.BytesIO()
    Image.new("L", (8, 8)).save(buffer, "TIFF", big_tiff=True)
    assert word(buffer.getvalue()) == "tiff"


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
def test_old_office_files_are_reported_by_their_streams(make, stream: str, expected: str) -> None:
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
def test_texts_are_reported_apart(text: str, expected: str) -> None:
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


@pytest.mark.parametrize("data", [b"\x00" * 500, bytes(range(256)) * 8])
def test_what_is_no_document_has_no_format(data: bytes) -> None:
    assert word(data) == ""


def tarred(name: str, data: bytes = b"x") -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo(name)
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


_ASF = bytes.fromhex("3026b2758e66cf11a6d900aa0062ce6c")


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\0\0\0\x1cftypmif1\0\0\0\0mif1avifmiaf" + b"\0" * 60, "avif"),
        (_ASF + b"\0" * 60, "wmv"),
        (b"\0\0\1\xba" + b"\x44" * 60, "mpg"),
        ((b"\x47" + b"\0" * 187) * 6, "ts"),
        ((b"\0\1\2\3\x47" + b"\0" * 187) * 6, "ts"),
        (tarred("a.pdf", b"%PDF-1.7"), "tar"),
        (tarred("%PDF-1.7"), "tar"),
        (gzip.compress(tarred("a.pdf"), mtime=0), "tar.gz"),
        (gzip.compress(b"surat", mtime=0), "gz"),
        (b"MZ" + b"\x90\x00" * 400, "exe"),
        (b"ID3\x04" + b"\0" * 60, "mp3"),
        (b"OggS" + b"\0" * 60, "ogg"),
        (b"fLaC" + b"\0" * 60, "flac"),
        (b"FLV\x01" + b"\0" * 60, "flv"),
        (b"8BPS\0\1" + b"\0" * 60, "psd"),
        (b"AT&TFORM\0\0\0\0DJVU", "djvu"),
        (b"\xff\x0a" + bytes(range(200, 256)), "jxl"),
    ],
)
def test_kinds_that_no_cycle_accepts_are_called_by_name(data: bytes, expected: str, facts_of) -> None:
    assert word(data) == expected
    assert (facts_of(data).format, facts_of(data).readable) == (expected, expected != "mp3")
    assert format_name(expected) != format_name("")


def test_documents_of_other_programs_are_called_by_name(make) -> None:
    assert word(make.zipped({"mimetype": "application/epub+zip", "x": b""}, 0)) == "epub"
    assert word(make.zipped({"[Content_Types].xml": b"", "xl/workbook.bin": b""})) == "xlsb"
    assert word(make.zipped({"Index/Document.iwa": b""})) == "iwork"
    assert word(make.ole({"__properties_version1.0": b"x"})) == "msg"


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"[InternetShortcut]\r\nURL=https://a.go.id/\r\n", "pintasan internet"),
        (
            b"[{000214A0-0000-0000-C000-000000000046}]\r\nProp3=19,2\r\n[InternetShortcut]\r\n",
            "pintasan internet",
        ),
        (b"[Desktop Entry]\nType=Link\nURL=https://a.go.id/\n", "pintasan Linux"),
        (b"L\0\0\0\x01\x14\x02\0" + b"\0" * 60, "pintasan Windows"),
        (b'{"":"WARNING!","doc_id":"1a","email":"x@y.z"}', "pintasan Google Drive"),
        (b'{"url": "https://docs.google.com/open?id=1"}', "pintasan Google Drive"),
        (plistlib.dumps({"URL": "https://a.go.id"}), "pintasan internet macOS"),
        (plistlib.dumps({"URL": "https://a.go.id"}, fmt=plistlib.FMT_BINARY), "pintasan internet macOS"),
        (b"XSym\n0009\n" + b"a" * 32 + b"\n../SK.pdf" + b" " * 1000, "tautan simbolik macOS"),
        (b"IntxLNK\x01" + "../SK.pdf".encode("utf-16-le"), "tautan simbolik Unix"),
        (
            b'<html><head><meta http-equiv="Refresh" content="0; url=https://a.go.id/"></head></html>',
            "halaman yang hanya mengalihkan",
        ),
    ],
)
def test_a_shortcut_is_called_a_shortcut(data: bytes, what: str, facts_of) -> None:
    facts = facts_of(data)
    assert (facts.problem, facts.readable, facts.format, facts.detail) == ("shortcut", False, "", what)


@pytest.mark.parametrize(
    "data",
    [
        b"<html><meta http-equiv='refresh' content='0; url=b'><p>Laporan kegiatan</p></html>",
        b"[Rapat] hari ini\nisi",
        b'{"a": 1}',
        b"[1, 2]\n",
        b'{"nama": "doc"}',
        b"{",
    ],
)
def test_other_texts_are_no_shortcuts(data: bytes, facts_of) -> None:
    assert facts_of(data).problem == ""


def test_every_format_has_a_media_type_and_an_inspector() -> None:
    assert set(_MODULES) | {""} == set(MEDIA_TYPES)
    assert module_of("") == "legacy"
