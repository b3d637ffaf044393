"""How many claims a group of innovations, once eligible, still needs: thousands of groups a second.

Whole numbers in steps of ``1 / scale`` points; every comparison is exact.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations

import numpy as np

from iid.expectations.words import match
from iid.tasks.scoring.formula import count_score_of, divisor_of
from iid.tasks.scoring.grid import Whole
from iid.tasks.scoring.whatif import State
from iid.tasks.tables import REGION_ID

#: Up to this many ineligible innovations every group of them is tried (4,096 groups).
EXACT_QUALIFY = 12
#: With more of them: every group of up to GROUP among the best NEAR, and the best ones in order.
GROUP, NEAR = 2, 50

#: The gains still open to an owner: (name, what counts now) → pairs of indicator and parameters to win.
Open = Callable[[str, Mapping[str, int]], Iterable[tuple[str, int]]]


@dataclass(frozen=True, slots=True)
class Owned:
    """One owner: its points now, the gain of each open claim, the basic service it covers (-1: none)."""

    points: int
    gains: Whole
    service: int = -1


class Groups:
    """A region in which some innovations are still barred."""

    def __init__(self, state: State, opened: Open) -> None:
        """*opened* says what can still be won; all else is read from *state*."""
        self._rules = state.rulebook
        self._scale, self._weights = state.rulebook.scaled_weights
        self._spd, self._reported = state.spd_points(), len(state.innovations)
        self._region = self._owned(REGION_ID, state.spd, "", opened)
        self._eligible = [
            self._owned(name, one.parameters, one.affair, opened)
            for name, one in state.innovations.items()
            if one.eligible
        ]
        self._barred = {
            name: self._owned(name, one.dormant, one.affair, opened)
            for name, one in state.innovations.items()
            if not one.eligible
        }

    def best(self, names: list[str], target: Fraction) -> tuple[tuple[str, ...], bool] | None:
        """The group of *names* that reaches *target* with the fewest steps, itself counted.

        With it, whether every group was tried. None when no group that was tried reaches it.
        """
        exact = len(names) <= EXACT_QUALIFY
        found: tuple[int, Fraction, tuple[str, ...]] | None = None
        for group in self._candidates(names, exact=exact):
            if found and len(group) > found[0]:
                continue
            needed = self.needed(group, target)
            if needed is None:
                continue
            steps, index = len(group) + needed[0], needed[1]
            if found is None or (steps, -index) < (found[0], -found[1]):
                found = steps, index, group
        return (found[2], exact) if found else None

    def needed(self, group: Iterable[str], target: Fraction) -> tuple[int, Fraction] | None:
        """Claims that must be won once *group* is eligible, and the index then; None: all do not do."""
        formula = self._rules.formula
        members = [*self._eligible, *(self._barred[name] for name in group)]
        divisor = divisor_of(formula, len(members), self._reported) or 1
        services = len({one.service for one in members} - {-1})
        fixed = self._spd + count_score_of(formula, len(members), services)
        points = sum(one.points for one in members)
        gains = np.concatenate([self._region.gains * divisor, *(one.gains for one in members)])
        gains[::-1].sort()
        maximum = Fraction(formula.maximum_total.value)
        missing = (target * maximum / 100 - fixed) * divisor * self._scale - points
        won = np.cumsum(gains)
        count = 0 if missing <= 0 else int(np.searchsorted(won, math.ceil(missing))) + 1
        if count > len(won):
            return None
        points += int(won[count - 1]) if count else 0
        return count, (fixed + Fraction(points, divisor * self._scale)) / maximum * 100

    def _candidates(self, names: list[str], *, exact: bool) -> Iterator[tuple[str, ...]]:
        """Groups to try, small ones first."""
        if exact:
            for size in range(len(names) + 1):
                yield from combinations(names, size)
            return
        order = sorted(names, key=lambda n: (-self._barred[n].points, n))
        for size in range(GROUP + 1):
            yield from combinations(order[:NEAR], size)
        services = sorted(order, key=lambda n: self._barred[n].service < 0)
        for size in range(GROUP + 1, len(names) + 1):
            yield tuple(order[:size])
            yield tuple(services[:size])

    def _owned(self, name: str, parameters: Mapping[str, int], affair: str, opened: Open) -> Owned:
        services, worth = self._rules.formula.basic_services.value, self._weights
        found = match(affair, services) if affair else None
        return Owned(
            points=sum(worth.get(key, 0) * value for key, value in parameters.items()),
            gains=np.array([worth[key] * steps for key, steps in opened(name, parameters)], dtype=np.int64),
            service=services.index(found) if found else -1,
        )
