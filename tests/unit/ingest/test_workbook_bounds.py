"""Small files that inflate to more elements than a parser gets through: one clear reason, at once."""

from __future__ import annotations

import io

import pytest
from python_calamine import CalamineWorkbook
from workbook_parts import SHEET, Workbook, changed, in_sheet, long_text_in_cells, why, written

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest import open_xml, open_xml_sheet, xml_stream
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.ingest.excel_97 import without_far_cells

NUMBERS = b"</sheetData>"
TRICK = "tidak dipakai Excel"


def put_in(data: bytes, part: str, old: bytes, new: bytes) -> bytes:
    return changed(data, lambda name, content: content.replace(old, new) if name == part else content)


def test_row_number_without_end_is_a_row_too_deep(simple: bytes) -> None:
    deep = b'<row r="%b"><c r="A2"><v>1</v></c></row></sheetData>' % (b"9" * 5000)
    assert read_book(in_sheet(simple, NUMBERS, deep)).grids == read_book(simple).grids


def test_row_number_with_many_noughts_is_that_row(simple: bytes) -> None:
    row = b'<row r="%b7"><c r="A7"><v>1</v></c></row></sheetData>' % (b"0" * 5000)
    assert read_book(in_sheet(simple, NUMBERS, row)).grids[0].at(6, 0) is not None


def test_merged_ranges_over_each_other_are_refused(simple: bytes) -> None:
    ranges = b'<mergeCell ref="A2:XFD1048576"/>' * 3
    assert TRICK in why(in_sheet(simple, NUMBERS, b"</sheetData><mergeCells>%b</mergeCells>" % ranges))


def test_cells_up_to_the_limit_are_read_and_more_are_refused(simple: bytes) -> None:
    for count, refused in ((xml_stream.MAX_ELEMENTS - 1_000, False), (xml_stream.MAX_ELEMENTS, True)):
        data = in_sheet(simple, NUMBERS, b'<row r="40">%b</row></sheetData>' % (b"<c/>" * count))
        if refused:
            assert "terlalu banyak" in why(data)
        else:
            assert read_book(data).grids[0].rows[0][0] == "satu"


def test_more_texts_than_a_parser_gets_through_are_refused(simple: bytes) -> None:
    texts = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>%b</sst>"
    many = texts % (b"<si/>" * xml_stream.MAX_ELEMENTS)
    assert "terlalu banyak" in why(
        changed(simple, lambda name, part: many if name == "xl/sharedStrings.xml" else part)
    )


def test_many_cell_formats_are_read(workbook: Workbook) -> None:
    data = workbook({"A": [["satu", "=1+1"]]})
    book = read_book(put_in(data, "xl/styles.xml", b"</cellXfs>", b"<xf/>" * 300_000 + b"</cellXfs>"))
    assert (book.grids[0].at(0, 0), book.repair) == ("satu", "")


def test_elements_in_each_other_are_read_to_a_depth_and_refused_beyond(simple: bytes) -> None:
    for depth, refused in ((xml_stream.MAX_DEPTH - 10, False), (xml_stream.MAX_DEPTH, True)):
        nested = NUMBERS + b"<ext>" * depth + b"</ext>" * depth
        data = in_sheet(simple, NUMBERS, nested)
        if refused:
            assert TRICK in why(data)
        else:
            assert read_book(data).grids == read_book(simple).grids


def sheets(count: int) -> bytes:
    tag = b'<sheet name="L%d" sheetId="%d" r:id="rId%d"/>'
    return b"".join(tag % (n, n, n) for n in range(100, 100 + count)) + b"</sheets>"


def test_a_sheet_listed_twice_is_read_once(simple: bytes) -> None:
    again = b'<sheet name="lagi" sheetId="9" r:id="rId1"/></sheets>'
    assert [
        grid.name for grid in read_book(put_in(simple, "xl/workbook.xml", b"</sheets>", again)).grids
    ] == ["A"]


def test_sheets_without_a_relation_are_left_out(simple: bytes) -> None:
    data = put_in(simple, "xl/workbook.xml", b"</sheets>", sheets(open_xml.MAX_SHEETS - 1))
    assert [grid.name for grid in read_book(data).grids] == ["A"]


