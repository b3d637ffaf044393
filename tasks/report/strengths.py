"""Strengths and weaknesses of the region, measured by its own units.

A unit is *strong* in an indicator when its eligible innovations reach on average at least two
thirds of the highest parameter, *weak* below one third. A strength of the region is an indicator in
which more than half of its units are strong. This is our own reading aid; it moves no score.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from iid.tasks.report.book import Book
from iid.tasks.values.row_groups import stream


@dataclass(frozen=True, slots=True)
class UnitClasses:
    """How units do in one indicator; the three add up to all that count."""

    key: str
    name: str
    weight: Decimal
    strong: int
    middle: int
    weak: int

    @property
    def units(self) -> int:
        """Units with at least one eligible innovation."""
        return self.strong + self.middle + self.weak

    @property
    def is_strength(self) -> bool:
        """Most units are strong."""
        return self.strong * 2 > self.units

    @property
    def is_weakness(self) -> bool:
        """Most units are weak."""
        return self.weak * 2 > self.units


def unit_classes(book: Book) -> tuple[UnitClasses, ...]:
    """Return every indicator of eligible innovations, in rulebook order."""
    values = _values(book)
    found = []
    for indicator in book.assessment.rulebook.sid:
        best = max((p.value for p in indicator.parameters), default=3)
        counts = [_class(sum(v), len(v), best) for v in values.get(indicator.key, {}).values()]
        if counts:
            found.append(
                UnitClasses(
                    indicator.key,
                    indicator.name,
                    indicator.weight.value,
                    counts.count("strong"),
                    counts.count("middle"),
                    counts.count("weak"),
                )
            )
    return tuple(found)


def strengths(found: tuple[UnitClasses, ...]) -> list[UnitClasses]:
    """Indicators in which most units are strong, the most common first."""
    return sorted((s for s in found if s.is_strength), key=lambda s: (-s.strong, -s.weight, s.key))


def weaknesses(found: tuple[UnitClasses, ...]) -> list[UnitClasses]:
    """Return the indicators where most units are weak, heaviest first."""
    return sorted((s for s in found if s.is_weakness), key=lambda s: (-s.weak * s.weight, s.key))


def _class(total: int, count: int, best: int) -> str:
    """Mean parameter *total* / *count* against *best*, in thirds."""
    if total * 3 >= 2 * best * count:
        return "strong"
    return "weak" if total * 3 < best * count else "middle"


def _values(book: Book) -> dict[str, dict[str, list[int]]]:
    """Parameters that count now, by indicator and unit."""
    units = {entry.id: entry.unit_code for entry in book.counted}
    column = f"{book.headline.key}_parameter"
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for row in stream(book.assessment.scores):
        unit = units.get(row["innovation_id"])
        if unit is not None and row["aspect"] == "SID":
            found[row["indicator"]][unit].append(row[column] or 0)
    return found
