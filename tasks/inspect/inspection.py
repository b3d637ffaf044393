"""Evidence rows go in as listed; they come out with what each file is.

Unchanged files are not opened, known contents are not inspected, and everything
else goes through the guarded workers (:mod:`iid.tasks.sandbox.pool`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from typing import TypedDict, Unpack

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.inspect.engines import Engine
from iid.tasks.inspect.ledger import arrow_tables, fact_columns
from iid.tasks.inspect.ledger.known_files import Files
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker_process import Answer
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.values.errors import DriveError, StoreError
from iid.tasks.values.tables import LINKS, frame

#: Called with how many files are settled, of how many.
Progress = Callable[[int, int], None]

_MARKER = "iid-share.toml"
_ROUNDS = 3
_KEPT_ROWS = 2_000  # facts gathered before they become a table
#: After a save of the ledger the next waits this many times as long as it took, at most so many seconds.
_SAVE_PART, _SAVE_LATEST_S = 20, 30.0


@dataclass(frozen=True, slots=True)
class Inspection:
    """``evidence``: rows with facts; ``facts``: one row a ``sha256`` (FACTS)."""

    evidence: pd.DataFrame
    facts: pd.DataFrame
    links: pd.DataFrame = field(default_factory=lambda: frame(LINKS, []))  # LINKS, by the step
    scans: pd.DataFrame | None = None  # texts by OCR (scans.py), by the step; None: not asked for
    settled: bool = True  # every file was read for good, and the next listing shows if one changed


def inspect_evidence(
    drive: Drive, listing: Listing, evidence: pd.DataFrame, ledger: Ledger, **how: Unpack[How]
) -> Inspection:
    """Run all batches of an :class:`Inspecting`; the caller saves *ledger*."""
    with Inspecting(drive, listing, evidence, ledger, **how) as plan:
        for batch in plan.batches:
            plan.inspect(batch)
        return plan.finish()


class How(TypedDict, total=False):
    """*fresh* ignores the ledger, *fresh_units* ignores it for these units.

    *workers* is the number of processes (default: one a core), *engine* inspects elsewhere than on
    this machine. *save* writes the ledger; without it the caller does. Files whose listing has no
    content mark are hashed again once in *rehash_nights*, of which *day* (since 1970) is one; with
    *rehash_all* every file is.
    """

    workers: int | None
    fresh: bool
    fresh_units: Sequence[str]
    progress: Progress | None
    limits: Limits | None
    engine: Engine | None
    save: Callable[[], None] | None
    rehash_nights: int
    rehash_all: bool
    day: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Some hundred files read in one go: of one unit, or of small ones."""

    name: str
    wanted: tuple[Wanted, ...]

    def __str__(self) -> str:
        return f"{self.name} ({len(self.wanted)} berkas)"


