"""The public variant (``report/publik/``), without findings and persons.

Four pages that need nothing else, with their own style: nothing in them leads out of the folder, so a
policy may open this folder and nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from iid.tasks.report import front_page, history_chart, overview, pages
from iid.tasks.report.book import Book
from iid.tasks.report.participation import board
from iid.tasks.report.privacy import without_persons

FOLDER = "publik/"
MENU = (
    ("index.html", "Ringkasan"),
    ("unit.html", "Partisipasi"),
    ("inovasi.html", "Inovasi"),
    ("peraturan.html", "Peraturan"),
)
LISTED = 2000  # innovations on the page

Context = dict[str, Any]


def public_pages(book: Book) -> Iterator[tuple[str, str, Context]]:
    """(path below ``report/``, template, context) of every public page."""
    shared = {"menu": MENU, "public": True}
    for path, template, context in _pages(book):
        yield FOLDER + path, template, {**context, **shared}


def _pages(book: Book) -> Iterator[tuple[str, str, Context]]:
    hide = without_persons(book.assessment)
    standing = front_page.standing(book)
    yield "index.html", "publik_index.j2", {**standing, "history": history_chart.table(book.assessment)}
    yield (
        "unit.html",
        "publik_unit.j2",
        {
            "reporting": overview.reporting(book.units),
            "board": _board(book, hide),
        },
    )
    entries = [entry for entry in book.innovations if entry.eligible]
    yield (
        "inovasi.html",
        "publik_inovasi.j2",
        {
            "entries": [
                replace(entry, name=hide(entry.name), unit_name=hide(entry.unit_name))
                for entry in entries[:LISTED]
            ],
            "kinds": book.unit_types,
            "types": [t.type for t in overview.participation(book.units) if t.type],
            "more": max(len(entries) - LISTED, 0),
        },
    )
    yield "peraturan.html", "peraturan.j2", pages.rulebook_page(book)


def _board(book: Book, hide: Any) -> Context:
    """Return the board without what units could still do, and without names."""
    found = board(book)
    del found["largest"]
    for name in ("complete", "improved", "best"):
        if found[name] is not None:
            found[name] = [
                replace(place, unit=replace(place.unit, name=hide(place.unit.name))) for place in found[name]
            ]
    return found