def test_as_many_sheets_as_people_may_make_are_read() -> None:
    many = written({f"L{number}": [[number]] for number in range(open_xml.MAX_SHEETS)})
    assert [grid.at(0, 0) for grid in read_book(many).grids] == list(range(open_xml.MAX_SHEETS))


def test_more_sheets_than_people_make_are_refused(simple: bytes) -> None:
    assert "lembar" in why(put_in(simple, "xl/workbook.xml", b"</sheets>", sheets(open_xml.MAX_SHEETS)))


@pytest.mark.parametrize(
    "target", [b"/xl/worksheets/sheet1.xml", b"./worksheets/SHEET1.xml", b"worksheets/sheet&#49;.xml"]
)
def test_two_relations_to_one_part_give_its_sheet_once(simple: bytes, target: bytes) -> None:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    more = b'<Relationship Id="rId99" Type="%b" Target="%b"/></Relationships>' % (kind, target)
    data = put_in(simple, "xl/_rels/workbook.xml.rels", b"</Relationships>", more)
    data = put_in(data, "xl/workbook.xml", b"</sheets>", sheets(1).replace(b"rId100", b"rId99"))
    assert read_book(data).grids == read_book(simple).grids


def test_what_stood_below_the_last_row_is_known_to_be_lost(simple: bytes) -> None:
    rows = b'<row r="49"><c r="A49"><v>1</v></c></row><row r="50"><c r="A50">%b</c></row></sheetData>'
    there = in_sheet(simple, NUMBERS, rows % b"<v>1</v>")
    assert not read_book(there, max_rows=50).lost
    assert read_book(there, max_rows=49).lost
    assert not read_book(in_sheet(simple, NUMBERS, rows % b""), max_rows=49).lost


def test_far_cells_of_an_excel_97_workbook_do_not_make_a_reader_keep_millions() -> None:
    rows = [["satu", 2], *([] for _ in range(60_000)), [*([None] * 200), "jauh"]]
    data = xls({"A": rows})
    cut = without_far_cells(data, open_xml_sheet.MAX_ROWS)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(cut)).get_sheet_by_index(0)
    assert sheet.end == (0, 1)
    assert read_book(data).grids[0].rows == [["satu", 2]]
    near = xls({"A": [["satu", 2]]})
    assert without_far_cells(near, open_xml_sheet.MAX_ROWS) is near
    assert without_far_cells(data[:600], open_xml_sheet.MAX_ROWS) == data[:600]


@pytest.mark.parametrize(("length", "refused"), [(67_000, False), (67_200, True)])
def test_a_thousand_long_texts_are_read_up_to_the_limit(simple: bytes, length: int, refused: bool) -> None:
    assert 67_000 * 1_000 < xml_stream.MAX_TEXT < 67_200 * 1_000
    data = long_text_in_cells(simple, length, 1_000)
    if refused:
        assert "lebih dari 64 MB" in why(data)
    else:
        assert len(read_book(data).grids[0].rows) == 1_000


@pytest.mark.parametrize("over", [0, 5])
def test_links_of_a_sheet_are_read_up_to_the_limit_and_none_beyond(workbook: Workbook, over: int) -> None:
    count = open_xml_sheet.MAX_LINKS + over
    places = [
        f"{open_xml_sheet.column_letters(number // 1_000 + 1)}{number % 1_000 + 1}" for number in range(count)
    ]
    links = "".join(f'<hyperlink ref="{place}" xmlns:r="r" r:id="rId1"/>' for place in places)
    target = b'<Relationship Id="rId1" Type="x/hyperlink" Target="https://a.go.id/" TargetMode="External"/>'
    data = changed(
        workbook({"A": [["satu"]]}),
        lambda name, part: part.replace(NUMBERS, NUMBERS + links.encode()) if name == SHEET else part,
        **{"xl/worksheets/_rels/sheet1.xml.rels": b"<Relationships>" + target + b"</Relationships>"},
    )
    assert len(read_book(data).grids[0].links) == open_xml_sheet.MAX_LINKS
