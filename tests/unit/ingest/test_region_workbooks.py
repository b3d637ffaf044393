"""``pemda.xlsx``: values decide parameters; the SPD total of 2023 and 2024."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.parse_workbook import parse_region
from iid.tasks.ingest.parsed import Claim

Region = Callable[..., bytes]
RULES, TOTALS = load(2026).rulebook, load(2023).rulebook


def one(region: Region, key: str, **cells: Any) -> Claim:
    parsed = parse_region(region({key: cells}), RULES)
    assert parsed.remarks == ()
    return next(claim for claim in parsed.claims if claim.indicator == key)


def test_every_spd_row_comes_back(region: Region) -> None:
    parsed = parse_region(region(), RULES)
    assert [claim.indicator for claim in parsed.claims] == [row.key for row in RULES.spd_rows]
    assert all(claim.parameter == 0 and not claim.problem for claim in parsed.claims)


@pytest.mark.parametrize(
    ("value", "parameter", "text"),
    [
        (8.17, 3, "8.17"),
        ("8,17", 3, "8.17"),
        ("8,17 %", 3, "8.17"),
        ("8,164", 2, "8.164"),
        ("8,165", 3, "8.165"),
        ("−50,34%", 1, "-50.34"),
        (-60, 1, "-60"),
        (0, 2, "0"),
        ("1.234,5", 3, "1234.5"),
        ("9.442", 3, "9442"),
    ],
)
def test_value_gives_the_parameter(region: Region, value: object, parameter: int, text: str) -> None:
    claim = one(region, "3", Nilai=value)
    assert (claim.parameter, claim.value, claim.problem) == (parameter, text, "")


def test_better_parameter_wins_where_bands_overlap(region: Region) -> None:
    assert one(region, "4", Nilai="5,23").parameter == 3
    assert one(region, "5b", Nilai="2,35").parameter == 3


def test_number_with_two_readings_counts_only_where_both_earn_the_same(region: Region) -> None:
    assert (one(region, "10b", Nilai="4.500").parameter, one(region, "10b", Nilai="4.500").problem) == (
        0,
        "value_unreadable",
    )
    assert one(region, "10b", Nilai=4.5).parameter == 3


@pytest.mark.parametrize(
    ("value", "stated", "expected"),
    [
        ("8,17", 3, (3, "", "C")),
        ("8,17", "3 – ≥ 8,17%", (3, "", "C")),
        ("8,17", "-", (3, "", "C")),
        ("8,17", 2, (3, "value_disagrees", "C")),
        ("8,17", 0, (3, "value_disagrees", "C")),
        ("8,17", "abc", (3, "value_disagrees", "C")),
        ("tinggi", 3, (0, "value_unreadable", "C")),
        ("≥ 8,17", 3, (0, "value_unreadable", "C")),
        ("=1+1", 3, (0, "formula_uncalculated", "C")),
        (None, 3, (3, "value_missing", "C")),
        ("-", 3, (3, "value_missing", "C")),
        (None, None, (0, "", "D")),
        (None, "abc", (0, "parameter_unknown", "D")),
    ],
)
def test_value_decides_over_the_stated_parameter(
    region: Region, value: object, stated: object, expected: tuple[int, str, str]
) -> None:
    claim = one(region, "3", Nilai=value, Parameter=stated)
    assert (claim.parameter, claim.problem, claim.address[10]) == expected


def test_row_without_thresholds_is_claimed_by_its_parameter(region: Region) -> None:
    claim = one(region, "1", Parameter=2, Nilai="ada")
    assert (claim.parameter, claim.value, claim.value_raw, claim.problem) == (2, "", "ada", "")


@pytest.mark.parametrize("stated", [None, "-", 0])
def test_value_on_a_row_without_thresholds_is_reported_when_nothing_else_claims_it(
    region: Region, stated: object
) -> None:
    claim = one(region, "1", Parameter=stated, Nilai="2")
    assert (claim.parameter, claim.value_raw, claim.problem) == (0, "2", "value_ignored")
    assert claim.address == "Indikator!C2"


@pytest.mark.parametrize("value", [None, "-", 0, "0,00"])
def test_no_value_on_a_row_without_thresholds_claims_nothing_and_reports_nothing(
    region: Region, value: object
) -> None:
    assert one(region, "1", Nilai=value).problem == ""


def test_percent_cells_count_as_people_see_them(workbook: Region) -> None:
    def shape(book: openpyxl.Workbook) -> None:
        book["Indikator"]["B2"].number_format = "0.00%"

    lines = [["No", "Nilai", "Parameter"], [3, 0.0817, None]]
    parsed = parse_region(workbook({"Indikator": lines}, shape), RULES)
    claim = next(claim for claim in parsed.claims if claim.indicator == "3")
    assert (claim.parameter, claim.value, claim.value_raw) == (3, "8.17", "8.17%")


def test_parent_rows_are_headings(workbook: Region) -> None:
    header = ["No", "Indikator", "Nilai", "Parameter"]
    lines = [
        header,
        [2, "APBD tepat waktu dan mandatory spending"],
        *([row.key, row.name] for row in RULES.spd_rows),
    ]
    assert parse_region(workbook({"Indikator": lines}), RULES).remarks == ()


@pytest.mark.parametrize(
    ("value", "text", "problem"),
    [
        (40.5, "40.5", ""),
        ("40,50", "40.5", ""),
        ("57.64 dari 63", "57.64", ""),
        ("57,64 dari 63,00", "57.64", ""),
        (0, "0", ""),
        (63, "63", ""),
        ("9.442", "9.442", ""),
        (63.01, "", "value_unreadable"),
        (-1, "", "value_unreadable"),
        ("57,64 dari 111", "", "value_unreadable"),
        ("dari 63", "", "value_unreadable"),
        ("baik", "", "value_unreadable"),
        (True, "", "value_unreadable"),
        (None, "", ""),
        ("-", "", ""),
        ("=1", "", "formula_uncalculated"),
    ],
)
def test_total_of_a_cycle_without_weights(region: Region, value: object, text: str, problem: str) -> None:
    parsed = parse_region(region({"SPD": {"Nilai": value, "Bukti": "SPD.pdf"}}, TOTALS), TOTALS)
    (claim,) = parsed.claims
    assert (claim.indicator, claim.parameter, claim.value, claim.problem) == ("SPD", 0, text, problem)
    assert claim.files == ("SPD.pdf",)


def test_unreadable_region_workbook_claims_nothing() -> None:
    parsed = parse_region(b"", RULES)
    assert parsed.unreadable == "berkas kosong (0 byte)"
    assert len(parsed.claims) == len(RULES.spd_rows)


@pytest.mark.parametrize(
    ("key", "value", "parameter"),
    [
        ("13a", "8 rekomendasi", 3),
        ("13a", "8 (delapan)", 3),
        ("13a", "8 (delapan) rekomendasi", 0),
        ("13a", "12 (dua belas)", 3),
        ("2b", "4 Komponen", 3),
        ("10a", "1,20 poin", 3),
        ("10a", "1,20 poin persentase", 3),
        ("10a", "1,20 poin (turun)", 0),
        ("3", "8,17 % (2024)", 0),
    ],
)
def test_a_value_with_its_unit_or_again_in_words_counts(
    region: Region, key: str, value: str, parameter: int
) -> None:
    claim = one(region, key, Nilai=value)
    assert (claim.parameter, claim.problem) == (parameter, "" if parameter else "value_unreadable")


def numbered(region: Region, numbers: Callable[[int, str], object]) -> bytes:
    """A workbook that claims 1 and 10a, its column *No* rewritten: (line from 1, number) to what is there."""

    def change(book: openpyxl.Workbook) -> None:
        for line in range(2, len(RULES.spd_rows) + 2):
            cell = book["Indikator"].cell(line, 1)
            cell.value = numbers(line - 1, str(cell.value))

    book = openpyxl.load_workbook(io.BytesIO(region({"1": {"Parameter": 2}, "10a": {"Nilai": "1,20"}})))
    change(book)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("shown", [int, "{}.".format, "({})".format])
def test_a_region_list_that_was_renumbered_is_read_by_its_names(region: Region, shown: Any) -> None:
    parsed = parse_region(numbered(region, lambda line, _: shown(line)), RULES)
    claimed = {claim.indicator: claim.parameter for claim in parsed.claims if claim.parameter}
    assert claimed == {"1": 2, "10a": 3}
    assert [remark.code for remark in parsed.remarks] == ["claim.label_mismatch"]


def test_numbers_in_brackets_are_numbers(region: Region) -> None:
    parsed = parse_region(numbered(region, lambda _, key: f"({key})"), RULES)
    assert parsed == parse_region(numbered(region, lambda _, key: key), RULES)


def test_a_value_column_of_a_longer_title_is_the_value(workbook: Region) -> None:
    parsed = parse_region(
        workbook({"Indikator": [["No", "Nilai / Capaian", "Parameter"], [3, "8,17", None]]}), RULES
    )
    assert next(claim.value for claim in parsed.claims if claim.indicator == "3") == "8.17"


@pytest.mark.parametrize("number", ["SPD", "Skor SPD", 1, None])
@pytest.mark.parametrize(
    "value", ["57,64/63", "57,64 / 63", "Skor: 57,64", "Skor SPD 57,64 dari 63", "57,64 poin"]
)
def test_the_total_is_read_however_it_is_called(workbook: Region, number: object, value: str) -> None:
    name = TOTALS.spd_rows[0].name
    lines = [["No", "Indikator", "Nilai", "Parameter"], [number, name, value, None]]
    (claim,) = parse_region(workbook({"Indikator": lines}), TOTALS).claims
    assert (claim.value, claim.problem) == ("57.64", "")
