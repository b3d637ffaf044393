"""What a claim lost, in points: the order in which fixing pays.

A loss is claimed minus supported, weight times parameter, of one claim. It is
given in points of that row; its part of the index follows from the divisor and
the maximum of this run and holds as long as neither changes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from iid.tasks.text.indonesian import exact
from iid.tasks.values.row_groups import Row, stream
from iid.tasks.values.tables import REGION_ID

SEVERITY_ORDER = {"critical": 0, "warning": 1, "info": 2}
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Loss:
    """Points one claim lost between *claimed* and *supported*, and why."""

    innovation_id: str
    indicator: str
    points: Decimal
    claimed_parameter: int | None  # None where the row is a total without parameters
    supported_parameter: int | None
    decision: str
    reasons: tuple[str, ...]


def claim_losses(scores: pd.DataFrame, ineligible: Collection[str]) -> dict[Key, Loss]:
    """Return losses above 0 by (innovation, indicator), *ineligible* ones out.

    Fixing one claim of an ineligible innovation brings nothing, so it has no worth here.
    """
    losses: dict[Key, Loss] = {}
    for row in stream(scores):
        if row["innovation_id"] in ineligible:
            continue
        points = exact(row["claimed_score"]) - exact(row["supported_score"])
        if points > 0:
            losses[row["innovation_id"], row["indicator"]] = _loss(row, points)
    return losses


def _loss(row: Row, points: Decimal) -> Loss:
    return Loss(
        innovation_id=row["innovation_id"],
        indicator=row["indicator"],
        points=points,
        claimed_parameter=row["claimed_parameter"],
        supported_parameter=row["supported_parameter"],
        decision=row["decision"],
        reasons=tuple(code for code in row["reasons"].split(";") if code),
    )


def index_points(points: Decimal, innovation_id: str, level: Mapping[str, Any]) -> Decimal:
    """Return a claim's *points* as points of the index, by *level*."""
    maximum = exact(level["maximum"])
    divisor = 1 if innovation_id == REGION_ID else max(int(level["divisor"]), 1)
    return points / divisor / maximum * 100 if maximum else Decimal(0)


class Worth:
    """How much a finding is worth, and the order of the work list."""

    def __init__(self, losses: Mapping[Key, Loss], innovations: Mapping[str, Decimal]) -> None:
        """*innovations*: claimed points of every ineligible innovation."""
        self._losses = losses
        self._innovations = innovations

    def of(self, severity: str, innovation_id: str, indicator: str) -> Decimal:
        """Return the claimed points that a critical finding blocks; else 0."""
        if severity != "critical":
            return Decimal(0)
        if indicator:
            loss = self._losses.get((innovation_id, indicator))
            return loss.points if loss else Decimal(0)
        return self._innovations.get(innovation_id, Decimal(0))

    def order(self, row: Row, gain: Decimal | None) -> tuple[Any, ...]:
        """Return the sort key: severity, highest *gain*, losses, then place."""
        group = 1 if gain is None else 0 if gain >= 0 else 2
        return (
            SEVERITY_ORDER.get(row["severity"], 9),
            group,
            -(gain or Decimal(0)),
            row["unit_code"],
            row["innovation_id"],
            row["indicator"],
            row["code"],
            row["source"],
            row["message"],
        )
