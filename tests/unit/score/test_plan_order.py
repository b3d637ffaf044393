"""The order of a plan: found by search exactly where one without a fall exists."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction
from itertools import accumulate, permutations
from typing import Any

import pytest

from iid.tasks.score.moves import Step
from iid.tasks.score.plan_order import _searched

STEPS = [Step("mend", f"101/{name}", "16", 0, 1, Fraction(1)) for name in "ABCD"]


class Table:
    """An index that is any number for each set of steps done."""

    def __init__(self, seed: int) -> None:
        self._rng = random.Random(seed)  # noqa: S311  numbers of a test
        self._values, self.done = dict[frozenset[str], Decimal](), set[str]()

    def add(self, step: Step, sign: int = 1) -> None:
        (self.done.add if sign == 1 else self.done.remove)(step.innovation_id)

    def of(self, done: Any) -> Decimal:
        return self._values.setdefault(frozenset(done), Decimal(self._rng.randrange(6) + 2 * len(done)))

    @property
    def shown(self) -> Decimal:
        return self.of(self.done)

    def rises(self, steps: Any) -> bool:
        """Whether the index never falls along *steps*."""
        sets = accumulate(([step.innovation_id] for step in steps), initial=[])
        heights = [self.of(done) for done in sets]
        return heights == sorted(heights)


@pytest.mark.parametrize("seed", range(200))
def test_an_order_is_found_exactly_where_one_without_a_fall_exists(seed: int) -> None:
    table: Any = Table(seed)
    found = _searched(table, STEPS)
    exists = any(table.rises(order) for order in permutations(STEPS))
    assert (found is not None) is exists
    assert not table.done
    if found:
        assert len(set(found)) == len(STEPS)
        assert table.rises(found)
