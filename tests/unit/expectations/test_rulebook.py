"""The shipped rulebooks say what the sources say."""

from datetime import date
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import available, load
from iid.expectations.rulebook.model import EXTRA_PROFILE_KEYS, PROFILE_KEYS, Rulebook
from iid.expectations.rulebook.words import match, plain

ALL = (2023, 2024, 2026, 2027, 2028, 2029)
ROWS = (2026, 2027, 2028, 2029)
SPD_2026 = {
    "1": "1", "2a": "1", "2b": "1", "3": "1", "4": "1", "5a": "0.75", "5b": "0.75", "6": "1.5",
    "7": "1.5", "8": "1.5", "9": "1", "10a": "0.75", "10b": "0.75", "11a": "0.75", "11b": "0.75",
    "12": "2", "13a": "1", "13b": "1", "14": "1", "15": "1",
}  # fmt: skip
SID = ["3", "2", "2", "2", "1", "2", "1", "1", "1", "1", "1", "1", "2", "1", "2", "3", "2", "3", "2", "4"]


def book(cycle: int) -> Rulebook:
    return load(cycle).rulebook


def test_the_shipped_cycles_are_those_with_facts_enough_to_score() -> None:
    assert available() == ALL


@pytest.mark.parametrize("cycle", ALL)
def test_weights_give_the_stated_maxima(cycle: int) -> None:
    rules = book(cycle)
    formula = rules.formula
    assert [str(i.weight.value) for i in rules.sid] == SID
    assert 3 * sum(i.weight.value for i in rules.sid) == formula.maximum_sid_innovation.value == 111
    assert formula.count_weight.value * formula.count_cap.value == formula.maximum_count.value == 76
    assert formula.maximum_spd.value == 63
    assert formula.maximum_total.value == 63 + 111 + 76 == 250


@pytest.mark.parametrize("cycle", ROWS)
def test_spd_weights_are_those_two_sources_agree_on(cycle: int) -> None:
    rows = book(cycle).spd_rows
    assert {i.key: str(i.weight.value) for i in rows} == SPD_2026
    assert 3 * sum(i.weight.value for i in rows) == 63


@pytest.mark.parametrize("cycle", ALL)
def test_shares_of_the_maximum_are_as_stated(cycle: int) -> None:
    formula = book(cycle).formula
    parts = (formula.maximum_spd, formula.maximum_sid_innovation, formula.maximum_count)
    shares = [100 * part.value / formula.maximum_total.value for part in parts]
    assert shares == [Decimal("25.2"), Decimal("44.4"), Decimal("30.4")]


@pytest.mark.parametrize(
    ("cycle", "divisor", "services", "counts"),
    [
        (2023, 10, 0, "reported"),
        (2024, 10, 0, "reported"),
        (2026, 12, 5, "eligible"),
        (2027, 14, 6, "eligible"),
        (2028, 16, 6, "eligible"),
        (2029, 18, 6, "eligible"),
    ],
)
def test_divisor_and_basic_services_are_those_of_the_cycle(
    cycle: int, divisor: int, services: int, counts: str
) -> None:
    formula = book(cycle).formula
    found = formula.divisor_min.value, formula.basic_services_min.value, formula.divisor_counts.value
    assert found == (divisor, services, counts)
    assert len(formula.basic_services.value) == 6


@pytest.mark.parametrize("cycle", ALL)
def test_window_is_the_two_years_before_the_cycle(cycle: int) -> None:
    window = book(cycle).eligibility
    assert (window.applied_from.value, window.applied_to.value) == (
        date(cycle - 2, 1, 1),
        date(cycle - 1, 12, 31),
    )
    assert window.min_words.value == 300
    assert window.stage.value == "Penerapan"


def test_what_was_read_and_what_was_inferred_is_reported_apart() -> None:
    def status(cycle: int, name: str) -> str:
        return getattr(book(cycle).formula, name).status

    assert [status(c, "divisor_min") for c in ALL] == ["read", "inferred", "read", "read", "read", "read"]
    assert [status(c, "count_weight") for c in ALL] == ["inferred", "inferred", "read"] + 3 * ["inferred"]
    assert [status(c, "maximum_spd") for c in ALL] == ["inferred", "inferred", "read"] + 3 * ["inferred"]
    assert book(2026).eligibility.applied_from.status == "read"
    assert all(book(c).eligibility.applied_from.status == "inferred" for c in (2023, 2024, 2027, 2028, 2029))


