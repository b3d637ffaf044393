"""The table of units: who reported, how much counts, what is to be fixed."""

from __future__ import annotations

from collections import defaultdict
from fractions import Fraction
from typing import Any

import pandas as pd

from iid.tasks.score.exact import published
from iid.tasks.values.tables import PUBLISHED_UNITS, frame


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
