"""A run under other rules: effects, who falls out, what stays unjudged."""

from __future__ import annotations

import pandas as pd

from iid.expectations.rulebook.loading import Loaded
from iid.tasks.answers.other_rulebook import not_judged, rejudge
from iid.tasks.answers.run_view import Picture, Record, Views
from iid.tasks.score.exact import published
from iid.tasks.values.tables import REGION_ID


def under_other_rules(picture: Picture, other: Loaded) -> tuple[Views, Record]:
    """Return the unsettled views of *picture* under *other*, and the record."""
    found = rejudge(picture, other.rulebook)
    parts = [{"part": part, "index": published(index)} for part, index in found.parts]
    return found.basis, {
        "cycle": other.rulebook.cycle,
        "title": other.rulebook.title,
        "standing": other.rulebook.standing,
        "sha256": other.sha256,
        "parts": parts,
        "formula": {
            "before": _constants(picture.rulebook.formula),
            "after": _constants(other.rulebook.formula),
        },
        "eligibility": _eligibility(picture, found.scored.innovations),
        "claims_moved": _claims_moved(picture, found.scored.innovations, found.scored.scores),
        "not_judged": list(not_judged(picture, other.rulebook)),
    }


def _constants(formula: object) -> Record:
    names = (
        "divisor_min",
        "divisor_counts",
        "count_weight",
        "count_cap",
        "basic_services_min",
        "maximum_total",
    )
    values = {name: getattr(formula, name).value for name in names}
    return {name: value if isinstance(value, int | str) else f"{value:f}" for name, value in values.items()}


def _eligibility(picture: Picture, after: pd.DataFrame) -> list[Record]:
    """Return innovations whose eligibility changes, with the barring codes."""
    columns = ("innovation_id", "eligible", "ineligible_reasons")
    old, new = (
        {
            owner: (bool(eligible), reasons)
            for owner, eligible, reasons in zip(*(t[c] for c in columns), strict=True)
        }
        for t in (picture.table("innovations"), after)
    )
    return [
        {
            "innovation_id": owner,
            "name": picture.names[owner],
            "eligible": new[owner][0],
            "reasons": [code for code in (new if old[owner][0] else old)[owner][1].split(";") if code],
        }
        for owner in sorted(old)
        if old[owner][0] != new[owner][0]
    ]


def _claims_moved(picture: Picture, innovations: pd.DataFrame, after: pd.DataFrame) -> list[Record]:
    """Return changed supported parameters of innovations counting in both."""
    columns = ("innovation_id", "indicator", "supported_parameter", "reasons")
    rows = []
    eligible = {REGION_ID, *innovations.loc[innovations["eligible"].fillna(False), "innovation_id"]}
    for owner, key, parameter, reasons in zip(*(after[c] for c in columns), strict=True):
        before = picture.score_rows.get((owner, key))
        if before is None or owner not in eligible or owner in picture.barred:
            continue
        if before["supported_parameter"] != (None if parameter is pd.NA else parameter):
            codes = [code for code in reasons.split(";") if code]
            moved = {
                "before": before["supported_parameter"],
                "after": None if parameter is pd.NA else int(parameter),
            }
            rows.append({"innovation_id": owner, "indicator": key, **moved, "reasons": codes})
    return rows
