"""The files behind the evidence rows, each once, with what is known.

Most runs find most files unchanged, so all of them are handled as columns; only the files that
must be read are looked at one by one.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.inspect.ledger import arrow_tables
from iid.tasks.inspect.ledger.arrow_tables import PATHS_SCHEMA
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.feeding import Wanted
from iid.tasks.shares.drive import Entry, Listing

EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_MARK = {"outside_share": ("outside_share", ""), "not_a_file": ("unreadable", "bukan berkas biasa")}
_SAME_TIME_S = 0.001  # a listing and the file system may round one time differently


@dataclass(slots=True)
class Files:
    """Files by key, one place each; ``rows``: each evidence row's key or -1."""

    rows: np.ndarray[Any, Any]
    entries: list[Entry]  # sorted by path
    paths: pa.Array  # of them
    listed: pa.Array  # paths of everything that was listed
    problems: dict[int, tuple[str, str]]  # key → (problem, detail)
    missing: np.ndarray[Any, Any]  # rows that name a file which was not listed
    actual: dict[int, tuple[int, float]] = field(default_factory=dict)  # size and time where they differ
    read: set[int] = field(default_factory=set)  # read in this run
    distrusted: set[int] = field(default_factory=set)  # read, but the next change might not show
    _unmarked: list[int] = field(default_factory=list)  # nothing in the listing shows another content
    _hashes: pa.Array = field(default_factory=lambda: pa.array([], pa.string()))
    _noted: dict[int, str] = field(default_factory=dict)  # key → what holds instead of that by now
    _placed: tuple[pa.Table, np.ndarray[Any, Any]] | None = None
    _unplaced: set[int] = field(default_factory=set)  # keys whose hash is another since

    @classmethod
    def of(cls, evidence: pd.DataFrame, listing: Listing) -> Files:
        """Return the files of *evidence*'s rows that have no reading problem."""
        asked = ((evidence["kind"] == "file") & (evidence["problem"] == "")).fillna(False).to_numpy(bool)
        listed = pa.array([entry.path for entry in listing.entries], pa.string())
        named = arrow_tables.texts(evidence["source"]).filter(pa.array(asked))
        found = pc.fill_null(pc.index_in(named, listed), -1).to_numpy(False)
        used = np.zeros(len(listed) + 1, bool)
        used[found] = True
        used[-1] = False  # the place of what was not found
        keys = np.where(used, np.cumsum(used) - 1, -1)
        rows = np.full(len(evidence), -1, dtype=np.int64)
        rows[asked] = keys[found]
        entries = [listing.entries[place] for place in np.flatnonzero(used).tolist()]
        paths = listed.filter(pa.array(used[:-1]))
        problems = {key: _MARK[e.problem] for key, e in enumerate(entries) if e.problem}
        return cls(rows, entries, paths, listed, problems, asked & (rows < 0))

    def __len__(self) -> int:
        return len(self.entries)

    def of_units(self, evidence: pd.DataFrame, units: frozenset[str]) -> list[int]:
        """Keys of the files that *evidence* has from *units*."""
        theirs = self.rows[evidence["unit_code"].isin(units).to_numpy(bool)]
        return [key for key in np.unique(theirs).tolist() if key >= 0]

    def recall(self, ledger: Ledger, renewed: list[int]) -> None:
        """Reuse hashes of unchanged files but the *renewed*; skip empty files."""
        size, modified, ident = (
            [getattr(entry, name) for entry in self.entries] for name in arrow_tables.LISTED[1:]
        )
        asked = pa.table([self.paths, size, modified, ident], schema=arrow_tables.LISTED_SCHEMA)
        self._hashes, self._noted, self._placed, self._unplaced = ledger.hashes(asked), {}, None, set()
        self._unmarked = [key for key, mark in enumerate(ident) if not mark]
        if renewed:
            ledger.forget_contents(self._hashes.take(pa.array(renewed)).to_pylist())
            self._noted = dict.fromkeys(renewed, "")
        for key in np.flatnonzero(asked["size"].to_numpy() == 0).tolist():
            if not self.entries[key].problem:
                self._noted[key] = EMPTY_SHA256

    def rehash(self, last: int, today: int, nights: int) -> None:
        """Hash again, in turn, files whose swap of equal size would not show.

        *last* and *today* are days since 1970; within *nights* days each such file has its turn once.
        """
        turns = turns_since(last, today, nights)
        for key in self._unmarked if turns else ():
            if turn_of(self.entries[key].path, nights) in turns:
                self._noted.setdefault(key, "")

    def rehash_all(self) -> None:
        """Hash every file again, whatever the listing says of it."""
        for key, entry in enumerate(self.entries):
            if entry.size:
                self._noted[key] = ""

    def hashes(self) -> pa.Array:
        """The hash of each file's content as far as it is known now, else ""."""
        if self._noted:
            keys = np.array(sorted(self._noted))
            values = pa.array([self._noted[key] for key in keys.tolist()], pa.string())
            mask = np.zeros(len(self._hashes), bool)
            mask[keys] = True
            self._hashes = pc.replace_with_mask(self._hashes, pa.array(mask), values)
            self._unplaced |= self._noted.keys()
            self._noted = {}
        return self._hashes

    def places(self, facts: pa.Table) -> np.ndarray[Any, Any]:
        """For each file the row of its content in *facts*, -1 where they lack it.

        Looked up once; then only for files that were read since, while *facts* do nothing but grow.
        """
        hashes = self.hashes()
        if self._placed is not None and not _begins(facts, self._placed[0]):
            self._placed = None
        if self._placed is None:
            found = _index(hashes, facts["sha256"])
        elif self._placed[0] is facts and not self._unplaced:
            found = self._placed[1]
        else:
            found = self._placed[1].copy()
            again = np.union1d(np.flatnonzero(found < 0), sorted(self._unplaced)).astype(np.int64)
            found[again] = _rows_of(hashes.take(pa.array(again)), facts["sha256"])
        self._placed, self._unplaced = (facts, found), set()
        return found

    def moved(self, kept: pa.Table, used: np.ndarray[Any, Any]) -> None:
        """Take over places in *kept*, the *used* of the facts last asked for."""
        if self._placed is not None:
            places = np.append(np.cumsum(used) - 1, -1)  # place -1 stays what it is
            self._placed = (kept, places[self._placed[1]])

    def wanted(self, facts: pa.Table) -> list[Wanted]:
        """Return files to read: of unknown content, and one per content not known."""
        lacking, hashes = self.places(facts) < 0, self.hashes()
        claimed: set[str] = {EMPTY_SHA256}
        wanted = []
        for key in np.flatnonzero(lacking).tolist():
            entry, sha256 = self.entries[key], hashes[key].as_py()
            if key in self.problems or sha256 in claimed:
                continue
            if sha256:
                claimed.add(sha256)
            wanted.append(Wanted(key, entry.path, entry.size, entry.modified))
        return wanted

    def settled(self, most: int) -> bool:
        """Return whether each file was read, or is listed as unreadable or large."""
        troubled = (self.entries[key] for key in self.problems)
        return not self.distrusted and all(entry.problem or entry.size > most for entry in troubled)

    def trouble(self, key: int, problem: str, detail: str) -> None:
        """The file of *key* could not be read."""
        self.problems[key] = (problem, detail)
        self._noted[key] = ""

    def found(self, key: int, read: Mapping[str, Any], *, trusted: bool) -> None:
        """Record that *key* was read; *trusted*: its time shows the next change."""
        entry = self.entries[key]
        self._noted[key] = read["sha256"]
        self.read.add(key)
        if (read["size"], round(read["modified"])) != (entry.size, round(entry.modified)):
            self.actual[key] = (read["size"], read["modified"])
        as_listed = read["size"] == entry.size and abs(read["modified"] - entry.modified) < _SAME_TIME_S
        if trusted and as_listed:
            self.distrusted.discard(key)
        else:
            self.distrusted.add(key)

    def index(self, before: pa.Table) -> pa.Table:
        """Return what is known of paths: *before* where valid, and what was read."""
        path, renewed = before["path"], self.read | self.problems.keys()
        if not renewed and path.equals(pa.chunked_array([self.paths])):
            return before
        gone = pa.array([self.entries[key].path for key in sorted(renewed)], pa.string())
        holds = pc.invert(pc.is_in(path, gone))
        if not path.equals(pa.chunked_array([self.listed])):
            holds = pc.and_(holds, pc.is_in(path, self.listed))
        kept = arrow_tables.kept(before, holds)
        fresh = sorted(self.read - self.distrusted - self.problems.keys())
        if not fresh:
            return kept
        hashes = self.hashes().take(pa.array(fresh))
        columns = {name: [getattr(self.entries[key], name) for key in fresh] for name in arrow_tables.LISTED}
        read = pa.table({**columns, "sha256": hashes}, PATHS_SCHEMA)
        return arrow_tables.merged(kept, read, "path")


