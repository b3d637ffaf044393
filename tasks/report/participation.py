"""Who takes part, by type of unit, and boards that list nobody as last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from iid.tasks.report import overview
from iid.tasks.report.book import Book
from iid.tasks.report.entries import InnovationEntry, UnitEntry
from iid.tasks.values.tables import REGION_ID

TOP = 5  # rows of a leaderboard

Context = dict[str, Any]


@dataclass(frozen=True, slots=True)
class LeaderboardRow:
    """One row of a leaderboard."""

    unit: UnitEntry
    value: Decimal
    beside: str = ""


@dataclass(frozen=True, slots=True)
class District:
    """A kecamatan: how many units there, itself included, have reported."""

    unit: UnitEntry
    done: int
    total: int

    @property
    def level(self) -> str:
        """``all``, ``some`` or ``none`` of them: the colour of its tile."""
        return "all" if self.done == self.total else "some" if self.done else "none"


def board(book: Book) -> Context:
    """Return participation and boards; ``improved`` None without earlier run."""
    return {
        "types": overview.participation([unit for unit in book.units if unit.known]),
        "reporting": overview.reporting(book.units),
        "districts": _districts(book),
        "complete": _complete(book),
        "improved": _improved(book),
        "largest": _largest(book),
        "best": _best(book),
    }


def _units(book: Book) -> dict[str, UnitEntry]:
    return {unit.code: unit for unit in book.units if unit.known}


def _districts(book: Book) -> list[District]:
    """Every kecamatan by name."""
    units, parents = _units(book), book.assessment.parents
    below: defaultdict[str, list[UnitEntry]] = defaultdict(list)
    for unit in units.values():
        line = list(_upwards(unit.code, parents))
        code = next((c for c in line if c in units and units[c].type == "kecamatan"), "")
        if code:
            below[code].append(unit)
    found = [District(units[c], sum(u.submitted for u in below[c]), len(below[c])) for c in below]
    return sorted(found, key=lambda d: (d.unit.name, d.unit.code))


def _upwards(code: str, parents: Mapping[str, str]) -> Iterator[str]:
    """*code*, the unit above it, and so on; the roster has no circle."""
    while code:
        yield code
        code = parents.get(code, "")


def _complete(book: Book) -> list[LeaderboardRow]:
    """Return the units with the highest percent of supported claimed points."""
    units, rows = _units(book), []
    for code, entries in sorted(book.by_unit.items()):
        claimed = sum((e.claimed for e in entries), Decimal(0))
        if code in units and claimed > 0:
            supported = sum((e.supported for e in entries), Decimal(0))
            rows.append(LeaderboardRow(units[code], supported / claimed * 100, _count(entries)))
    return sorted(rows, key=lambda p: (-p.value, -p.unit.eligible, p.unit.code))[:TOP]


def _count(entries: list[InnovationEntry]) -> str:
    return f"{len(entries)} inovasi"


def _improved(book: Book) -> list[LeaderboardRow] | None:
    """Return the units that gained most index points since the last run."""
    if book.moved is None:
        return None
    units = _units(book)
    gains: defaultdict[str, Decimal] = defaultdict(Decimal)
    for row in (*book.moved["claims"], *(r for rows in book.moved["innovations"].values() for r in rows)):
        if row["innovation_id"] != REGION_ID:
            gains[row["innovation_id"].partition("/")[0]] += Decimal(row["index_points"])
    rows = [LeaderboardRow(units[code], gain) for code, gain in gains.items() if code in units and gain > 0]
    return sorted(rows, key=lambda p: (-p.value, p.unit.code))[:TOP]


def _largest(book: Book) -> list[LeaderboardRow] | None:
    """Return the units whose open steps would add most; None when closed."""
    if not book.open:
        return None
    units = _units(book)
    rows = [
        LeaderboardRow(units[row["unit_code"]], Decimal(row["gain"]), f"{row['steps']} langkah")
        for row in book.outlook["units"]
        if row["unit_code"] in units and Decimal(row["gain"]) > 0
    ]
    return rows[:TOP]


def _best(book: Book) -> list[LeaderboardRow]:
    """Units with the highest mean of supported points."""
    rows = [LeaderboardRow(unit, unit.mean) for unit in book.units if unit.known and unit.mean is not None]
    return sorted(rows, key=lambda p: (-p.value, -p.unit.eligible, p.unit.code))[:TOP]
