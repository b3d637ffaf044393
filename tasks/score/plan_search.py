"""The fewest moves over all selections: exact, for small regions.

A state is (steps so far, innovations that count, ineligible ones still in the divisor, basic
services covered) with the most points that any selection has there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, groupby

import numpy as np

from iid.tasks.score.grid import Whole
from iid.tasks.score.plan_board import Board, Choice, PlanRow

#: Additions of numbers that a search may cost: about a second.
WORK = 400_000_000
_NONE = np.int64(-(2**60))


@dataclass(frozen=True, slots=True)
class _Option:
    """One way to treat a row: what it adds to each axis and to the points."""

    steps: int
    number: int
    waiting: int
    services: int
    points: int
    move: str = ""


PlanState = tuple[int, int, int, int, int]  # covered in this group, steps, number, waiting, services


@dataclass(frozen=True, slots=True)
class _Layer:
    """One row with its options. ``covers``: counting covers its service.

    ``closes``: the end of a group, where what was covered is counted.
    """

    name: str
    options: tuple[_Option, ...]
    covers: bool = False
    closes: bool = False

    def after(self, before: Whole) -> Whole:
        """The most points in every state after this row."""
        after = np.full_like(before, _NONE)
        for option in self.options:
            shift = (option.steps, option.number, option.waiting)
            if any(s >= size for s, size in zip(shift, before.shape[1:4], strict=True)):
                continue
            steps, number, waiting = (size - s for s, size in zip(shift, before.shape[1:4], strict=True))
            for flag, services, goal, place in self._moves(option, before.shape[4] - 1):
                old = before[flag, :steps, :number, :waiting, services]
                new = after[goal, shift[0] :, shift[1] :, shift[2] :, place]
                np.maximum(new, old + option.points, out=new)
        return after

    def _moves(self, option: _Option, top: int) -> Iterator[tuple[int, int, int, int]]:
        """Flag and services before, flag and services after."""
        for flag in (0, 1):
            goal = 0 if self.closes else 1 if self.covers and option.number else flag
            more = flag if self.closes else option.services
            yield from ((flag, services, goal, min(top, services + more)) for services in range(top + 1))

    def source(self, before: Whole, after: Whole, place: PlanState) -> tuple[PlanState, _Option]:
        """Where the points of *place* came from."""
        goal, steps, number, waiting, services = place
        for option in self.options:
            come = steps - option.steps, number - option.number, waiting - option.waiting
            if min(come) < 0:
                continue
            for flag, had, then, now in self._moves(option, before.shape[4] - 1):
                start = (flag, *come, had)
                points = before[start]
                if (then, now) == (goal, services) and points >= 0 and points + option.points == after[place]:
                    return start, option
        raise AssertionError("a state without a source")


def exhaustive(board: Board, target: Fraction, most: int) -> Choice | None:
    """Return a plan with the fewest steps, *most* at most; None without one."""
    layers = list(_layers(board, most))
    states = [np.full((2, *_shape(board, most)), _NONE)]
    states[0][0, 0, 0, 0, 0] = 0
    for layer in layers:
        states.append(layer.after(states[-1]))
    found = _cheapest_end(board, target, most, states[-1])
    if found is None:
        return None
    steps, place = found
    held: list[str] = []
    qualified: list[str] = []
    added = 0
    for before, after, layer in zip(states[-2::-1], states[:0:-1], layers[::-1], strict=True):
        place, option = layer.source(before, after, place)
        if option.move == "hold":
            held.append(layer.name)
        elif option.move == "qualify":
            qualified.append(layer.name)
        elif option.move == "add":
            added = option.number
    return Choice(tuple(held), tuple(qualified), added, steps, exact=True)


def affordable(board: Board, most: int) -> bool:
    """Whether :func:`exhaustive` stays within WORK."""
    claims = sum(min(len(row.gains), most) + 2 for row in board.rows)
    adds = (min(most, board.most_added) + 1) * (most + 1)
    return 2 * math.prod(_shape(board, most)) * (claims + adds) <= WORK


def _shape(board: Board, most: int) -> tuple[int, int, int, int]:
    waiting = sum(not row.counts for row in board.rows) if board.by_reported else 0
    number = len(board.rows) + min(most, board.most_added)
    return most + 1, number + 1, waiting + 1, board.services_min + 1


def _layers(board: Board, most: int) -> Iterator[_Layer]:
    rows = sorted(board.rows, key=lambda row: (row.service, row.name))
    for service, group in groupby(rows, key=lambda row: row.service):
        for row in group:
            yield _Layer(row.name, tuple(_options(board, row, most)), covers=service >= 0)
        yield _Layer("", (_Option(0, 0, 0, 0, 0),), closes=True)
    yield _Layer("", tuple(_additions(board, most)))


def _options(board: Board, row: PlanRow, most: int) -> Iterator[_Option]:
    won = [0, *accumulate(row.gains[:most])]
    if row.counts:
        yield from (_Option(k, 1, 0, 0, row.points + gain, "count") for k, gain in enumerate(won))
    else:
        yield _Option(0, 0, int(board.by_reported), 0, 0)
        if row.may_qualify:
            yield from (_Option(1 + k, 1, 0, 0, row.points + gain, "qualify") for k, gain in enumerate(won))
    if row.may_hold and (row.counts or board.by_reported):
        yield _Option(1, 0, 0, 0, 0, "hold")


def _additions(board: Board, most: int) -> Iterator[_Option]:
    yield _Option(0, 0, 0, 0, 0)
    gains = board.new.gains if board.new else ()
    for number in range(1, min(most, board.most_added) + 1):
        best = sorted(gains * number, reverse=True)[: most - number]
        for k, gain in enumerate([0, *accumulate(best)]):
            yield _Option(number + k, number, 0, number, gain, "add")


def _cheapest_end(board: Board, target: Fraction, most: int, end: Whole) -> tuple[int, PlanState] | None:
    """Return the fewest steps with the region's claims, and their start."""
    wanted, won = board.wanted(target), [0, *accumulate(board.region[:most])]
    best: tuple[int, PlanState] | None = None
    for number, waiting, services in np.ndindex(end.shape[2:]):
        points = end[0, :, number, waiting, services]
        if (points < 0).all():
            continue
        divisor = board.divisor(number + waiting)
        fixed = board.spd + board.counted(number, services)
        for k, gain in enumerate(won):
            need = math.ceil((wanted - fixed - gain) * divisor)
            enough = np.flatnonzero(points >= max(need, 0))
            if len(enough) and enough[0] + k <= (best[0] - 1 if best else most):
                best = int(enough[0]) + k, (0, int(enough[0]), number, waiting, services)
    return best
