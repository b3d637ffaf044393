"""A closed cycle: the final measure only, why it differs from the last supported one, who approved it."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from types import ModuleType

import pytest

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.answers.forecast import open_claims
from iid.tasks.report.book import open_book
from iid.tasks.report.front_page import final_result
from iid.tasks.report.site import OPEN_ONLY, render_site
from iid.tasks.report.summary import summary_lines
from iid.tasks.report.unit_message import unit_message
from iid.tasks.text.indonesian import number
from iid.tasks.values.assessment import Assessment, Earlier, Point

APPROVAL = {"name": "Hj. Galuh", "reason": "Sesuai rapat", "at": "2026-09-01T02:00:00Z"}


@pytest.fixture(scope="module")
def closed(made: ModuleType) -> Assessment:
    """A final run after one open run of 41,23."""
    final = made.sample(status="final")
    before = made.aged(final, 3)
    point = replace(Point.of(before.index), status="provisional", supported="41.23")
    closing = {"approval": APPROVAL, "accept_undecided": "Peninjau sakit", "reason": None, "early": None}
    return replace(final, earlier=Earlier((point,)), closing=closing)


def test_the_causes_add_up_to_the_difference_from_the_last_supported_index(closed: Assessment) -> None:
    found = final_result(open_book(closed))
    assert found["before"] == Decimal("41.23")
    assert found["difference"] == Decimal(closed.index["verified"]["index"]) - Decimal("41.23")
    assert sum(points for _, points in found["rows"]) == found["difference"]
    count, worth = open_claims(closed.scores, closed.index["supported"])
    undecided = {cause: points for cause, points in found["rows"] if "tidak diputuskan" in cause}
    assert undecided == {f"{count} klaim yang terbukti tetapi tidak diputuskan peninjau": -half_up(worth, 2)}
    assert all(points for _, points in found["rows"])


def test_without_an_open_run_before_the_difference_is_from_the_supported_index(made: ModuleType) -> None:
    final = made.sample(status="final")
    found = final_result(open_book(final))
    assert (found["before"], found["day"], found["facts"]) == (
        Decimal(final.index["supported"]["index"]),
        "",
        [],
    )


def test_the_front_page_names_who_approved_and_why(closed: Assessment) -> None:
    html = dict(render_site(open_book(closed)))["index.html"].decode()
    for words in (
        "Hj. Galuh, 1 September 2026 10.00 WITA",
        "Sesuai rapat",
        "Peninjau sakit",
    ):
        assert words in html
    assert "Catatan penutupan" not in html  # nothing was noted
    public = dict(render_site(open_book(closed)))["publik/index.html"].decode()
    assert "Hj. Galuh" not in public


def test_the_message_to_a_unit_gives_the_final_measure(closed: Assessment) -> None:
    book = open_book(closed)
    sums = {
        unit.code: [
            sum(getattr(e, view) for e in book.by_unit[unit.code]) for view in ("verified", "supported")
        ]
        for unit in book.units
        if unit.code in book.by_unit
    }
    unit = next(u for u in book.units if u.code in sums and len(set(sums[u.code])) == 2)
    verified = number(sums[unit.code][0], 2)
    assert f"Nilai terverifikasi {verified} dari" in unit_message(book, unit)


def test_no_page_of_a_closed_cycle_offers_steps(closed: Assessment) -> None:
    site = {path: data.decode() for path, data in render_site(open_book(closed)) if path.endswith(".html")}
    assert not set(OPEN_ONLY) & set(site)
    for path, html in site.items():
        for words in (
            "langkah.html",
            "kirim.html",
            "Yang dapat ditambah",
            "menuju Sangat",
            "Peluang terbesar",
            "dapat ditambah tanpa",
            "Kurang <strong>",
        ):
            assert words not in html, (path, words)


def test_what_does_not_count_is_said_by_the_final_measure(closed: Assessment) -> None:
    book = open_book(closed)
    html = dict(render_site(book))["index.html"].decode()
    left_out = len(book.innovations) - len(book.counted)
    assert left_out > sum(not entry.eligible for entry in book.innovations)
    assert f"{left_out} inovasi tidak dihitung, karena tidak memenuhi syarat atau tidak satu" in html


def test_the_lines_of_a_final_run_count_by_the_final_measure(closed: Assessment) -> None:
    counted = len(open_book(closed).counted)
    assert counted != closed.index["eligible"]
    assert f"{counted} dihitung menurut yang diterima peninjau" in summary_lines(closed)[2]


def test_an_open_cycle_has_a_page_of_what_to_send(assessment: Assessment) -> None:
    html = dict(render_site(open_book(assessment)))["kirim.html"].decode()
    assert "Inovasi yang sebaiknya dikirim" in html
    for entry in open_book(assessment).innovations:
        assert entry.page in html
