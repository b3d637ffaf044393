"""A unit's state, best steps and deadline in at most 600 letters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from iid.tasks.answers.run_view import owner_of
from iid.tasks.report.book import Book, open_book
from iid.tasks.report.entries import UnitEntry
from iid.tasks.report.next_steps_page import step_row, worthwhile
from iid.tasks.text.indonesian import clean, day_in, number, points, signed
from iid.tasks.values.assessment import Assessment, RunTables
from iid.tasks.values.timetable import INFERRED, rulebook_deadline

LETTERS = 600  # characters of a whole message
STEPS = 3
SHORTEST = 12  # characters of a name that is still recognised


@dataclass(frozen=True, slots=True)
class UnitText:
    """The message of one unit."""

    unit_code: str
    name: str
    text: str


def messages(run: RunTables) -> list[UnitText]:
    """Return the messages to the roster's units. StoreError without a table."""
    book = open_book(Assessment.load(run, owner_of(run)))
    return [UnitText(u.code, u.name, unit_message(book, u)) for u in book.units if u.known]


def unit_message(book: Book, unit: UnitEntry) -> str:
    """Write *unit*'s message within LETTERS: cut names, then drop steps."""
    a = book.assessment
    day = day_in(a.as_of, a.marker.zone)
    head = [
        f"*{_cut(unit.name, 80)}*",
        f"Indeks Inovasi Daerah {a.cycle} {_cut(a.marker.name, 60)}, data per {day}.",
        *_state(book, unit),
    ]
    foot = [deadline_words(book)]
    for count, width in ((STEPS, 60), (STEPS, 40), (STEPS, 24), (STEPS, 16), (2, 24), (1, SHORTEST), (0, 0)):
        text = "\n".join([*head, *_steps(book, unit, count, width), *foot])
        if len(text) <= LETTERS:
            return text
    return text[: LETTERS - 1] + "…"


def days_left(book: Book) -> int | None:
    """Return the days from the data to the last day of reporting, or None."""
    a = book.assessment
    deadline = rulebook_deadline(a.rulebook, a.marker.zone) if a.status != "final" else None
    return deadline.days_left(a.as_of, a.marker.zone) if deadline else None


def deadline_words(book: Book) -> str:
    """Say until when units may report, and how many days that leaves."""
    a = book.assessment
    if a.status == "final":
        return "Siklus ini sudah ditutup."
    deadline = rulebook_deadline(a.rulebook, a.marker.zone)
    if deadline is None:
        return "Batas waktu pelaporan belum diketahui."
    left = deadline.days_left(a.as_of, a.marker.zone)
    guess = " (perkiraan)" if deadline.status == INFERRED else ""
    when = f"{day_in(deadline.moment, a.marker.zone)}{guess}"
    if left < 0:
        return f"Batas waktu pelaporan, {when}, sudah lewat {number(-left)} hari."
    return f"Batas waktu pelaporan {when}: {f'{number(left)} hari lagi' if left else 'hari ini'}."


def _state(book: Book, unit: UnitEntry) -> Iterator[str]:
    if not unit.submitted:
        yield "Belum melapor. Satu inovasi yang memenuhi syarat sudah menambah jumlah inovasi daerah."
        return
    entries = book.by_unit.get(unit.code, [])
    claimed, level = sum(e.claimed for e in entries), book.headline
    counted = sum(getattr(e, level.key) for e in entries)
    yield (
        f"{number(unit.innovations)} inovasi dilaporkan, {number(unit.eligible)} memenuhi syarat. "
        f"Nilai {level.title.lower()} {points(counted)} dari {points(claimed)} yang diklaim."
    )
    yield f"{number(unit.critical)} temuan kritis, {number(unit.warnings)} peringatan."


def _steps(book: Book, unit: UnitEntry, count: int, width: int) -> Iterator[str]:
    """Yield the *count* best steps, corrections first, names cut to *width*."""
    owners = [entry.id for entry in book.by_unit.get(unit.code, [])]
    steps = worthwhile(step for owner in owners for step in book.steps_by_owner.get(owner, ()))
    steps.sort(key=lambda s: (s["kind"] == "raise", -Decimal(s["gain"]), s["innovation_id"], s["indicator"]))
    rows = [step_row(book, step) for step in steps[:count]]
    if rows and book.assessment.status != "final":
        yield "Yang paling bernilai, perbaikan dulu (poin indeks daerah):"
        for place, row in enumerate(rows, 1):
            about = f", {row['indicator']} {_cut(row['indicator_name'], width)}" if row["indicator"] else ""
            name = f"{_cut(row['name'], width)}{about}"
            yield f"{place}. {name}: {_cut(row['deed'], max(2 * width, 40))} ({signed(row['gain'])})"


def _cut(text: str, width: int) -> str:
    line = " ".join(clean(text).replace("*", "").split())
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"
