"""One workbook from bytes to values: pure, picklable, and never an exception."""

from __future__ import annotations

from iid.expectations.rulebook import Rulebook
from iid.tasks.submissions.cells import Book, read_book
from iid.tasks.submissions.errors import Unreadable
from iid.tasks.submissions.parsed import Answer, Claim, Parsed, Remark
from iid.tasks.submissions.profile import read_profile
from iid.tasks.submissions.rows import read_rows
from iid.tasks.submissions.sheets import HEADER_ROWS, INDICATORS, PROFILE, Form, find_table
from iid.tasks.submissions.values import count_words

INNOVATION_WORKBOOK = "inovasi.xlsx"
REGION_WORKBOOK = "pemda.xlsx"


def parse_innovation(data: bytes, rulebook: Rulebook) -> Parsed:
    """What an ``inovasi.xlsx`` says: profile, and one claim for each SID indicator."""
    try:
        book = read_book(data)
    except Unreadable as error:
        return Parsed(_unclaimed(rulebook, "SID"), unreadable=str(error))
    remarks = list(_repaired(book, INNOVATION_WORKBOOK))
    answers: tuple[Answer, ...] = ()
    profile = find_table(book, PROFILE)
    if profile is None:
        remarks.append(_sheet_missing(book, PROFILE, INNOVATION_WORKBOOK))
    else:
        answers, more = read_profile(profile, rulebook)
        remarks += more
    claims, more = _claims(book, rulebook, "SID", INNOVATION_WORKBOOK)
    design = next((answer.value for answer in answers if answer.field == "design"), "")
    return Parsed(claims, answers, count_words(design), (*remarks, *more))


def parse_region(data: bytes, rulebook: Rulebook) -> Parsed:
    """What a ``pemda.xlsx`` says: one claim for each SPD row."""
    try:
        book = read_book(data, formats=True)
    except Unreadable as error:
        return Parsed(_unclaimed(rulebook, "SPD"), unreadable=str(error))
    claims, remarks = _claims(book, rulebook, "SPD", REGION_WORKBOOK)
    return Parsed(claims, remarks=(*_repaired(book, REGION_WORKBOOK), *remarks))


def unread(rulebook: Rulebook, aspect: str, why: str = "") -> Parsed:
    """A workbook that is missing or could not be opened: nothing is claimed."""
    return Parsed(_unclaimed(rulebook, aspect), unreadable=why)


def _claims(
    book: Book, rulebook: Rulebook, aspect: str, name: str
) -> tuple[tuple[Claim, ...], tuple[Remark, ...]]:
    table = find_table(book, INDICATORS)
    if table is None:
        return _unclaimed(rulebook, aspect), (_sheet_missing(book, INDICATORS, name),)
    return read_rows(table, rulebook.sid if aspect == "SID" else rulebook.spd_rows, rulebook)


def _unclaimed(rulebook: Rulebook, aspect: str) -> tuple[Claim, ...]:
    return tuple(
        Claim(indicator.key) for indicator in (rulebook.sid if aspect == "SID" else rulebook.spd_rows)
    )


def _repaired(book: Book, name: str) -> tuple[Remark, ...]:
    if not book.repair:
        return ()
    return (Remark("submission.repaired", words=(("name", name), ("detail", book.repair))),)


def _sheet_missing(book: Book, form: Form, name: str) -> Remark:
    found = ", ".join(grid.name for grid in book.grids) or "tidak ada lembar"
    if any(grid.name.strip().casefold() == form.sheet.casefold() for grid in book.grids):
        titles = " dan ".join(f'"{form.titles[key][0]}"' for key in form.needed)
        found += f" (tanpa judul kolom {titles} di {HEADER_ROWS} baris pertama)"
    words = (("sheet", form.sheet), ("name", name), ("found", found))
    return Remark("submission.sheet_missing", words=words)
