"""Whatever the bytes are: cells, or one clear reason. Never an exception, never much memory."""

from __future__ import annotations

import io
import os
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest
from workbook_parts import SHEET, Workbook, changed, in_sheet, long_text_in_cells, why

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest import container, open_xml_sheet, xml_stream
from iid.tasks.ingest.cell_grids import read_book

# --- what is no workbook ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "berkas kosong (0 byte)"),
        (b"PK\x03\x04", "terpotong atau rusak"),
        (b"%PDF-1.7 ...", "isinya PDF"),
        (b"\xff\xd8\xff\xe0", "isinya gambar JPG"),
        (b"\r\n<!DOCTYPE html><html></html>", "isinya halaman HTML"),
        (b"<html xmlns:x='urn:excel'><table>", "isinya halaman HTML"),
        (b"\xef\xbb\xbf<?xml version='1.0'?><html>", "isinya halaman HTML"),
        (b"<?xml version='1.0'?><Workbook/>", "isinya berkas XML"),
        (b"No;Indikator;Parameter\n16;Regulasi;2\n", "isinya teks biasa (misalnya CSV)"),
        ("nama,nilai\nkafé,2".encode(), "isinya teks biasa (misalnya CSV)"),
        (bytes(range(256)) * 4, "isinya tidak dikenal"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "strukturnya rusak"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "strukturnya rusak"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "terkunci kata sandi"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "WordDocument".encode("utf-16-le"), "isinya dokumen Word"),
    ],
)
def test_other_files_are_named_for_what_they_are(data: bytes, words: str) -> None:
    assert words in why(data)


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["[Content_Types].xml", "word/document.xml"], "dokumen Word"),
        (["[Content_Types].xml", "ppt/presentation.xml"], "presentasi PowerPoint"),
        (["mimetype", "content.xml"], "strukturnya rusak"),
        (["[Content_Types].xml", "xl/workbook.bin"], "strukturnya rusak"),
        (["foto.jpg"], "arsip ZIP biasa"),
        ([], "arsip ZIP biasa"),
        (["[Content_Types].xml", "xl/workbook.xml"], "tidak berisi satu lembar kerja pun"),
    ],
)
def test_other_archives_are_named_for_what_they_are(names: list[str], words: str) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name in names:
            archive.writestr(name, b"<x/>")
    assert words in why(buffer.getvalue())


