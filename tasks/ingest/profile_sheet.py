"""Sheet *Profil*: one row a field, label and answer."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from iid.expectations.rulebook.model import ProfileField, Rulebook
from iid.tasks.ingest.parsed import ProfileAnswer, Remark
from iid.tasks.ingest.sheet_tables import SheetRow, Table
from iid.tasks.ingest.titles import match_choice, plain
from iid.tasks.text.cell_values import (
    CellError,
    Uncalculated,
    clean_text,
    decimal_text,
    is_empty,
    number,
    raw_text,
    shown,
)
from iid.tasks.text.dates import parse_period

_NUMBERING = re.compile(r"^\s*(?:\d{1,2}|[a-z])\s*[.)]\s*", re.IGNORECASE)
_BRACKETED = re.compile(r"\s*\([^()]*\)\s*$")
_WORD = re.compile(r"[^\W_]+")
_FILLER = re.compile(
    r"tahap(?:an)?|fase|inovasi|daerah|sudah|telah|bidang|\d|(?:19|20)\d\d|i{1,3}|iv|pertama|kedua|ketiga|ke|no|nomor"
    r"|saat|ini|sejak|mulai|berjalan|tahun|sekarang|klaster"
)
_PIECES = re.compile(r"[;\n]")


@dataclass
class _Found:
    """The cells that answer one field, and what else was met on the sheet."""

    answers: dict[str, list[SheetRow]] = field(default_factory=dict)
    repeated: dict[str, SheetRow] = field(default_factory=dict)
    unknown: dict[str, SheetRow] = field(default_factory=dict)


def read_profile(table: Table, rulebook: Rulebook) -> tuple[tuple[ProfileAnswer, ...], tuple[Remark, ...]]:
    """Return the answers to the rulebook's fields, and remarks on other rows.

    A long text may go on in the rows below its label. A field that is there twice: the first
    answer counts.
    """
    found = _gather(table, rulebook)
    answers = tuple(
        _answer(profile, found.answers.get(profile.key, []), table) for profile in rulebook.profile
    )
    answers, optional = _without_optional_dates(answers, rulebook)
    return answers, (*_remarks(found, rulebook), *optional)


def _without_optional_dates(
    answers: tuple[ProfileAnswer, ...], rulebook: Rulebook
) -> tuple[tuple[ProfileAnswer, ...], list[Remark]]:
    """Count an unreadable date in an optional field as empty, with a warning.

    Not so for the development where the application is outside the window: that date decides.
    """
    rules = rulebook.eligibility
    applied = next((answer.value for answer in answers if answer.field == "applied_date"), "")
    inside = rules.applied_from.value.isoformat() <= applied <= rules.applied_to.value.isoformat()
    optional = {field.key for field in rulebook.profile if not field.required.value}
    if not inside and rules.developed_counts.value:
        optional.discard("developed_date")
    kept: list[ProfileAnswer] = []
    remarks: list[Remark] = []
    for answer in answers:
        if answer.problem == "date_unreadable" and answer.field in optional:
            words = (("field", answer.label), ("value", shown(answer.raw)))
            remarks.append(Remark("profile.date_incomplete", answer.address, "", words))
            kept.append(replace(answer, problem=""))
        else:
            kept.append(answer)
    return tuple(kept), remarks


def _gather(table: Table, rulebook: Rulebook) -> _Found:
    labels = {
        plain(name): profile for profile in rulebook.profile for name in (profile.label, *profile.aliases)
    }
    labels |= {plain(profile.label): profile for profile in rulebook.profile}
    found, current = _Found(), None
    for row in table.rows():
        label = row.text("label")
        if not label or row.is_filled("label"):
            if current is not None and current.type == "text" and not _is_blank(row):
                found.answers[current.key].append(row)
            continue
        bare = _NUMBERING.sub("", label)
        spellings = (label, bare, _BRACKETED.sub("", bare))
        current = next((labels[plain(text)] for text in spellings if plain(text) in labels), None)
        if current is None:
            if not _is_blank(row):
                found.unknown.setdefault(label, row)
        elif all(_is_blank(known) for known in found.answers.get(current.key, [])):
            found.answers[current.key] = [row]
        elif not _is_blank(row):
            found.repeated.setdefault(current.key, row)
            current = None  # lines below belong to the repeated answer, which does not count
    return found


def _is_blank(row: SheetRow) -> bool:
    return is_empty(row.value("answer")) or row.is_filled("answer")


def _answer(profile: ProfileField, rows: list[SheetRow], table: Table) -> ProfileAnswer:
    if not rows:
        return ProfileAnswer(profile.key, profile.label, address=table.grid.name)
    blank = ProfileAnswer(profile.key, profile.label, address=rows[0].address("answer"))
    cell = rows[0].value("answer")
    if isinstance(cell, Uncalculated):
        return replace(blank, raw=cell.formula, problem="formula_uncalculated")
    # A merged answer repeats in the rows below the label; only the first of them is the answer.
    raw = "\n".join(raw_text(row.value("answer")) for row in rows)
    if is_empty(raw):
        return replace(blank, raw=raw)
    value, problem = (
        ("", "")
        if isinstance(cell, CellError) and profile.type != "date"
        else _READ[profile.type](profile, rows)
    )
    return replace(blank, raw=raw, value=value, problem=problem)


def _text(profile: ProfileField, rows: list[SheetRow]) -> tuple[str, str]:
    return " ".join(filter(None, (clean_text(row.value("answer")) for row in rows))), ""


def _date(profile: ProfileField, rows: list[SheetRow]) -> tuple[str, str]:
    """Return the day; of a period the first, of the development the last."""
    period = parse_period(rows[0].value("answer"))
    if period is None:
        return "", "date_unreadable"
    return period[profile.key == "developed_date"].isoformat(), ""


def _choice(profile: ProfileField, rows: list[SheetRow]) -> tuple[str, str]:
    text = clean_text(rows[0].value("answer"))
    known = _known(text, profile)
    return (known, "") if known else (text, "choice_unknown" if profile.choices else "")


def _known(text: str, profile: ProfileField) -> str | None:
    bare = _without_label(text, profile)
    return match_choice(text, profile) or match_choice(bare, profile) or _among_fillers(text, profile)


def _among_fillers(text: str, profile: ProfileField) -> str | None:
    """Return the one choice in *text* where all other words are fillers."""
    words = _WORD.findall(text.casefold())[:20]
    if all(map(str.isdigit, profile.choices)):  # numbers with words, of which only one counts
        given = {word for word in words if word.isdigit()}
        return next((choice for choice in profile.choices if {choice} == given), None)
    if len(words) < 2:
        return None
    spelt = f" {' '.join(words)} "
    for choice in profile.choices:
        own = f" {' '.join(_WORD.findall(choice.casefold()))} "
        if own in spelt and all(map(_FILLER.fullmatch, spelt.replace(own, " ", 1).split())):
            return choice
    return None


def _without_label(text: str, profile: ProfileField) -> str:
    """Return *text* without number, the field's name and a bracketed remark.

    ``3. Tahap Penerapan (berjalan)`` under *Tahapan* is ``Penerapan``.
    """
    text = _BRACKETED.sub("", _NUMBERING.sub("", text))
    words = text.split()
    names = [word.casefold() for name in (profile.label, *profile.aliases) for word in name.split()]
    stems = {name for name in names} | {name.removesuffix("an") for name in names if len(name) > 5}
    while len(words) > 1 and words[0].casefold().rstrip(":=-.") in stems | {"", "adalah"}:
        words = words[1:]
    return " ".join(words).lstrip(":=- ")


def _choices(profile: ProfileField, rows: list[SheetRow]) -> tuple[str, str]:
    whole = raw_text(rows[0].value("answer"))
    if known := match_choice(whole, profile):
        return known, ""
    pieces = [clean_text(piece) for piece in _PIECES.split(whole)]
    pieces = [piece for piece in pieces if piece]
    read = [
        match_choice(piece, profile) or match_choice(_without_label(piece, profile), profile)
        for piece in pieces
    ]
    value = "\n".join(known or piece for known, piece in zip(read, pieces, strict=True))
    return value, "" if all(read) or not profile.choices else "choice_unknown"


def _money(profile: ProfileField, rows: list[SheetRow]) -> tuple[str, str]:
    amount = number(rows[0].value("answer"))
    return (decimal_text(amount), "") if amount is not None else _text(profile, rows)


_READ = {
    "text": _text,
    "coordinate": _text,
    "date": _date,
    "choice": _choice,
    "choices": _choices,
    "money": _money,
}


def _remarks(found: _Found, rulebook: Rulebook) -> Iterator[Remark]:
    labels = {profile.key: profile.label for profile in rulebook.profile}
    for key, row in found.repeated.items():
        used = found.answers[key][0].address("answer")
        words = (("field", labels[key]), ("used", used))
        yield Remark("profile.field_repeated", row.address("answer"), "", words)
    if found.unknown:
        names = ", ".join(f'"{clean_text(label)[:60]}"' for label in found.unknown)
        first = next(iter(found.unknown.values()))
        yield Remark("profile.field_unknown", first.address("label"), "", (("fields", names),))
