"""Everything the pages share, grouped once: no page searches a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from iid.expectations.rulebook.rulebook_error import RulebookError
from iid.tasks.answers.compare import compared
from iid.tasks.answers.next_steps import steps_of
from iid.tasks.answers.run_view import Picture
from iid.tasks.report.entries import InnovationEntry, UnitEntry, innovation_entries, unit_entries
from iid.tasks.report.losses import Loss, Worth, claim_losses, index_points
from iid.tasks.report.overview import Level, headline
from iid.tasks.report.privacy import public
from iid.tasks.text.indonesian import exact
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import StoreError
from iid.tasks.values.row_groups import Grouped, Row, records, stream
from iid.tasks.values.tables import REGION_ID


@dataclass(frozen=True)
class Book:
    """One assessment, opened for reading. Build it with :func:`open_book`."""

    assessment: Assessment
    units: tuple[UnitEntry, ...]
    innovations: tuple[InnovationEntry, ...]

    @property
    def picture(self) -> Picture:
        """The run as hypothetical questions see it."""
        return Picture.of(self.assessment)

    @property
    def open(self) -> bool:
        """Whether anything can still be done: the cycle is not closed."""
        return self.assessment.status != "final"

    @cached_property
    def headline(self) -> Level:
        """The level that counts now."""
        return headline(self.assessment)

    @cached_property
    def by_id(self) -> dict[str, InnovationEntry]:
        """Innovations by their id."""
        return {entry.id: entry for entry in self.innovations}

    @cached_property
    def counted(self) -> tuple[InnovationEntry, ...]:
        """Innovations that count in the headline."""
        known = self.picture.states[self.headline.key].innovations
        return tuple(entry for entry in self.innovations if known[entry.id].eligible)

    @cached_property
    def ranked_count(self) -> int:
        """How many innovations have a rank."""
        return sum(entry.rank is not None for entry in self.innovations)

    @cached_property
    def unit_types(self) -> dict[str, str]:
        """Type of each unit by its code."""
        return {unit.code: unit.type for unit in self.units}

    @cached_property
    def by_unit(self) -> dict[str, list[InnovationEntry]]:
        """Innovations of each unit, best first."""
        grouped: dict[str, list[InnovationEntry]] = {}
        for entry in self.innovations:
            grouped.setdefault(entry.unit_code, []).append(entry)
        return grouped

    @cached_property
    def losses(self) -> dict[tuple[str, str], Loss]:
        """Claims that lost points."""
        refused = {entry.id for entry in self.innovations if not entry.eligible}
        return claim_losses(self.assessment.scores, refused)

    @cached_property
    def worth(self) -> Worth:
        """Worth and order of findings."""
        return Worth(self.losses, {e.id: e.claimed for e in self.innovations if not e.eligible})

    @cached_property
    def outlook(self) -> dict[str, Any]:
        """The run's next best steps, as in ``iid next-steps --json``."""
        return steps_of(self.picture)

    @cached_property
    def gains(self) -> dict[tuple[str, str], Decimal]:
        """Index points by claim to fix, or innovation to make eligible ("").

        None once the cycle is closed.
        """
        if not self.open:
            return {}
        steps = (step for step in self.outlook["steps"] if step["kind"] in {"mend", "qualify"})
        return {(step["innovation_id"], step["indicator"]): Decimal(step["gain"]) for step in steps}

    @cached_property
    def steps_by_owner(self) -> dict[str, list[dict[str, Any]]]:
        """Open steps by innovation (and ``pemda``), the most valuable first."""
        grouped: dict[str, list[dict[str, Any]]] = {}
        for step in self.outlook["steps"]:
            grouped.setdefault(step["innovation_id"], []).append(step)
        return grouped

    @cached_property
    def moved(self) -> dict[str, Any] | None:
        """What moved since the last run, as in ``iid compare --json``; or None."""
        run = self.assessment.earlier.last
        try:
            return compared(Picture.of(run), self.picture) if run else None
        except (StoreError, RulebookError, KeyError):
            return None  # a run of an older version may lack a table or a column

    @cached_property
    def tables(self) -> dict[str, Grouped]:
        """Tables by innovation (``pemda`` included), and findings by unit."""
        a = self.assessment
        named = {
            "scores": a.scores,
            "claims": a.claims,
            "evidence": a.evidence,
            "findings": a.findings,
            "decisions": a.decisions,
            "profiles": a.profiles,
        }
        grouped = {name: Grouped(table, "innovation_id") for name, table in named.items()}
        return {**grouped, "findings_by_unit": Grouped(a.findings, "unit_code")}

    @cached_property
    def progress(self) -> tuple[int, int, int]:
        """Claims with a parameter, decided ones, innovations with a decision."""
        claims = decided = 0
        touched: set[str] = set()
        for row in stream(self.assessment.scores):
            claims += exact(row["claimed_score"]) > 0
            if row["decision"]:
                decided += 1
                touched.add(row["innovation_id"])
        return claims, decided, len(touched - {REGION_ID})

    def index_points(self, loss: Loss) -> Decimal:
        """What the claim's lost points are in points of the supported index."""
        return index_points(loss.points, loss.innovation_id, self.assessment.index["supported"])

    def place(self, innovation_id: str) -> tuple[str, str]:
        """Return name and page of an innovation or of the region, or the bare id."""
        if innovation_id == REGION_ID:
            return "Pemerintah daerah", "pemda.html"
        entry = self.by_id.get(innovation_id)
        return (entry.name, entry.page) if entry else (innovation_id, "")

    def sorted_findings(self, rows: Sequence[Row]) -> list[dict[str, Any]]:
        """Findings with their worth, the most pressing first."""
        ordered = sorted(rows, key=lambda row: self.worth.order(row, self._gain(row)))
        return [{**row, **self._extra(row)} for row in ordered]

    def finding_pages(self, size: int) -> Iterator[list[dict[str, Any]]]:
        """Yield all findings by work list, *size* at a time; at least one page."""
        table = self.assessment.findings
        keys = [
            (self.worth.order(row, self._gain(row)), position) for position, row in enumerate(stream(table))
        ]
        positions = [position for _, position in sorted(keys)]
        for start in range(0, max(len(positions), 1), size):
            rows = records(table.iloc[positions[start : start + size]])
            yield [{**row, **self._extra(row)} for row in rows]

    def _extra(self, row: Row) -> dict[str, Any]:
        name, page = self.place(row["innovation_id"]) if row["innovation_id"] else ("", "")
        worth = self.worth.of(row["severity"], row["innovation_id"], row["indicator"])
        return {"place": name, "page": page, "worth": worth, "gain": self._gain(row)}

    def _gain(self, row: Row) -> Decimal | None:
        """Return the index points from fixing a critical finding; None if unknown."""
        if row["severity"] != "critical":
            return None
        return self.gains.get((row["innovation_id"], row["indicator"]))


def open_book(assessment: Assessment) -> Book:
    """*assessment* without reviewer names, ready for the pages."""
    shown = public(assessment)
    units = unit_entries(shown)
    return Book(shown, units, innovation_entries(shown, units))
