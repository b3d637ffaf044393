"""Score a region: three views of the index, every innovation, every claim.

Pure: no clock, no input or output. The order of rows in the given tables never
matters; the returned tables are sorted (SPD rows first, then by innovation id,
indicators in the rulebook's order).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match
from iid.tasks.score.counting import Counted, count
from iid.tasks.score.formula import Index, as_published, index_of
from iid.tasks.score.grid import Grid, Whole, positions
from iid.tasks.score.score_tables import innovations_table, scores_table
from iid.tasks.values.tables import VIEWS


@dataclass(frozen=True, slots=True)
class Scored:
    """A scoring: the index, the two published tables, the exact views.

    ``index`` is as in ``index.json``. ``dormant``: the rows of SCORES that are barred as a whole, with what
    each claim is worth once nothing bars them. Not published.
    """

    index: dict[str, Any]
    innovations: pd.DataFrame  # PUBLISHED_INNOVATIONS
    scores: pd.DataFrame  # SCORES
    exact: Mapping[str, Index]
    dormant: pd.DataFrame  # SCORES


def score(
    innovations: pd.DataFrame,
    claims: pd.DataFrame,
    evidence: pd.DataFrame,
    findings: pd.DataFrame,
    decisions: pd.DataFrame,
    rulebook: Rulebook,
) -> Scored:
    """Score the long tables (``values.tables``) of one region and cycle.

    One row a claim comes back in ``scores``; the rows of an ineligible innovation are 0 with its
    ineligibility codes as reasons, so the published rows always add up to the index.
    ValueError where the tables contradict each other (a mistake of ours, never of the input).
    """
    counted = count(innovations, claims, evidence, findings, decisions, rulebook)
    services = basic_services(counted.grid, innovations, rulebook)
    exact = {view: _index(counted, services, view) for view in VIEWS}
    index: dict[str, Any] = {view: as_published(exact[view]) for view in VIEWS}
    index |= {"reported": len(innovations), "eligible": int(counted.eligible.sum())}
    dormant = scores_table(counted.unbarred(), of=counted.faults.on_owner != 0)
    return Scored(index, innovations_table(counted, innovations), scores_table(counted), exact, dormant)


def basic_services(grid: Grid, innovations: pd.DataFrame, rulebook: Rulebook) -> Whole:
    """Return each owner's basic service (place in the rulebook), -1 for none."""
    names = rulebook.formula.basic_services.value
    affairs = innovations["main_affair"].fillna("")
    found = {affair: match(affair, names) for affair in affairs.unique().tolist()}
    places = {affair: names.index(name) if name else -1 for affair, name in found.items()}
    result = np.full(grid.region, -1, dtype=np.int64)
    result[positions(innovations["innovation_id"], grid.owners)] = affairs.map(places).to_numpy(
        dtype=np.int64
    )
    return result


def _index(counted: Counted, services: Whole, view: str) -> Index:
    points, counting = counted.points[view], counted.counting(view)
    return index_of(
        counted.rulebook,
        spd=Fraction(int(points.owners[-1]), counted.scale) + points.total,
        sids=[Fraction(int(points.owners[:-1].sum()), counted.scale)],
        eligible=int(counting.sum()),
        reported=counted.reported(view),
        basic_services=len(np.unique(services[counting & (services >= 0)])),
    )
