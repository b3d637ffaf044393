"""The formula as a calculator: numbers in, steps in Indonesian out."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from iid.expectations.rulebook.model import Formula, Rulebook
from iid.expectations.rulebook.sourced import inferred_in
from iid.tasks.answers.typed_numbers import Mistakes, file_numbers
from iid.tasks.score.exact import published
from iid.tasks.score.formula import Index, gap_to_next, index_of
from iid.tasks.text.terminal import rendered
from iid.tasks.values.errors import UsageError

_SHOWN = ("spd", "sid_mean", "count_score", "sid", "total")


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user typed; None is an option that was not given."""

    spd: str | None
    sids: Sequence[str]
    sid_file: Path | None
    basic_services: str | None
    reported: str | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The same as numbers: points, innovations and basic services."""

    spd: Fraction
    sids: tuple[Fraction, ...]
    basic_services: int
    reported: int


def numbers_of(typed: Typed, rulebook: Rulebook) -> Numbers:
    """Check everything at once. UsageError naming every mistake."""
    mistakes = Mistakes()
    numbers = _checked(typed, rulebook.formula, mistakes)
    if mistakes.found:
        raise UsageError(mistakes.short())
    return numbers


def mistakes_of(typed: Typed) -> list[str]:
    """Return the mistakes in *typed* that need no rules to be seen."""
    mistakes = Mistakes()
    _checked(typed, None, mistakes)
    return mistakes.found


def _checked(typed: Typed, formula: Formula | None, mistakes: Mistakes) -> Numbers:
    """The numbers, checked against the maxima of *formula* where there is one."""
    spd_text = _given("--spd", typed.spd, mistakes)
    services_text = _given("--basic-services", typed.basic_services, mistakes)
    spd = mistakes.number("--spd", spd_text, formula.maximum_spd.value if formula else None)
    highest = formula.maximum_sid_innovation.value if formula else None
    sids = [mistakes.number("--sid", text, highest) for text in typed.sids]
    if typed.sid_file is not None:
        found = file_numbers(typed.sid_file, mistakes)
        sids += [mistakes.number(where, text, highest) for where, text in found]
    most = len(formula.basic_services.value) if formula else None
    services = mistakes.whole("--basic-services", services_text, most)
    return Numbers(spd, tuple(sids), services, _reported(typed, len(sids), mistakes))


def _given(name: str, text: str | None, mistakes: Mistakes) -> str:
    if text is None:
        mistakes.found.append(f"{name} belum diisi")
        return "0"
    return text


def _reported(typed: Typed, sids: int, mistakes: Mistakes) -> int:
    if typed.reported is None:
        return sids
    before = len(mistakes.found)
    reported = mistakes.whole("--reported", typed.reported)
    if reported < sids and len(mistakes.found) == before:
        mistakes.found.append(f"--reported {reported} lebih kecil daripada jumlah SID yang diisi ({sids})")
    return reported


def calculated(numbers: Numbers, rulebook: Rulebook) -> Index:
    """The index of *numbers*."""
    eligible = len(numbers.sids)
    return index_of(rulebook, numbers.spd, numbers.sids, eligible, numbers.reported, numbers.basic_services)


def narrated(numbers: Numbers, index: Index, rulebook: Rulebook) -> list[str]:
    """The calculation step by step, one line each."""
    return rendered(
        "iid.tasks.answers",
        "calculate",
        {},
        numbers=numbers,
        index=index,
        rulebook=rulebook,
        formula=rulebook.formula,
        n=len(numbers.sids),
        sids=published(sum(numbers.sids, Fraction(0))),
        got={
            name: published(getattr(index, name))
            for name in ("spd", "sid_mean", "count_score", "sid", "total")
        },
        gap=gap_to_next(rulebook, index.index),
        inferred=[path for path, _, _ in inferred_in(rulebook.formula)],
    )
