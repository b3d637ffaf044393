"""Whatever the bytes are: cells, or one clear reason. Never an exception, never much memory."""

from __future__ import annotations

import io
import re
import struct
import tracemalloc
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.expectations.loading import load
from iid.tasks.demo.oldexcel import xls
from iid.tasks.submissions import container, sheetxml
from iid.tasks.submissions.cells import BROKEN_STYLES, OLD_FORMAT, read_book
from iid.tasks.submissions.errors import Unreadable
from iid.tasks.submissions.parsing import parse_innovation, parse_region
from iid.tasks.submissions.values import CellError, Uncalculated

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


@pytest.fixture(scope="module")
def simple() -> bytes:
    return written({"A": [["satu", 2, 2.5], [None, True, "tiga"]]})


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


# --- how it is read -----------------------------------------------------------------------------


def test_plain_cells_come_with_their_addresses(workbook: Workbook) -> None:
    grid = read_book(workbook({"Lembar": [[], [None, "x", 2, 2.5, True]]})).grids[0]
    assert [grid.at(1, column) for column in range(6)] == [None, "x", 2, 2.5, True, None]
    assert grid.address(1, 1) == "Lembar!B2"
    assert grid.at(99, 99) is None


def test_merged_cells_all_hold_the_value(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        for span in ("A1:B1", "A2:A4", "C5:Z9"):
            book["A"].merge_cells(span)

    rows = [["judul", None, "x"], ["turun", 1], [None, 2], [None, 3, 9]]
    plain = read_book(workbook({"A": rows}, merge)).grids[0]
    careful = read_book(workbook({"A": [*rows, [None, None, None, "=1"]]}, merge)).grids[0]
    for grid in (plain, careful):
        assert [grid.at(0, column) for column in range(3)] == ["judul", "judul", "x"]
        assert [grid.at(row, 0) for row in range(1, 4)] == ["turun"] * 3
        assert (2, 0) in grid.filled and (1, 0) not in grid.filled


def test_formulas_never_calculated_are_told_from_results() -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    sheet = book.add_worksheet("A")
    sheet.write_formula("A1", "=1+1")  # xlsxwriter saves a bare 0 and asks for a calculation
    sheet.write_formula("B1", "=1+1", None, 2)
    sheet.write_formula("C1", '=IF(TRUE,"","x")', None, "")
    sheet.write_array_formula("D1:D1", "{=SUM(E1:F1)}")
    book.close()
    grid = read_book(buffer.getvalue()).grids[0]
    assert grid.rows[0] == [
        Uncalculated("=1+1"),
        2,
        Uncalculated('=IF(TRUE,"","x")'),
        Uncalculated("=SUM(E1:F1)"),
    ]


def test_formulas_without_any_value_and_calculated_empty_texts(workbook: Workbook) -> None:
    data = workbook({"A": [["=1+1", '=""', "x"]]})
    data = in_sheet(data, b'<c r="B1"><f>""</f><v /></c>', b'<c r="B1" t="str"><f>""</f><v></v></c>')
    data = in_sheet(data, b'<c r="B1"><f>""</f><v></v></c>', b'<c r="B1" t="str"><f>""</f><v></v></c>')
    grid = read_book(data).grids[0]
    assert grid.rows[0] == [Uncalculated("=1+1"), None, "x"]


def test_error_values_are_seen(workbook: Workbook) -> None:
    data = workbook({"A": [[7]]})
    data = in_sheet(data, b'<c r="A1" t="n"><v>7</v></c>', b'<c r="A1" t="e"><v>#REF!</v></c>')
    assert read_book(data).grids[0].rows == [[CellError("#REF!")]]


def percent(book: openpyxl.Workbook) -> None:
    for cell, shape in (("A1", "0.00%"), ("B1", '0.00" % dari target"'), ("C1", "0.00")):
        book["A"][cell].number_format = shape


def test_percent_cells_are_read_as_people_see_them(workbook: Workbook) -> None:
    data = workbook({"A": [[0.0523, 5.23, 0.0523]]}, percent)
    assert read_book(data, formats=True).grids[0].rows == [["5.23%", 5.23, 0.0523]]


@pytest.mark.parametrize(
    "styles", [b"<styleSheet", b"", b"<styleSheet><fills><fill/></fills></styleSheet>", b"\0\1\2"]
)
@pytest.mark.parametrize("formats", [False, True])
def test_broken_styles_are_put_aside(workbook: Workbook, styles: bytes, formats: bool) -> None:
    data = workbook({"A": [["satu", 0.5]]}, lambda book: setattr(book["A"]["B1"], "number_format", "0%"))
    data = changed(data, lambda name, part: styles if name == "xl/styles.xml" else part)
    book = read_book(data, formats=formats)
    assert book.grids[0].rows == [["satu", 0.5]]
    assert book.repair in {"", BROKEN_STYLES}


def test_styles_that_name_no_format_are_put_aside_by_the_careful_reader(workbook: Workbook) -> None:
    data = in_sheet(workbook({"A": [["=1", 2]]}), b'<c r="B1"', b'<c r="B1" s="99"')
    book = read_book(data)
    assert (book.repair, book.grids[0].rows) == (BROKEN_STYLES, [[Uncalculated("=1"), 2]])


def test_pictures_links_names_and_macros_are_left_out(workbook: Workbook) -> None:
    def decorate(book: openpyxl.Workbook) -> None:
        sheet = book["A"]
        sheet["A1"].hyperlink = "https://example.go.id/x"
        sheet["A1"].comment = openpyxl.comments.Comment("catatan", "saya")
        sheet.print_area = "A1:B2"
        book.defined_names["rusak"] = openpyxl.workbook.defined_name.DefinedName("rusak", attr_text="#REF!")

    data = workbook({"A": [["satu", "=1"]]}, decorate)
    data = changed(
        data, lambda name, part: part, **{"xl/vbaProject.bin": b"x", "xl/drawings/drawing1.xml": b"<"}
    )
    assert read_book(data).grids[0].rows == [["satu", Uncalculated("=1")]]


def test_prefixed_and_strangely_spelt_xml_is_read(simple: bytes) -> None:
    main = b"http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    sheet = (
        b"<?xml version='1.0'?><x:worksheet xmlns:x='%b'><x:sheetData><x:row r='2'>"
        b"<x:c r='B2' t='inlineStr'><x:is><x:t>dua</x:t></x:is></x:c></x:row>"
        b"<x:row r='5000'><x:c r='A5000'><x:v>1</x:v></x:c></x:row></x:sheetData>"
        b"<x:mergeCells><x:mergeCell ref='B2:C2'/></x:mergeCells></x:worksheet>"
    ) % main
    grid = read_book(changed(simple, lambda name, part: sheet if name == SHEET else part)).grids[0]
    assert grid.at(1, 1) == "dua"
    assert len(grid.rows) <= 2


