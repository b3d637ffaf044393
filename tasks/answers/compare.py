"""Two runs of one region and cycle: what moved and why, JSON-ready."""

from __future__ import annotations

from fractions import Fraction

from iid.tasks.answers.change_reasons import Reasons
from iid.tasks.answers.hypothetical_changes import ranks, scores
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.score.exact import published
from iid.tasks.score.state import State
from iid.tasks.values.tables import REGION_ID, VIEWS


def compared(old: Picture, new: Picture) -> Record:
    """Return what moved from *old* to *new*; exact points add up to it.

    ``parts`` splits the difference of the supported index: SPD, innovations, divisor, number of
    innovations, and what other rules do. ``claims`` are single claims whose parameter, score or
    decision moved in innovations that count in both runs or in neither.
    """
    reasons = Reasons(old, new)
    before, after = (picture.published["supported"] for picture in (old, new))
    parts = _parts(before, after)
    scale = _scale(after)
    return {
        "region": new.run.region,
        "cycle": new.run.cycle,
        "from": {**old.head, **_numbers(old)},
        "to": {**new.head, **_numbers(new)},
        "difference": {view: _difference(old, new, view) for view in VIEWS},
        "parts": [{"part": name, "points": published(points, 4)} for name, points in parts.items()],
        "formula": {"before": _formula(old), "after": _formula(new)},
        "innovations": _innovations(reasons, before, after, scale),
        "claims": _claims(reasons, scale),
        "ranks": _ranks(new, before, after),
        "files": reasons.files.counts(),
        "file_changes": reasons.files.changes,
        "findings": _findings(old, new),
        "rules": reasons.rules(),
        "versions": reasons.versions(),
    }


def _numbers(picture: Picture) -> Record:
    return {name: picture.index[name] for name in ("reported", "eligible", *VIEWS)}


def _difference(old: Picture, new: Picture, view: str) -> str:
    """Change of the exact index, 4 places."""
    return published(new.published[view].index().index - old.published[view].index().index, 4)


def _formula(picture: Picture) -> Record:
    index = picture.published["supported"].index()
    eligible = len(scores(picture.published["supported"]))
    return {"divisor": index.divisor, "basic_services": index.basic_services, "eligible": eligible}


def _scale(after: State) -> tuple[Fraction, Fraction]:
    """Return the index points of one SPD point and one innovation point."""
    index = after.index()
    percent = 100 / index.maximum
    return percent, percent / (index.divisor or 1)


def _parts(before: State, after: State) -> dict[str, Fraction]:
    old, new = before.index(), after.index()
    percent, each = _scale(after)
    sums = [sum(scores(state).values(), Fraction(0)) for state in (before, after)]
    parts = {
        "spd": (new.spd - old.spd) * percent,
        "innovations": (sums[1] - sums[0]) * each,
        "divisor": sums[0] * (each - percent / (old.divisor or 1)),
        "count": (new.count_score - old.count_score) * percent,
    }
    return {**parts, "rules": new.index - old.index - sum(parts.values(), Fraction(0))}


def _innovations(
    reasons: Reasons, before: State, after: State, scale: tuple[Fraction, Fraction]
) -> dict[str, list[Record]]:
    """Return new, gone and one-sided innovations, with causes and worth."""
    old, new = reasons.old.names, reasons.new.names
    counted = [scores(state) for state in (before, after)]
    groups: dict[str, list[Record]] = {"new": [], "gone": [], "became_eligible": [], "became_ineligible": []}
    for owner in sorted(old.keys() | new.keys()):
        group = _group(owner, reasons, counted)
        if group is None:
            continue
        points = counted[1].get(owner, Fraction(0)) - counted[0].get(owner, Fraction(0))
        row: Record = {"innovation_id": owner, "name": new.get(owner) or old.get(owner, "")}
        causes = [] if group in {"new", "gone"} else reasons.of_innovation(owner)
        row |= {"eligible": owner in counted[group != "gone"], "points": published(points)}
        groups[group].append({**row, "index_points": published(points * scale[1], 4), "causes": causes})
    return groups


def _group(owner: str, reasons: Reasons, counted: list[dict[str, Fraction]]) -> str | None:
    if owner not in reasons.old.names:
        return "new"
    if owner not in reasons.new.names:
        return "gone"
    was, now = (owner in found for found in counted)
    return None if was == now else "became_eligible" if now else "became_ineligible"


def _claims(reasons: Reasons, scale: tuple[Fraction, Fraction]) -> list[Record]:
    """Claims that moved, the greatest move of the supported index first."""
    old, new = reasons.old.score_rows, reasons.new.score_rows
    barred = [picture.barred for picture in (reasons.old, reasons.new)]
    rows = []
    for owner, key in sorted(old.keys() & new.keys()):
        before, after = old[owner, key], new[owner, key]
        if (owner in barred[0]) != (owner in barred[1]) or _view(before) == _view(after):
            continue
        points = Fraction(after["supported_score"]) - Fraction(before["supported_score"])
        worth = points * (scale[0] if owner == REGION_ID else scale[1])
        causes = reasons.of_claim(owner, key)
        rows.append((worth, _claim(reasons.new, owner, key, before, after, worth, causes)))
    rows.sort(
        key=lambda row: (-abs(row[0]), row[1]["innovation_id"], _place(reasons.new, row[1]["indicator"]))
    )
    return [row for _, row in rows]


def _place(picture: Picture, key: str) -> int:
    return list(picture.rulebook.by_key).index(key) if key in picture.rulebook.by_key else -1


def _view(row: Record) -> tuple[object, ...]:
    names = [f"{view}_{what}" for view in VIEWS for what in ("parameter", "score")]
    return (*(row[name] for name in names), row["decision"])


def _claim(
    picture: Picture, owner: str, key: str, old: Record, new: Record, worth: Fraction, causes: list[Record]
) -> Record:
    indicator = picture.rulebook.by_key.get(key)
    views = {
        view: {
            "before": {"parameter": old[f"{view}_parameter"], "score": old[f"{view}_score"]},
            "after": {"parameter": new[f"{view}_parameter"], "score": new[f"{view}_score"]},
        }
        for view in VIEWS
    }
    return {
        "innovation_id": owner,
        "name": picture.names.get(owner, ""),
        "indicator": key,
        "indicator_name": indicator.name if indicator else "",
        **views,
        "index_points": published(worth, 4),
        "causes": causes,
    }


def _ranks(new: Picture, before: State, after: State) -> list[Record]:
    """Innovations whose rank moved, the best rank of the later run first."""
    old_ranks, new_ranks = ranks(before), ranks(after)
    rows = [
        {
            "innovation_id": owner,
            "name": new.names.get(owner, ""),
            "before": old_ranks.get(owner),
            "after": new_ranks.get(owner),
        }
        for owner in sorted(old_ranks.keys() | new_ranks.keys())
        if old_ranks.get(owner) != new_ranks.get(owner)
    ]
    return sorted(rows, key=lambda row: (row["after"] is None, row["after"] or 0, row["innovation_id"]))


def _findings(old: Picture, new: Picture) -> Record:
    """How many findings appeared and were resolved, by severity."""
    keys = ["code", "severity", "innovation_id", "indicator", "source"]
    found = [{tuple(row) for row in p.table("findings")[keys].itertuples(index=False)} for p in (old, new)]
    return {
        severity: {
            "appeared": sum(row[1] == severity for row in found[1] - found[0]),
            "resolved": sum(row[1] == severity for row in found[0] - found[1]),
        }
        for severity in ("critical", "warning", "info")
    }
