"""The views and the points of every claim of a scoring, as arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.score.grid import (
    DUPLICATE,
    Faults,
    Flags,
    Grid,
    Items,
    Whole,
    critical_faults,
    evidence_items,
)
from iid.tasks.score.parameters import (
    LOWER,
    Claimed,
    Decided,
    claimed_parameters,
    counting,
    decided,
    three_views,
)
from iid.tasks.values.tables import VIEWS


@dataclass(frozen=True, slots=True)
class Points:
    """Score of every cell in one view, in whole steps of ``1 / scale`` points."""

    cells: Whole
    owners: Whole  # sum by owner; the region (last) holds its SPD rows
    total: Fraction  # SPD entered as one total, in points: it may have more decimals than any array holds


@dataclass(frozen=True, slots=True)
class Counted:
    """One region counted; ``parameters`` and ``points`` by view."""

    rulebook: Rulebook
    grid: Grid
    claimed: Claimed
    items: Items
    faults: Faults
    decision: Decided
    parameters: Mapping[str, Whole]
    points: Mapping[str, Points]
    scale: int

    @property
    def eligible(self) -> Flags:
        """Innovations that no critical finding bars (own or of the submission)."""
        flags: Flags = self.faults.on_owner[:-1] == 0
        return flags

    @property
    def copies(self) -> Flags:
        """Innovations that are no further report: another of the name counts."""
        codes = self.faults.codes
        bit = 1 << codes.index(DUPLICATE) if DUPLICATE in codes else 0
        flags: Flags = (self.faults.on_owner[:-1] & bit) != 0
        return flags

    def reported(self, view: str) -> int:
        """Return how many innovations *view* reports; *claimed* includes copies."""
        return len(self.copies) - (0 if view == "claimed" else int(self.copies.sum()))

    def counting(self, view: str) -> Flags:
        """Return who counts in *view*: all, the eligible, or the accepted."""
        parameters = self.parameters["verified"].reshape(-1, len(self.grid.indicators))
        return counting(view, self.eligible, np.any(parameters[:-1] > 0, axis=1))

    def unbarred(self) -> Counted:
        """Count the same claims as if no finding barred an innovation as a whole."""
        faults = replace(self.faults, on_owner=np.zeros_like(self.faults.on_owner))
        return _counted(self.rulebook, self.grid, self.claimed, self.items, faults, self.decision)


def count(
    innovations: pd.DataFrame,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    findings: pd.DataFrame,
    decisions: pd.DataFrame,
    rulebook: Rulebook,
) -> Counted:
    """Count one region's tables. ValueError where they contradict each other."""
    grid = Grid.of(innovations["innovation_id"], rulebook)
    claimed = claimed_parameters(grid, claims, rulebook)
    items = evidence_items(grid, evidence, rulebook)
    faults = critical_faults(grid, findings, innovations, extra=("evidence.missing",))
    return _counted(rulebook, grid, claimed, items, faults, decided(grid, decisions))


def _counted(
    rulebook: Rulebook, grid: Grid, claimed: Claimed, items: Items, faults: Faults, decision: Decided
) -> Counted:
    parameters = three_views(grid, claimed.parameter, items, faults, decision)
    weights = [Fraction(indicator.weight.value) for indicator in rulebook.indicators]
    scale = math.lcm(*(weight.denominator for weight in weights))
    steps = np.array([int(weight * scale) for weight in weights], dtype=np.int64)
    return Counted(
        rulebook=rulebook,
        grid=grid,
        claimed=claimed,
        items=items,
        faults=faults,
        decision=decision,
        parameters=parameters,
        points={
            view: _points(
                grid, parameters[view], steps, _total(grid, view, parameters[view], claimed, decision)
            )
            for view in VIEWS
        },
        scale=scale,
    )


def _total(grid: Grid, view: str, parameters: Whole, claimed: Claimed, decision: Decided) -> Fraction:
    """Return the SPD total that counts in *view*, lowered where decided so."""
    at = grid.total
    if at is None or not parameters[at]:
        return Fraction(0)
    if view != "claimed" and decision.word[at] == LOWER:
        return min(claimed.total, decision.total)
    return claimed.total


def _points(grid: Grid, parameters: Whole, steps: Whole, total: Fraction) -> Points:
    cells = parameters.reshape(-1, len(grid.indicators)) * steps
    if grid.total is not None:
        cells[grid.region, grid.total - grid.region * len(grid.indicators)] = 0
    return Points(cells.reshape(-1), cells.sum(axis=1), total)
