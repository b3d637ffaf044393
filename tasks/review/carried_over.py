"""Decisions of the last run whose row or workbook is gone are not lost."""

from __future__ import annotations

from collections.abc import Container, Iterator, Mapping
from typing import Any

import pandas as pd

from iid.expectations.rulebook.words import plain
from iid.tasks.review.claim_keys import plain_id
from iid.tasks.review.review_lines import ENTRIES, Line

RowKey = tuple[str, str, str]  # workbook, innovation, indicator: plainly spelled

#: The number of a row that is in no sheet.
NOWHERE = 0


def place_of(path: str, innovation_id: str, indicator: str) -> RowKey:
    """Where the row of a claim is, whatever its case and spaces."""
    return path, plain_id(innovation_id), plain(indicator)


def vanished(kept: pd.DataFrame, present: Container[RowKey]) -> Iterator[tuple[str, Line]]:
    """Yield decisions in force in *kept* (DECISIONS) that no row shows now.

    *present* are the rows of all workbooks that could be read, filled or not: a row
    that is there with an empty Keputusan is a withdrawal, one that is gone is not.
    """
    for record in kept[kept["in_force"]].to_dict("records"):
        if record.get("origin") == "meja":
            continue  # its record is in the store, and read there
        path = str(record["source"]).rpartition("#")[0]
        if place_of(path, record["innovation_id"], record["indicator"]) not in present:
            cells = dict(zip(ENTRIES, entered(record), strict=True))
            keys = {"innovation_id": record["innovation_id"], "No": record["indicator"]}
            yield path, Line(NOWHERE, {**cells, **keys, "Sidik bukti": record["fingerprint"]}, {})


def in_force(decisions: pd.DataFrame) -> dict[tuple[str, str], tuple[tuple[str, ...], bool]]:
    """Map each claim to its first decision in force, and if its row is gone."""
    found: dict[tuple[str, str], tuple[tuple[str, ...], bool]] = {}
    for record in decisions[decisions["in_force"]].to_dict("records"):
        if record.get("origin") == "meja":
            continue  # never written into a workbook: it would read as a steward's row
        gone = "!" not in str(record["source"]).rpartition("#")[2]
        found.setdefault((record["innovation_id"], record["indicator"]), (entered(record), gone))
    return found


def new_text(record: Mapping[str, Any]) -> str:
    """Return the parameter or SPD score that a decision lowers to, or "".

    Runs from before exact SPD scores have no ``new_value``.
    """
    new = record["new_parameter"]
    whole = "" if new is None or pd.isna(new) else str(int(str(new)))
    return str(record.get("new_value") or "") or whole


def entered(record: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the filled cells of a row of DECISIONS, in the order of ENTRIES."""
    return (
        str(record["decision"]),
        new_text(record),
        str(record["note"]),
        str(record["reviewer"]),
        str(record["date"]),
    )
