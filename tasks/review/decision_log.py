"""The log of all decisions: who, when, what, why. Rows are only added.

Every run takes over the log of the run published before it and adds what changed since:
a decision that is new, came into force, lapsed, was replaced by another one or withdrawn.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from iid.tasks.review.carried_over import new_text
from iid.tasks.text.indonesian import comma
from iid.tasks.values.region import Finding, finding, findings_table
from iid.tasks.values.tables import DECISION_LOG, concat, frame

#: What makes two rows the same decision; where it is written may change.
IDENTITY = ("innovation_id", "indicator", "decision", "new", "note", "reviewer", "date", "fingerprint")
_ENDED = ("replaced", "withdrawn")
Record = dict[str, Any]
Key = tuple[str, ...]


def extended(log: pd.DataFrame | None, decisions: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """Append what *decisions* change to *log* (DECISION_LOG, or None).

    Nothing changed gives the same log, so the same run computed again is the same run.
    """
    before = frame(DECISION_LOG, []) if log is None else log
    last, now = current(before), _now(decisions)
    claims = {key[:2] for key, row in now.items() if row["state"] in {"in_force", "unclear"}}
    rows = [row for key, row in now.items() if last.get(key, {}).get("state") != row["state"]]
    rows += [
        row | {"state": "replaced" if key[:2] in claims else "withdrawn"}
        for key, row in last.items()
        if key not in now and row["state"] not in _ENDED
    ]
    stamp = f"{as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"
    rows.sort(key=lambda row: (*_key(row), row["state"]))
    return concat(DECISION_LOG, [before, frame(DECISION_LOG, [row | {"at": stamp} for row in rows])])


def current(log: pd.DataFrame) -> dict[Key, Record]:
    """Return the last row of every decision, in the order of the first ones."""
    return {_key(row): row for row in log.to_dict("records")}


def withdrawn(log: pd.DataFrame, as_of: datetime) -> pd.DataFrame:
    """Return FINDINGS on decisions in force that run *as_of* saw withdrawn.

    Emptying a row is how a decision is taken back, but also what happens when two stewards
    save the same workbook one after the other; so it is said once.
    """
    return findings_table(_withdrawn(log, f"{as_of.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"))


def _withdrawn(log: pd.DataFrame, stamp: str) -> Iterator[Finding]:
    state: dict[Key, str] = {}
    for row in log.to_dict("records"):
        key, before = _key(row), state.get(_key(row), "")
        state[key] = row["state"]
        if row["state"] == "withdrawn" and before == "in_force" and row["at"] == stamp:
            owner = str(row["innovation_id"])
            yield finding(
                "decision.withdrawn",
                unit_code=owner.partition("/")[0],
                innovation_id=owner,
                indicator=str(row["indicator"]),
                source=str(row["source"]),
                decision=words_of(row),
                who=", ".join(text for text in (row["reviewer"], row["date"]) if text) or "tanpa nama",
            )


def words_of(row: Record) -> str:
    """The decision of a row of the log as people say it: ``turunkan ke 2``."""
    to = f" ke {comma(row['new'])}" if row["new"] and row["decision"] == "turunkan" else ""
    return f"{row['decision'] or '(kosong)'}{to}"


def _now(decisions: pd.DataFrame) -> dict[Key, Record]:
    """Return DECISIONS as log rows; of equal ones, one in force wins."""
    found: dict[Key, Record] = {}
    decided = set(zip(*(decisions.loc[decisions["in_force"], c] for c in IDENTITY[:2]), strict=True))
    for record in decisions.to_dict("records"):
        row = {name: record.get(name, "") for name in DECISION_LOG} | {"new": new_text(record)}
        row["state"] = row["state"] or ("in_force" if record["in_force"] else "unclear")
        key = _key(row)
        if row["state"] == "lapsed" and key[:2] in decided:
            row["state"] = "replaced"
        if key not in found or row["state"] == "in_force":
            found[key] = row
    return found


def _key(row: Record) -> Key:
    return tuple(str(row[name]) for name in IDENTITY)
