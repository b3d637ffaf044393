"""The files behind the evidence rows: each once, with what is known of it so far."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.drives.base import Entry, Listing
from iid.tasks.evidence import tabling
from iid.tasks.evidence.feeding import Wanted
from iid.tasks.evidence.ledger import Ledger
from iid.tasks.evidence.tabling import PATHS_SCHEMA

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_MARK = {"outside_share": ("outside_share", ""), "not_a_file": ("unreadable", "bukan berkas biasa")}
_SAME_TIME_S = 0.001  # a listing and the file system may round one time differently


@dataclass(slots=True)
class Files:
    """Parallel lists, one place a file (a 'key'); ``rows`` gives each evidence row its key or -1."""

    rows: np.ndarray[Any, Any]
    entries: list[Entry]
    units: list[str]
    sha256: list[str]
    problems: dict[int, tuple[str, str]]  # key → (problem, detail)
    missing: np.ndarray[Any, Any]  # rows that name a file which was not listed
    actual: dict[int, tuple[int, float]] = field(default_factory=dict)  # size and time where they differ
    read: set[int] = field(default_factory=set)  # read in this run
    distrusted: set[int] = field(default_factory=set)  # read, but the next change might not show

    @classmethod
    def of(cls, evidence: pd.DataFrame, listing: Listing) -> Files:
        """The files of *evidence*'s rows of kind file to which the reader ascribed no problem."""
        asked = ((evidence["kind"] == "file") & (evidence["problem"] == "")).fillna(False).to_numpy(bool)
        codes, paths = pd.factorize(evidence["source"].to_numpy(object)[asked])
        listed = pa.array([entry.path for entry in listing.entries], pa.string())
        found = pc.fill_null(pc.index_in(pa.array(paths, pa.string()), listed), -1).to_numpy(False)
        keys = np.where(found >= 0, np.cumsum(found >= 0) - 1, -1)
        rows = np.full(len(evidence), -1, dtype=np.int64)
        rows[asked] = keys[codes] if len(paths) else -1
        entries = [listing.entries[place] for place in found if place >= 0]
        units = [""] * len(entries)
        for key, unit in zip(rows[rows >= 0], evidence["unit_code"].to_numpy(object)[rows >= 0], strict=True):
            units[key] = unit
        problems = {key: _MARK[e.problem] for key, e in enumerate(entries) if e.problem}
        return cls(rows, entries, units, [""] * len(entries), problems, asked & (rows < 0))

    def __len__(self) -> int:
        return len(self.entries)

    def recall(self, ledger: Ledger, fresh_units: frozenset[str]) -> None:
        """Take over the hashes of unchanged files; empty files need no reading either."""
        self.sha256 = ledger.hashes(self.entries)
        if fresh_units:
            renewed = [key for key, unit in enumerate(self.units) if unit in fresh_units]
            ledger.forget_contents(self.sha256[key] for key in renewed)
            for key in renewed:
                self.sha256[key] = ""
        for key, entry in enumerate(self.entries):
            if entry.size == 0 and not entry.problem:
                self.sha256[key] = EMPTY_SHA256

    def wanted(self, facts: set[str]) -> list[Wanted]:
        """Files to read: of unknown content, and one of each content that *facts* lack."""
        claimed: set[str] = {EMPTY_SHA256}
        wanted = []
        for key, (entry, sha256) in enumerate(zip(self.entries, self.sha256, strict=True)):
            if key in self.problems or sha256 in facts or sha256 in claimed:
                continue
            if sha256:
                claimed.add(sha256)
            wanted.append(Wanted(key, entry.path, entry.size, entry.modified))
        return wanted

    def trouble(self, key: int, problem: str, detail: str) -> None:
        """The file of *key* could not be read."""
        self.problems[key] = (problem, detail)
        self.sha256[key] = ""

    def found(self, key: int, read: Mapping[str, Any], *, trusted: bool) -> None:
        """The file of *key* was read; *trusted* when its time will show the next change."""
        entry = self.entries[key]
        self.sha256[key] = read["sha256"]
        self.read.add(key)
        if (read["size"], round(read["modified"])) != (entry.size, round(entry.modified)):
            self.actual[key] = (read["size"], read["modified"])
        as_listed = read["size"] == entry.size and abs(read["modified"] - entry.modified) < _SAME_TIME_S
        if trusted and as_listed:
            self.distrusted.discard(key)
        else:
            self.distrusted.add(key)

    def index(self, before: pa.Table, listing: Listing) -> pa.Table:
        """What is known of paths from now on: *before* where it still holds, and what was read now."""
        columns: dict[str, list[Any]] = {name: [] for name in PATHS_SCHEMA.names}
        for key in sorted(self.read - self.distrusted - self.problems.keys()):
            entry = self.entries[key]
            row = (entry.path, entry.size, entry.modified, entry.ident, self.sha256[key])
            for column, value in zip(columns.values(), row, strict=True):
                column.append(value)
        renewed = self.read | self.problems.keys()
        gone = pa.array([self.entries[key].path for key in sorted(renewed)], pa.string())
        listed = pa.array([entry.path for entry in listing.entries], pa.string())
        path = before["path"]
        holds = pc.and_(pc.is_in(path, listed), pc.invert(pc.is_in(path, gone)))
        table = pa.concat_tables([tabling.kept(before, holds), tabling.paths_rows(columns)])
        return tabling.ordered(table, "path")