def test_truncated_workbook_may_still_be_copying(simple: bytes) -> None:
    for length in (10, len(simple) // 2, len(simple) - 1):
        assert "mungkin penyalinannya belum selesai" in why(simple[:length])


def test_flipped_bit_in_a_part_is_noticed(simple: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(simple)) as archive:
        info = archive.getinfo(SHEET)
    place = info.header_offset + 30 + len(info.filename) + info.compress_size // 2
    flipped = bytearray(simple)
    flipped[place] ^= 1
    assert "rusak" in why(bytes(flipped))


def test_zip_encrypted_part_is_locked(simple: bytes) -> None:
    data = bytearray(simple)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    assert why(bytes(data)) == "terkunci kata sandi"


def test_a_word_document_inside_an_excel_97_workbook_does_not_make_it_one(simple: bytes) -> None:
    inside = xls({"A": [["satu"]]}) + bytes(512) + "WordDocument".encode("utf-16-le")
    assert read_book(inside).grids[0].rows == [["satu"]]


# --- bombs --------------------------------------------------------------------------------------


def test_a_bomb_in_a_part_that_no_cell_needs_costs_nothing(simple: bytes) -> None:
    bomb = changed(simple, lambda name, part: part, **{"xl/big.xml": b" " * (container.MAX_INFLATED + 1)})
    tracemalloc.start()
    assert read_book(bomb).grids == read_book(simple).grids
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_bomb_that_declares_its_size_is_refused_unopened(simple: bytes) -> None:
    bomb = changed(simple, lambda name, part: part if name != SHEET else b" " * (container.MAX_INFLATED + 1))
    tracemalloc.start()
    assert "lebih dari 256 MB" in why(bomb)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_bomb_that_lies_about_its_size_is_damage(simple: bytes) -> None:
    lie = changed(simple, lambda name, part: part + b" " * 5_000_000 if name == SHEET else part)
    with zipfile.ZipFile(io.BytesIO(lie)) as archive:
        size = struct.pack("<I", archive.getinfo(SHEET).file_size)
    assert "rusak" in why(lie.replace(size, struct.pack("<I", 10)))


def test_parts_up_to_the_limit_are_read_and_beyond_it_refused(
    simple: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    padded = in_sheet(simple, b"</sheetData>", b"</sheetData>" + b" " * 3_000_000)
    with zipfile.ZipFile(io.BytesIO(padded)) as archive:
        parts = ("_rels/.rels", "xl/workbook.xml", "xl/_rels/workbook.xml.rels", "xl/styles.xml")
        needed = sum(archive.getinfo(name).file_size for name in (*parts, "xl/sharedStrings.xml", SHEET))
    monkeypatch.setattr(container, "MAX_INFLATED", needed)
    assert read_book(padded).grids == read_book(simple).grids
    monkeypatch.setattr(container, "MAX_INFLATED", needed - 1)
    assert "setelah dibuka lebih dari" in why(padded)


def test_one_endless_text_is_refused(simple: bytes) -> None:
    text = b"<sst><si><t>" + b"x" * (xml_stream.MAX_TEXT + 1_000_000) + b"</t></si></sst>"
    assert "lebih dari" in why(
        changed(simple, lambda name, part: text if name == "xl/sharedStrings.xml" else part)
    )


def test_long_text_in_many_cells_is_refused_before_it_is_multiplied(simple: bytes) -> None:
    assert len(read_book(long_text_in_cells(simple, 32_767, 900)).grids[0].rows) == 900
    assert "lebih dari 64 MB" in why(long_text_in_cells(simple, 1_000_000, 1000))


def test_entities_are_refused_in_every_part(simple: bytes) -> None:
    dtd = b'<!DOCTYPE a [<!ENTITY b "boom">]><'
    for target in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml", SHEET):
        data = changed(
            simple,
            lambda name, part, t=target: part.replace(b"\n<", b"\n" + dtd, 1) if name == t else part,
        )
        assert "bentuk XML yang tidak dipakai Excel" in why(data)


def test_a_sheet_behind_a_long_comment_is_read(simple: bytes) -> None:
    comment = b"<!--" + b"x" * (2 * 1024**2) + b"-->"
    behind = in_sheet(simple, b"<worksheet", comment + b"<worksheet")
    assert read_book(behind).grids == read_book(simple).grids


def test_many_parts_are_read_and_too_many_refused(simple: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    many = changed(simple, lambda name, part: part, **{f"xl/media/{n}.png": b"" for n in range(6_000)})
    assert read_book(many).grids == read_book(simple).grids
    monkeypatch.setattr(container, "MAX_PARTS", 6_000)
    assert "bagian" in why(many)


def test_file_larger_than_any_workbook_is_refused(simple: bytes) -> None:
    assert "lebih dari 32 MB" in why(simple + b"\0" * container.MAX_BYTES)


def test_a_file_with_photos_just_under_the_limit_is_read(simple: bytes) -> None:
    photos = os.urandom(container.MAX_BYTES - len(simple) - 20_000)
    data = changed(simple, lambda name, part: part, **{"xl/media/foto.jpg": photos})
    assert container.MAX_BYTES - 20_000 < len(data) <= container.MAX_BYTES
    assert read_book(data).grids == read_book(simple).grids


def test_one_long_attribute_is_read_and_one_without_end_refused(simple: bytes) -> None:
    for length, refused in (
        (xml_stream.MAX_TOKEN - 1_000_000, False),
        (xml_stream.MAX_TOKEN + 1_000_000, True),
    ):
        data = in_sheet(simple, b"<worksheet", b'<worksheet a="%b"' % (b"x" * length))
        if refused:
            assert "lebih dari" in why(data)
        else:
            assert read_book(data).grids == read_book(simple).grids


def test_million_formatted_rows_cost_next_to_nothing(workbook: Workbook) -> None:
    small = workbook({"A": [["satu"]], "B": [["dua"]]})
    rows = b"".join(b'<row r="%d"><c r="A%d" s="0"/></row>' % (n, n) for n in range(2, 300_001))
    merge = b'</sheetData><mergeCells count="1"><mergeCell ref="A1:XFD1048576"/></mergeCells>'
    data = in_sheet(small, b"</sheetData>", rows + merge)
    tracemalloc.start()
    book = read_book(data)
    assert tracemalloc.get_traced_memory()[1] < 12_000_000
    tracemalloc.stop()
    assert [grid.rows[0][0] for grid in book.grids] == ["satu", "dua"]
    assert max(len(grid.rows) for grid in book.grids) <= open_xml_sheet.MAX_ROWS


def test_cells_far_away_do_not_make_the_sheet_wide_or_deep(workbook: Workbook) -> None:
    def scatter(book: openpyxl.Workbook) -> None:
        book["A"]["XFD3"] = "kanan"
        book["A"]["A1048576"] = "bawah"
        book["A"]["XFD1048576"] = "sudut"

    grid = read_book(workbook({"A": [["satu"], [None, "dua"]]}, scatter)).grids[0]
    assert (grid.at(0, 0), grid.at(1, 1)) == ("satu", "dua")
    assert (
        len(grid.rows) <= open_xml_sheet.MAX_ROWS and max(map(len, grid.rows)) <= open_xml_sheet.MAX_COLUMNS
    )


# --- locked by a password -------------------------------------------------------------------------


def archive_of(parts: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "parts",
    [
        {"content.xml": b"\x8f\x01", "META-INF/manifest.xml": b"<m><m:encryption-data/></m>"},
        {"encrypted-package": b"\x8f\x01", "META-INF/manifest.xml": b"<m/>"},
    ],
)
def test_a_locked_open_document_is_locked_and_not_broken(parts: dict[str, bytes]) -> None:
    assert why(archive_of({"mimetype": b"application/vnd.oasis", **parts})) == "terkunci kata sandi"


@pytest.mark.parametrize("between", [b"", b"\x86\x00\x00\x00"])
def test_a_locked_excel_97_workbook_is_locked_and_not_broken(between: bytes) -> None:
    begin = b"\x09\x08\x10\x00\x00\x06\x05\x00" + bytes(12)
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
    assert why(ole + begin + between + b"\x2f\x00\x06\x00" + bytes(200)) == "terkunci kata sandi"
    assert why(ole + begin + between + b"\x42\x00\x02\x00" + bytes(200)) == "strukturnya rusak"


@pytest.mark.parametrize("broken", [b"", b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</v>"])
def test_a_broken_sheet_does_not_take_the_others_with_it(simple: bytes, broken: bytes) -> None:
    def change(name: str, part: bytes) -> bytes:
        if name == "xl/workbook.xml":
            sheet = b'<sheet xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
            return part.replace(b"</sheets>", sheet + b' name="Sisa" sheetId="99" r:id="rId99"/></sheets>')
        if name == "xl/_rels/workbook.xml.rels":
            kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
            more = b'<Relationship Id="rId99" Type="' + kind + b'" Target="worksheets/sisa.xml"/>'
            return part.replace(b"</Relationships>", more + b"</Relationships>")
        return part

    book = read_book(changed(simple, change, **{"xl/worksheets/sisa.xml": broken}))
    assert book.grids == read_book(simple).grids
    assert 'lembar "Sisa" rusak' in book.repair
