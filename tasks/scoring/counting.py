"""Everything a scoring is made of, as arrays: the views and the points of every claim."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import pandas as pd

from iid.expectations.rulebook import Rulebook
from iid.tasks.scoring.grid import (
    Faults,
    Flags,
    Grid,
    Items,
    Whole,
    critical_faults,
    evidence_items,
)
from iid.tasks.scoring.parameters import (
    LOWER,
    VIEWS,
    Claimed,
    Decided,
    claimed_parameters,
    decided,
    three_views,
)


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
        """Innovations without a critical finding on the innovation or its submission."""
        flags: Flags = self.faults.on_owner[:-1] == 0
        return flags

    def counting(self, view: str) -> Flags:
        """Innovations that count in *view*: all, the eligible, those with an accepted claim."""
        if view == "claimed":
            return np.ones(self.grid.region, dtype=np.bool_)
        if view == "supported":
            return self.eligible
        parameters = self.parameters[view].reshape(-1, len(self.grid.indicators))
        accepted: Flags = self.eligible & np.any(parameters[:-1] > 0, axis=1)
        return accepted


def count(
    innovations: pd.DataFrame,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    findings: pd.DataFrame,
    decisions: pd.DataFrame,
    rulebook: Rulebook,
) -> Counted:
    """Count the long tables of one region. ValueError where they contradict each other."""
    grid = Grid.of(innovations["innovation_id"], rulebook)
    claimed = claimed_parameters(grid, claims, rulebook)
    items = evidence_items(grid, evidence, rulebook)
    faults = critical_faults(grid, findings, innovations, extra=("evidence.missing",))
    decision = decided(grid, decisions)
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
    """The SPD total that counts in *view*; a lowered one counts at its new value."""
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
