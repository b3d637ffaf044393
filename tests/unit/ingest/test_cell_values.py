"""Numbers, dates and texts as operators write them."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.text.cell_values import (
    CellError,
    Uncalculated,
    clean_text,
    count_words,
    decimal_text,
    is_empty,
    number,
    numbers,
    raw_text,
)
from iid.tasks.text.dates import parse_date


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("2,0", "2"),
        ("57,64", "57.64"),
        ("16.71", "16.71"),
        ("500.000", "500000"),
        ("Rp 500.000", "500000"),
        ("Rp500.000,-", "500000"),
        ("Rp. 1.500.000,00", "1500000"),
        ("IDR 2.000.000", "2000000"),
        ("5.000.000 rupiah", "5000000"),
        ("1.234.567,89", "1234567.89"),
        ("1,234,567.89", "1234567.89"),
        ("1,234,567", "1234567"),
        ("1,234", "1.234"),
        ("0.500", "0.5"),
        ("-50,32%", "-50.32"),
        ("−50,32 %", "-50.32"),
        ("–50,32", "-50.32"),
        ("+8,17", "8.17"),
        ("2,35 persen", "2.35"),
        ("\u00a0 7 \u00a0", "7"),
        (2, "2"),
        (16.71, "16.71"),
        (0.1, "0.1"),
        (1e22, "10000000000000000000000"),
    ],
)
def test_numbers_are_read_exactly(cell: str | float, value: str) -> None:
    found = number(cell)
    assert found is not None
    assert decimal_text(found) == value


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "-",
        "abc",
        "1.2.3",
        "12.34.567",
        "1,2,3",
        "2 atau 3",
        "≤ 2,04",
        "1e5",
        "٢",
        "½",
        "--5",
        "(5)",
        "9" * 41,
        True,
        False,
        None,
        float("nan"),
        float("inf"),
        date(2024, 1, 1),
        CellError("#REF!"),
        Uncalculated("=1"),
    ],
)
def test_what_is_no_number_is_none(cell: object) -> None:
    assert numbers(cell) == ()  # type: ignore[arg-type]


def test_only_one_group_after_a_point_has_two_readings() -> None:
    assert numbers("9.442") == (Decimal("9442"), Decimal("9.442"))
    assert numbers("-9.442") == (Decimal("-9442"), Decimal("-9.442"))
    assert numbers("9,442") == (Decimal("9.442"),)
    assert numbers("0.442") == (Decimal("0.442"),)
    assert numbers(9.442) == (Decimal("9.442"),)


@given(st.decimals(min_value=-(10**12), max_value=10**12, places=2))
def test_numbers_written_the_indonesian_way_come_back(value: Decimal) -> None:
    text = f"{value:,.2f}".translate(str.maketrans(",.", ".,"))
    assert number(text) == value
    assert number(f"Rp {text}") == value
    assert number(f"{value:f}") == value


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_numbers_in_cells_are_what_the_person_saw(value: float) -> None:
    assert number(value) == Decimal(repr(value))


DAY = date(2024, 12, 14)


@pytest.mark.parametrize(
    "cell",
    [
        DAY,
        datetime(2024, 12, 14, 8, 30),
        45640,
        45640.5,
        "14/12/2024",
        "14-12-2024",
        "14.12.2024",
        "14 / 12 / 2024",
        "14\u2044 12 \u2044 2024",
        "14122024",
        "20241214",
        "14th December 2024",
        "Tanggal 14 bulan Desember tahun 2024",
        "tanggal: 14 Desember 2024",
        "Diterapkan sejak 14 Desember 2024",
        "“14 Desember 2024”",
        "'14 Desember 2024",
        "14-12-2024 WITA",
        "14/12/24",
        "2024-12-14",
        "2024/12/14",
        "2024-12-14T00:00:00",
        "2024-12-14 00:00:00",
        "14/12/2024 08.30 WITA",
        "14 Desember 2024",
        "14 DESEMBER 2024",
        "14 Des 2024",
        "14 Des. 2024",
        "14 Des '24",
        "14-Dec-24",
        "14 December 2024",
        "December 14, 2024",
        "Sabtu, 14 Desember 2024",
        "Tanggal 14 Desember 2024",
        "14 Desember 2024 (launching)",
        "  14  Desember\u00a02024 ",
    ],
)
def test_days_are_read_however_they_are_written(cell: object) -> None:
    assert parse_date(cell) == DAY  # type: ignore[arg-type]


def test_numbers_in_dates_are_day_first() -> None:
    assert parse_date("6/5/2023") == date(2023, 5, 6)
    assert parse_date("5/6/2023") == date(2023, 6, 5)


@pytest.mark.parametrize(
    "cell",
    [
        "",
        "-",
        "2024",
        "Desember 2024",
        "12/2024",
        "5/13/2023",
        "30 Februari 2024",
        "1-3 Mei 2024",
        "0/1/2024",
        "14 Foo 2024",
        "14 Desember",
        "awal tahun 2024",
        "14/12/0024/1",
        "1" * 500,
        "45640",
        2024,
        0,
        -5,
        10**9,
        True,
        None,
        20241214.0,
        float("nan"),
        float("inf"),
        time(8),
        timedelta(1),
        CellError("#N/A"),
        Uncalculated("=TODAY()"),
    ],
)
def test_what_names_no_day_is_no_date(cell: object) -> None:
    assert parse_date(cell) is None  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("year", "whole"), [("00", 2000), ("24", 2024), ("69", 2069), ("70", 1970), ("99", 1999)]
)
def test_two_digit_years_turn_at_seventy(year: str, whole: int) -> None:
    assert parse_date(f"1/2/{year}") == date(whole, 2, 1)


MONTHS = (
    *("Januari", "Februari", "Maret", "April", "Mei", "Juni"),
    *("Juli", "Agustus", "September", "Oktober", "November", "Desember"),
)


@given(st.dates(date(1000, 1, 1)))
def test_dates_survive_being_written(day: date) -> None:
    month = MONTHS[day.month - 1]
    for text in (
        f"{day:%Y-%m-%d}" if day.year > 999 else "",
        f"{day.day}/{day.month}/{day.year}",
        f"{day.day} {month} {day.year}",
        f"{day.day} {month[:3]} {day.year}",
    ):
        assert parse_date(text) == day


CELLS = (
    st.one_of(
        st.none(),
        st.text(),
        st.integers(),
        st.floats(),
        st.booleans(),
        st.dates(),
        st.datetimes(),
        st.times(),
    )
    | st.builds(CellError, st.text())
    | st.builds(Uncalculated, st.text())
)


@given(CELLS)
def test_reading_a_cell_never_raises(cell: object) -> None:
    for read in (raw_text, clean_text, is_empty, numbers, parse_date):
        read(cell)  # type: ignore[operator]
    count_words(clean_text(cell))  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", [None, "", " ", "-", "–", "—", "−", "--", " - ", "\u00a0", "\u200b", "___"])
def test_blanks_and_dashes_are_empty(cell: str | None) -> None:
    assert is_empty(cell)


@pytest.mark.parametrize(
    "cell", ["0", 0, False, "n/a", "- ada", "-5", CellError("#REF!"), Uncalculated("=1")]
)
def test_everything_else_says_something(cell: object) -> None:
    assert not is_empty(cell)  # type: ignore[arg-type]


def test_cells_read_out_as_the_person_saw_them() -> None:
    cells = [
        " x ",
        True,
        2.0,
        2.5,
        datetime(2024, 1, 2),
        date(2024, 1, 2),
        CellError("#REF!"),
        Uncalculated("=A1"),
    ]
    assert list(map(raw_text, cells)) == [  # type: ignore[arg-type]
        *("x", "TRUE", "2", "2.5", "2024-01-02", "2024-01-02", "#REF!", "=A1")
    ]


def test_html_is_cleaned_even_when_escaped_twice() -> None:
    assert (
        clean_text("<div>&lt;div&gt;Tata &amp;amp; kelola&lt;/div&gt;</div><br/>baru") == "Tata & kelola baru"
    )
    assert clean_text("bila a < b dan c > d") == "bila a < b dan c > d"
    assert clean_text("SIGAP <Sistem>") == "SIGAP <Sistem>"


def test_words_are_counted_without_signs() -> None:
    assert count_words("Kata, kata – KATA! 300 kata") == (5, 2)
    assert count_words("") == (0, 0)
    assert count_words("kata " * 300) == (300, 1)
