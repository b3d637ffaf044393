"""The formula of the index alone, exact.

::

    index = (SPD + mean SID + number-of-innovations score) / maximum * 100

    mean SID = sum of innovation scores / max(divisor_min, n)
    number-of-innovations score = count_weight * min(eligible, cap),
                                  0 below basic_services_min basic services

Every constant comes from the rulebook (``formula``, ``predicates``). Numbers are
fractions until they are published; the category follows from the rounded index.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from iid.expectations.rulebook.model import Formula, Rulebook
from iid.tasks.score.exact import published


@dataclass(frozen=True, slots=True)
class Index:
    """One view of the index: unrounded points, and ``index`` in percent."""

    spd: Fraction
    sid_mean: Fraction
    count_score: Fraction
    sid: Fraction
    total: Fraction
    maximum: Fraction
    index: Fraction
    rounded: Decimal
    category: str
    divisor: int
    basic_services: int


def divisor_of(formula: Formula, eligible: int, reported: int) -> int:
    """Return the divisor of innovation scores: ``max(divisor_min, n)``."""
    n = reported if formula.divisor_counts.value == "reported" else eligible
    return max(formula.divisor_min.value, n)


def most_new(formula: Formula) -> int:
    """Return the most new innovations that a plan considers.

    As many as count for the number (``count_cap``), as cover the basic services that it asks for, or as
    the smallest divisor holds.
    """
    return max(formula.count_cap.value, formula.basic_services_min.value, formula.divisor_min.value)


def count_score_of(formula: Formula, eligible: int, basic_services: int) -> Fraction:
    """Points for the number of innovations (indicator 36)."""
    if basic_services < formula.basic_services_min.value:
        return Fraction(0)
    return Fraction(formula.count_weight.value) * min(eligible, formula.count_cap.value)


def index_of(
    rulebook: Rulebook,
    spd: Fraction,
    sids: Sequence[Fraction],
    eligible: int,
    reported: int,
    basic_services: int,
) -> Index:
    """Compute the index from SPD points and the scores of what counts.

    *eligible* and *reported* are numbers of innovations, *basic_services* how many of the
    rulebook's basic services the eligible ones cover. ``sids`` may leave out innovations
    with 0 points.
    """
    formula = rulebook.formula
    divisor = divisor_of(formula, eligible, reported)
    sid_mean = sum(sids, Fraction(0)) / divisor if divisor else Fraction(0)
    count_score = count_score_of(formula, eligible, basic_services)
    total = spd + sid_mean + count_score
    maximum = Fraction(formula.maximum_total.value)
    index = total / maximum * 100
    rounded = rulebook.rounded(index)
    return Index(
        spd=spd,
        sid_mean=sid_mean,
        count_score=count_score,
        sid=sid_mean + count_score,
        total=total,
        maximum=maximum,
        index=index,
        rounded=rounded,
        category=rulebook.category(rounded),
        divisor=divisor,
        basic_services=basic_services,
    )


def as_published(index: Index) -> dict[str, str | int]:
    """Return *index* as in ``index.json``: texts, whole counts, the category."""
    return {
        "spd": published(index.spd),
        "sid_mean": published(index.sid_mean),
        "count_score": published(index.count_score),
        "sid": published(index.sid),
        "total": published(index.total),
        "maximum": published(index.maximum),
        "index": published(Fraction(index.rounded)),
        "category": index.category,
        "divisor": index.divisor,
        "basic_services": index.basic_services,
    }


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

    @property
    def enough(self) -> Decimal:
        """``score_points`` rounded up to two decimals."""
        return Decimal(math.ceil(self.score_points * 100)) / 100


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
