"""Rows of a long table by one key, without a second copy of the table.

The table is sorted once; a group is a contiguous slice, turned into dictionaries
only when its page is written. Memory stays flat and no page filters a whole table.
Groups asked for one after the other are turned into rows a block at a time.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

import pandas as pd

Row = dict[str, Any]
_BLOCK = 4000


def records(table: pd.DataFrame) -> list[Row]:
    """The rows of *table* as dictionaries; missing values are None."""
    columns = list(table.columns)
    values = ([None if value is pd.NA else value for value in table[name].tolist()] for name in columns)
    return [dict(zip(columns, row, strict=True)) for row in zip(*values, strict=True)]


def stream(table: pd.DataFrame) -> Iterator[Row]:
    """All rows in order, a block at a time."""
    for start in range(0, len(table), _BLOCK):
        yield from records(table.iloc[start : start + _BLOCK])


def refused_sources(findings: Iterable[Row], evidence: Iterable[Row]) -> set[str]:
    """Return the sources of FINDINGS; one on a kind is for all of its claim."""
    findings = list(findings)
    of_kind = {f["source"] for f in findings if f.get("code") == "evidence.kind_not_allowed"}
    rows = [
        ((r.get("innovation_id"), r.get("indicator"), r.get("media_type")), r["source"]) for r in evidence
    ]
    kinds = {kind for kind, source in rows if source in of_kind}
    return {f["source"] for f in findings} | {source for kind, source in rows if kind in kinds}


class Grouped:
    """Rows of a table by *key*; within a group the order of the table is kept."""

    _next = _first = 0  # where the group after the last one begins, and the block of rows

    def __init__(self, table: pd.DataFrame, key: str) -> None:
        self._table = table.sort_values(key, kind="stable", ignore_index=True)
        self._block: list[Row] = []
        self._spans: dict[str, tuple[int, int]] = {}
        names = self._table[key].tolist()
        start = 0
        for stop in range(1, len(names) + 1):
            if stop == len(names) or names[stop] != names[start]:
                self._spans[names[start]] = (start, stop)
                start = stop

    def __getitem__(self, name: str) -> list[Row]:
        """The rows of one group; an empty list for a name that does not occur."""
        start, stop = self._spans.get(name, (0, 0))
        if start == stop:
            return []
        if not self._first <= start or stop > self._first + len(self._block):
            ahead = _BLOCK if start == self._next else 0  # not for groups here and there
            self._first, self._block = start, records(self._table.iloc[start : max(stop, start + ahead)])
        self._next = stop
        return [dict(row) for row in self._block[start - self._first : stop - self._first]]

    def frame(self, name: str) -> pd.DataFrame:
        """The rows of one group as a table."""
        start, stop = self._spans.get(name, (0, 0))
        return self._table.iloc[start:stop]
