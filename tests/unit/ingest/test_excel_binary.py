"""Binary workbooks (.xlsb): cells, formats, hidden and macro sheets, links, and what bounds them."""

from __future__ import annotations

import io
import struct
import zipfile
from datetime import datetime
from typing import Any

import pytest
from workbook_parts import changed, why

from iid.tasks.ingest import open_xml_sheet, xml_stream
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.text.cell_values import CellError

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
LINK = "https://youtu.be/abc12345678"


def record(kind: int, body: bytes = b"") -> bytes:
    head = bytes([kind]) if kind < 128 else bytes([kind & 0x7F | 0x80, kind >> 7])
    size, length = b"", len(body)
    while True:
        size += bytes([length & 0x7F | (0x80 if length > 0x7F else 0)])
        length >>= 7
        if not length:
            return head + size + body


def wide(text: str) -> bytes:
    return struct.pack("<I", len(text)) + text.encode("utf-16-le")


def cell(kind: int, column: int, value: bytes, style: int = 0) -> bytes:
    return record(kind, struct.pack("<2I", column, style) + value)


def row(number: int, *cells: bytes) -> bytes:
    return record(0, struct.pack("<I", number) + b"\0" * 20) + b"".join(cells)


def sheet(*rows: bytes, behind: bytes = b"") -> bytes:
    return record(129) + record(145) + b"".join(rows) + record(146) + behind + record(130)


def relations(**targets: tuple[str, str]) -> str:
    rows = (
        f'<Relationship Id="{key}" Type="{OFFICE}{kind}" Target="{target}"{mode}/>'
        for key, (kind, target) in targets.items()
        for mode in (' TargetMode="External"' if kind == "hyperlink" else "",)
    )
    return f"<Relationships>{''.join(rows)}</Relationships>"


def book(*cells: bytes, more: dict[str, Any] | None = None, state: int = 0, extra: bytes = b"") -> bytes:
    """A workbook of one sheet "Profil" with the rows *cells*, shared text 0 "satu", style 1 a date."""
    formats = b"".join(record(47, struct.pack("<2H", 0, number)) for number in (0, 14, 10))
    parts: dict[str, Any] = {
        "_rels/.rels": relations(rId1=("officeDocument", "xl/workbook.bin")),
        "xl/_rels/workbook.bin.rels": relations(
            rId1=("worksheet", "worksheets/sheet1.bin"), rId2=("styles", "styles.bin"),
            rId3=("sharedStrings", "sharedStrings.bin"), rId4=("xlMacrosheet", "macrosheets/sheet1.bin"),
        ),
        "xl/workbook.bin": record(156, struct.pack("<2I", 2, 9) + wide("rId4") + wide("Macro1"))
        + record(156, struct.pack("<2I", state, 1) + extra + wide("rId1") + wide("Profil")),
        "xl/styles.bin": record(617) + formats + record(618),
        "xl/sharedStrings.bin": record(19, b"\0" + wide("sa\u200btu")),
        "xl/worksheets/sheet1.bin": sheet(*cells),
        "xl/macrosheets/sheet1.bin": b"rusak",
    }  # fmt: skip
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in (parts | (more or {})).items():
            archive.writestr(name, part)
    return buffer.getvalue()


def test_every_kind_of_cell_is_read() -> None:
    whole, hundredth = struct.pack("<I", 17 << 2 | 2), struct.pack("<I", 1750 << 2 | 3)
    (grid,) = read_book(
        book(
            row(
                0, cell(7, 0, b"\0\0\0\0"), cell(6, 1, wide("dua")), cell(2, 2, whole), cell(2, 3, hundredth)
            ),
            row(2, cell(5, 0, struct.pack("<d", 45640), 1), cell(9, 1, struct.pack("<d", 0.0523), 2)),
            row(3, cell(4, 0, b"\1"), cell(11, 1, b"\x17"), cell(8, 2, wide("hasil")), cell(1, 3, b"")),
        ),
        formats=True,
    ).grids
    assert grid.rows == [
        ["satu", "dua", 17, 17.5], [], [datetime(2024, 12, 14), "5.23%"], [True, CellError("#REF!"), "hasil"],
    ]  # fmt: skip
    assert (grid.name, grid.hidden) == ("Profil", False)


def test_links_and_merged_cells_behind_the_cells_are_read_though_rows_are_too_many() -> None:
    span = struct.pack("<4I", 0, 0, 1, 1)
    behind = record(176, struct.pack("<4I", 0, 0, 0, 1)) + record(
        494, span + wide("rId1") + wide("t=9") + wide("") * 2
    )
    deep = row(open_xml_sheet.MAX_ROWS, cell(6, 0, wide("jauh")))
    part = sheet(row(0, cell(6, 0, wide("Video")), cell(6, 2, wide("x"))), deep, behind=behind)
    more = {
        "xl/worksheets/sheet1.bin": part,
        "xl/worksheets/_rels/sheet1.bin.rels": relations(rId1=("hyperlink", LINK)),
    }
    read = read_book(book(more=more))
    assert (read.lost, len(read.grids[0].rows)) == (True, 1)
    assert read.grids[0].links == {(0, 1): f"{LINK}#t=9"}
    assert read.grids[0].at(0, 1) == "Video"


@pytest.mark.parametrize("state", [1, 2])
def test_hidden_sheets_are_known_to_be_hidden(state: int) -> None:
    assert read_book(book(row(0, cell(6, 0, wide("x"))), state=state)).grids[0].hidden


def test_a_sheet_of_the_first_versions_is_read() -> None:
    assert read_book(book(row(0, cell(6, 0, wide("x"))), extra=b"\1\0\0\0")).grids[0].rows == [["x"]]


def test_a_workbook_in_another_folder_is_read() -> None:
    data = book(row(0, cell(6, 0, wide("x"))))
    moved = changed(
        data, lambda name, part: None if name.startswith("xl/") else part.replace(b"xl/", b"lain/")
    )
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        parts = {
            name.replace("xl/", "lain/"): archive.read(name) for name in archive.namelist() if "xl/" in name
        }
    assert read_book(changed(moved, lambda _, part: part, **parts)).grids == read_book(data).grids


def test_cells_far_away_cost_nothing() -> None:
    far = row(
        open_xml_sheet.MAX_ROWS - 1,
        cell(6, open_xml_sheet.MAX_COLUMNS - 1, wide("ada")),
        cell(6, 16_383, wide("x")),
    )
    (grid,) = read_book(book(far)).grids
    assert grid.at(open_xml_sheet.MAX_ROWS - 1, open_xml_sheet.MAX_COLUMNS - 1) == "ada"
    assert max(map(len, grid.rows)) == open_xml_sheet.MAX_COLUMNS


@pytest.mark.parametrize(("over", "refused"), [(-100, False), (100, True)])
def test_a_record_up_to_the_limit_is_read_and_a_longer_one_refused(over: int, refused: bool) -> None:
    text = "x" * ((xml_stream.MAX_TOKEN + over) // 2)
    data = book(row(0, cell(6, 0, wide(text))), row(1, *(cell(6, 0, wide("y" * 99)) for _ in range(9_000))))
    if refused:
        assert "lebih dari 8 MB" in why(data)
    else:
        assert read_book(data).grids[0].at(0, 0) == text


def test_a_record_that_is_not_what_it_says_is_damage() -> None:
    assert why(book(row(0, record(6, b"\0")))) == "strukturnya rusak"
