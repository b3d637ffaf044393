"""What moved between two runs, for the report and ``iid compare --out``."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from iid.tasks.text.indonesian import number
from iid.tasks.text.labels import CHANGE_GROUPS, CHANGE_PARTS, FILE_CHANGES, LEVELS
from iid.tasks.values.tables import REGION_ID

SHOWN = 200  # rows of a list on the page
CAUSES = 4  # causes of one row

Context = dict[str, Any]
NameAndPage = Callable[[str], tuple[str, str]]


def changes(record: Context, since: str, until: str, place: NameAndPage) -> Context:
    """Prepare the record of :func:`iid.tasks.answers.compare.compared`.

    *since* and *until*: the two times in words. *place* gives name and page ("" where there is none)
    of an innovation.
    """
    claims = [_claim(row, place) for row in record["claims"]]
    return {
        "since": since,
        "until": until,
        "levels": [_level(record, key, title) for key, title, _ in LEVELS],
        "parts": _parts(record),
        "groups": [
            (title, [_innovation(row, place) for row in record["innovations"][key]])
            for key, title in CHANGE_GROUPS.items()
            if record["innovations"][key]
        ],
        "claims": claims[:SHOWN],
        "claims_count": len(claims),
        "claims_more": max(len(claims) - SHOWN, 0),
        "ranks": [{**row, "place": place(row["innovation_id"])} for row in record["ranks"][:SHOWN]],
        "ranks_more": max(len(record["ranks"]) - SHOWN, 0),
        "files": [
            f"{number(count)} {FILE_CHANGES[name]}" for name, count in record["files"].items() if count
        ],
        "found": record["findings"],
        "rules": record["rules"],
        "versions": record["versions"],
        "counts": [
            (title, record["from"][key], record["to"][key])
            for key, title in (("reported", "Dilaporkan"), ("eligible", "Memenuhi syarat"))
        ],
        "quiet": not claims and not any(record["innovations"].values()),
    }


def _level(record: Context, key: str, title: str) -> Context:
    before, after = record["from"][key], record["to"][key]
    return {
        "key": key,
        "title": title,
        "before": before["index"],
        "after": after["index"],
        "difference": Decimal(record["difference"][key]),
        "category": after["category"],
        "was": before["category"] if before["category"] != after["category"] else "",
    }


def _parts(record: Context) -> list[Context]:
    old, new = record["formula"]["before"], record["formula"]["after"]
    notes = {
        "divisor": _moved(old["divisor"], new["divisor"]),
        "count": _moved(old["eligible"], new["eligible"]),
    }
    rows: list[Context] = [
        {
            "title": CHANGE_PARTS[part["part"]],
            "points": Decimal(part["points"]),
            "note": notes.get(part["part"], ""),
        }
        for part in record["parts"]
        if Decimal(part["points"])
    ]
    widest = max((abs(row["points"]) for row in rows), default=Decimal(1))
    return [{**row, "width": abs(row["points"]) / widest * 50} for row in rows]


def _moved(before: int, after: int) -> str:
    return f"{number(before)} → {number(after)}" if before != after else ""


def _innovation(row: Context, place: NameAndPage) -> Context:
    name, page = place(row["innovation_id"])
    return {
        "name": row["name"] or name,
        "page": page,
        "id": row["innovation_id"],
        "points": Decimal(row["index_points"]),
        "eligible": row["eligible"],
        "causes": [cause["text"] for cause in row["causes"][:CAUSES]],
    }


def _claim(row: Context, place: NameAndPage) -> Context:
    name, page = place(row["innovation_id"])
    return {
        "name": row["name"] or name,
        "page": f"{page}#i{row['indicator']}" if page else "",
        "id": "" if row["innovation_id"] == REGION_ID else row["innovation_id"],
        "indicator": row["indicator"],
        "indicator_name": row["indicator_name"],
        "points": Decimal(row["index_points"]),
        "views": [_view(row[key]) for key, _, _ in LEVELS],
        "causes": [cause["text"] for cause in row["causes"][:CAUSES]],
    }


def _view(view: Context) -> str:
    """``0 → 3``; the score where the row is a total without parameters."""
    name = "score" if view["after"]["parameter"] is None else "parameter"
    before, after = (number(view[side][name]) for side in ("before", "after"))
    return after if before == after else f"{before} → {after}"
