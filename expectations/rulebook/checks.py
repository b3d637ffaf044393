"""What must hold between the parts of a rulebook, beyond their shape.

A rule is a function from the book to its problems; all rules run, so that one
reading of the message is enough to fix the file.
"""

from __future__ import annotations

from collections.abc import Iterator

from iid.expectations.rulebook import checks_formula, checks_indicators, checks_profile
from iid.expectations.rulebook.messages import Problem, shown
from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.sourced import sourced_in


def check(book: Rulebook) -> list[Problem]:
    """Every rule that *book* breaks, in the order of the rules."""
    rules = (_sources, *checks_formula.RULES, *checks_profile.RULES, *checks_indicators.RULES)
    return [problem for rule in rules for problem in rule(book)]


def _sources(book: Rulebook) -> Iterator[Problem]:
    known = ", ".join(book.sources)
    for path, sourced in sourced_in(book):
        if sourced.source not in book.sources:
            yield Problem(f"{path}.source", shown(sourced.source), f"kunci pada sources ({known})")
