"""Strict Open XML, styles without all their parts, and libraries that print: read, and nothing said."""

from __future__ import annotations

from typing import Any

import pytest
from workbook_parts import RULES, Workbook, changed

from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.ingest.other_readers import read_otherwise
from iid.tasks.ingest.parse_workbook import parse_innovation, parse_region
from iid.tasks.review.review_cells import read_book as read_review

#: Transitional names and what they are in Strict Open XML (ECMA-376 part 1, annex A and part 4).
STRICT = (
    (
        b"http://schemas.openxmlformats.org/spreadsheetml/2006/main",
        b"http://purl.oclc.org/ooxml/spreadsheetml/main",
    ),
    (
        b"http://schemas.openxmlformats.org/officeDocument/2006/relationships",
        b"http://purl.oclc.org/ooxml/officeDocument/relationships",
    ),
)


def strict(data: bytes) -> bytes:
    def change(_: str, part: bytes) -> bytes:
        for old, new in STRICT:
            part = part.replace(old, new)
        return part

    return changed(data, change)


def test_a_strict_region_workbook_claims_what_the_other_does(region: Any) -> None:
    data = region({key: {"Parameter": 3, "Bukti": "SK.pdf"} for key in ("1", "2a", "2b")})
    assert b"purl.oclc.org" in strict(data) or strict(data) != data
    parsed = parse_region(strict(data), RULES)
    assert parsed == parse_region(data, RULES)
    assert sum(claim.parameter for claim in parsed.claims) == 9
    assert parsed.remarks == ()


def test_a_strict_innovation_workbook_claims_what_the_other_does(innovation: Any) -> None:
    data = innovation({"16": {"Parameter": 3, "Tautan": "https://a.go.id/x"}, "17": {"Parameter": 2}})
    assert parse_innovation(strict(data), RULES) == parse_innovation(data, RULES)


def test_a_strict_review_workbook_is_read_as_the_other(workbook: Workbook) -> None:
    data = workbook({"Keputusan": [["innovation_id", "No", "Keputusan"], ["1.01/X", 16, "terima"]]})
    assert read_review(strict(data)) == read_review(data)


CELL_STYLES = (b"<cellStyleXfs", b"</cellStyleXfs>")
ODD = [
    b"",
    b"<cellStyleXfs/>",
    b'<cellStyleXfs count="0"></cellStyleXfs>',
    b'<cellStyleXfs count="9"><xf numFmtId="999" fontId="77" fillId="88" borderId="99"/></cellStyleXfs>',
]


def styled(data: bytes, instead: bytes) -> bytes:
    """*data* with *instead* in the place of its ``cellStyleXfs``."""

    def change(name: str, part: bytes) -> bytes:
        if name != "xl/styles.xml":
            return part
        first, last = part.index(CELL_STYLES[0]), part.index(CELL_STYLES[1]) + len(CELL_STYLES[1])
        return part[:first] + instead + part[last:]

    return changed(data, change)


@pytest.mark.parametrize("instead", ODD)
def test_odd_cell_styles_are_read_and_nothing_is_printed(
    workbook: Workbook, instead: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    data = workbook({"A": [["satu", 2, "=1+1"]]})
    book = read_book(styled(data, instead))
    assert (book.grids, book.repair) == (read_book(data).grids, "")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("reader", ["calamine", "openpyxl"])
@pytest.mark.parametrize("instead", ODD)
def test_what_another_library_prints_goes_nowhere(
    workbook: Workbook, reader: str, instead: bytes, capfd: pytest.CaptureFixture[str]
) -> None:
    _, [sheet] = read_otherwise(styled(workbook({"A": [["satu", 2]]}), instead), (reader, "calamine"))
    assert sheet.rows == [["satu", 2]]
    assert capfd.readouterr() == ("", "")


def test_a_broken_sheet_that_another_reader_opens_prints_nothing(
    workbook: Workbook, capfd: pytest.CaptureFixture[str]
) -> None:
    data = workbook({"A": [["satu"]]})
    data = changed(data, lambda name, part: part + b"<junk" if name == "xl/workbook.xml" else part)
    book = read_book(styled(data, b""))
    assert book.grids[0].rows == [["satu"]]
    assert book.repair
    assert capfd.readouterr() == ("", "")