def test_empty_sheets_and_chart_sheets_do_no_harm(workbook: Workbook) -> None:
    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(buffer)
    book.add_worksheet("Kosong")
    sheet = book.add_worksheet("Isi")
    sheet.write("A1", "x")
    chart = book.add_chart({"type": "bar"})
    chart.add_series({"values": "=Isi!$A$1:$A$2"})
    book.add_chartsheet("Grafik").set_chart(chart)
    book.close()
    assert [(grid.name, grid.rows) for grid in read_book(buffer.getvalue()).grids] == [
        ("Kosong", []),
        ("Isi", [["x"]]),
    ]


def test_old_excel_under_a_new_name_is_read_and_told(workbook: Workbook) -> None:
    book = read_book(xls({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", 7]]}))
    assert book.repair == OLD_FORMAT
    assert book.grids[0].rows == [["Isian", "Jawaban"], ["Nama Inovasi", 7]]


# --- any bytes at all ---------------------------------------------------------------------------


def parse_both(data: bytes) -> None:
    for parse, aspect in ((parse_innovation, "SID"), (parse_region, "SPD")):
        parsed = parse(data, RULES)
        wanted = [row.key for row in RULES.indicators if row.aspect == aspect]
        assert [claim.indicator for claim in parsed.claims] == wanted


@settings(deadline=None)  # the mark of an old workbook starts a process
@given(st.binary(max_size=2000), st.sampled_from([b"", b"PK\x03\x04"]))
def test_random_bytes_never_raise(data: bytes, head: bytes) -> None:
    parse_both(head + data)


def flipped(original: bytes, data: st.DataObject) -> bytes:
    changed = bytearray(original)
    for _ in range(data.draw(st.integers(1, 8))):
        changed[data.draw(st.integers(0, len(changed) - 1))] = data.draw(st.integers(0, 255))
    return bytes(changed)


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_bit_flips_never_raise(data: st.DataObject) -> None:
    parse_both(flipped(SMALL_XLSX, data))


@settings(max_examples=12, deadline=None)  # each starts a process
@given(data=st.data())
def test_bit_flips_of_old_workbooks_never_raise(data: st.DataObject) -> None:
    parse_both(flipped(SMALL_XLS, data))


def test_old_workbook_that_asks_for_all_memory_costs_only_itself() -> None:
    for shift in (36, 40, 63):
        data = bytearray(SMALL_XLS)
        data[30] = shift  # sectors of 2 ** shift bytes: calamine reserves one and its process ends
        assert why(bytes(data)) == "strukturnya rusak"


@pytest.mark.parametrize("announced", [b"4294967295", b"18446744073709551615", b"-1", b""])
def test_lists_that_announce_too_much_are_not_believed(simple: bytes, announced: bytes) -> None:
    def lie(name: str, part: bytes) -> bytes:
        return re.sub(rb'ount="[^"]*"', b'ount="%b"' % announced, part)

    assert read_book(changed(simple, lie)).grids == read_book(simple).grids


@pytest.mark.parametrize("place", [b"XFD1", b"xfd1", b"A1048576", b"$A$1", b"IW7", b"&#88;FD1"])
def test_places_that_lie_do_not_widen_the_sheet(simple: bytes, place: bytes) -> None:
    for old, new in (
        (b'<c r="B1"', b'<c r="%b"'),
        (b'<c r="B1"', b'<c\tr = "%b"'),
        (b'<c r="B1"', b"<c r='%b'"),
    ):
        data = in_sheet(simple, old, new % place)
        try:
            grid = read_book(data).grids[0]
        except Unreadable:
            continue
        assert len(grid.rows) <= sheetxml.MAX_ROWS and max(map(len, grid.rows)) <= sheetxml.MAX_COLUMNS


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_xml_in_a_sound_archive_never_raises(data: st.DataObject) -> None:
    def damage(name: str, part: bytes) -> bytes:
        if name != target:
            return part
        start = data.draw(st.integers(0, len(part)))
        return (
            part[:start] + data.draw(st.binary(max_size=20)) + part[start + data.draw(st.integers(0, 30)) :]
        )

    target = data.draw(st.sampled_from(zipfile.ZipFile(io.BytesIO(SMALL_XLSX)).namelist()))
    parse_both(changed(SMALL_XLSX, damage))


SMALL: dict[str, list[list[Any]]] = {
    "Profil": [["Isian", "Jawaban"], ["Nama Inovasi", "SIGAP"]],
    "Indikator": [["No", "Indikator", "Nilai", "Parameter", "Bukti"], [16, "x", 2, 2, "a.pdf"]],
}
SMALL_XLSX, SMALL_XLS = written(SMALL), xls(SMALL)


def test_zlib_stream_cut_short_is_damage(simple: bytes) -> None:
    body = zlib.compress(b"x" * 1000)
    assert "rusak" in why(simple.replace(b"PK\x05\x06", b"PK\x05\x07") + body)
