"""The first page's numbers: levels, distance, parts, coverage, causes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from statistics import median
from typing import Any

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match
from iid.tasks.report.entries import InnovationEntry, UnitEntry
from iid.tasks.report.losses import SEVERITY_ORDER, Key, Loss
from iid.tasks.score.formula import Gap, gap_to_next
from iid.tasks.text.indonesian import clean, exact, moment, number
from iid.tasks.text.labels import LEVELS, UNIT_TYPES
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.row_groups import stream
from iid.tasks.values.tables import REGION_ID


@dataclass(frozen=True, slots=True)
class Level:
    """One way of counting: claimed, supported or verified (``index.json``)."""

    key: str
    title: str
    meaning: str
    values: Mapping[str, Any]

    @property
    def index(self) -> Decimal:
        """The published index, 2 places."""
        return exact(self.values["index"])


def held_text(a: Assessment) -> str:
    """Name the units that count as published last (``held``); "" for none."""
    held: Mapping[str, Mapping[str, str]] = a.index.get("held", {})
    if not held:
        return ""
    names = dict(zip(a.units["unit_code"].tolist(), a.units["name"].tolist(), strict=True))
    units = [
        f"{_unit_name(code, names)} (keadaan {_when(one['as_of'], a)}, sampai {_when(one['until'], a)})"
        for code, one in sorted(held.items())
    ]
    return (
        f"{number(len(held))} unit ditahan karena buktinya hilang dari folder bersama; "
        f"yang dihitung keadaannya yang terakhir terbit: {'; '.join(units)}."
    )


def _unit_name(code: str, names: Mapping[str, str]) -> str:
    return "Pemerintah daerah" if code == REGION_ID else clean(names.get(code) or code)


def _when(text: str, a: Assessment) -> str:
    return moment(datetime.fromisoformat(text), a.marker.zone)


@dataclass(frozen=True, slots=True)
class Band:
    """One category on the scale from 0 to 100; ``middle``: place of its name."""

    name: str
    lower: Decimal
    upper: Decimal

    @property
    def middle(self) -> Decimal:
        """Half way between its borders."""
        return (self.lower + self.upper) / 2


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the sum against its maximum; ``weight``: percent of all."""

    key: str
    title: str
    points: Decimal
    maximum: Decimal
    weight: Decimal

    @property
    def gap(self) -> Decimal:
        """What it lacks, in points of the index."""
        return self.weight * (1 - self.points / self.maximum) if self.maximum else Decimal(0)


@dataclass(frozen=True, slots=True)
class TypeCount:
    """How many units of one type have reported, and their median score."""

    type: str
    submitted: int
    total: int
    innovations: int
    median: Decimal | None


@dataclass(frozen=True, slots=True)
class Reporting:
    """Units of the roster that have reported, and folders of none of them."""

    done: int
    total: int
    unknown: int

    @property
    def beside(self) -> str:
        """``dan 1 folder tak dikenal``; empty without such a folder."""
        return f"dan {number(self.unknown)} folder tak dikenal" if self.unknown else ""


@dataclass(slots=True)
class Cause:
    """Findings of one code, counted; ``points``: what was lost through them."""

    code: str
    severity: str
    count: int = 0
    points: Decimal = Decimal(0)
    innovations: set[str] = field(default_factory=set)
    units: set[str] = field(default_factory=set)


def levels(assessment: Assessment) -> tuple[Level, ...]:
    """Claimed, supported and verified, in this order."""
    return tuple(Level(key, title, meaning, assessment.index[key]) for key, title, meaning in LEVELS)


def headline(assessment: Assessment) -> Level:
    """Return the level that counts: supported, or verified once closed."""
    wanted = "verified" if assessment.status == "final" else "supported"
    return next(level for level in levels(assessment) if level.key == wanted)


