"""A published run as hypothetical questions see it: its rules, its tables, one state a view."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime
from fractions import Fraction
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from iid.expectations.findings import catalogue
from iid.expectations.rulebook import Rulebook
from iid.tasks.drives.marker import province_zone
from iid.tasks.explaining.tracing import records
from iid.tasks.reports.formatting import moment
from iid.tasks.scoring.parameters import VIEWS
from iid.tasks.scoring.scoring import Scored, score
from iid.tasks.scoring.whatif import Innovation, State, state_of

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.stores.reading import Run

Record = dict[str, Any]
Views = dict[str, State]


def rulebook_of(run: Run) -> Rulebook:
    """The rules a run was scored with, from its own copy. RulebookError when they are refused."""
    from iid.expectations.loading import load

    with tempfile.TemporaryDirectory(prefix="iid-") as folder:
        copy = Path(folder) / "rulebook.yaml"
        copy.write_bytes(run.bytes("rulebook.yaml"))
        return load(run.cycle, copy).rulebook


def barring(findings: pd.DataFrame) -> pd.Series:
    """Which rows of *findings* make an innovation ineligible as a whole."""
    scopes = {code: kind.scope for code, kind in catalogue().items()}
    scope = findings["code"].map(scopes).astype("string").fillna("")
    whole = scope.isin(("innovation", "submission")) | ((scope == "") & (findings["indicator"] == ""))
    return (whole & (findings["severity"] == "critical")).astype(bool)


@dataclass(frozen=True)
class Picture:
    """One run with its rules; every table is read once. StoreError where the run lacks one."""

    run: Run
    rulebook: Rulebook

    @classmethod
    def of(cls, run: Run) -> Picture:
        """The picture of *run* under its own rules."""
        return cls(run, rulebook_of(run))

    @cached_property
    def _tables(self) -> dict[str, pd.DataFrame]:
        return {}

    def table(self, name: str) -> pd.DataFrame:
        """One table of the run (``scores``, ``claims``, ``profiles``, ``evidence_all``, …)."""
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
        names = ("region", "cycle", "run_id", "as_of", "status", "rulebook")
        return {name: self.index.get(name) for name in names}

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
        """Critical findings by innovation and indicator ("": on the innovation or its submission)."""
        table = self.table("findings")
        found: dict[tuple[str, str], list[Record]] = {}
        for row in records(table[(table["severity"] == "critical").fillna(False)]):
            for owner in [row["innovation_id"]] if row["innovation_id"] else self._of_unit(row["unit_code"]):
                found.setdefault((owner, row["indicator"]), []).append(row)
        return found

    def _of_unit(self, unit: str) -> list[str]:
        return [owner for owner, code in self.unit_of.items() if code == unit]

    @cached_property
    def freed(self) -> Scored:
        """The same tables scored as if nothing barred an innovation: what each claim is worth then."""
        findings = self.table("findings")
        return score(
            self.table("profiles"),
            self.table("claims"),
            self.table("evidence_all"),
            findings[~barring(findings)],
            self.table("decisions"),
            self.rulebook,
        )

    @cached_property
    def freed_rows(self) -> dict[tuple[str, str], Record]:
        """SCORES of :attr:`freed` by innovation and indicator."""
        return {(r["innovation_id"], r["indicator"]): r for r in records(self.freed.scores)}

    @cached_property
    def barred(self) -> frozenset[str]:
        """Innovations that are not eligible."""
        table = self.table("innovations")
        return frozenset(table.loc[~table["eligible"].fillna(False).astype(bool), "innovation_id"].tolist())

    @cached_property
    def basis(self) -> Views:
        """The three views before it is settled who counts in ``verified`` (:func:`settled`)."""
        return basis_of(self.table("innovations"), self.table("scores"), self.freed.scores, self.rulebook)

    @cached_property
    def states(self) -> Views:
        """The three views as states; each has the index that was published."""
        return settled(self.basis)


def basis_of(
    innovations: pd.DataFrame, scores: pd.DataFrame, freed: pd.DataFrame, rulebook: Rulebook
) -> Views:
    """The views that published tables describe. *freed*: SCORES as if nothing barred an innovation.

    In every view ``eligible`` says only that nothing bars the innovation.
    """
    columns = ["innovation_id", "indicator", *(f"{view}_parameter" for view in VIEWS)]
    dormant: dict[str, list[Record]] = {}
    for row in records(freed[columns]):
        dormant.setdefault(row["innovation_id"], []).append(row)
    views = {}
    for view in VIEWS:
        state = state_of(innovations, scores, rulebook, view)
        named = {
            owner: replace(
                one, dormant={r["indicator"]: r[f"{view}_parameter"] or 0 for r in dormant.get(owner, ())}
            )
            for owner, one in state.innovations.items()
        }
        views[view] = replace(state, innovations=named)
    return views


def settled(views: Views) -> Views:
    """*views* with it settled that ``verified`` counts an innovation only with an accepted claim."""
    verified = views["verified"]
    counting = {
        owner: replace(
            one, eligible=one.eligible and (isinstance(one, Added) or any(one.parameters.values()))
        )
        for owner, one in verified.innovations.items()
    }
    return {**views, "verified": replace(verified, innovations=counting)}


@dataclass(frozen=True, slots=True)
class Added(Innovation):
    """A hypothetical innovation of which only the score is known."""

    score: Fraction = Fraction(0)

    def points(self, rulebook: Rulebook) -> Fraction:
        """Its score, whatever the weights."""
        return self.score if self.eligible else Fraction(0)
