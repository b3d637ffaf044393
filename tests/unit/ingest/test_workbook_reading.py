"""How the cells of a sound workbook are read, anyone who wrote it."""

from __future__ import annotations

import io

import openpyxl
import pytest
import xlsxwriter
from workbook_parts import SHEET, Workbook, changed, in_sheet

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest.cell_grids import BROKEN_STYLES, OLD_FORMATS, read_book
from iid.tasks.text.cell_values import CellError, Uncalculated


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


def test_formulas_never_calculated_are_reported_from_results() -> None:
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


def test_a_cell_format_that_is_not_in_the_list_is_none(workbook: Workbook) -> None:
    data = in_sheet(workbook({"A": [["=1", 2]]}), b'<c r="B1"', b'<c r="B1" s="99"')
    book = read_book(data)
    assert (book.repair, book.grids[0].rows) == ("", [[Uncalculated("=1"), 2]])


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


def test_old_excel_under_a_new_name_is_read_and_reported(workbook: Workbook) -> None:
    book = read_book(xls({"Profil": [["Isian", "Jawaban"], ["Nama Inovasi", 7]]}))
    assert book.repair == OLD_FORMATS["xls"]
    assert book.grids[0].rows == [["Isian", "Jawaban"], ["Nama Inovasi", 7]]
