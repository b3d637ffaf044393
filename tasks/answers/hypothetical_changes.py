"""Hypothetical changes as typed: ``ID:16=3``, ``pemda:8=3``, ``ID=tarik``.

Everything is checked against the run and the rules before anything is computed; all
mistakes come in one line.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from difflib import get_close_matches
from fractions import Fraction
from functools import partial
from typing import Literal

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match, plain
from iid.tasks.answers.run_view import Added, Views
from iid.tasks.score.grid import TOTAL
from iid.tasks.score.state import Innovation, State
from iid.tasks.text.indonesian import number
from iid.tasks.text.terminal import line
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import REGION_ID

Kind = Literal["parameter", "total", "withdraw", "qualify", "disqualify", "add"]

#: What may be written after ``ID=``; Indonesian and English.
WORDS: dict[str, Kind] = {
    "tarik": "withdraw",
    "withdraw": "withdraw",
    "syarat": "qualify",
    "eligible": "qualify",
    "gugur": "disqualify",
    "ineligible": "disqualify",
}
_FORMER: dict[str, Kind] = {"layak": "qualify"}  # still understood
_NUMBER = re.compile(r"[0-9]{1,4}(?:[.,][0-9]{1,9})?")
_HOW = '"ID:16=3", "pemda:8=3", "ID=tarik", "ID=syarat", atau "ID=gugur"'


@dataclass(frozen=True, slots=True)
class Change:
    """One hypothetical change; ``value``: a parameter, or points."""

    kind: Kind
    owner: str
    indicator: str = ""
    value: Fraction = Fraction(0)
    affair: str = ""

    @property
    def place(self) -> tuple[str, str]:
        """What is changed; two changes of one place contradict each other."""
        return self.owner, self.indicator


def read_changes(
    sets: Iterable[str], adds: Iterable[str], find_owner: Callable[[str], str], rulebook: Rulebook
) -> tuple[Change, ...]:
    """The changes of ``--set`` and ``--add`` under *rulebook*.

    *find_owner* gives the innovation_id a text means or raises UsageError. UsageError
    naming every mistake, with the allowed values or near matches.
    """
    changes: list[Change] = []
    mistakes: list[str] = []
    for text in sets:
        _collected(changes, mistakes, partial(_set, text, find_owner, rulebook))
    for place, text in enumerate(adds, 1):
        _collected(changes, mistakes, partial(_added, text, place, rulebook))
    mistakes += _contradictions(changes)
    if mistakes:
        raise UsageError("; ".join(mistakes))
    return tuple(dict.fromkeys(changes))


def _collected(changes: list[Change], mistakes: list[str], read: Callable[[], Change]) -> None:
    try:
        changes.append(read())
    except UsageError as error:
        mistakes.append(str(error))


def _set(text: str, find_owner: Callable[[str], str], rulebook: Rulebook) -> Change:
    left, equals, right = text.rpartition("=")
    value = right.strip()
    if not equals or not left.strip():
        raise UsageError(f'--set "{line(text)}" tidak dimengerti; tulis {_HOW}')
    kind = {**_FORMER, **WORDS}.get(value.casefold())
    if kind:
        return _whole(kind, find_owner(left.strip()), text)
    name, colon, key = left.rpartition(":")
    if not colon:
        allowed = ", ".join(WORDS)
        raise UsageError(
            f'--set "{line(text)}": "{line(value)}" tidak dikenal; yang boleh sesudah ID=: {allowed}; '
            'untuk satu indikator tulis "ID:16=3"'
        )
    owner = find_owner(name.strip())
    indicator = _indicator(key.strip(), owner, rulebook, text)
    if indicator == TOTAL:
        return Change("total", owner, TOTAL, _points(value, rulebook.formula.maximum_spd.value, text))
    if value not in {"0", "1", "2", "3"}:
        raise UsageError(f'--set "{line(text)}": parameter {line(value) or "kosong"}; yang boleh: 0, 1, 2, 3')
    return Change("parameter", owner, indicator, Fraction(value))


def _whole(kind: Kind, owner: str, text: str) -> Change:
    if owner == REGION_ID:
        raise UsageError(
            f'--set "{line(text)}": hanya untuk inovasi; pemda diubah per indikator, "pemda:8=3"'
        )
    return Change(kind, owner)


def _indicator(key: str, owner: str, rulebook: Rulebook, text: str) -> str:
    rows = rulebook.spd_rows if owner == REGION_ID else rulebook.sid
    found = next((i.key for i in rows if plain(i.key) == plain(key)), None)
    if found:
        return found
    allowed = ", ".join(i.key for i in rows)
    whose = "pemda" if owner == REGION_ID else "inovasi"
    raise UsageError(
        f'--set "{line(text)}": indikator {line(key) or "kosong"} bukan indikator {whose} '
        f"siklus {rulebook.cycle}; yang boleh: {allowed}"
    )


def _points(text: str, maximum: Decimal, given: str, option: str = "--set") -> Fraction:
    value = Fraction(text.replace(",", ".")) if _NUMBER.fullmatch(text) else None
    if value is None or value > Fraction(maximum):
        raise UsageError(
            f'{option} "{line(given)}": nilai {line(text) or "kosong"}; yang boleh: 0 s.d. {number(maximum)}'
        )
    return value


def _added(text: str, number: int, rulebook: Rulebook) -> Change:
    affair, colon, score = text.rpartition(":")
    if not colon:
        raise UsageError(
            f'--add "{line(text)}" tidak dimengerti; tulis "Urusan Utama:skor", misalnya "Kesehatan:60"'
        )
    points = _points(score.strip(), rulebook.formula.maximum_sid_innovation.value, text, "--add")
    return Change("add", f"(inovasi baru {number})", "", points, _affair(affair.strip(), text, rulebook))


def _affair(wanted: str, text: str, rulebook: Rulebook) -> str:
    field = next((f for f in rulebook.profile if f.key == "main_affair"), None)
    choices = (field.choices if field else ()) or rulebook.formula.basic_services.value
    found = match(wanted, choices, field.choice_aliases if field else None)
    if found:
        return found
    known = {plain(choice): choice for choice in choices}
    near = [known[key] for key in get_close_matches(plain(wanted), known, n=5, cutoff=0.4)]
    parts = [choice for key, choice in known.items() if plain(wanted) and plain(wanted) in key]
    shown = list(dict.fromkeys([*parts, *near])) or list(choices)
    words = "yang mirip" if parts or near else "yang ada"
    raise UsageError(
        f'--add "{line(text)}": urusan "{line(wanted)}" tidak dikenal; {words}: {", ".join(shown)}'
    )


def _contradictions(changes: list[Change]) -> Iterable[str]:
    """Yield places with two values; a withdrawn innovation takes no other."""
    seen: dict[tuple[str, str], Change] = {}
    for change in changes:
        before = seen.setdefault(change.place, change)
        if before != change:
            where = f"{change.owner}:{change.indicator}" if change.indicator else change.owner
            yield f'"{line(where)}" diubah dua kali dengan nilai yang berbeda; sebutkan satu saja'
    gone = {change.owner for change in changes if change.kind == "withdraw"}
    for owner in sorted({change.owner for change in changes if change.indicator} & gone):
        yield f'"{line(owner)}" ditarik dan sekaligus diubah; sebutkan satu saja'


#: Who counts is settled before what counts.
_ORDER = ("withdraw", "qualify", "disqualify", "add", "parameter", "total")


def changed(basis: Views, changes: Iterable[Change]) -> Views:
    """Return *basis* (``views_of``) after *changes*, not yet settled."""
    ordered = sorted(changes, key=lambda change: _ORDER.index(change.kind))
    views = {}
    for view, state in basis.items():
        for change in ordered:
            state = _changed(state, change, view)  # noqa: PLW2901  (each change builds on the one before)
        views[view] = state
    return views


def _changed(state: State, change: Change, view: str) -> State:
    owner = change.owner
    if change.kind == "parameter":
        return state.with_parameter(owner, change.indicator, int(change.value))
    if change.kind == "total":
        return replace(state, spd_total=change.value)
    if change.kind == "withdraw":
        return state.without(owner)
    if change.kind == "add":
        return state.with_innovation(owner, Added({}, change.affair, score=change.value))
    one = state.innovations[owner]
    if change.kind == "qualify":
        return state if one.eligible else state.qualified(owner)
    return state if view == "claimed" else state.with_innovation(owner, _disqualified(one))


def _disqualified(one: Innovation) -> Innovation:
    if not one.eligible:
        return one
    return replace(one, eligible=False, parameters=dict.fromkeys(one.parameters, 0), dormant=one.parameters)


def ranks(state: State) -> dict[str, int]:
    """Rank the eligible by unrounded score; equals share one (1, 2, 2, 4)."""
    points = scores(state)
    order = sorted(points.values(), reverse=True)
    first: dict[Fraction, int] = {}
    for place, value in enumerate(order, 1):
        first.setdefault(value, place)
    return {owner: first[value] for owner, value in points.items()}


def scores(state: State) -> dict[str, Fraction]:
    """Exact score of every innovation that counts."""
    return {owner: one.points(state.rulebook) for owner, one in state.innovations.items() if one.eligible}


def notes(basis: Views, changes: Iterable[Change]) -> Iterator[str]:
    """Yield changes that do nothing, and why, so that a 0 is not misread."""
    changes = tuple(changes)
    qualified = {change.owner for change in changes if change.kind == "qualify"}
    for change in changes:
        one = basis["supported"].innovations.get(change.owner)
        if change.kind == "parameter" and one and not one.eligible and change.owner not in qualified:
            yield (
                f"{change.owner} belum memenuhi syarat, jadi indikator {change.indicator} belum menambah "
                f'apa pun; tambahkan --set "{change.owner}=syarat"'
            )
        if change.kind == "qualify" and one and one.eligible:
            yield f"{change.owner} memang sudah memenuhi syarat"
        if change.kind == "disqualify" and one and not one.eligible:
            yield f"{change.owner} memang belum memenuhi syarat"