def test_what_the_sources_of_2b_and_9_do_not_say_is_inferred() -> None:
    rules = book(2026).by_key
    assert rules["2b"].thresholds is not None
    assert rules["2b"].thresholds.status == "inferred"
    assert "CC, BB, dan AA" in (rules["9"].description or "")
    assert any("CC, BB, dan AA" in note for note in book(2026).notes)


@pytest.mark.parametrize("cycle", (2027, 2028, 2029))
def test_announced_cycles_read_only_what_was_announced(cycle: int) -> None:
    rules = book(cycle)
    inferred = {path for path, _, _ in rules.inferred()}
    assert rules.standing == "announced"
    assert rules.count_values() - len(inferred) == 2
    assert not inferred & {"formula.divisor_min", "formula.basic_services_min"}


@pytest.mark.parametrize("cycle", (2023, 2024))
def test_early_cycles_enter_spd_as_one_total(cycle: int) -> None:
    rules = book(cycle)
    assert rules.spd == "total"
    assert [i.key for i in rules.spd_rows] == ["SPD"]
    assert rules.spd_rows[0].parameters == ()


@pytest.mark.parametrize("cycle", ALL)
def test_every_inferred_value_has_a_reason_and_a_place(cycle: int) -> None:
    found = list(book(cycle).inferred())
    assert all(reason.strip() for _, _, reason in found)
    assert len({path for path, _, _ in found}) == len(found)


@pytest.mark.parametrize("cycle", ALL)
def test_profile_is_the_fields_of_the_workbook_in_order(cycle: int) -> None:
    rules = book(cycle)
    asked = EXTRA_PROFILE_KEYS if cycle >= 2026 else ()
    assert tuple(field.key for field in rules.profile) == (*PROFILE_KEYS, *asked)
    required = {field.key for field in rules.profile if field.required.value}
    always = {"name", "stage", "initiator", "kind", "form", "main_affair", "applied_date"}
    always |= {"design", "purpose", "benefit", "result"}
    assert required == (
        always
        | ({"initiator_name"} if cycle >= 2024 else set())
        | ({"classification", "coordinates"} if cycle >= 2026 else {"theme"})
    )


def test_profile_keys_are_columns_of_the_innovations_table() -> None:
    source = (Path(__file__).parents[3] / "tasks" / "values" / "tables.py").read_text(encoding="utf-8")
    assert all(f'"{key}": TEXT' in source for key in PROFILE_KEYS)


@pytest.mark.parametrize("cycle", ALL)
def test_every_variant_of_an_affair_finds_its_choice(cycle: int) -> None:
    affairs = next(f for f in book(cycle).profile if f.key == "main_affair")
    assert len(affairs.choices) == 38
    for seen in (
        "Ketentraman, Ketertiban Umum & Pelindungan Masyarakat",
        "KETENTERAMAN KETERTIBAN UMUM DAN PERLINDUNGAN MASYARAKAT",
    ):
        assert match(seen, affairs.choices, affairs.choice_aliases) == affairs.choices[4]
    assert match("Perpustakaan", affairs.choices) == "Perpustakaan"


@pytest.mark.parametrize("cycle", ALL)
def test_a_dropdown_text_leads_back_to_one_parameter(cycle: int) -> None:
    for indicator in book(cycle).indicators:
        for steps in (indicator.parameters, *(basis.parameters for basis in indicator.bases)):
            assert len({plain(step.text) for step in steps}) == len(steps)
            assert not any("..." in step.text for step in steps)


def test_parameter_text_follows_the_basis() -> None:
    benefit = book(2026).by_key["33"]
    assert benefit.parameter_text(3) == "Cakupan penerima manfaat 501 orang atau lebih"
    assert benefit.parameter_text(1, "c") == "Efisiensi belanja sebesar 0,01%-10,00%"
    assert [b.code for b in benefit.bases] == list("abcdef")
    assert [b.code for b in book(2024).by_key["33"].bases] == list("abcde")
    assert book(2023).by_key["33"].bases == ()


