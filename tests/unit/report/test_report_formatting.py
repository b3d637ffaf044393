import sys
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.text import indonesian


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("57.64", "57,64"),
        ("1234567.5", "1.234.567,5"),
        ("6.00", "6"),
        (Decimal("0.125"), "0,125"),
        (1000, "1.000"),
        ("-50.32", "−50,32"),
        ("", "–"),
        (None, "–"),
        (pd.NA, "–"),
        ("banyak", "banyak"),
    ],
)
def test_numbers_have_a_decimal_comma_and_thousands_dots(value: object, text: str) -> None:
    assert indonesian.number(value) == text


def test_points_are_rounded_half_up_to_two_places() -> None:
    assert [indonesian.points(x) for x in ("2.345", "2.344999", "0.005", "44")] == [
        "2,35",
        "2,34",
        "0,01",
        "44,00",
    ]


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=4))
def test_a_shown_number_reads_back_as_the_same_number(value: Decimal) -> None:
    shown = indonesian.number(value)
    assert Decimal(shown.replace(".", "").replace(",", ".").replace("−", "-")) == value


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Jakarta", "24 November 2026 15.30 WIB"),
        ("Asia/Pontianak", "24 November 2026 15.30 WIB"),
        ("Asia/Makassar", "24 November 2026 16.30 WITA"),
        ("Asia/Jayapura", "24 November 2026 17.30 WIT"),
        ("Asia/Kolkata", "24 November 2026 14.00 UTC+05.30"),
        ("UTC", "24 November 2026 08.30 UTC"),
        ("Bukan/Zona", "24 November 2026 08.30 UTC"),
    ],
)
def test_times_are_shown_in_the_zone_of_the_region(zone: str, text: str) -> None:
    assert indonesian.moment(datetime(2026, 11, 24, 8, 30, tzinfo=UTC), zone) == text


def test_a_time_west_of_greenwich_keeps_its_sign() -> None:
    when = datetime(2026, 1, 2, 3, 4, tzinfo=timezone(-timedelta(hours=3, minutes=30)))
    assert indonesian.moment(when, "Bukan/Zona") == "2 Januari 2026 03.04 UTC−03.30"


def test_the_day_of_a_file_is_that_of_the_region() -> None:
    assert indonesian.seen_day("2026-07-14T23:12:00Z", "Asia/Makassar") == "15/07/2026"
    assert indonesian.seen_day("", "Asia/Makassar") == "–"
    assert indonesian.seen_day("kapan-kapan", "Asia/Makassar") == "kapan-kapan"


def test_dates_are_written_with_indonesian_months() -> None:
    assert indonesian.day("2024-08-17") == "17 Agustus 2024"
    assert indonesian.day(date(2025, 5, 1)) == "1 Mei 2025"
    assert indonesian.day("") == "–"
    assert indonesian.day("Mei 2024") == "Mei 2024"


@pytest.mark.parametrize(
    ("size", "text"),
    [(0, "0 B"), (999, "999 B"), (4210, "4,2 KB"), (250_000, "250 KB"), (1_700_000, "1,7 MB"), (None, "–")],
)
def test_sizes_are_readable(size: object, text: str) -> None:
    assert indonesian.size(size) == text


def test_what_no_file_can_hold_becomes_a_replacement_sign() -> None:
    assert indonesian.clean("a\x00b\udce9c\td\n") == "a�b�c\td\n"


@pytest.mark.parametrize(
    "address",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "//example.com",
        "https://",
        "https://a b",
        'https://a"onclick="x',
        "https://a\n",
        " https://example.com",
        "",
    ],
)
def test_only_whole_http_addresses_become_links(address: str) -> None:
    assert not indonesian.is_web(address)
    assert indonesian.is_web("HTTPS://www.example.go.id/berkas?id=1#a")


def test_a_share_stays_between_nothing_and_all() -> None:
    assert indonesian.share("5", "4") == 100
    assert indonesian.share("-1", "4") == 0
    assert indonesian.share("1", "0") == 0
    assert indonesian.percent("1", "0") == "–"


def test_signs_that_hide_or_turn_text_are_shown_as_their_code() -> None:
    assert indonesian.clean("a\u202egpj.\u200b\ufeff\nb\tc\x07") == "a\\u202egpj.\\u200b\\ufeff\nb\tc�"


def test_no_sign_that_a_page_cannot_carry_counts_as_printable() -> None:
    odd = (chr(point) for point in range(sys.maxunicode + 1) if indonesian._ODD.match(chr(point)))
    assert not [sign for sign in odd if sign.isprintable()]
