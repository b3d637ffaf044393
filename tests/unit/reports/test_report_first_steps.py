"""How the first page says that what it shows is only the beginning of the way."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from iid.tasks.assessment import Assessment
from iid.tasks.reports import outlook
from iid.tasks.reports.book import open_book
from iid.tasks.reports.site import render_site


def front(assessment: Assessment) -> str:
    """The text of the section about the way on the first page."""
    page = next(data for path, data in render_site(assessment) if path == "index.html").decode()
    section = page[page.index('aria-labelledby="h-langkah"') :].partition("</section>")[0]
    return " ".join(re.sub(r"<[^>]*>", " ", section).split())


@pytest.mark.parametrize("shown", [1, 2, 10])
def test_the_first_page_says_how_many_steps_of_how_many_it_shows(
    assessment: Assessment, monkeypatch: pytest.MonkeyPatch, shown: int
) -> None:
    needed = len(open_book(assessment).outlook["plan"]["steps"])
    assert needed > 2
    monkeypatch.setattr(outlook, "TOP", shown)
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
    plan = book.outlook["plan"]
    plan["steps"] = (plan["steps"] * 63)[:63]
    way = outlook.carrying(book)
    assert (len(way["rows"]), way["needed"]) == (10, 63)
    last = f"{Decimal(way['rows'][-1]['after']):.2f}".replace(".", ",")
    assert way["text"] == (
        f"10 langkah pertama membawa indeks ke {last}; untuk melewati garis Inovatif (40,01) "
        "diperlukan 63 langkah."
    )
