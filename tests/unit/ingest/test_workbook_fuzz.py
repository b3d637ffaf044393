"""Any bytes at all: the readers of workbooks answer, or say why not."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from workbook_parts import RULES, changed, in_sheet, why, written

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest import open_xml_sheet
from iid.tasks.ingest.cell_grids import read_book
from iid.tasks.ingest.parse_workbook import parse_innovation, parse_region
from iid.tasks.ingest.unreadable import Unreadable


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
        book = read_book(bytes(data))
        assert (book.grids, "xlrd" in book.repair) == (read_book(SMALL_XLS).grids, True)


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
        assert (
            len(grid.rows) <= open_xml_sheet.MAX_ROWS
            and max(map(len, grid.rows)) <= open_xml_sheet.MAX_COLUMNS
        )


@settings(max_examples=20, deadline=None)  # most start two processes: the other readers
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