def turns_since(last: int, today: int, nights: int) -> frozenset[int]:
    """Return the turns of days after *last* up to *today*; in *nights* all."""
    return frozenset(day % nights for day in range(max(last, today - nights) + 1, today + 1))


def turn_of(path: str, nights: int) -> int:
    """Which turn of *nights* the file at *path* has."""
    return zlib.crc32(path.encode("utf-8", "surrogatepass")) % nights


def _begins(facts: pa.Table, before: pa.Table) -> bool:
    """Whether *facts* are *before*, or *before* and more rows after them."""
    return facts is before or facts["sha256"].slice(0, before.num_rows).equals(before["sha256"])


def _rows_of(hashes: pa.Array, column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """Return the first row in *column* of each of a few *hashes*, or -1."""
    rows = np.flatnonzero(pc.is_in(column, hashes).to_numpy(zero_copy_only=False))
    found: np.ndarray[Any, Any] = np.append(rows, -1)[_index(hashes, column.take(pa.array(rows)))]
    return found


def _index(hashes: pa.Array, column: pa.ChunkedArray) -> np.ndarray[Any, Any]:
    """For each of *hashes* its first row in *column*, or -1."""
    rows: np.ndarray[Any, Any] = pc.fill_null(pc.index_in(hashes, column), -1).to_numpy(False)
    return rows
