"""Checks of the formula, the predicates, the window and the timetable."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from decimal import Decimal

from iid.expectations.rulebook.messages import Problem, shown
from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.expectations.rulebook.sourced import Fact

MAX_PLACES = 6
_DAY_OR_MONTH = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])(-(0[1-9]|[12][0-9]|3[01]))?")


def _weights(book: Rulebook) -> Iterator[Problem]:
    formula = book.formula
    pairs: list[tuple[str, Fact[Decimal], tuple[Indicator, ...]]] = [
        ("maximum_sid_innovation", formula.maximum_sid_innovation, book.sid)
    ]
    if book.spd == "rows":
        pairs.insert(0, ("maximum_spd", formula.maximum_spd, book.spd_rows))
    for name, stated, rows in pairs:
        total = sum((row.weight.value for row in rows), Decimal(0))
        if 3 * total != stated.value:
            why = f"{_number(3 * total)} (3 × jumlah bobot {_number(total)} dari {len(rows)} baris)"
            yield Problem(f"formula.{name}.value", str(stated.value), why)


def _maxima(book: Rulebook) -> Iterator[Problem]:
    formula = book.formula
    count = formula.count_weight.value * formula.count_cap.value
    if count != formula.maximum_count.value:
        why = f"{_number(count)} (count_weight × count_cap)"
        yield Problem("formula.maximum_count.value", str(formula.maximum_count.value), why)
    parts = (formula.maximum_spd, formula.maximum_sid_innovation, formula.maximum_count)
    total = sum((part.value for part in parts), Decimal(0))
    if total != formula.maximum_total.value:
        why = f"{_number(total)} (maximum_spd + maximum_sid_innovation + maximum_count)"
        yield Problem("formula.maximum_total.value", str(formula.maximum_total.value), why)


def _constants(book: Rulebook) -> Iterator[Problem]:
    formula = book.formula
    services = len(formula.basic_services.value)
    bounds: list[tuple[str, Decimal | int, Decimal | int, Decimal | int | None]] = [
        ("formula.divisor_min", formula.divisor_min.value, 1, None),
        ("formula.count_weight", formula.count_weight.value, 0, None),
        ("formula.count_cap", formula.count_cap.value, 0, None),
        ("formula.basic_services_min", formula.basic_services_min.value, 0, services),
        ("formula.maximum_spd", formula.maximum_spd.value, 0, None),
        ("formula.places", formula.places.value, 0, MAX_PLACES),
        ("eligibility.min_words", book.eligibility.min_words.value, 0, None),
        ("limits.bytes_per_mb", book.limits.bytes_per_mb.value, 1, None),
    ]
    for path, value, lowest, highest in bounds:
        if value < lowest or (highest is not None and value > highest):
            allowed = f"{lowest} sampai {highest}" if highest is not None else f"paling kecil {lowest}"
            yield Problem(f"{path}.value", str(value), allowed)
    if formula.maximum_total.value <= 0:  # it divides
        yield Problem("formula.maximum_total.value", str(formula.maximum_total.value), "lebih dari 0")


def _predicates(book: Rulebook) -> Iterator[Problem]:
    """Check that predicates cover 0 to 100 without hole or overlap, in steps."""
    step = Decimal(1).scaleb(-min(max(book.formula.places.value, 0), MAX_PLACES))
    follows, previous = Decimal(0), "0"
    for predicate in sorted(book.predicates, key=lambda p: (p.lower, p.upper)):
        path = f"predicates[{predicate.name}]"
        if predicate.lower != follows:
            fault = "ada celah" if predicate.lower > follows else "bertindih"
            yield Problem(f"{path}.lower", str(predicate.lower), f"{follows} ({fault} sesudah {previous})")
        if predicate.upper < predicate.lower:
            yield Problem(f"{path}.upper", str(predicate.upper), f"paling kecil lower ({predicate.lower})")
        follows, previous = max(predicate.lower, predicate.upper) + step, f"upper {predicate.upper}"
    if follows != 100 + step:
        last = _number(follows - step) if book.predicates else "tidak ada"
        yield Problem("predicates", f"batas atas tertinggi {last}", "100 (seluruh 0 sampai 100 tercakup)")


def _windows(book: Rulebook) -> Iterator[Problem]:
    window = book.eligibility
    if window.applied_from.value > window.applied_to.value:
        allowed = f"paling lambat applied_to ({window.applied_to.value})"
        yield Problem("eligibility.applied_from.value", str(window.applied_from.value), allowed)
    times = {"reporting_from": book.timetable.reporting_from, "reporting_to": book.timetable.reporting_to}
    for name, fact in times.items():
        if fact.value is not None and not _DAY_OR_MONTH.fullmatch(fact.value):
            allowed = '"YYYY-MM-DD", "YYYY-MM", atau null'
            yield Problem(f"timetable.{name}.value", shown(fact.value), allowed)
    first, last = (fact.value for fact in times.values())
    if first and last and first[:7] > last[:7]:
        yield Problem("timetable.reporting_from.value", shown(first), f"paling lambat reporting_to ({last})")


def _names(book: Rulebook) -> Iterator[Problem]:
    lists: list[tuple[str, Iterable[str]]] = [
        ("predicates", (p.name for p in book.predicates)),
        ("formula.basic_services.value", book.formula.basic_services.value),
        ("eligibility.stages.value", book.eligibility.stages.value),
    ]
    for path, names in lists:
        found = list(names)
        for name in sorted({n for n in found if found.count(n) > 1}):
            yield Problem(path, shown(name), "setiap nama satu kali")
    if book.eligibility.stage.value not in book.eligibility.stages.value:
        stages = ", ".join(book.eligibility.stages.value)
        yield Problem("eligibility.stage.value", shown(book.eligibility.stage.value), stages)


def _number(value: Decimal) -> str:
    """*value* without trailing zeros: ``76``, not ``76.00``."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


Rule = Callable[[Rulebook], Iterator[Problem]]
RULES: tuple[Rule, ...] = (_weights, _maxima, _constants, _predicates, _windows, _names)
