"""The message a unit copies, the deadline, and the tiles of the kecamatan."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from types import ModuleType

import pytest
from report_pages import Page, pages_of

from iid.tasks.report.book import Book, open_book
from iid.tasks.report.participation import board
from iid.tasks.report.site import render_site
from iid.tasks.report.unit_message import LETTERS, days_left, deadline_words, messages, unit_message
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.assessment import Assessment


@pytest.fixture(scope="module")
def book(assessment: Assessment) -> Book:
    return open_book(assessment)


def test_every_unit_has_a_message_that_fits_and_names_the_deadline(book: Book) -> None:
    for unit in book.units:
        text = unit_message(book, unit)
        assert len(text) <= LETTERS
        assert text.startswith("*")
        assert text.endswith(deadline_words(book))


def test_a_unit_that_reported_reads_its_state_and_at_most_three_steps(book: Book) -> None:
    unit = next(u for u in book.units if u.code == "1.02")
    lines = unit_message(book, unit).splitlines()
    assert lines[0] == "*Dinas Kesehatan*"
    assert any(f"{unit.eligible} memenuhi syarat" in line for line in lines)
    assert any(line.startswith(f"{unit.critical} temuan kritis") for line in lines)
    assert 1 <= sum(line[:2] in {"1.", "2.", "3.", "4."} for line in lines) <= 3


def test_a_silent_unit_is_asked_to_report(book: Book) -> None:
    unit = next(u for u in book.units if not u.submitted)
    assert "Belum melapor." in unit_message(book, unit)


def test_long_names_never_make_a_message_too_long(book: Book) -> None:
    unit = next(u for u in book.units if u.code == "1.02")
    assert len(unit_message(book, replace(unit, name="Badan " * 200))) <= LETTERS


@pytest.mark.parametrize(
    ("as_of", "left", "words"),
    [
        (datetime(2026, 8, 1, 0, 0, tzinfo=UTC), 30, "30 hari lagi"),
        (datetime(2026, 8, 31, 1, 0, tzinfo=UTC), 0, "hari ini"),
        (datetime(2026, 9, 2, 1, 0, tzinfo=UTC), -2, "sudah lewat 2 hari"),
    ],
)
def test_days_to_the_deadline_are_those_of_the_region_s_clock(
    assessment: Assessment, as_of: datetime, left: int, words: str
) -> None:
    book = open_book(replace(assessment, as_of=as_of))
    assert days_left(book) == left
    assert "31 Agustus 2026" in deadline_words(book)
    assert words in deadline_words(book)


def test_a_closed_cycle_counts_no_days(made: ModuleType) -> None:
    book = open_book(made.sample(status="final"))
    assert days_left(book) is None
    assert deadline_words(book) == "Siklus ini sudah ditutup."


def test_names_of_silent_units_are_one_click_away_from_the_first_page(
    site: dict[str, bytes], pages: dict[str, Page], book: Book
) -> None:
    silent = [unit for unit in book.units if unit.known and not unit.submitted]
    assert silent
    assert b'href="unit.html#h-belum"' in site["index.html"]
    section = site["unit.html"].decode().partition('id="h-belum"')[2].partition("</section>")[0]
    assert section.startswith(f">{len(silent)} unit belum melapor")
    assert all(unit.page in section for unit in silent)
    assert "Sampai batas pelaporan" in pages["index.html"].text


def test_the_message_is_on_the_page_of_its_unit(site: dict[str, bytes], book: Book) -> None:
    unit = next(u for u in book.units if u.code == "1.02")
    page = site[unit.page].decode()
    inside = page.partition("<textarea")[2].partition(">")[2].partition("</textarea>")[0]
    assert inside.replace("&amp;", "&").splitlines() == unit_message(book, unit).splitlines()


def test_the_messages_of_a_published_run_say_what_its_report_says(
    past: tuple[FolderStore, Assessment],
) -> None:
    run = past[1].earlier.last
    assert run is not None
    found = messages(run)
    book = open_book(Assessment.load(run, past[1].marker))
    assert [one.unit_code for one in found] == [unit.code for unit in book.units]
    for one, unit in zip(found, book.units, strict=True):
        assert one.text.splitlines()[2:4] == unit_message(book, unit).splitlines()[2:4]


def test_a_kecamatan_counts_the_units_below_it_in_the_roster(assessment: Assessment) -> None:
    parents = {"63.03.05.1001": "63.03.05", "63.03.05.1003": "63.03.05", "63.03.05.2004": "63.03.05"}
    found = {d.unit.code: d for d in board(open_book(replace(assessment, parents=parents)))["districts"]}
    assert set(found) == {"63.03.05", "63.03.02", "63.03.09"}
    assert found["63.03.05"].total == 4
    by_code = {unit.code: unit for unit in open_book(assessment).units}
    below = [by_code[code] for code in ("63.03.05", *parents)]
    assert found["63.03.05"].done == sum(unit.submitted for unit in below)
    assert found["63.03.02"].level == ("all" if by_code["63.03.02"].submitted else "none")


def test_a_region_without_kecamatan_has_no_tiles(made: ModuleType) -> None:
    pages = pages_of(dict(render_site(open_book(made.sample(roster=())))))
    assert "Unit yang sudah melapor di setiap kecamatan" not in pages["unit.html"].text


def test_the_part_that_lacks_most_comes_first(pages: dict[str, Page], book: Book) -> None:
    from iid.tasks.report.front_page import index_page

    parts = index_page(book)["parts"]
    assert [p.gap for p in parts] == sorted((p.gap for p in parts), reverse=True)
    assert "unit belum melapor" in pages["index.html"].text
