"""The three views after hypothetical changes, ranks included; exact.

A changed claim is taken as claimed, proven and accepted, so it counts in every view.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from fractions import Fraction

from iid.tasks.answers.hypothetical_changes import Change
from iid.tasks.answers.run_view import Added, Views
from iid.tasks.score.state import Innovation, State

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
