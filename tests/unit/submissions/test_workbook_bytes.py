"""Whatever the bytes are: cells, or one clear reason. Never an exception, never much memory."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile

import openpyxl
import pytest
from workbook_parts import SHEET, Workbook, changed, in_sheet, why

from iid.tasks.submissions import container, sheetxml
from iid.tasks.submissions.cells import read_book

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
        (["mimetype", "content.xml"], "OpenDocument"),
        (["[Content_Types].xml", "xl/workbook.bin"], ".xlsb"),
        (["foto.jpg"], "arsip ZIP biasa"),
        ([], "arsip ZIP biasa"),
        (["[Content_Types].xml", "xl/workbook.xml"], "strukturnya rusak"),
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


# --- bombs --------------------------------------------------------------------------------------


def test_bomb_that_declares_its_size_is_refused_unopened(simple: bytes) -> None:
    bomb = changed(simple, lambda name, part: part, **{"xl/big.xml": b" " * (container.MAX_INFLATED + 1)})
    tracemalloc.start()
    assert "lebih dari 256 MB" in why(bomb)
    assert tracemalloc.get_traced_memory()[1] < 5_000_000
    tracemalloc.stop()


def test_bomb_that_lies_about_its_size_is_refused_by_count(
    simple: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(container, "MAX_INFLATED", 3_000_000)
    lie = changed(simple, lambda name, part: part, **{"xl/big.xml": b" " * 5_000_000})
    data = bytearray(lie)
    for mark, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = [found.start() for found in re.finditer(re.escape(mark), lie)][-1]
        struct.pack_into("<I", data, place + offset, 10)
    assert "setelah dibuka lebih dari" in why(bytes(data))


def test_part_too_large_to_keep_is_refused(simple: bytes) -> None:
    text = b"<sst><si><t>" + b"x" * (container.MAX_KEPT + 1) + b"</t></si></sst>"
    assert "lebih dari 32 MB" in why(changed(simple, lambda name, part: part, **{"xl/x.xml": text}))


def test_long_text_in_many_cells_is_refused_before_it_is_multiplied(simple: bytes) -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d" t="s"><v>0</v></c></row>' % (n, n) for n in range(1, 1001))
    sheet = b"<worksheet xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><sheetData>%b</sheetData></worksheet>"
    strings = (
        b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'><si><t>%b</t></si></sst>"
    )
    parts = {SHEET: sheet % rows, "xl/sharedStrings.xml": strings % (b"x" * 1_000_000)}
    assert "lebih dari 256 MB" in why(changed(simple, parts.get))


def test_entities_and_other_encodings_are_refused(simple: bytes) -> None:
    dtd = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]>'
    for trick in (dtd, "<?xml version='1.0'?>".encode("utf-16")):
        for target in ("xl/workbook.xml", "xl/sharedStrings.xml", "xl/styles.xml"):
            data = changed(simple, lambda name, part, t=target, x=trick: x + part if name == t else part)
            assert "bentuk XML yang tidak dipakai Excel" in why(data)


def test_of_a_sheet_only_the_cells_are_kept(simple: bytes) -> None:
    dtd = b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "boom">]>'
    data = in_sheet(simple, b"<worksheet", dtd + b"<worksheet")
    assert read_book(data).grids == read_book(simple).grids


def test_sheet_hidden_behind_a_long_comment_is_refused(simple: bytes) -> None:
    hidden = b"<!--" + b"x" * (2 * 1024**2) + b"-->"
    assert "tidak dipakai Excel" in why(
        changed(simple, lambda name, part: hidden + part if name == SHEET else part)
    )


def test_too_many_parts_are_refused(simple: bytes) -> None:
    many = {f"xl/media/{n}.png": b"" for n in range(container.MAX_PARTS + 1)}
    assert "bagian" in why(changed(simple, lambda name, part: part, **many))


def test_file_larger_than_any_workbook_is_refused(simple: bytes) -> None:
    assert "lebih dari 32 MB" in why(simple + b"\0" * container.MAX_BYTES)


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
    assert max(len(grid.rows) for grid in book.grids) <= sheetxml.MAX_ROWS


def test_cells_far_away_do_not_make_the_sheet_wide_or_deep(workbook: Workbook) -> None:
    def scatter(book: openpyxl.Workbook) -> None:
        book["A"]["XFD3"] = "kanan"
        book["A"]["A1048576"] = "bawah"
        book["A"]["XFD1048576"] = "sudut"

    grid = read_book(workbook({"A": [["satu"], [None, "dua"]]}, scatter)).grids[0]
    assert (grid.at(0, 0), grid.at(1, 1)) == ("satu", "dua")
    assert len(grid.rows) <= sheetxml.MAX_ROWS and max(map(len, grid.rows)) <= sheetxml.MAX_COLUMNS
