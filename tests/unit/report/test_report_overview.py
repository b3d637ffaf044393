from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from types import ModuleType

import pytest

from iid.tasks.report import overview
from iid.tasks.report.book import open_book
from iid.tasks.report.front_page import index_page
from iid.tasks.score.formula import gap_to_next
from iid.tasks.values.assessment import Assessment


def test_the_headline_is_supported_while_the_cycle_is_open(assessment: Assessment) -> None:
    assert overview.headline(assessment).key == "supported"


def test_the_headline_is_verified_once_the_cycle_is_closed(assessment: Assessment) -> None:
    assert overview.headline(replace(assessment, status="final")).key == "verified"


def test_the_gap_leads_exactly_to_the_next_category(assessment: Assessment) -> None:
    rulebook, level = assessment.rulebook, overview.headline(assessment)
    gap = overview.gap(rulebook, level)
    assert gap is not None
    assert rulebook.category(level.index + gap.index_points) == gap.category
    assert rulebook.category(level.index + gap.index_points - Decimal("0.01")) == level.values["category"]
    maximum = Fraction(level.values["maximum"])
    for points, category in ((gap.enough, gap.category), (gap.enough - 1, level.values["category"])):
        index = (Fraction(level.values["total"]) + Fraction(points)) / maximum * 100
        assert rulebook.category(rulebook.rounded(index)) == category


def test_the_page_and_the_calculator_answer_alike_how_much_is_missing(assessment: Assessment) -> None:
    values = {"index": "39.60", "maximum": "250", "total": "99.00"}
    level = replace(overview.headline(assessment), values=values)
    gap = overview.gap(assessment.rulebook, level)
    assert gap == gap_to_next(assessment.rulebook, Fraction(396, 10))
    assert gap is not None
    assert gap.enough == Decimal("1.02")


def test_the_published_index_decides_where_its_rounded_total_gives_another(assessment: Assessment) -> None:
    values = {"index": "40.01", "maximum": "250", "total": "100.01"}  # 100.0126 was rounded
    gap = overview.gap(assessment.rulebook, replace(overview.headline(assessment), values=values))
    assert gap is not None
    assert gap.lower - gap.index_points == Decimal("40.01")


def test_the_highest_category_has_no_gap(assessment: Assessment) -> None:
    level = replace(
        overview.headline(assessment), values={"index": "65.01", "maximum": "250", "total": "162.53"}
    )
    assert overview.gap(assessment.rulebook, level) is None


def test_the_parts_add_up_to_the_total_and_the_weights_to_all(assessment: Assessment) -> None:
    parts = overview.parts(assessment.rulebook, overview.headline(assessment))
    assert sum(part.weight for part in parts) == 100
    assert [part.maximum for part in parts] == [63, 111, 76]
    total = Decimal(assessment.index["supported"]["total"])
    assert abs(sum(part.points for part in parts) - total) <= Decimal("0.01")


@pytest.mark.parametrize("status", ["provisional", "final"])
def test_covered_services_agree_with_the_published_number(assessment: Assessment, status: str) -> None:
    book = open_book(replace(assessment, status=status))
    covered = sum(count > 0 for _, count in overview.basic_services(assessment.rulebook, book.counted))
    assert covered == book.headline.values["basic_services"]


def test_every_unit_is_counted_once_as_reported_or_not(assessment: Assessment) -> None:
    counts = overview.participation(open_book(assessment).units)
    assert sum(count.total for count in counts) == len(assessment.units)
    assert sum(count.submitted for count in counts) == int(assessment.units["submitted"].sum())
    assert [count.type for count in counts][:3] == ["opd", "puskesmas", "sekolah"]
    means = sorted(u.mean for u in open_book(assessment).units if u.type == "opd" and u.mean is not None)
    assert means[0] < means[-1]
    assert counts[0].median == (means[(len(means) - 1) // 2] + means[len(means) // 2]) / 2


def test_causes_count_every_finding_once(assessment: Assessment) -> None:
    book = open_book(assessment)
    causes = overview.causes(assessment.findings, book.losses, book.innovations)
    assert sum(cause.count for cause in causes) == len(assessment.findings)
    assert all(cause.points == 0 for cause in causes if cause.severity != "critical")


def test_an_unmet_condition_says_what_it_is_worth(assessment: Assessment) -> None:
    page = index_page(open_book(assessment))
    assert not page["services_met"]
    assert "7,98 poin (3,19 poin indeks) hilang" in page["services_text"]


def test_below_the_divisor_the_page_says_how_many_innovations_are_still_free(made: ModuleType) -> None:
    few = made.sample(made=made.INNOVATIONS_MADE[:5], decided=False)
    assert "Sampai 7 inovasi lagi" in index_page(open_book(few))["divisor_text"]


def test_a_cycle_without_a_condition_says_so(made: ModuleType) -> None:
    page = index_page(open_book(made.sample(cycle=2023)))
    assert page["services_met"]
    assert "tidak mensyaratkan" in page["services_text"]
