"""The steps that a closing adds to an assessment; the order stands in ``flows/pipeline.py``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pandas as pd

from iid.tasks.assessment import Assessment
from iid.tasks.closing.approval import Approval, Ask, heed
from iid.tasks.closing.deadline import Deadline, deadline_of
from iid.tasks.closing.evidence import Content, contents_of, keep_all, workbooks_of
from iid.tasks.closing.late import (
    Late,
    after_deadline,
    judged,
    not_recorded,
    with_late_findings,
    without,
)
from iid.tasks.closing.locking import RETAIN_YEARS, lock_run
from iid.tasks.closing.signing import Signer
from iid.tasks.drives.base import Listing
from iid.tasks.evidence.inspecting import Inspection
from iid.tasks.steps import Opened, read_workbooks
from iid.tasks.stores.frozen import version_of
from iid.tasks.stores.history import history
from iid.tasks.stores.layout import canonical, moment, stamp
from iid.tasks.stores.reading import Run, read_run
from iid.tasks.submissions.reading import Submissions


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """What a closing is asked to do besides an assessment."""

    early: str | None = None  # the reason to close before the rulebook's day
    reason: str | None = None  # what the history should say about this version
    signer: Signer | None = None
    retain_years: int = RETAIN_YEARS
    begun: datetime | None = None  # when the closing began, where it may wait for days; None: now
    ask: Ask | None = None  # who must approve; None: nobody


@dataclass(frozen=True, slots=True)
class Frozen:
    """The share as it counts: what changed after the deadline is in ``late`` and not in ``listing``."""

    order: CloseOrder
    deadline: Deadline
    listing: Listing
    late: tuple[Late, ...]
    version: int
    history: tuple[dict[str, Any], ...]  # earlier final versions and reopenings
    files: tuple[tuple[str, int, int], ...]  # the share at the closing: path, size, time of change
    contents: tuple[Content, ...] = field(default=())
    workbooks: tuple[Content, ...] = field(default=())
    approval: Approval | None = None

    def digest(self) -> str:
        """What of a closing belongs to the inputs of a run."""
        return canonical([self.version, self._facts(), [one.as_json() for one in self.late]]).decode()

    def _facts(self) -> dict[str, Any]:
        return {
            "version": self.version,
            "deadline": stamp(self.deadline.moment),
            "deadline_status": self.deadline.status,
            "early": self.order.early,
            "reason": self.order.reason,
        }

    def _approval(self) -> dict[str, Any]:
        return {"approval": self.approval.as_json()} if self.approval else {}

    def manifest(self) -> dict[str, Any]:
        """Key ``closing`` of the manifest: the facts, and how many of each."""
        return {
            **self._facts(),
            **self._approval(),
            "late": len(self.late),
            "late_counted": sum(one.counted for one in self.late),
            "evidence": len(self.contents),
            "signed_by": self.order.signer.key_id if self.order.signer else None,
        }

    def closing_json(self) -> bytes:
        """``closing.json`` of the final run (docs/closing.md)."""
        files = [{"source": path, "size": size, "modified": when} for path, size, when in self.files]
        return canonical(
            {
                "schema": 1,
                **self._facts(),
                **self._approval(),
                "earlier": list(self.history),
                "late": [one.as_json() for one in self.late],
                "evidence": [content.as_json() for content in self.contents],
                "workbooks": [content.as_json() for content in self.workbooks],
                "files": files,
            }
        )


def check_deadline(order: CloseOrder, opened: Opened, as_of: datetime | None) -> Deadline:
    """The deadline of this closing. GuardError when it has not passed, or is not known."""
    now = order.begun or datetime.now(UTC).replace(microsecond=0)
    return deadline_of(opened.loaded.rulebook, opened.marker, as_of, order.early, now)


def freeze(order: CloseOrder, opened: Opened, deadline: Deadline, listing: Listing) -> Frozen:
    """Take out what changed after the deadline, unless a run from before it had recorded the content."""
    entries = after_deadline(listing, deadline)
    before = _run_before(opened, deadline) if entries and deadline.cuts else None
    if before:
        entries = not_recorded(opened.drive, entries, read_workbooks(opened, listing), before)
    late = judged(entries, listing, deadline, before is not None)
    records = history(opened.store, opened.marker.region, opened.cycle)
    return Frozen(
        order=order,
        deadline=deadline,
        listing=without(listing, late),
        late=tuple(late),
        version=version_of(records),
        history=tuple(r for r in records if r.get("event") == "reopened" or r.get("status") == "final"),
        files=tuple((entry.path, entry.size, int(entry.modified)) for entry in listing.entries),
    )


def _run_before(opened: Opened, deadline: Deadline) -> Run | None:
    """The last run that had been published, by the store's own record, before the deadline."""
    region, cycle = opened.marker.region, opened.cycle
    known = [
        entry
        for entry in history(opened.store, region, cycle)
        if entry.get("event") == "published" and moment(entry["published_at"]) <= deadline.moment
    ]
    return read_run(opened.store, region, cycle, str(known[-1]["run_id"])) if known else None


def with_late(
    frozen: Frozen | None, opened: Opened, read: Submissions, findings: pd.DataFrame
) -> pd.DataFrame:
    """FINDINGS with one more for each late file that does not count."""
    if frozen is None:
        return findings
    return with_late_findings(findings, frozen.late, read.units, frozen.deadline, opened.marker)


def approved(frozen: Frozen, opened: Opened, assessment: Assessment, digest: str) -> Frozen:
    """The same freeze with the answer of the person who must approve; RejectedError where it is no."""
    if frozen.order.ask is None:
        return frozen
    answer = frozen.order.ask(assessment, digest)
    return replace(frozen, approval=heed(answer, assessment, opened.store))


def keep_evidence(
    frozen: Frozen,
    opened: Opened,
    read: Submissions,
    inspection: Inspection,
    progress: Callable[[int, int], None],
) -> Frozen:
    """Copy evidence and workbooks into the store by their hashes; the same freeze, with their list."""
    contents = contents_of(inspection.evidence)
    workbooks = workbooks_of(opened.drive, _workbooks(read))
    everything = {content.sha256: content for content in (*contents, *workbooks)}
    keep_all(opened.store, opened.marker.region, opened.cycle, opened.drive, everything.values(), progress)
    return replace(frozen, contents=tuple(contents), workbooks=tuple(workbooks))


def _workbooks(read: Submissions) -> set[str]:
    spd = {source.partition("#")[0] for source in read.claims["source"].tolist()}
    return (set(read.innovations["workbook"].tolist()) | spd) - {""}


def lock(frozen: Frozen, opened: Opened, run_id: str) -> tuple[str, ...]:
    """Ask the store to keep the final run and its evidence unchanged; what could not be done, as notes."""
    notes = []
    if frozen.order.signer is None:
        notes.append(
            "manifest tidak ditandatangani: tidak ada kunci (IID_SIGNING_KEY_FILE); lihat docs/closing.md"
        )
    kept = {content.sha256 for content in (*frozen.contents, *frozen.workbooks)}
    return (*notes, *lock_run(opened, run_id, kept, frozen.order.retain_years))
