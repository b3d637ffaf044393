"""The formula alone: stated maxima, edges of the categories, divisor, count score."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.tasks.score.exact import exact_text, published
from iid.tasks.score.formula import as_published, count_score_of, divisor_of, index_of

points = st.fractions(min_value=0, max_value=111, max_denominator=400)


def test_stated_maxima_give_index_100(rulebook):
    index = index_of(rulebook, Fraction(63), [Fraction(111)] * 200, 200, 200, 6)
    assert as_published(index) == {
        "spd": "63.00",
        "sid_mean": "111.00",
        "count_score": "76.00",
        "sid": "187.00",
        "total": "250.00",
        "maximum": "250.00",
        "index": "100.00",
        "category": "Sangat Inovatif",
        "divisor": 200,
        "basic_services": 6,
    }


@pytest.mark.parametrize(
    ("index", "shown", "category"),
    [
        ("65.01", "65.01", "Sangat Inovatif"),
        ("65.005", "65.01", "Sangat Inovatif"),
        ("65.00499999", "65.00", "Inovatif"),
        ("65.00", "65.00", "Inovatif"),
        ("40.01", "40.01", "Inovatif"),
        ("40.005", "40.01", "Inovatif"),
        ("40.00", "40.00", "Kurang Inovatif"),
        ("0.01", "0.01", "Kurang Inovatif"),
        ("0.005", "0.01", "Kurang Inovatif"),
        ("0.0049", "0.00", "Tidak Dapat Dinilai"),
        ("0.00", "0.00", "Tidak Dapat Dinilai"),
    ],
)
def test_category_follows_from_the_index_rounded_half_up(rulebook, index, shown, category):
    # All points come as SPD: 2.5 points are one percent of 250.
    got = as_published(index_of(rulebook, Fraction(index) * 250 / 100, [], 0, 0, 0))
    assert (got["index"], got["category"]) == (shown, category)


def test_four_of_six_basic_services_give_no_points_for_the_number_of_innovations(rulebook):
    assert count_score_of(rulebook.formula, 50, 4) == 0
    assert count_score_of(rulebook.formula, 50, 5) == Fraction("19")


def test_count_score_stops_growing_at_the_cap(rulebook):
    assert [published(count_score_of(rulebook.formula, n, 6)) for n in (199, 200, 201)] == [
        "75.62",
        "76.00",
        "76.00",
    ]


def test_without_a_condition_no_basic_service_is_needed(make_rulebook):
    formula = make_rulebook(basic_services_min=0).formula
    assert count_score_of(formula, 10, 0) == Fraction("3.8")


@pytest.mark.parametrize(("minimum", "n", "divisor"), [(12, 3, 12), (12, 12, 12), (12, 13, 13), (14, 13, 14)])
def test_divisor_is_the_minimum_or_the_number_of_innovations(make_rulebook, minimum, n, divisor):
    assert divisor_of(make_rulebook(divisor_min=minimum).formula, n, n) == divisor


def test_divisor_counts_reported_innovations_where_the_cycle_says_so(make_rulebook):
    assert divisor_of(make_rulebook(divisor_counts="reported").formula, 12, 40) == 40
    assert divisor_of(make_rulebook(divisor_counts="eligible").formula, 12, 40) == 12


def test_a_region_without_innovations_has_a_mean_of_zero(make_rulebook):
    index = index_of(make_rulebook(divisor_min=0), Fraction(10), [], 0, 0, 0)
    assert (index.sid_mean, index.divisor, published(index.index)) == (0, 0, "4.00")


def test_a_third_is_kept_exact_until_it_is_published(make_rulebook):
    index = index_of(make_rulebook(divisor_min=3), Fraction(0), [Fraction(1)], 1, 1, 0)
    assert index.sid_mean == Fraction(1, 3)
    assert as_published(index)["sid_mean"] == "0.33"


@settings(deadline=None, max_examples=50)
@given(
    spd=st.fractions(0, 63, max_denominator=400),
    sids=st.lists(points, max_size=40),
    services=st.integers(0, 6),
)
def test_index_equals_the_formula_written_out(make_rulebook, spd, sids, services):
    n = len(sids)
    index = index_of(make_rulebook(), spd, sids, n, n, services)
    count = Fraction(38, 100) * n if services >= 5 else Fraction(0)
    assert index.index == (spd + sum(sids, Fraction(0)) / max(12, n) + count) / 250 * 100
    assert 0 <= index.index <= 100


@settings(deadline=None, max_examples=50)
@given(sids=st.lists(points, max_size=11), more=points)
def test_one_more_innovation_below_the_divisor_never_lowers_the_index(make_rulebook, sids, more):
    rulebook = make_rulebook()
    before = index_of(rulebook, Fraction(0), sids, len(sids), len(sids), 5)
    after = index_of(rulebook, Fraction(0), [*sids, more], len(sids) + 1, len(sids) + 1, 5)
    assert after.index >= before.index


@pytest.mark.parametrize(
    ("value", "text"),
    [(Fraction(6), "6.00"), (Fraction(9, 4), "2.25"), (Fraction(1, 8), "0.125"), (Fraction(0), "0.00")],
)
def test_exact_text_has_two_decimals_and_more_only_where_needed(value, text):
    assert exact_text(value) == text


def test_exact_text_refuses_what_no_decimal_can_say():
    with pytest.raises(ValueError, match="1/3"):
        exact_text(Fraction(1, 3))
