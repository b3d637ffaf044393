"""From a number of region or unit to its formula, constants and rows."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match, plain
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.answers.score_trace import code_of, source_of
from iid.tasks.score.exact import published
from iid.tasks.values.row_groups import records
from iid.tasks.values.tables import VIEWS

if TYPE_CHECKING:
    from iid.tasks.store.published_run import Run

#: What a person may type for a number of the region.
WORDS = {
    "indeks": "index",
    "index": "index",
    "spd": "spd",
    "sid": "sid",
    "ratarata sid": "sid",
    "sid_mean": "sid",
    "jumlah inovasi": "count",
    "jumlah": "count",
    "count_score": "count",
    "36": "count",
}
#: The constants of the formula that each number rests on.
RULES = {
    "index": ("maximum_total", "places"),
    "spd": ("maximum_spd",),
    "sid": ("divisor_min", "divisor_counts", "maximum_sid_innovation"),
    "count": ("count_weight", "count_cap", "basic_services_min", "basic_services", "maximum_count"),
    "unit": (),
}
_PARTS = {
    "index": ("spd", "sid", "total", "maximum", "index", "category"),
    "spd": ("spd",),
    "sid": ("sid_mean", "divisor"),
    "count": ("count_score", "basic_services"),
}


def figure(run: Run, wanted: str) -> Record | None:
    """Return what is behind a number of the region or of a unit, or None.

    JSON-ready: ``views`` (the numbers as published), ``rules`` (constants with source), ``rows`` (what
    they are made of, each of which ``iid explain`` takes further). None when no such number is meant.
    """
    units = run.table("units") if "units.parquet" in run.files else None
    unit = None if units is None else _unit_of(units, wanted)
    name = "unit" if unit else {plain(word): key for word, key in WORDS.items()}.get(plain(wanted))
    if name is None:
        return None
    picture = Picture.of(run)
    index, rulebook = picture.index, picture.rulebook
    parts = _Parts(picture)
    return {
        **picture.head,
        **{key: index.get(key) for key in ("reported", "eligible")},
        "code": code_of(run),
        "figure": name,
        "unit": unit,
        "views": {view: {part: index[view][part] for part in _PARTS.get(name, ())} for view in VIEWS},
        "rules": [_rule(rulebook, key) for key in RULES[name]] + list(_predicates(rulebook, name)),
        "rows": list(parts.rows(name, unit)),
        "findings": parts.findings(unit) if unit else [],
    }


def _unit_of(units: pd.DataFrame, wanted: str) -> Record | None:
    asked = wanted.strip()
    same = units[units["unit_code"] == asked]
    if same.empty:
        same = units[units["name"].map(plain) == plain(asked)] if plain(asked) else same
    return records(same)[0] if len(same) == 1 else None


def _rule(rulebook: Rulebook, key: str) -> Record:
    fact = getattr(rulebook.formula, key)
    value = ";".join(fact.value) if isinstance(fact.value, tuple) else str(fact.value)
    return {"rule": f"formula.{key}", "value": value, "source": source_of(fact, rulebook)}


def _predicates(rulebook: Rulebook, name: str) -> Iterator[Record]:
    for one in rulebook.predicates if name == "index" else ():
        value = f"{one.lower}..{one.upper}"
        yield {"rule": f"predicates.{one.name}", "value": value, "source": source_of(one, rulebook)}


@dataclass(frozen=True)
class _Parts:
    """The rows that a number is made of."""

    picture: Picture

    def rows(self, name: str, unit: Record | None) -> Iterator[Record]:
        if name == "spd":
            yield from self._spd()
        elif name in {"sid", "count", "unit"}:
            for row in self._innovations:
                if unit is None or row["unit_code"] == unit["unit_code"]:
                    yield row
        else:
            for part, key in (
                ("SPD", "spd"),
                ("rata-rata SID", "sid_mean"),
                ("jumlah inovasi", "count_score"),
            ):
                yield {"part": part, **{view: self.picture.index[view][key] for view in VIEWS}}

    def _spd(self) -> Iterator[Record]:
        scores = self.picture.table("scores")
        for row in records(scores[scores["aspect"] == "SPD"]):
            parameters = {f"{view}_parameter": row[f"{view}_parameter"] for view in VIEWS}
            points = {view: row[f"{view}_score"] for view in VIEWS}
            shown = self.picture.rulebook.by_key[row["indicator"]].name
            yield {
                "indicator": row["indicator"],
                "name": shown,
                "weight": row["weight"],
                **parameters,
                **points,
            }

    @cached_property
    def _innovations(self) -> list[Record]:
        """Each innovation: scores, basic service, whether it counts, its part."""
        found = []
        services, states = self.picture.rulebook.formula.basic_services.value, self.picture.published
        for row in records(self.picture.table("innovations")):
            owner = row["innovation_id"]
            scores = {view: row[f"{view}_score"] for view in VIEWS}
            found.append(
                {
                    "innovation_id": owner,
                    "unit_code": row["unit_code"],
                    "name": row["name"],
                    "eligible": bool(row["eligible"]),
                    "ineligible_reasons": row["ineligible_reasons"],
                    "basic_service": match(row["main_affair"] or "", services) or "",
                    "counts_in": [view for view in VIEWS if states[view].innovations[owner].eligible],
                    **scores,
                    "index_points": {view: self._share(Fraction(scores[view]), view) for view in VIEWS},
                }
            )
        return found

    def _share(self, score: Fraction, view: str) -> str:
        numbers = self.picture.index[view]
        return published(score / max(numbers["divisor"], 1) / Fraction(numbers["maximum"]) * 100, 4)

    def findings(self, unit: Record) -> list[Record]:
        """Count the unit's findings by code; they give critical and warnings."""
        table: Any = self.picture.table("findings")
        own = table[table["unit_code"] == unit["unit_code"]]
        sizes = own.groupby(["severity", "code"]).size()
        return [
            {"severity": severity, "code": code, "count": int(n)} for (severity, code), n in sizes.items()
        ]
