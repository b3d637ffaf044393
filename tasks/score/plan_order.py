"""The order of a plan in which the published index does not fall, if any."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from iid.tasks.score.moves import Step, Tally

#: Steps that the search for an order tries: all orders of ten steps, some tenths of a second of more.
TRIED = 10_000

Points = Callable[[Step], Fraction]


@dataclass(frozen=True, slots=True)
class Order:
    """Steps with their gains, and the places (from 1) where the index falls.

    ``lost``: by how much the published index falls on the way, all falls together.
    """

    steps: tuple[Step, ...]
    falls: tuple[int, ...]
    lost: Decimal


@contextmanager
def done(tally: Tally, steps: Sequence[Step]) -> Iterator[None]:
    """*tally* with *steps* done inside the block."""
    for step in steps:
        tally.add(step)
    try:
        yield
    finally:
        for step in reversed(steps):
            tally.add(step, -1)


def together(tally: Tally, steps: Sequence[Step]) -> Fraction:
    """Return the exact index after all *steps*; *tally* is left as it was."""
    with done(tally, steps):
        return tally.index


def in_order(tally: Tally, selection: Sequence[Step], claims: Sequence[Step], points: Points) -> Order:
    """Order a plan so that the published index never falls, if possible.

    Tried: the selection first, then *claims* as they are; new and corrected innovations, claims, then
    what is held back; a search. Where all fall, the one of the first two that loses the least.
    *points*: of the innovation that a step of *selection* is about, as it is sent.
    """
    first = [step for step in selection if step.kind != "hold"]
    held = [step for step in selection if step.kind == "hold"]
    found = []
    for before, after in ((selection, []), (first, held)):
        order = _greedy(tally, before, points)
        with done(tally, [*order, *claims]):
            order += [*claims, *_greedy(tally, after, points)]
        found.append(_walked(tally, order))
        if not found[-1].falls:
            return found[-1]
    searched = _searched(tally, [*first, *held, *claims])
    return _walked(tally, searched) if searched else min(found, key=lambda order: order.lost)


def _greedy(tally: Tally, selection: Sequence[Step], points: Points) -> list[Step]:
    """Choose each time the step that brings the most after those before it."""
    waiting = [  # the best of each kind is at the end
        sorted((s for s in selection if s.kind == "hold"), key=points, reverse=True),
        sorted((s for s in selection if s.kind == "qualify"), key=points),
        [s for s in selection if s.kind == "add"][::-1],
    ]
    order: list[Step] = []
    while any(waiting):
        best = max(filter(None, waiting), key=lambda steps: tally.valued(steps[-1]).gain).pop()
        order.append(best)
        tally.add(best)
    for step in reversed(order):
        tally.add(step, -1)
    return order


def _walked(tally: Tally, steps: Sequence[Step]) -> Order:
    """*steps* in this order, each with what it brings there."""
    valued, falls, lost = [], [], Decimal(0)
    for place, step in enumerate(steps, 1):
        valued.append(tally.valued(step))
        before = tally.shown
        tally.add(step)
        if tally.shown < before:
            falls.append(place)
            lost += before - tally.shown
    for step in reversed(steps):
        tally.add(step, -1)
    return Order(tuple(valued), tuple(falls), lost)


def _searched(tally: Tally, steps: Sequence[Step]) -> list[Step] | None:
    """Search depth first for an order without a fall; None after TRIED tries.

    Which steps are done decides the index, whatever their order: no set of them is looked at twice.
    """
    after = _needs(steps)
    order: list[int] = []
    seen, ways, left = {0}, [iter(range(len(steps)))], TRIED
    shown = [tally.shown]  # after each step of the order
    now = 0
    while len(order) < len(steps) and ways:
        place = next((p for p in ways[-1] if not now >> p & 1 and after[p] & now == after[p]), None)
        if place is None or not left:
            ways.pop()
            if order and len(ways) == len(order):
                last = order.pop()
                shown.pop()
                now ^= 1 << last
                tally.add(steps[last], -1)
            continue
        left -= 1
        if now | 1 << place in seen:
            continue
        tally.add(steps[place])
        if tally.shown >= shown[-1]:
            now |= 1 << place
            seen.add(now)
            order.append(place)
            shown.append(tally.shown)
            ways.append(iter(range(len(steps))))
        else:
            tally.add(steps[place], -1)
    for place in reversed(order):
        tally.add(steps[place], -1)
    return [steps[place] for place in order] if len(order) == len(steps) else None


def _needs(steps: Sequence[Step]) -> list[int]:
    """Return as bits, by place, the steps that must come before it."""
    made = {s.innovation_id: 1 << place for place, s in enumerate(steps) if s.kind in {"qualify", "add"}}
    needs, added = [], 0
    for place, step in enumerate(steps):
        if step.kind == "add":
            needs.append(added)
            added |= 1 << place
        else:
            needs.append(made.get(step.innovation_id, 0) if step.indicator else 0)
    return needs
