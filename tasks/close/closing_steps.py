"""The steps of a closing, in place of an assessment's, and besides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields, replace
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar

import pandas as pd

from iid.tasks.assess.held_units import Losses
from iid.tasks.assess.publishing_steps import feedback_of, published, written
from iid.tasks.assess.quiet_night import PublishedRun
from iid.tasks.assess.reading_steps import Listed, Opened, list_cycle, lost, read_workbooks
from iid.tasks.assess.scoring_steps import Decided, Scored, assessed, decide
from iid.tasks.assess.step import progress, step
from iid.tasks.close.approval import Approval, Ask, heed
from iid.tasks.close.deadline import deadline_of
from iid.tasks.close.kept_evidence import Content, contents_of, keep_all, workbooks_of
from iid.tasks.close.late import (
    Late,
    after_deadline,
    judged,
    not_recorded,
    with_late_findings,
    without,
)
from iid.tasks.close.missed_feedback import inform_units
from iid.tasks.close.object_lock import RETAIN_YEARS, lock_run
from iid.tasks.close.preview import Preview, check_decided, preview_of
from iid.tasks.ingest.submissions import Submissions
from iid.tasks.inspect.inspection import Inspection
from iid.tasks.store.closed_cycle import CLOSING, version_of
from iid.tasks.store.history import history
from iid.tasks.store.lease import Lease
from iid.tasks.store.paths import canonical, moment, stamp
from iid.tasks.store.published_run import Latest, Run, read_run
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.timetable import Deadline
from iid.tasks.verify.signatures import Signer


@dataclass(frozen=True, slots=True)
class CloseOrder:
    """What a closing is asked besides; ``begun`` may be days ago."""

    begun: datetime
    early: str | None = None  # the reason to close before the rulebook's day
    reason: str | None = None  # what the history should say about this version
    signer: Signer | None = None
    retain_years: int = RETAIN_YEARS
    ask: Ask | None = None  # who must approve; None: no approval is needed
    accept_undecided: str | None = None  # why claims may stay undecided and so count nothing
    announce: Callable[[Preview], None] | None = None  # says what becomes final, before it does


@dataclass(frozen=True, slots=True)
class Frozen(Listed):
    """The share as it counts; what changed too late is in ``late`` only."""

    final: ClassVar[bool] = True
    order: CloseOrder
    deadline: Deadline
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
            **self._undecided(),
        }

    def _undecided(self) -> dict[str, Any]:
        accepted = self.order.accept_undecided
        return {"accept_undecided": accepted} if accepted else {}

    def _approval(self) -> dict[str, Any]:
        return {"approval": self.approval.as_json()} if self.approval else {}

    def in_manifest(self) -> dict[str, Any]:
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


@dataclass(frozen=True, slots=True)
class FinalRun(PublishedRun):
    """A published final run, and what was frozen for it."""

    frozen: Frozen | None = None


@step("Memeriksa batas waktu")
def check_deadline(opened: Opened, order: CloseOrder) -> Deadline:
    """Return the deadline. GuardError when it is not past, or not known."""
    asked = opened.request.in_zone(opened.marker.zone).as_of
    return deadline_of(opened.loaded.rulebook, opened.marker, asked, order.early, order.begun)


@step("Menjaga dari share yang hilang")
def count_losses(run: Listed) -> Listed:
    """Return the run without held units: all losses count. Raises GuardError."""
    return replace(run, losses=Losses(count=lost(run, share=0)))


@step("Memilah perubahan setelah batas waktu", network=True)
def freeze(run: Listed, order: CloseOrder, deadline: Deadline) -> Frozen:
    """Take out what changed after the deadline and was not recorded before."""
    entries = after_deadline(run.listing, deadline)
    before = _run_before(run, deadline) if entries and deadline.cuts else None
    if before:
        entries = not_recorded(run.drive, entries, read_workbooks(run, run.listing), before)
    late = judged(entries, run.listing, deadline, before is not None)
    records = history(run.store, run.marker.region, run.cycle)
    known = {one.name: getattr(run, one.name) for one in fields(Listed)}
    return Frozen(
        **{**known, "listing": without(run.listing, late)},
        order=order,
        deadline=deadline,
        late=tuple(late),
        version=version_of(records),
        history=tuple(r for r in records if r.get("event") == "reopened" or r.get("status") == "final"),
        files=tuple((entry.path, entry.size, int(entry.modified)) for entry in run.listing.entries),
    )


def _run_before(opened: Opened, deadline: Deadline) -> Run | None:
    """Return the last run published before the deadline, by the store."""
    region, cycle = opened.marker.region, opened.cycle
    known = [
        entry
        for entry in history(opened.store, region, cycle)
        if entry.get("event") == "published" and moment(entry["published_at"]) <= deadline.moment
    ]
    return read_run(opened.store, region, cycle, str(known[-1]["run_id"])) if known else None


@step("Membaca keputusan peninjau", network=True)
def decide_final(run: Frozen, books: Submissions, inspection: Inspection, findings: pd.DataFrame) -> Decided:
    """Read the decisions; add a finding for each late file not counted."""
    findings = with_late_findings(findings, run.late, books.units, run.deadline, run.marker)
    return decide(run, books, inspection, findings)


@step("Menghitung skor")
def score_final(run: Frozen, books: Submissions, inspection: Inspection, decided: Decided) -> Scored:
    """The whole assessment of the closed cycle."""
    return assessed(run, books, inspection, decided, "final", [run.digest()])


def approved(run: Frozen, result: Scored) -> Frozen:
    """Return the run with its approval; RejectedError where refused.

    GuardError where claims are undecided and the order does not accept that.
    """
    preview = preview_of(result.assessment, run.late)
    check_decided(preview, run.order.accept_undecided)
    if run.order.announce:
        run.order.announce(preview)
    if run.order.ask is None:
        return run
    answer = run.order.ask(result.assessment, result.digest)
    return replace(run, approval=heed(answer, result.assessment, run.store))


@step("Menyalin bukti menurut sidiknya", network=True)
def keep_evidence(run: Frozen, result: Scored) -> Frozen:
    """Copy evidence and workbooks to the store by hash; add their list."""
    a = result.assessment
    contents = contents_of(a.evidence)
    workbooks = workbooks_of(run.drive, _workbooks(a))
    everything = {content.sha256: content for content in (*contents, *workbooks)}
    keep_all(run.store, run.marker.region, run.cycle, run.drive, everything.values(), progress)
    return replace(run, contents=tuple(contents), workbooks=tuple(workbooks))


def _workbooks(a: Assessment) -> set[str]:
    spd = {source.partition("#")[0] for source in a.claims["source"].tolist()}
    return (set(a.profiles["workbook"].tolist()) | spd) - {""}


@step("Menyusun dan menerbitkan hasil", network=True)
def publish_final(run: Frozen, result: Scored, docs: Path, lease: Lease) -> FinalRun:
    """Write the final run, signed if there is a key; move the pointer last."""
    signer = run.order.signer
    more, head = {CLOSING: run.closing_json()}, {"closing": run.in_manifest()}
    closed = result._replace(assessment=replace(result.assessment, closing=head["closing"]))
    done = published(run, closed, docs, lease, more, head, signer.sign if signer else None)
    return FinalRun(done.prefix, done.already, frozen=run)


@step("Mengunci hasil final")
def lock(run: Frozen, done: FinalRun, result: Scored) -> FinalRun:
    """Ask the store to lock the final run; return failures as notes."""
    notes = []
    if run.order.signer is None:
        notes.append(
            "manifest tidak ditandatangani: tidak ada kunci (IID_SIGNING_KEY_FILE); lihat docs/closing.md"
        )
    kept = {content.sha256 for content in (*run.contents, *run.workbooks)}
    locked = lock_run(run, result.assessment.run_id, kept, run.order.retain_years)
    return replace(done, notes=(*notes, *locked))


@step("Menulis umpan balik")
def write_final(run: Listed, result: Scored) -> tuple[str, ...]:
    """Write each unit's feedback; leave review workbooks as they are."""
    return written(feedback_of(run, result))


@step("Melengkapi umpan balik final")
def complete_feedback(opened: Opened, last: Latest) -> tuple[str, ...]:
    """Write the feedback of final run *last* that its closing did not."""
    return inform_units(opened, last, list_cycle(opened))
