"""The hyperlink of a cell is its address, however a program keeps it."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
from innovation_rows import PROFILE, claim, parse, rows
from workbook_parts import Workbook, changed

from iid.tasks.demo import biff_writer
from iid.tasks.ingest.cell_grids import read_book

LINK = "https://drive.google.com/file/d/1abc/view"


def calculated(formula: str, shown: str) -> bytes:
    """A cell of that formula as Excel saves it, with its last result."""
    formula = formula.replace("&", "&amp;").replace("<", "&lt;")
    return f'<c r="F2" t="str"><f>{formula}</f><v>{shown}</v></c>'.encode()


@pytest.mark.parametrize(
    "formula",
    [
        f'HYPERLINK("{LINK}","Klik di sini")',
        f'hyperlink( "{LINK}" , "Klik di sini" )',
        f'HYPERLINK("{LINK}")',
        f'HYPERLINK("{LINK}";"Klik di sini")',
        f'IFERROR(HYPERLINK("{LINK}","Klik"),"")',
        f'+HYPERLINK("{LINK}","Klik")',
        "HYPERLINK(G2,F1)",
        "HYPERLINK($G$2)",
    ],
)
def test_the_address_of_a_hyperlink_formula_is_the_link(workbook: Workbook, formula: str) -> None:
    data = workbook({"Profil": PROFILE, "Indikator": rows([16, "x", 2, None, None, "LAMA", LINK])})
    data = changed(
        data, lambda _, part: part.replace(b'<c r="F2" t="inlineStr"><is><t>LAMA</t></is></c>', b"<!--F2-->")
    )
    book = changed(data, lambda _, part: part.replace(b"<!--F2-->", calculated(formula, "Klik di sini")))
    grid = next(grid for grid in read_book(book).grids if grid.name == "Indikator")
    assert grid.links.get((1, 5)) == LINK


def open_document(cells: str) -> bytes:
    """An .ods with sheet A, whose second row is repeated and whose third holds *cells*."""
    spaces = "".join(
        f' xmlns:{short}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for short, name in {"office": "office", "table": "table", "text": "text"}.items()
    )
    row = (
        "<table:table-row><table:table-cell office:value-type='string'><text:p>x</text:p></table:table-cell>"
    )
    content = (
        f"<office:document-content{spaces} xmlns:xlink='http://www.w3.org/1999/xlink'><office:body>"
        f"<office:spreadsheet><table:table table:name='A'>{row}</table:table-row>"
        "<table:table-row table:number-rows-repeated='2'><table:table-cell/></table:table-row>"
        f"<table:table-row>{cells}</table:table-row>"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    entry = f"<manifest:file-entry manifest:full-path='/' manifest:media-type='{kind}'/>"
    manifest = (
        "<manifest:manifest xmlns:manifest='urn:oasis:names:tc:opendocument:xmlns:manifest:1.0'>"
        f"{entry}</manifest:manifest>"
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("mimetype", kind)
        archive.writestr("content.xml", content)
        archive.writestr("META-INF/manifest.xml", manifest)
    return buffer.getvalue()


BEFORE = "<table:table-cell table:number-columns-repeated='3'/>"
TEXT = "<text:p><text:a xlink:href='{}'>Klik di sini</text:a></text:p>"
FORMULA = "of:=HYPERLINK(&quot;{}&quot;;&quot;Klik di sini&quot;)"


@pytest.mark.parametrize(
    "cell",
    [
        f"<table:table-cell office:value-type='string'>{TEXT.format(LINK)}</table:table-cell>",
        f"<table:table-cell table:formula='{FORMULA.format(LINK)}' office:value-type='string'>"
        "<text:p>Klik di sini</text:p></table:table-cell>",
    ],
)
def test_the_address_of_an_open_document_cell_is_its_link(cell: str) -> None:
    [grid] = read_book(open_document(BEFORE + cell)).grids
    assert grid.at(3, 3) == "Klik di sini"
    assert grid.links == {(3, 3): LINK}


def test_an_open_document_without_links_has_none() -> None:
    [grid] = read_book(open_document(BEFORE)).grids
    assert (grid.at(0, 0), dict(grid.links)) == ("x", {})


def linked(row: int, column: int, address: str) -> bytes:
    """A record HLINK as Excel 97 writes it: cells, class, flags, the address as a moniker."""
    text = (address + "\0").encode("utf-16-le")
    moniker = bytes.fromhex("e0c9ea79f9bace118c8200aa004ba90b") + struct.pack("<I", len(text)) + text
    cells = struct.pack("<4H", row, row, column, column)
    body = cells + bytes.fromhex("d0c9ea79f9bace118c8200aa004ba90b") + struct.pack("<II", 2, 3) + moniker
    return struct.pack("<HH", 0x01B8, len(body)) + body


@pytest.mark.parametrize("cut", [0, 1, 30, 60])
def test_the_address_of_an_excel_97_cell_is_its_link(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    sheet, record = biff_writer._sheet, linked(1, 2, LINK)
    record = record[:2] + struct.pack("<H", len(record) - 4 - cut) + record[4 : len(record) - cut]

    def with_link(grid: biff_writer.Grid) -> bytes:
        made = sheet(grid)
        return made[:-4] + record + made[-4:]

    monkeypatch.setattr(biff_writer, "_sheet", with_link)
    data = biff_writer.xls({"Indikator": [["x"], ["y", None, "Klik di sini"]]})
    [grid] = read_book(data).grids
    assert grid.at(1, 2) == "Klik di sini"
    assert set(grid.links) <= {(1, 2)}
    assert LINK.startswith(grid.links.get((1, 2), ""))
    assert cut or grid.links == {(1, 2): LINK}


def test_a_hyperlink_formula_that_no_program_calculated_gives_its_address(workbook: Workbook) -> None:
    formula = f'=HYPERLINK("{LINK}","Klik di sini")'
    parsed = parse(workbook, PROFILE, rows([35, "Video", 2, None, None, formula]))
    assert (claim(parsed, "35").links, claim(parsed, "35").link_note) == ((LINK,), "")


def test_a_merged_cell_of_bukti_is_no_note_in_tautan(workbook: Workbook) -> None:
    parsed = parse(
        workbook,
        PROFILE,
        rows([16, "x", 2, None, "SK.pdf", None]),
        lambda book: book["Indikator"].merge_cells("E2:F2"),
    )
    assert (claim(parsed, "16").files, claim(parsed, "16").link_note) == (("SK.pdf",), "")
