"""What holds between the parts of a rulebook, beyond the shape of each."""

from __future__ import annotations

from collections.abc import Iterator

from iid.expectations.explaining import Problem
from iid.expectations.rulebook import Rulebook


def check(book: Rulebook) -> list[Problem]:
    """Every rule that *book* breaks, in the order of the checks."""
    return [problem for rule in _RULES for problem in rule(book)]


def _none(book: Rulebook) -> Iterator[Problem]:
    yield from ()


_RULES = (_none,)
