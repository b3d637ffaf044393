"""Another region in a text: only the plain phrase counts, and never when the own one is named."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.validate.letter_dates import letter_number, signed_on
from iid.tasks.validate.letterhead_lines import letterhead_lines
from iid.tasks.validate.other_regions import other_region

OWN = "Kabupaten Banjar"


@pytest.mark.parametrize(
    ("text", "region"),
    [
        ("PEMERINTAH KABUPATEN TOJO UNA-UNA\nDINAS PENDIDIKAN", "Kabupaten Tojo Una-Una"),
        ("Pemerintah Kota Makassar Dinas Kesehatan", "Kota Makassar"),
        ("SMP 3 Kab. Maros", "Kabupaten Maros"),
        ("Dinas Kesehatan\nKota Banjarmasin", "Kota Banjarmasin"),
    ],
)
def test_plainly_named_region_is_reported(text, region):
    assert other_region(text, OWN) == region


@pytest.mark.parametrize(
    "text",
    [
        "",
        "pusat kota yang ramai",
        "Kabupaten/Kota se-Indonesia",
        "Kota Layak Anak, Kabupaten Sehat",
        "KABUPATEN DAN KOTA",
        "Kota Banjarmasin",
        "Kabupaten Gowa dan Kabupaten Bone dan Kabupaten Bone",
        "Bupati Banjar dan Kabupaten Maros",
        "PEMERINTAH KABUPATEN BANJAR bersama Kota Makassar",
        "surat dari kabupaten maros",  # no capitals: not plain
    ],
)
def test_nothing_is_reported_without_a_plain_name_or_with_the_own_one(text):
    assert other_region(text, OWN) == ""


@given(st.text(max_size=200))
def test_any_text_is_read_without_an_error(text):
    assert isinstance(other_region(text, OWN), str)
    signed_on(text)
    letter_number(text)


def test_name_of_several_words_is_compared_whole():
    assert other_region("Dinas Sosial Kabupaten Hulu Sungai Selatan", "Kabupaten Hulu Sungai Utara") != ""
    assert other_region("di Hulu Sungai  Utara, Kota Banjarmasin", "Kabupaten Hulu Sungai Utara") == ""


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("Ditetapkan di Martapura\npada tanggal 3 Februari 2024", "2024-02-03"),
        ("dikeluarkan di: Martapura, tanggal : 17 Nopember 2025", "2025-11-17"),
        ("Ditetapkan di M tanggal 31 Februari 2024. Ditetapkan di M tanggal 1 Maret 2024", "2024-03-01"),
        ("Rapat tanggal 3 Februari 2024", None),
        ("", None),
    ],
)
def test_date_is_read_only_where_it_says_it_was_signed(text, day):
    found = signed_on(text)
    assert (found.isoformat() if found else None) == day


def test_number_of_a_letter_is_read_where_it_stands():
    assert letter_number("NOMOR : 188.45/123/KUM/2024\nTENTANG") == "188.45/123/KUM/2024"
    assert letter_number("Nomor: satu") == ""


@pytest.mark.parametrize(
    ("written", "lines"),
    [
        (["PEMER1NTAH K0TA 8ANJARBARU NOMOR B1 014"], ["PEMERINTAH KOTA BANJARBARU NOMOR B1 014"]),
        (["PEMERINTAH KABUPATEN BANDUNG", "BARAT"], ["PEMERINTAH KABUPATEN BANDUNG BARAT"]),
        (
            ["PEMERINTAH KABUPATEN BANDUNG", "BARAT DAN TIMUR"],
            ["PEMERINTAH KABUPATEN BANDUNG", "BARAT DAN TIMUR"],
        ),
        (["PEMERINTAH", "KABUPATEN TAPIN"], ["PEMERINTAH KABUPATEN TAPIN"]),
        (["PEMERINTAH", "DESA BINDERANG"], ["PEMERINTAH", "DESA BINDERANG"]),
    ],
)
def test_a_letterhead_is_joined_and_read_only_where_it_becomes_one(
    written: list[str], lines: list[str]
) -> None:
    assert list(letterhead_lines(written, frozenset({"pemerintah"}))) == lines


def test_a_letterhead_in_capitals_is_no_geotag() -> None:
    text = "DESA COLO\nKECAMATAN DAWE, KABUPATEN KUDUS, JAWA TENGAH\nSURAT KETERANGAN"
    assert other_region(text, OWN) == "Kabupaten Kudus"
