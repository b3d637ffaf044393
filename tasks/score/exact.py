"""Exact numbers as text: the only place where a fraction becomes digits."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

from iid.expectations.rulebook.sourced import half_up


def published(value: Fraction, places: int = 2) -> str:
    """Round *value* half up to *places* decimals, as published (``"57.64"``)."""
    return f"{half_up(value, places):f}"


def exact_text(value: Fraction) -> str:
    """Write *value* unrounded, at least 2 decimals (``6.00``, ``0.125``).

    Raises ValueError for a number without a finite decimal form, such as 1/3: scores are sums
    of decimal weights times whole parameters, so that would be a mistake of ours.
    """
    places, rest = 2, value * 100
    while rest.denominator != 1:
        places, rest = places + 1, rest * 10
        if places > 60:
            raise ValueError(f"{value} has no finite decimal form")
    return f"{Decimal(rest.numerator).scaleb(-places):f}"
