"""How the first page says that what it shows is only the beginning of the way."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from iid.tasks.report import next_steps_page
from iid.tasks.report.book import open_book
from iid.tasks.report.site import render_site
from iid.tasks.values.assessment import Assessment


def front(assessment: Assessment) -> str:
    """The text of the section about the way on the first page."""
    page = next(data for path, data in render_site(open_book(assessment)) if path == "index.html").decode()
    section = page[page.index('aria-labelledby="h-langkah"') :].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", section).split())


@pytest.mark.parametrize("shown", [1, 2, 10])
def test_the_first_page_says_how_many_steps_of_how_many_it_shows(
    assessment: Assessment, monkeypatch: pytest.MonkeyPatch, shown: int
) -> None:
    ((_, plan), *_) = next_steps_page.plans(open_book(assessment).outlook)
    needed = len(plan["steps"])
    assert needed > 2
    monkeypatch.setattr(next_steps_page, "TOP", shown)
    text = front(assessment)
    if shown == 1:
        assert "Langkah menuju Inovatif" in text
    elif shown < needed:
        assert f"{shown} langkah pertama dari {needed} menuju Inovatif" in text
    else:
        assert f"{needed} langkah menuju Inovatif" in text
        assert "pertama dari" not in text
    assert (f"diperlukan {needed} langkah" in text) is (shown < needed)


def test_ten_first_steps_of_sixty_three_are_called_so(assessment: Assessment) -> None:
    book = open_book(assessment)
    ((_, plan), *_) = next_steps_page.plans(book.outlook)
    plan["steps"] = (plan["steps"] * 63)[:63]
    way = next_steps_page.carrying(book)
    assert (len(way["rows"]), way["needed"]) == (10, 63)
    last = f"{Decimal(way['rows'][-1]['after']):.2f}".replace(".", ",")
    assert way["text"] == (
        f"10 langkah pertama membawa indeks ke {last}; untuk melewati garis Inovatif (40,01) "
        "diperlukan 63 langkah."
    )


def test_the_plan_of_papers_comes_before_one_that_waits_for_facts(assessment: Assessment) -> None:
    record = dict(open_book(assessment).outlook)
    every, fewer, papers = ({"steps": [n], "exact": True} for n in range(3))
    record |= {"plan": every, "plan_without_facts": fewer, "plan_without_raising": papers}
    names = list(next_steps_page.PLANS.values())
    assert next_steps_page.plans(record) == list(zip(names, (papers, fewer, every), strict=True))
    record |= {"plan_without_raising": None, "plan_without_facts": every}
    assert next_steps_page.plans(record) == [(names[1], every)]  # the same plan is not given twice


def test_the_first_page_says_what_a_plan_without_facts_spares(assessment: Assessment) -> None:
    text = front(assessment)
    assert "Rencana ini " in text
    found = next_steps_page.plans(open_book(assessment).outlook)
    assert (f"cukup {len(found[-1][1]['steps'])} langkah" in text) is (len(found) > 1)
