"""One workbook from bytes to values: pure, picklable, never an exception."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.cell_grids import Book, read_book
from iid.tasks.ingest.indicator_sheet import read_rows
from iid.tasks.ingest.parsed import Claim, Parsed, ProfileAnswer, Remark
from iid.tasks.ingest.profile_sheet import read_profile
from iid.tasks.ingest.sheet_tables import (
    GUIDES,
    HEADER_ROWS,
    INDICATORS,
    PROFILE,
    Form,
    Table,
    find_table,
    missing_titles,
)
from iid.tasks.ingest.titles import plain
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.text.cell_values import count_words, is_empty, shown

INNOVATION_WORKBOOK = "inovasi.xlsx"
REGION_WORKBOOK = "pemda.xlsx"


ABSENT = "lembar itu tidak ada"
TWO_SHEETS = (
    "beri nama yang diawali garis bawah (_) pada lembar yang tidak dipakai; bila isinya inovasi lain, "
    "buatkan folder dan buku kerjanya sendiri"
)
TWO_COLUMNS = "beri judul yang diawali garis bawah (_) pada kolom yang tidak dipakai"


def parse_innovation(data: bytes, rulebook: Rulebook) -> Parsed:
    """Parse an ``inovasi.xlsx``: the profile, and a claim per SID indicator."""
    try:
        book = _book(data, (PROFILE, INDICATORS))
    except Unreadable as error:
        return Parsed(_unclaimed(rulebook, "SID"), unreadable=str(error))
    remarks = list(_repaired(book, INNOVATION_WORKBOOK))
    answers: tuple[ProfileAnswer, ...] = ()
    profile = find_table(book, PROFILE)
    if profile is None:
        remarks.append(_sheet_missing(book, PROFILE, INNOVATION_WORKBOOK))
    else:
        answers, more = read_profile(profile, rulebook)
        remarks += (*_candidates(profile), *more)
    claims, more = _claims(book, rulebook, "SID", INNOVATION_WORKBOOK)
    if profile is None and more and all(map(_is_absent, (remarks[-1], more[0]))):
        remarks[-1], more = _no_form(book, more[0]), ()
    design = next((answer.value for answer in answers if answer.field == "design"), "")
    given = [answer for answer in answers if not is_empty(answer.raw)]
    name = given[0].value if [answer.field for answer in given] == ["name"] else ""
    answered = len(given) + sum(map(_is_answered, claims)) + (profile is None)
    return Parsed(claims, answers, count_words(design), (*remarks, *more), answered, name)


def parse_region(data: bytes, rulebook: Rulebook) -> Parsed:
    """What a ``pemda.xlsx`` says: one claim for each SPD row."""
    try:
        book = _book(data, (INDICATORS,), formats=True)
    except Unreadable as error:
        return Parsed(_unclaimed(rulebook, "SPD"), unreadable=str(error))
    claims, remarks = _claims(book, rulebook, "SPD", REGION_WORKBOOK)
    answered = sum(map(_is_answered, claims))
    return Parsed(claims, remarks=(*_repaired(book, REGION_WORKBOOK), *remarks), answered=answered)


@dataclass(frozen=True, slots=True)
class Asked:
    """A workbook to parse as *aspect*: its bytes (one extra if too large).

    ``problem`` says why there are none, and ``listed`` whether the listing did.
    """

    path: str
    aspect: str
    data: bytes
    problem: str = ""
    listed: bool = False


PARSERS: Mapping[str, Callable[[bytes, Rulebook], Parsed]] = {"SID": parse_innovation, "SPD": parse_region}


def parse_here(asked: Iterable[Asked], rulebook: Rulebook) -> Iterator[Parsed]:
    """Yield what *asked* say, parsed in this process: for trusted files."""
    for one in asked:
        if one.problem:
            yield unread(rulebook, one.aspect, one.problem)
        else:
            yield PARSERS[one.aspect](one.data, rulebook)


def unread(rulebook: Rulebook, aspect: str, why: str = "") -> Parsed:
    """A workbook that is missing or could not be opened: nothing is claimed."""
    return Parsed(_unclaimed(rulebook, aspect), unreadable=why)


def _book(data: bytes, forms: tuple[Form, ...], *, formats: bool = False) -> Book:
    """Return *data*'s sheets, with our guides only where a table needs them."""
    book = read_book(data, formats=formats, skip=GUIDES)
    if all(find_table(book, form) for form in forms):
        return book
    return read_book(data, formats=formats)


