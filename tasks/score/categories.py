"""How far an index is from the next category."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from iid.expectations.rulebook.model import Rulebook


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing to a better category.

    ``index_points`` between the rounded index and the category's lower end;
    ``score_points`` are the exact points (of ``maximum_total``) that bring the rounded
    index there, rounding counted in the region's favour.
    """

    category: str
    lower: Decimal
    index_points: Decimal
    score_points: Fraction


def gap_to_next(rulebook: Rulebook, index: Fraction) -> Gap | None:
    """Return the gap from the exact *index* (percent) to the next category."""
    rounded = rulebook.rounded(index)
    better = sorted((p for p in rulebook.predicates if p.lower > rounded), key=lambda p: p.lower)
    if not better:
        return None
    lower = better[0].lower
    half_step = Fraction(1, 2 * 10**rulebook.formula.places.value)
    missing = (Fraction(lower) - half_step - index) * Fraction(rulebook.formula.maximum_total.value) / 100
    return Gap(better[0].name, lower, lower - rounded, missing)
