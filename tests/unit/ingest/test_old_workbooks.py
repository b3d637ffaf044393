"""Workbooks of before Excel 97, with Excel's own password, and the limits of those who read them."""

from __future__ import annotations

import io
import struct
from datetime import date, datetime, time

import pytest
from msoffcrypto.format.ooxml import OOXMLFile
from workbook_parts import Workbook, in_sheet, why

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest import other_readers
from iid.tasks.ingest.cell_grids import OLD_FORMATS, read_book
from iid.tasks.ingest.other_readers import read_otherwise
from iid.tasks.ingest.unreadable import Unreadable

SECOND = OLD_FORMATS["xls"] + "; dibaca dengan pembaca kedua (xlrd)"


def record(kind: int, *fields: bytes) -> bytes:
    body = b"".join(fields)
    return struct.pack("<HH", kind, len(body)) + body


def numbers(*values: int) -> bytes:
    return struct.pack(f"<{len(values)}H", *values)


END = record(0x0A)
EXCEL_2 = (
    record(0x0009, numbers(0, 0x10)),
    record(0x0004, numbers(0, 0), b"\0\0\0\4satu"),
    record(0x0003, numbers(0, 1), b"\0\0\0", struct.pack("<d", 2)),
)
EXCEL_4 = (
    record(0x0409, numbers(0, 0x10, 0)),
    record(0x0204, numbers(0, 0, 0, 4), b"satu"),
    record(0x0203, numbers(0, 1, 0), struct.pack("<d", 2)),
)
LOCKED = record(0x002F, numbers(0, 0, 0))


@pytest.mark.parametrize("records", [EXCEL_2, EXCEL_4])
def test_a_workbook_older_than_excel_97_is_read_and_the_book_says_by_which_reader(
    records: tuple[bytes, ...],
) -> None:
    book = read_book(b"".join(records) + END)
    assert [grid.rows for grid in book.grids] == [[["satu", 2]]]
    assert book.repair == SECOND


def test_an_old_workbook_with_a_password_is_locked() -> None:
    begin, *rest = EXCEL_4
    assert why(b"".join([begin, LOCKED, *rest, END])) == "terkunci kata sandi"


@pytest.mark.parametrize("records", [EXCEL_2, EXCEL_4])
def test_an_old_workbook_cut_short_is_one_reason(records: tuple[bytes, ...]) -> None:
    assert why(records[0][:6]) == "strukturnya rusak"


def excel_97(*cells: bytes, visible: int = 0) -> bytes:
    """The records of a workbook of one sheet, whose second cell format is a date."""
    begin = [record(0x0809, numbers(0x0600, kind, 0, 0), bytes(8)) for kind in (0x05, 0x10)]
    formats = [record(0xE0, numbers(0, number), bytes(16)) for number in (0, 14)]
    head = b"".join([begin[0], record(0x42, numbers(1200)), *formats])
    place = len(head) + 4 + 9 + 4
    sheet = record(0x85, struct.pack("<IBBBB", place, visible, 0, 1, 0), b"A")
    return b"".join([head, sheet, END, begin[1], *cells, END])


def cell(row: int, column: int, value: float, form: int = 1) -> bytes:
    return record(0x0203, numbers(row, column, form), struct.pack("<d", value))


def test_every_kind_of_cell_comes_as_the_other_readers_give_it() -> None:
    data = excel_97(
        cell(0, 0, 45_292),
        cell(0, 1, 45_292.25),
        cell(0, 2, 0.5),
        cell(0, 3, 1e9),
        cell(0, 4, 45_292, form=0),
        record(0x0205, numbers(0, 5, 0), b"\1\0"),
        record(0x0205, numbers(0, 6, 0), b"\x2a\1"),
        record(0x0201, numbers(0, 7, 0)),
        cell(1, 0, 7, form=0),
        record(0xE5, numbers(1, 1, 1, 0, 1)),
        visible=2,
    )
    reader, [sheet] = read_otherwise(data, ("xlrd",))
    assert reader == "xlrd"
    first = [date(2024, 1, 1), datetime(2024, 1, 1, 6), time(12), 1e9, 45_292, True, "#N/A", None]
    assert sheet.rows == [first, [7]]
    assert (sheet.name, sheet.hidden, sheet.merges) == ("A", True, [(1, 0, 1, 1)])


def test_rows_beyond_those_asked_for_are_left_out() -> None:
    data = excel_97(cell(0, 0, 1, form=0), cell(5, 0, 2, form=0))
    _, [sheet] = read_otherwise(data, ("xlrd",), 3)
    assert sheet.rows == [[1], [], []]


def test_an_answer_longer_than_the_limit_is_refused_and_one_as_long_is_read(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    data = xls({"A": [["satu"]]})
    answer = len('[["A", [["satu"]], [], false]]')
    monkeypatch.setattr(other_readers, "MAX_ANSWER", answer)
    assert read_otherwise(data, ("calamine",))[1][0].rows == [["satu"]]
    monkeypatch.setattr(other_readers, "MAX_ANSWER", answer - 1)
    with pytest.raises(Unreadable, match="strukturnya rusak"):
        read_otherwise(data, ("calamine",))


def test_a_reader_that_asks_for_more_memory_than_it_may_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    data = xls({"A": [["satu"]]}) + bytes(64 * 1024**2)
    assert read_otherwise(data, ("calamine",))[1][0].rows == [["satu"]]
    monkeypatch.setattr(other_readers, "MEMORY", 64 * 1024**2)
    with pytest.raises(Unreadable, match="strukturnya rusak"):
        read_otherwise(data, ("calamine",))


def test_a_reader_that_uses_up_its_processor_time_is_ended(
    monkeypatch: pytest.MonkeyPatch, simple: bytes
) -> None:
    rows = b"<row>" + b"<c><v>1</v></c>" * 200 + b"</row>"
    data = in_sheet(simple, b"</sheetData>", rows * 4_000 + b"</sheetData>")
    monkeypatch.setattr(other_readers, "SECONDS", 1)
    with pytest.raises(Unreadable, match="strukturnya rusak"):
        read_otherwise(data, ("openpyxl",))


def test_a_reader_that_never_answers_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(other_readers, "WAIT", 0)
    with pytest.raises(Unreadable, match="strukturnya rusak"):
        read_otherwise(xls({"A": [["satu"]]}), ("calamine", "xlrd"))


def encrypted(data: bytes, password: str) -> bytes:
    locked = io.BytesIO()
    OOXMLFile(io.BytesIO(data)).encrypt(password, locked)
    return locked.getvalue()


def test_a_workbook_with_the_password_that_excel_tries_is_read_whole_and_the_book_says_so(
    workbook: Workbook,
) -> None:
    data = workbook({"A": [["satu", '=HYPERLINK("https://a.go.id/x")']]})
    book = read_book(encrypted(data, "VelvetSweatshop"))
    assert book.grids == read_book(data).grids
    assert book.repair == "dikunci dengan kata sandi bawaan Excel"
    assert why(encrypted(data, "rahasia")) == "terkunci kata sandi"