def _is_answered(claim: Claim) -> bool:
    texts = (claim.raw, claim.value_raw, claim.basis_raw, claim.note, claim.link_note)
    return bool(claim.files or claim.links) or not all(map(is_empty, texts))


def _claims(
    book: Book, rulebook: Rulebook, aspect: str, name: str
) -> tuple[tuple[Claim, ...], tuple[Remark, ...]]:
    table = find_table(book, INDICATORS)
    if table is None:
        return _unclaimed(rulebook, aspect), (_sheet_missing(book, INDICATORS, name),)
    claims, remarks = read_rows(table, rulebook.sid if aspect == "SID" else rulebook.spd_rows, rulebook)
    return claims, (*_candidates(table), *remarks, *_link_notes(claims))


def _candidates(table: Table) -> Iterator[Remark]:
    """Yield what was not read: other filled sheets and unknown columns."""
    for used, other in table.rivals:
        words = (("used", used), ("other", other), ("advice", TWO_COLUMNS if "kolom" in used else TWO_SHEETS))
        yield Remark("submission.two_candidates", table.grid.name, "", words)
    if table.ignored:
        text = ", ".join(text for _, text in table.ignored).rstrip(",")
        columns = (("columns", text[:1].upper() + text[1:]),)
        yield Remark("submission.column_unknown", table.ignored[0][0], "", columns)


def _link_notes(claims: tuple[Claim, ...]) -> Iterator[Remark]:
    """Yield one remark for all words in Tautan without an address."""
    noted = [claim for claim in claims if claim.link_note]
    if noted:
        first = noted[0]
        words = (("value", shown(first.link_note)), ("indicators", ", ".join(c.indicator for c in noted)))
        indicator = first.indicator if len(noted) == 1 else ""
        yield Remark("claim.note_instead_of_link", first.link_note_address, indicator, words)


def _unclaimed(rulebook: Rulebook, aspect: str) -> tuple[Claim, ...]:
    return tuple(
        Claim(indicator.key) for indicator in (rulebook.sid if aspect == "SID" else rulebook.spd_rows)
    )


def _repaired(book: Book, name: str) -> tuple[Remark, ...]:
    if not book.repair:
        return ()
    return (Remark("submission.repaired", words=(("name", name), ("detail", book.repair))),)


def _is_absent(remark: Remark) -> bool:
    return remark.code == "submission.sheet_missing" and ABSENT in dict(remark.words)["found"]


def _no_form(book: Book, missing: Remark) -> Remark:
    """Return one remark on both sheets: probably it is another workbook."""
    names = ", ".join(grid.name for grid in book.grids)
    words = dict(missing.words) | {
        "sheet": "Profil dan Indikator",
        "found": f"{ABSENT}; yang ada: {names}",
        "advice": f"Bila ini bukan buku kerja inovasi, beri nama lain, dan letakkan {INNOVATION_WORKBOOK} "
        "yang benar di folder ini; bila ya, pakai nama lembar dan judul kolom seperti buku kerja asli",
    }
    return Remark(missing.code, words=tuple(words.items()))


def _sheet_missing(book: Book, form: Form, name: str) -> Remark:
    names = ", ".join(grid.name for grid in book.grids) or "tidak ada lembar"
    titles = " dan ".join(f'"{form.titles[key][0]}"' for key in form.needed)
    cell, found = "", f"{ABSENT}; yang ada: {names}"
    advice = f"Beri nama lembarnya {form.sheet}, dengan judul kolom {titles} seperti buku kerja asli"
    if wrong := missing_titles(book, form):
        cell, found, advice = wrong
    elif any(plain(grid.name) == plain(form.sheet) for grid in book.grids):
        found = f"tanpa judul kolom {titles} di {HEADER_ROWS} baris pertama"
    words = (("sheet", form.sheet), ("name", name), ("found", found), ("advice", advice))
    return Remark("submission.sheet_missing", cell, words=words)
