"""A region as the search for the fewest moves sees it, and its choice.

All numbers are whole, in units of ``1 / scale`` points.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from iid.expectations.rulebook.model import Formula
from iid.tasks.score.formula import most_new


@dataclass(frozen=True, slots=True)
class PlanRow:
    """An innovation: points once it counts, gains (descending), its service.

    ``service`` is the place of its basic service in the rulebook, -1 for none.
    """

    name: str
    points: int
    gains: tuple[int, ...]
    service: int
    counts: bool
    may_hold: bool = False
    may_qualify: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """Who is held back or qualified, how many are added; steps with claims.

    ``exact``: no plan has fewer steps.
    """

    held: tuple[str, ...]
    qualified: tuple[str, ...]
    added: int
    steps: int
    exact: bool


@dataclass(frozen=True)
class Board:
    """A region's moves. ``new``: what an added innovation is like, or None."""

    rows: tuple[PlanRow, ...]
    new: PlanRow | None
    spd: int
    region: tuple[int, ...]
    scale: int
    formula: Formula

    @cached_property
    def by_reported(self) -> bool:
        """Whether the divisor counts every reported innovation."""
        return self.formula.divisor_counts.value == "reported"

    @cached_property
    def most_added(self) -> int:
        """The most new innovations tried."""
        return most_new(self.formula) if self.new else 0

    @property
    def services_min(self) -> int:
        """Basic services without which the number of innovations earns nothing."""
        return self.formula.basic_services_min.value

    @cached_property
    def count_weight(self) -> int:
        """Points of one counted innovation, in units."""
        return int(Fraction(self.formula.count_weight.value) * self.scale)

    def divisor(self, n: int) -> int:
        """The divisor with *n* innovations in it."""
        return max(self.formula.divisor_min.value, n) or 1

    def wanted(self, target: Fraction) -> Fraction:
        """Return the points, in units, of the whole formula that *target* needs."""
        return target * Fraction(self.formula.maximum_total.value) / 100 * self.scale

    def counted(self, number: int, services: int) -> int:
        """The number-of-innovations score in units."""
        if services < self.services_min:
            return 0
        return self.count_weight * min(number, self.formula.count_cap.value)
