"""The published tables of a scoring: from arrays to columns of text."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.score.counting import Counted
from iid.tasks.score.exact import exact_text, published
from iid.tasks.score.grid import TOTAL, Flags, Whole, positions
from iid.tasks.score.parameters import ACCEPT, LOWER, REFUSE, WORDS
from iid.tasks.values.tables import (
    FLAG,
    PUBLISHED_INNOVATIONS,
    PUBLISHED_UNITS,
    SCORES,
    TEXT,
    VIEWS,
    WHOLE,
    Columns,
    frame,
)

_DTYPES = {TEXT: pd.StringDtype(), WHOLE: pd.Int64Dtype(), FLAG: pd.BooleanDtype()}


def innovations_table(counted: Counted, innovations: pd.DataFrame) -> pd.DataFrame:
    """PUBLISHED_INNOVATIONS, sorted by innovation id."""
    order = np.argsort(positions(innovations["innovation_id"], counted.grid.owners), kind="stable")
    columns: dict[str, Any] = {
        name: pa.array(innovations[name].iloc[order], type=pa.large_string(), from_pandas=True)
        for name in ("innovation_id", "unit_code", "name", "stage", "main_affair")
    }
    eligible = counted.eligible
    columns["eligible"] = eligible
    columns["ineligible_reasons"] = _taken(*counted.faults.texts(counted.faults.on_owner[:-1]))
    for view in VIEWS:
        columns[f"{view}_score"] = score_texts(counted.points[view].owners[:-1], counted.scale)
    columns["rank"] = ranks(counted.points["supported"].owners[:-1], eligible)
    return _table(PUBLISHED_INNOVATIONS, columns)


def ranks(points: Whole, eligible: Flags) -> pa.Array:
    """Rank the eligible by points (1, 2, 2, 4); others have no rank."""
    best_first = np.sort(-points[eligible])
    return pa.array(np.searchsorted(best_first, -points, side="left") + 1, mask=~eligible)


def scores_table(counted: Counted, of: Flags | None = None) -> pd.DataFrame:
    """Build SCORES: the region's SPD rows, then each innovation's claims.

    In the rulebook's order. *of*: only the rows of these owners.
    """
    grid, indicators = counted.grid, counted.rulebook.indicators
    rows, width = counted.claimed.rows, len(grid.indicators)
    rows = rows if of is None else rows[of[rows // width]]
    first = int(np.searchsorted(rows, grid.region * width))
    rows = np.concatenate([rows[first:], rows[:first]])  # the region is the last owner, but comes first
    which = rows % width
    columns: dict[str, Any] = {
        "innovation_id": pc.take(grid.owners, rows // width),
        "indicator": pc.take(grid.indicators, which),
        "aspect": _taken([i.aspect for i in indicators], which),
        "weight": _taken([exact_text(Fraction(i.weight.value)) for i in indicators], which),
        "evidence_items": _carrying(counted)[rows],
        "decision": _taken(["", *WORDS], counted.decision.word[rows]),
        "reasons": _taken(*counted.faults.texts(_reasons(counted)[rows])),
    }
    is_total = np.array([i.key == TOTAL for i in indicators], dtype=bool)[which]
    for view in VIEWS:
        columns[f"{view}_parameter"] = pa.array(counted.parameters[view][rows], mask=is_total)
        columns[f"{view}_score"] = score_texts(counted.points[view].cells[rows], counted.scale)
        if is_total.any():
            total = pa.scalar(exact_text(counted.points[view].total), type=pa.large_string())
            columns[f"{view}_score"] = pc.if_else(is_total, total, columns[f"{view}_score"])
    return _table(SCORES, columns)


def _carrying(counted: Counted) -> Whole:
    """Count the items that carry each row; all present ones where accepted."""
    accepted = np.isin(counted.decision.word, (ACCEPT, LOWER))
    return np.where(accepted, counted.items.present, counted.items.usable)


def _reasons(counted: Counted) -> Whole:
    """Return why rows are 0: their own codes, or those that bar the owner.

    A claim that fails only because no item proves it says so even without a finding.
    """
    claimed, faults = counted.parameters["claimed"] > 0, counted.faults
    whole = np.where(claimed, np.repeat(faults.on_owner, len(counted.grid.indicators)), 0)
    masks = faults.on_claim | whole
    bare = claimed & (counted.parameters["supported"] == 0) & (counted.items.usable == 0) & (masks == 0)
    missing = 1 << faults.codes.index("evidence.missing")
    return np.where(bare & (counted.decision.word != REFUSE), masks | missing, masks)


def score_texts(points: Whole, scale: int) -> pa.Array:
    """Write whole steps of ``1 / scale`` as exact decimals, each number once."""
    which, values = pd.factorize(points)
    return _taken([exact_text(Fraction(int(value), scale)) for value in values], which)


def _taken(texts: list[str], which: Whole) -> pa.Array:
    return pc.take(pa.array(texts, type=pa.large_string()), which)


def _table(kinds: Columns, columns: Mapping[str, Any]) -> pd.DataFrame:
    return pd.DataFrame({name: pd.array(columns[name], dtype=_DTYPES[kind]) for name, kind in kinds.items()})


def units_table(units: pd.DataFrame, innovations: pd.DataFrame, findings: pd.DataFrame) -> pd.DataFrame:
    """Build PUBLISHED_UNITS, sorted by unit code.

    *innovations* are PUBLISHED_INNOVATIONS. ``mean_supported`` is the mean supported score of the unit's
    eligible innovations.
    """
    reported = innovations.groupby("unit_code").size().to_dict()
    eligible = innovations[innovations["eligible"].to_numpy(dtype=bool, na_value=False)]
    scores: defaultdict[str, list[Fraction]] = defaultdict(list)
    for unit, text in zip(eligible["unit_code"].tolist(), eligible["supported_score"].tolist(), strict=True):
        scores[unit].append(Fraction(text))
    counted = findings.groupby(["unit_code", "severity"]).size().to_dict()
    rows: list[dict[str, Any]] = [
        {
            "unit_code": code,
            "name": name,
            "type": kind,
            "submitted": submitted,
            "innovations": reported.get(code, 0),
            "eligible": len(scores[code]),
            "mean_supported": published(sum(scores[code]) / Fraction(len(scores[code])))
            if scores[code]
            else "",
            "critical": counted.get((code, "critical"), 0),
            "warnings": counted.get((code, "warning"), 0),
        }
        for code, name, kind, submitted in sorted(
            zip(*(units[c].tolist() for c in ("unit_code", "name", "type", "submitted")), strict=True)
        )
    ]
    return frame(PUBLISHED_UNITS, rows)
