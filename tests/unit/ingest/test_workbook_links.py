"""Hyperlinks and errors of cells, however a program keeps them."""

from __future__ import annotations

import io
import struct
import zipfile
from typing import Any

import pytest
from innovation_rows import PROFILE, RULES, claim, parse, rows
from workbook_parts import Workbook, changed

from iid.tasks.demo import biff_writer
from iid.tasks.ingest import cell_grids, open_xml_sheet, xml_stream
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.text.cell_values import CellError, Value
from iid.tasks.validate.case import Tables
from iid.tasks.validate.validation import validate
from iid.tasks.values.region import Marker

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


FAULTY = "office:value-type='string' office:string-value='' calcext:value-type='error'"


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
        f"<office:document-content{spaces} xmlns:xlink='http://www.w3.org/1999/xlink'"
        " xmlns:calcext='urn:org:documentfoundation:names:experimental:calc:xmlns:calcext:1.0'><office:body>"
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


def also_with(monkeypatch: pytest.MonkeyPatch, *records: bytes) -> None:
    """Let the writer of Excel 97 workbooks end each sheet with *records*."""
    sheet = biff_writer._sheet

    def more(grid: biff_writer.Grid) -> bytes:
        made = sheet(grid)
        return b"".join([made[:-4], *records, made[-4:]])

    monkeypatch.setattr(biff_writer, "_sheet", more)


def typed(row: int, column: int, code: int, is_error: int = 1) -> bytes:
    """A record BOOLERR."""
    return struct.pack("<HH3H2B", 0x0205, 8, row, column, 0, code, is_error)


def result(row: int, column: int, value: bytes) -> bytes:
    """A record FORMULA with the last result *value*, of the formula ``=#REF!``."""
    return struct.pack("<HH3H8sHIH2s", 0x0006, 24, row, column, 0, value, 0, 0, 2, b"\x1c\x17")


def error(code: int) -> bytes:
    return bytes([2, 0, code, 0, 0, 0, 0xFF, 0xFF])


@pytest.mark.parametrize(
    ("record", "value"),
    [
        (typed(1, 2, 0x17), CellError("#REF!")),
        (typed(1, 2, 0x07), CellError("#DIV/0!")),
        (typed(1, 2, 1, is_error=0), True),
        (result(1, 2, error(0x24)), CellError("#NUM!")),
        (result(1, 2, bytes([1, 0, 1, 0, 0, 0, 0xFF, 0xFF])), True),
        (result(1, 2, struct.pack("<d", 2.5)), 2.5),
        (
            result(1, 2, bytes([2, 0, 0x17, 0, 0, 0, 0x04, 0x40])),
            struct.unpack("<d", b"\2\0\x17\0\0\0\4@")[0],
        ),
    ],
)
def test_an_error_of_an_excel_97_cell_is_read(
    record: bytes, value: Value, monkeypatch: pytest.MonkeyPatch
) -> None:
    also_with(monkeypatch, record, typed(1_000, 0, 0x17), typed(0, 256, 0x17))
    [grid] = read_book(biff_writer.xls({"Indikator": [["x"], ["y"]]})).grids
    assert grid.rows == [["x", None, None], ["y", None, value]]


@pytest.mark.parametrize("text", ["#REF!", "<text:span>#RE</text:span>F!"])
def test_an_error_of_an_open_document_cell_is_read(text: str) -> None:
    note = "<office:annotation><text:p>catatan</text:p></office:annotation>"
    error = (
        f"<table:table-cell {FAULTY}>{note}<text:p>{text}</text:p><text:p>2</text:p>{note}</table:table-cell>"
    )
    plain = f"<table:table-cell office:value-type='string'>{note}<text:p>teks</text:p></table:table-cell>"
    [grid] = read_book(open_document(BEFORE + error + plain)).grids
    assert grid.rows[3][3:] == [CellError("#REF!"), "teks"]


def test_errors_longer_than_all_text_may_be_are_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    data = open_document(f"<table:table-cell {FAULTY}><text:p>#REF!</text:p></table:table-cell>")
    monkeypatch.setattr(xml_stream, "MAX_TEXT", len("#REF!"))
    assert read_book(data).grids[0].at(3, 0) == CellError("#REF!")
    monkeypatch.setattr(xml_stream, "MAX_TEXT", len("#REF"))
    assert read_book(data).grids[0].at(3, 0) is None


def test_links_of_an_excel_97_workbook_are_read_up_to_the_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    far = [linked(open_xml_sheet.MAX_ROWS, 0, LINK), linked(0, open_xml_sheet.MAX_COLUMNS, LINK)]
    also_with(monkeypatch, *far, *(linked(0, column, LINK) for column in range(3)))
    monkeypatch.setattr(cell_grids, "MAX_LINKS", 2)
    assert set(read_book(biff_writer.xls({"A": [["x"]]})).grids[0].links) == {(0, 0), (0, 1)}


def test_an_error_in_a_parameter_is_a_finding_that_names_the_cell(
    share: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    also_with(monkeypatch, typed(1, 2, 0x17))
    data = biff_writer.xls({"Profil": PROFILE, "Indikator": rows([16, "x", None])})
    share.put("01 Dinas Kesehatan/SIGAP/inovasi.xlsx", data)
    read = share.read()
    tables = Tables(read.units, read.innovations, read.fields, read.claims, read.evidence)
    findings = validate(tables, RULES, Marker("63.03", "Kabupaten Banjar", "Asia/Makassar"), docs_dir=None)
    [found] = findings[findings["code"] == "claim.parameter_unknown"].to_dict("records")
    assert found["source"].endswith("SIGAP/inovasi.xlsx#Indikator!C2")
    assert '"#REF!"' in found["message"]


def test_a_chart_within_a_sheet_does_not_end_it(monkeypatch: pytest.MonkeyPatch) -> None:
    chart = (biff_writer._begin(0x0020), typed(0, 0, 0x17), biff_writer._record(0x000A))
    also_with(monkeypatch, *chart, linked(0, 0, LINK))
    grids = read_book(biff_writer.xls({"A": [["x"]], "B": [["y"]]})).grids
    assert [(grid.rows, grid.links) for grid in grids] == [([[text]], {(0, 0): LINK}) for text in "xy"]


@pytest.mark.parametrize("cut", [0, 1, 30, 60])
def test_the_address_of_an_excel_97_cell_is_its_link(cut: int, monkeypatch: pytest.MonkeyPatch) -> None:
    record = linked(1, 2, LINK)
    record = record[:2] + struct.pack("<H", len(record) - 4 - cut) + record[4 : len(record) - cut]
    also_with(monkeypatch, record)
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