def gap(rulebook: Rulebook, level: Level) -> Gap | None:
    """Return what is missing to the next category; None in the highest."""
    total, maximum = (Fraction(exact(level.values[key])) for key in ("total", "maximum"))
    index = total / maximum * 100
    if rulebook.rounded(index) != level.index:  # the total is rounded too; the published index decides
        index = Fraction(level.index)
    return gap_to_next(rulebook, index)


def bands(rulebook: Rulebook) -> tuple[Band, ...]:
    """Return the categories with a width, lowest first; not the one for 0."""
    wide = sorted((p for p in rulebook.predicates if p.upper > p.lower), key=lambda p: p.lower)
    return tuple(Band(p.name, p.lower, p.upper) for p in wide)


def parts(rulebook: Rulebook, level: Level) -> tuple[Part, ...]:
    """SPD, mean SID and number of innovations, each against its maximum."""
    formula, whole = rulebook.formula, rulebook.formula.maximum_total.value
    rows = (
        ("Satuan Pemerintah Daerah (SPD)", "spd", formula.maximum_spd),
        ("Rata-rata Satuan Inovasi Daerah (SID)", "sid_mean", formula.maximum_sid_innovation),
        ("Jumlah inovasi", "count_score", formula.maximum_count),
    )
    return tuple(
        Part(key, title, exact(level.values[key]), fact.value, fact.value / whole * 100)
        for title, key, fact in rows
    )


def basic_services(rulebook: Rulebook, innovations: Iterable[InnovationEntry]) -> tuple[tuple[str, int], ...]:
    """Return each basic service with its number of *innovations*."""
    names = rulebook.formula.basic_services.value
    affairs = Counter(entry.affair for entry in innovations)
    counted: Counter[str] = Counter()
    for affair, count in affairs.items():
        counted[match(affair, names) or ""] += count
    return tuple((name, counted[name]) for name in names)


def type_order(kind: str) -> tuple[int, str]:
    """Return the sort key of a unit type: the contract's order, unknown last."""
    known = list(UNIT_TYPES)
    return (known.index(kind) if kind in known else len(known), kind)


def reporting(units: Sequence[UnitEntry]) -> Reporting:
    """Return how many units have reported; other folders are no units."""
    known = [unit for unit in units if unit.known]
    return Reporting(sum(unit.submitted for unit in known), len(known), len(units) - len(known))


def participation(units: Sequence[UnitEntry]) -> tuple[TypeCount, ...]:
    """Count reported and missing units by type, in the contract's order."""
    found = sorted({unit.type for unit in units}, key=type_order)
    counts = []
    for kind in found:
        same = [unit for unit in units if unit.type == kind]
        done = sum(unit.submitted for unit in same)
        means = [unit.mean for unit in same if unit.mean is not None]
        middle = median(means) if means else None
        counts.append(TypeCount(kind, done, len(same), sum(unit.innovations for unit in same), middle))
    return tuple(counts)


def causes(
    findings: pd.DataFrame, losses: Mapping[Key, Loss], innovations: Iterable[InnovationEntry]
) -> tuple[Cause, ...]:
    """Count findings by code, costliest first; a claim may be under several."""
    found: dict[tuple[str, str], Cause] = {}
    for row in stream(findings):
        key = row["code"], row["severity"]
        cause = found.setdefault(key, Cause(*key))
        cause.count += 1
        cause.innovations.update({row["innovation_id"]} - {"", REGION_ID})
        cause.units.update({row["unit_code"]} - {"", REGION_ID})
    for code, points in _points_by_code(losses, innovations):
        if (code, "critical") in found:
            found[code, "critical"].points += points
    return tuple(
        sorted(found.values(), key=lambda c: (SEVERITY_ORDER.get(c.severity, 9), -c.points, -c.count, c.code))
    )


def _points_by_code(
    losses: Mapping[Key, Loss], innovations: Iterable[InnovationEntry]
) -> Iterable[tuple[str, Decimal]]:
    for loss in losses.values():
        yield from ((code, loss.points) for code in loss.reasons)
    for entry in innovations:
        yield from ((code, entry.claimed) for code in entry.reasons)