@pytest.mark.parametrize(
    ("key", "value", "parameter"),
    [
        ("3", "-50.31", 2),
        ("3", "-50.32", 2),  # both bands hold it: the better parameter
        ("3", "-50.33", 2),
        ("3", "-50.34", 1),
        ("3", "8.165", 3),  # rounded half up first: 8.17
        ("3", "8.1649", 2),
        ("4", "5.23", 3),
        ("4", "5.22", 2),
        ("5a", "0", 1),
        ("5a", "0.36", 3),
        ("5b", "5.92", 2),
        ("5b", "5.93", 1),
        ("5b", "2.35", 3),
        ("10b", "4.82", 3),
        ("10b", "13.11", 2),
        ("11a", "0.90", 3),
        ("11b", "80", 3),
        ("11b", "79.995", 3),
        ("2b", "1", 0),
        ("2b", "4", 3),
        ("13a", "0", 0),
        ("13a", "7", 2),
        ("13a", "7.9", 2),  # a count has whole steps only
        ("13a", "8", 3),
        ("7", "1E+40", 3),
    ],
)
def test_thresholds_of_2026_place_values(key: str, value: str, parameter: int) -> None:
    assert book(2026).threshold_parameter(key, Decimal(value)) == parameter


RATES = ("3", "4", "5a", "5b", "6", "7", "10a", "10b", "11a", "11b")
values = st.decimals(-1000, 1000, places=4)


@given(st.sampled_from(RATES), values, values)
def test_a_better_value_never_earns_less(key: str, one: Decimal, other: Decimal) -> None:
    low, high = sorted((one, other), reverse=key in ("5b", "10b"))
    rules = book(2026)
    assert 1 <= rules.threshold_parameter(key, low) <= rules.threshold_parameter(key, high) <= 3


@given(st.sampled_from(ALL), st.integers(0, 10_000))
def test_every_index_has_one_category(cycle: int, hundredths: int) -> None:
    index = Decimal(hundredths) / 100
    rules = book(cycle)
    assert [p.name for p in rules.predicates if p.lower <= index <= p.upper] == [rules.category(index)]


@pytest.mark.parametrize(
    ("cycle", "index", "category"),
    [
        (2023, "34.994", "Kurang Inovatif"),
        (2023, "34.995", "Inovatif"),
        (2024, "60.004", "Inovatif"),
        (2024, "60.005", "Sangat Inovatif"),
        (2026, "0", "Tidak Dapat Dinilai"),
        (2026, "0.004", "Tidak Dapat Dinilai"),
        (2026, "40.00", "Kurang Inovatif"),
        (2026, "40.01", "Inovatif"),
        (2026, "65.01", "Sangat Inovatif"),
        (2029, "100", "Sangat Inovatif"),
    ],
)
def test_category_follows_the_rounded_index(cycle: int, index: str, category: str) -> None:
    assert book(cycle).category(Decimal(index)) == category


@given(st.fractions(-(10**6), 10**6))
def test_rounding_is_half_up_and_never_off_by_more_than_half_a_step(value: Fraction) -> None:
    rounded = book(2026).rounded(value)
    assert rounded.as_tuple().exponent == -2
    assert abs(Fraction(rounded) - value) <= Fraction(1, 200)


def test_a_tie_is_rounded_away_from_zero() -> None:
    rules = book(2026)
    assert str(rules.rounded(Fraction(12345, 1000))) == "12.35"
    assert str(rules.rounded(Fraction(-12345, 1000))) == "-12.35"
    assert str(rules.rounded(Fraction(-1, 1000))) == "0.00"


def test_links_prove_only_the_video() -> None:
    for cycle in ALL:
        assert [i.key for i in book(cycle).indicators if i.accepts_links] == ["35"]


def test_size_limits_are_as_known() -> None:
    assert {i.max_size_mb.value for i in book(2026).indicators} == {None}
    assert {(i.max_size_mb.value, i.max_size_mb.status) for i in book(2023).sid[:-1]} == {(2, "inferred")}
    video = book(2024).by_key["35"]
    assert (video.max_size_mb.value, video.max_size_mb.status) == (100, "read")
    assert video.max_minutes is not None and video.max_minutes.value == 5
