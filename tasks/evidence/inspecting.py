"""Evidence rows go in as they stand on the share; they come out with what each file is.

Unchanged files are not opened, known contents are not inspected, and everything
else goes through the guarded workers (:mod:`iid.tasks.evidence.pool`).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Sequence
from contextlib import closing
from dataclasses import dataclass, field

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.drives.base import Drive, Listing
from iid.tasks.errors import DriveError
from iid.tasks.evidence import filling, tabling
from iid.tasks.evidence.engines import Engine
from iid.tasks.evidence.feeding import Known, LocalFeed, Wanted, local_root, too_large
from iid.tasks.evidence.fetching import FetchingFeed
from iid.tasks.evidence.files import Files
from iid.tasks.evidence.ledger import Ledger
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.pool import Pool
from iid.tasks.evidence.process import Answer, Job
from iid.tasks.tables import LINKS, frame

#: Called with how many files are settled, of how many.
Progress = Callable[[int, int], None]

_MARKER = "iid-share.toml"
_ROUNDS = 3
_KEPT_ROWS = 2_000  # facts gathered before they become a table


@dataclass(frozen=True, slots=True)
class Inspection:
    """``evidence``: the rows, facts filled. ``facts``: one row a content (FACTS), by ``sha256``."""

    evidence: pd.DataFrame
    facts: pd.DataFrame
    links: pd.DataFrame = field(default_factory=lambda: frame(LINKS, []))  # LINKS, by the step
    scans: pd.DataFrame | None = None  # texts by OCR (scans.py), by the step; None: not asked for


def inspect_evidence(  # noqa: PLR0913  each of these is the caller's choice
    drive: Drive,
    listing: Listing,
    evidence: pd.DataFrame,
    ledger: Ledger,
    *,
    workers: int | None = None,
    fresh: bool = False,
    fresh_units: Sequence[str] = (),
    progress: Progress | None = None,
    limits: Limits | None = None,
    engine: Engine | None = None,
) -> Inspection:
    """Fill the facts of every file row of *evidence* (EVIDENCE); order and other rows are kept.

    *fresh* ignores the ledger, *fresh_units* ignores it for these units; *ledger* learns what
    was found, its caller saves it. *workers* is the number of processes (default: one a core).
    *engine* inspects elsewhere than on this machine.
    Raises DriveError when the share fails as a whole; what is wrong with one file is its problem.
    """
    if fresh:
        ledger.forget()
    files = Files.of(evidence, listing)
    files.recall(ledger, files.of_units(evidence, frozenset(fresh_units)) if fresh_units else [])
    mounted = drive.exists(_MARKER)
    run = _Run(drive, files, ledger, progress or _silent)
    run.settle(engine or Here(workers), limits or Limits())
    if mounted and not drive.exists(_MARKER):
        raise DriveError(
            f"Share {drive.url} terlepas di tengah pemeriksaan bukti; tidak ada yang disimpulkan."
        )
    ledger.remember_paths(files.index(ledger.paths))
    used = filling.used_facts(ledger.facts, files)
    return Inspection(filling.filled(evidence, files, used), tabling.frame(used))


def guarded(
    drive: Drive, wanted: Sequence[Wanted], known: Known, workers: int, limits: Limits
) -> Generator[Answer]:
    """One answer a file of *wanted*, from *workers* guarded processes on this machine.

    Raises FailedError, DriveError. *known* may grow meanwhile.
    """
    yield from too_large(wanted, limits)
    wanted = [want for want in wanted if want.size <= limits.file]
    with Pool(workers, limits) as pool, _feed(drive, wanted, known, workers) as feed:
        for answer in pool.run(feed):
            feed.done(answer)
            yield answer
        places = {want.key: want for want in wanted}
        for key, problem in feed.problems.items():
            job = Job(key, places[key].path, places[key].size)
            yield Answer(job, "problem", {"problem": problem.problem, "detail": problem.detail})


def _feed(drive: Drive, wanted: Sequence[Wanted], known: Known, workers: int) -> LocalFeed | FetchingFeed:
    root = local_root(drive, wanted)
    if root:
        return LocalFeed(root, wanted, known)
    return FetchingFeed(drive, wanted, known, threads=max(4, 2 * workers))


class Here:
    """The engine of this machine; *workers* processes, by default one a core."""

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or _cores()

    def check(self) -> None:
        """Always there."""

    def answers(
        self, drive: Drive, wanted: Sequence[Wanted], known: Known, limits: Limits
    ) -> Generator[Answer]:
        """One answer a file of *wanted*. Raises FailedError, DriveError."""
        return guarded(drive, wanted, known, self._workers, limits)


class _Run:
    """One pass over the files that must be read."""

    def __init__(self, drive: Drive, files: Files, ledger: Ledger, progress: Progress) -> None:
        self._drive = drive
        self._files = files
        self._ledger = ledger
        self._progress = progress
        self._rows: list[dict[str, object]] = []
        self._settled = 0

    def settle(self, engine: Engine, limits: Limits) -> None:
        """Read and inspect until every file has facts or a problem."""
        wanted = self._files.wanted(self._ledger.facts)
        self._settled = len(self._files) - len(wanted)
        self._progress(self._settled, len(self._files))
        for _ in range(_ROUNDS):
            if not wanted:
                return
            known = self._known({want.size for want in wanted})
            with closing(engine.answers(self._drive, wanted, known, limits)) as answers:
                for answer in answers:
                    self._take(answer, known)
            self._ledger.learn(tabling.facts_rows(self._rows))
            self._rows.clear()
            # A file that changed behind its time's back can leave copies of the old content without facts.
            wanted = self._files.wanted(self._ledger.facts)
        for want in wanted:
            self._files.trouble(want.key, "still_changing", "")

    def _known(self, sizes: set[int]) -> Known:
        """Hashes of known contents that have one of *sizes*."""
        known = Known()
        table = self._ledger.facts.select(["sha256", "size"])
        table = table.filter(pc.is_in(table["size"], pa.array(sorted(sizes), pa.int64())))
        for sha256, size in zip(table["sha256"].to_pylist(), table["size"].to_pylist(), strict=True):
            known.add(size, sha256)
        return known

    def _take(self, answer: Answer, known: Known) -> None:
        """Note one answer; its facts become known to the files that follow."""
        self._settled += 1
        self._progress(min(self._settled, len(self._files)), len(self._files))
        message = answer.message
        if answer.status == "problem":
            self._files.trouble(answer.job.key, message["problem"], message["detail"])
            return
        self._files.found(answer.job.key, message, trusted=answer.lasting and not message["racy"])
        sha256 = message["sha256"]
        if "facts" not in message or known.holds(message["size"], sha256):
            return
        known.add(message["size"], sha256)
        row = filling.row(sha256, message, answer.text)
        # A version that no inspector has: told in this run, and dropped when the ledger is loaded.
        self._rows.append(row if answer.lasting else {**row, "version": ""})
        if len(self._rows) >= _KEPT_ROWS:
            self._ledger.learn(tabling.facts_rows(self._rows))
            self._rows.clear()


def _silent(_done: int, _total: int) -> None:
    """No progress wanted."""


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
