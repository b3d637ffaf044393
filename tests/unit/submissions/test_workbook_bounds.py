"""Small files that inflate to more elements than a parser gets through: one clear reason, at once."""

from __future__ import annotations

import pytest
from workbook_parts import Workbook, changed, in_sheet, why

from iid.tasks.submissions import bounds
from iid.tasks.submissions.cells import BROKEN_STYLES, read_book
from iid.tasks.submissions.container import clean_copy

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


def test_more_cells_than_a_parser_gets_through_are_refused(simple: bytes) -> None:
    row = b'<row r="40">%b</row></sheetData>' % (b"<c/>" * bounds.MAX_TAGS)
    assert "terlalu banyak" in why(in_sheet(simple, NUMBERS, row))


def test_more_texts_than_a_parser_gets_through_are_refused(simple: bytes) -> None:
    texts = b"<sst xmlns='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>%b</sst>"
    many = texts % (b"<si/>" * bounds.MAX_TAGS)
    assert "terlalu banyak" in why(
        changed(simple, lambda name, part: many if name == "xl/sharedStrings.xml" else part)
    )


def test_absurdly_many_cell_formats_are_ignored_and_the_answers_read(workbook: Workbook) -> None:
    data = workbook({"A": [["satu", "=1+1"]]})
    many = b"<xf/>" * (bounds.MAX_STYLE_TAGS + 1)
    book = read_book(put_in(data, "xl/styles.xml", b"</cellXfs>", many + b"</cellXfs>"))
    assert book.grids[0].at(0, 0) == "satu"
    assert book.repair in {"", BROKEN_STYLES}


def test_parts_of_endless_elements_are_not_parsed(simple: bytes) -> None:
    views = b"<bookViews>%b</bookViews>" % (b"<workbookView/>" * (bounds.MAX_OTHER_TAGS + 1))
    assert read_book(put_in(simple, "xl/workbook.xml", b"</workbook>", views + b"</workbook>")).grids == ()


def test_names_that_are_never_closed_are_refused(simple: bytes) -> None:
    names = b"<definedNames>" * (bounds.MAX_EXTRAS + 1)
    assert TRICK in why(put_in(simple, "xl/workbook.xml", b"</workbook>", names + b"</workbook>"))


def sheets(count: int) -> bytes:
    tag = b'<sheet name="L%d" sheetId="%d" r:id="rId%d"/>'
    return b"".join(tag % (n, n, n) for n in range(100, 100 + count)) + b"</sheets>"


def test_a_sheet_listed_twice_is_refused(simple: bytes) -> None:
    again = sheets(1) + sheets(1)
    assert TRICK in why(put_in(simple, "xl/workbook.xml", b"</sheets>", again))


def test_more_sheets_than_people_make_are_refused(simple: bytes) -> None:
    assert "lembar" in why(put_in(simple, "xl/workbook.xml", b"</sheets>", sheets(bounds.MAX_SHEETS)))


@pytest.mark.parametrize(
    "target", [b"/xl/worksheets/sheet1.xml", b"./worksheets/SHEET1.xml", b"worksheets/sheet&#49;.xml"]
)
def test_two_sheets_of_one_part_are_refused(simple: bytes, target: bytes) -> None:
    kind = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet"
    more = b'<Relationship Id="rId99" Type="%b" Target="%b"/></Relationships>' % (kind, target)
    rels = "xl/_rels/workbook.xml.rels"
    assert TRICK in why(put_in(simple, rels, b"</Relationships>", more))


def test_what_stood_below_the_last_row_is_known_to_be_lost(simple: bytes) -> None:
    rows = b'<row r="49"><c r="A49"><v>1</v></c></row><row r="50"><c r="A50">%b</c></row></sheetData>'
    there = in_sheet(simple, NUMBERS, rows % b"<v>1</v>")
    assert not clean_copy(there, 50).lost
    assert clean_copy(there, 49).lost
    assert not clean_copy(in_sheet(simple, NUMBERS, rows % b""), 49).lost


def test_the_part_that_holds_the_cells_is_told_from_others(simple: bytes) -> None:
    with_comment = b"<?xml version='1.0'?><!-- <sst --><other/>"
    assert not bounds.is_texts(with_comment)
    assert bounds.is_texts(b"\xef\xbb\xbf<?xml version='1.0'?>\r\n<x:sst xmlns:x='y'/>")