class Inspecting:
    """One pass over a run's evidence by batches; on exit it ends its workers.

    Each batch makes what it found durable, so that a run that is killed has lost one of them.
    """

    def __init__(
        self, drive: Drive, listing: Listing, evidence: pd.DataFrame, ledger: Ledger, **how: Unpack[How]
    ) -> None:
        if how.get("fresh"):
            ledger.forget()
        units = how.get("fresh_units")
        self._drive, self._evidence, self._ledger = drive, evidence, ledger
        self._files = Files.of(evidence, listing)
        renewed = self._files.of_units(evidence, frozenset(units)) if units else []
        self._files.recall(ledger, renewed)
        self._day = how.get("day") or int(time.time() // 86_400)
        if how.get("rehash_all"):
            self._files.rehash_all()
        elif nights := how.get("rehash_nights"):
            self._files.rehash(ledger.rehashed, self._day, nights)
        self._engine = how.get("engine") or Here(how.get("workers"))
        self._limits = how.get("limits") or Limits()
        self._progress, self._save = how.get("progress") or _silent, how.get("save")
        self._save_again = float("-inf")
        self._mounted = drive.exists(_MARKER)
        self._rows: list[dict[str, object]] = []
        wanted = self._files.wanted(ledger.facts)
        self._known = self._contents({want.size for want in wanted})
        self._settled = len(self._files) - len(wanted)
        self.batches = batched(wanted, self._engine.batch)
        self._progress(self._settled, len(self._files))

    def __enter__(self) -> Inspecting:
        self._engine.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._engine.__exit__(*error)

    def inspect(self, batch: Batch) -> int:
        """Read and save the unread files of *batch*; return how many they were.

        Raises DriveError when the share fails as a whole; what is wrong with one file is its problem.
        A batch that failed can be inspected again.
        """
        wanted = [want for want in batch.wanted if want.key not in self._files.read]
        for want in wanted:
            self._files.problems.pop(want.key, None)
        self._read(wanted)
        self._keep()
        return len(wanted)

    def finish(self) -> Inspection:
        """Fill the facts of every file row, in order. Raises DriveError.

        Files that changed while they were read are read again first.
        """
        for _ in range(_ROUNDS - 1):
            if wanted := self._files.wanted(self._ledger.facts):
                # A file that changed behind its time's back can leave copies of the old without facts.
                self._read(wanted)
        for want in self._files.wanted(self._ledger.facts):
            self._files.trouble(want.key, "still_changing", "")
        self._refuse_unmounted()
        self._ledger.remember_paths(self._files.index(self._ledger.paths))
        self._ledger.rehashed = self._day
        if self._save:
            self._save()
        used = fact_columns.used_facts(self._ledger.facts, self._files)
        evidence = fact_columns.filled(self._evidence, self._files, used)
        self._ledger, self._save = Ledger(), None  # its texts are most of the memory of a run
        settled = self._files.settled(self._limits.file)
        return Inspection(evidence, arrow_tables.frame(used), settled=settled)

    def _refuse_unmounted(self) -> None:
        if self._mounted and not self._drive.exists(_MARKER):
            raise DriveError(
                f"Share {self._drive.url} terlepas di tengah pemeriksaan bukti; tidak ada yang disimpulkan."
            )

    def _read(self, wanted: Sequence[Wanted]) -> None:
        if not wanted:
            return
        try:
            with closing(self._engine.answers(self._drive, wanted, self._known, self._limits)) as answers:
                for answer in answers:
                    self._take(answer)
        finally:
            self._ledger.learn(arrow_tables.facts_rows(self._rows))
            self._rows.clear()

    def _keep(self) -> None:
        """Save the ledger during the work, unless that takes much of the time."""
        started = time.monotonic()
        if self._save is None or started < self._save_again:
            return
        self._refuse_unmounted()
        self._ledger.remember_paths(self._files.index(self._ledger.paths))
        with suppress(StoreError):  # a store that is away for a moment matters at the end only
            self._save()
        ended = time.monotonic()
        self._save_again = ended + min(_SAVE_PART * (ended - started), _SAVE_LATEST_S)

    def _contents(self, sizes: set[int]) -> Known:
        """Hashes of known contents that have one of *sizes*."""
        known = Known()
        table = self._ledger.facts.select(["sha256", "size"])
        table = table.filter(pc.is_in(table["size"], pa.array(sorted(sizes), pa.int64())))
        for sha256, size in zip(table["sha256"].to_pylist(), table["size"].to_pylist(), strict=True):
            known.add(size, sha256)
        return known

    def _take(self, answer: Answer) -> None:
        """Note one answer; its facts become known to the files that follow."""
        self._settled += 1
        self._progress(min(self._settled, len(self._files)), len(self._files))
        message = answer.message
        if answer.status == "problem":
            self._files.trouble(answer.job.key, message["problem"], message["detail"])
            return
        self._files.found(answer.job.key, message, trusted=answer.lasting and not message["racy"])
        sha256 = message["sha256"]
        if "facts" not in message or self._known.holds(message["size"], sha256):
            return
        self._known.add(message["size"], sha256)
        row = fact_columns.row(sha256, message, answer.text)
        # A version that no inspector has: reported in this run, and dropped when the ledger is loaded.
        self._rows.append(row if answer.lasting else {**row, "version": ""})
        if len(self._rows) >= _KEPT_ROWS:
            self._ledger.learn(arrow_tables.facts_rows(self._rows))
            self._rows.clear()


def batched(wanted: Sequence[Wanted], size: int) -> tuple[Batch, ...]:
    """Put *wanted* in batches of at most *size* files, the units in turn.

    So a unit with very many files does not delay the others. Small units share a batch.
    """
    units: dict[str, list[Wanted]] = {}
    for want in wanted:
        units.setdefault("/".join(want.path.split("/")[1:2]), []).append(want)
    longest = max(map(len, units.values()), default=0)
    batches: list[Batch] = []
    names: list[str] = []
    files: list[Wanted] = []
    for start in range(0, longest, size):
        for unit, theirs in units.items():
            part = theirs[start : start + size]
            if files and part and len(files) + len(part) > size:
                batches.append(_batch(names, files))
                names, files = [], []
            if part:
                names.append(unit.partition(" ")[0])
                files += part
    return (*batches, *([_batch(names, files)] if files else ()))


def _batch(names: Sequence[str], files: Sequence[Wanted]) -> Batch:
    return Batch(names[0] if len(names) == 1 else f"{names[0]} sampai {names[-1]}", tuple(files))


def _silent(_done: int, _total: int) -> None:
    """No progress wanted."""
