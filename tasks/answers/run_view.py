"""A published run for hypothetical questions: rules, tables, states."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.score.scoring import score
from iid.tasks.score.state import Innovation, State, settled, state_of
from iid.tasks.shares.marker import province_zone
from iid.tasks.store.earlier_runs import marker_of
from iid.tasks.text.indonesian import moment
from iid.tasks.values.assessment import Assessment, RunTables, rulebook_of
from iid.tasks.values.region import Marker
from iid.tasks.values.row_groups import Row, records
from iid.tasks.values.tables import VIEWS

if TYPE_CHECKING:
    import pandas as pd

Record = Row
ClaimKey = tuple[str, str]  # innovation, indicator
Views = dict[str, State]
#: Which run it is, as every answer for machines begins: keys of ``index.json``.
HEAD = ("region", "cycle", "run_id", "as_of", "status", "rulebook")


def owner_of(run: RunTables) -> Marker:
    """Whose run it is; of one from before reports named the region, its code."""
    if isinstance(run, Assessment):
        return run.marker
    return marker_of(run) or Marker(run.region, f"Wilayah {run.region}", province_zone(run.region))


@dataclass(frozen=True)
class Picture:
    """One run with its rules; each table is read once. StoreError if absent."""

    run: RunTables
    rulebook: Rulebook

    @classmethod
    def of(cls, run: RunTables) -> Picture:
        """Return the picture of *run*. RulebookError when its rules are refused.

        That of an assessment is made once (:attr:`Assessment.answers`).
        """
        if not isinstance(run, Assessment):
            return cls(run, rulebook_of(run))
        known = run.answers.get("picture")
        if not isinstance(known, cls):
            known = run.answers["picture"] = cls(run, run.rulebook)
        return known

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str) -> pd.DataFrame:
        """Return one table of the run (``scores``, ``claims``, ``profiles``, …)."""
        if name not in self._tables:
            self._tables[name] = self.run.table(name)
        return self._tables[name]

    @cached_property
    def index(self) -> Record:
        """``index.json``."""
        found: Record = self.run.json("index.json")
        return found

    @property
    def head(self) -> Record:
        """Which run this is, as every answer for machines begins."""
        return {name: self.index.get(name) for name in HEAD}

    @cached_property
    def when(self) -> str:
        """The run's time on the region's clock, in words."""
        as_of = datetime.fromisoformat(self.index["as_of"])
        return moment(as_of, province_zone(self.run.region))

    @cached_property
    def names(self) -> dict[str, str]:
        """Name of each innovation; its folder where the workbook gives none."""
        table = self.table("innovations")
        pairs = zip(table["innovation_id"].tolist(), table["name"].tolist(), strict=True)
        return {owner: name or owner.partition("/")[2] for owner, name in pairs}

    @cached_property
    def units(self) -> dict[str, str]:
        """Name of each unit by code."""
        table = self.table("units")
        return dict(zip(table["unit_code"].tolist(), table["name"].tolist(), strict=True))

    @cached_property
    def unit_of(self) -> dict[str, str]:
        """Unit code of each innovation."""
        table = self.table("innovations")
        return dict(zip(table["innovation_id"].tolist(), table["unit_code"].tolist(), strict=True))

    @cached_property
    def score_rows(self) -> dict[tuple[str, str], Record]:
        """SCORES by innovation and indicator."""
        return {(r["innovation_id"], r["indicator"]): r for r in records(self.table("scores"))}

    @cached_property
    def critical(self) -> dict[tuple[str, str], list[Record]]:
        """Critical findings by innovation and indicator ("": on the whole)."""
        table = self.table("findings")
        found: dict[tuple[str, str], list[Record]] = {}
        for row in records(table[(table["severity"] == "critical").fillna(False)]):
            for owner in [row["innovation_id"]] if row["innovation_id"] else self._of_unit(row["unit_code"]):
                found.setdefault((owner, row["indicator"]), []).append(row)
        return found

    def _of_unit(self, unit: str) -> list[str]:
        return [owner for owner, code in self.unit_of.items() if code == unit]

    @cached_property
    def dormant(self) -> pd.DataFrame:
        """SCORES of what is barred as a whole, as if nothing barred it."""
        known = self.run.dormant if isinstance(self.run, Assessment) else None
        if known is not None:
            return known
        t = self.table
        tables = t("profiles"), t("claims"), t("evidence_all"), t("findings"), t("decisions")
        return score(*tables, self.rulebook).dormant

    @cached_property
    def freed_rows(self) -> dict[tuple[str, str], Record]:
        """SCORES by innovation and indicator as if nothing barred an innovation."""
        dormant = {(r["innovation_id"], r["indicator"]): r for r in records(self.dormant)}
        return {**self.score_rows, **dormant}

    @cached_property
    def barred(self) -> frozenset[str]:
        """Innovations that are not eligible."""
        table = self.table("innovations")
        return frozenset(table.loc[~table["eligible"].fillna(False).astype(bool), "innovation_id"].tolist())

    @cached_property
    def basis(self) -> Views:
        """The views before it is :func:`settled` who counts in ``verified``."""
        return views_of(self.table("innovations"), self.table("scores"), self.rulebook, self.dormant)

    @cached_property
    def states(self) -> Views:
        """The three views as states; each has the index that was published."""
        return settled(self.basis)

    @cached_property
    def published(self) -> Views:
        """The :attr:`states` of what was published: nothing more gets eligible."""
        return settled(views_of(self.table("innovations"), self.table("scores"), self.rulebook))


def views_of(
    innovations: pd.DataFrame, scores: pd.DataFrame, rulebook: Rulebook, dormant: pd.DataFrame | None = None
) -> Views:
    """Return the views in published tables (:func:`state_of`), not settled."""
    return {view: state_of(innovations, scores, rulebook, view, dormant) for view in VIEWS}


@dataclass(frozen=True, slots=True)
class Added(Innovation):
    """A hypothetical innovation of known score only; it counts in every view."""

    score: Fraction = Fraction(0)

    @property
    def accepted(self) -> bool:
        """True."""
        return True

    def points(self, rulebook: Rulebook) -> Fraction:
        """Its score, whatever the weights."""
        return self.score if self.eligible else Fraction(0)
