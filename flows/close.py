"""Closing: an assessment's page with other steps, on a frozen share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, ValidationError

from iid.flows.assess import STEPS, Steps, assess_region, running
from iid.flows.telemetry.progress import Reporter, Runner
from iid.tasks.assess.publishing_steps import Outcome
from iid.tasks.assess.reading_steps import Listed, Opened, list_cycle, open_run
from iid.tasks.assess.request import AssessRequest
from iid.tasks.assess.scoring_steps import Scored
from iid.tasks.close import closing_steps as closing
from iid.tasks.close import reopening
from iid.tasks.close.closing_steps import CloseOrder, FinalRun, Frozen
from iid.tasks.close.late import late_workbooks
from iid.tasks.close.missed_feedback import inform_reopened
from iid.tasks.close.object_lock import lock_again
from iid.tasks.close.preview import gone_evidence
from iid.tasks.values.errors import UsageError
from iid.tasks.verify.signatures import signer

if TYPE_CHECKING:
    from iid.tasks.close.approval import Ask
    from iid.tasks.close.preview import Preview
    from iid.tasks.store.lease import Lease
    from iid.tasks.store.published_run import Latest
    from iid.tasks.values.timetable import Deadline


class CloseRequest(AssessRequest):
    """One closing: an assessment, and why and how it is the last one."""

    model_config = ConfigDict(
        json_schema_extra={"description": "Bekukan satu siklus dan terbitkan hasil finalnya."}
    )

    early: str | None = Field(None, min_length=3, title="Alasan menutup sebelum batas waktu")
    reason: str | None = Field(None, min_length=3, title="Catatan untuk riwayat")
    accept_undecided: str | None = Field(
        None,
        min_length=3,
        title="Alasan menutup dengan klaim yang belum diputuskan",
        description="Kosong: penutupan berhenti bila masih ada; klaim itu tidak dihitung dalam hasil final",
    )
    signing_key: str | None = Field(None, title="Berkas kunci penanda tangan (PEM Ed25519)")
    retain_years: int = Field(5, ge=1, le=100, title="Tahun penguncian objek, bila penyimpanan mendukung")
    # Two plain fields, no table: Prefect 3.8 drops every key called "required" from a form's schema.
    approval: bool = Field(
        False, title="Perlu persetujuan", description="Hasil final baru terbit setelah disetujui seseorang"
    )
    approval_hours: int = Field(
        48,
        ge=1,
        le=720,
        title="Batas waktu menjawab (jam)",
        description="Tanpa jawaban tidak ada yang terbit",
    )


def close_request(base: AssessRequest, **more: Any) -> CloseRequest:
    """Return the closing that *base* and *more* ask for. UsageError if wrong."""
    from iid.flows.settings.setting_messages import describe

    given = {name: value for name, value in more.items() if value is not None}
    try:
        return CloseRequest(**{**base.model_dump(), **given})
    except ValidationError as error:
        raise UsageError(describe(error, "permintaan")) from error


@dataclass(frozen=True, slots=True)
class Closed:
    """The final run, new (``outcome``) or old; ``late``: uncounted paths."""

    region: str
    cycle: int
    run_id: str
    late: tuple[str, ...]
    outcome: Outcome | None = None
    remarks: tuple[str, ...] = ()  # what was repaired, or could not be, where it had been closed before
    uncounted: tuple[str, ...] = ()  # sentences on innovations that do not count for a late workbook

    @property
    def frozen(self) -> Frozen | None:
        """What was frozen now; None where it had been closed before."""
        done = self.outcome.published if self.outcome else None
        return done.frozen if isinstance(done, FinalRun) else None

    @property
    def gone(self) -> tuple[str, ...]:
        """Sentences on counted evidence that was gone, one a unit."""
        return tuple(gone_evidence(self.outcome.assessment)) if self.outcome else ()

    @property
    def facts(self) -> dict[str, Any]:
        """Deadline, version and file counts; empty if closed before."""
        return self.frozen.in_manifest() if self.frozen else {}

    def as_json(self) -> dict[str, Any]:
        """For ``--json`` and for the event."""
        verified = self.outcome.assessment.index["verified"] if self.outcome else {}
        return {
            "region": self.region,
            "cycle": self.cycle,
            "run_id": self.run_id,
            "status": "final",
            "already": self.outcome is None,
            "index": verified.get("index"),
            "category": verified.get("category"),
            **({"closing": self.facts} if self.facts else {}),
            "late": list(self.late),
            "gone": list(self.gone),
            "notes": [*(self.outcome.notes if self.outcome else self.remarks), *self.uncounted],
        }


@dataclass(frozen=True, slots=True)
class CloseSteps(Steps):
    """The steps of an assessment as a closing takes them, and its own."""

    check_deadline: Callable[[Opened, CloseOrder], Deadline]
    freeze: Callable[[Listed, CloseOrder, Deadline], Frozen]
    keep: Callable[[Frozen, Scored], Frozen]
    lock: Callable[[Frozen, FinalRun, Scored], FinalRun]
    complete: Callable[[Opened, Latest], tuple[str, ...]]


CLOSE_STEPS = CloseSteps(
    **{
        **{one.name: getattr(STEPS, one.name) for one in fields(Steps)},
        "compare": lambda *_: None,  # a closing computes everything
        "guard_losses": closing.count_losses,
        "decide": closing.decide_final,
        "score": closing.score_final,
        "publish": closing.publish_final,
        "write_back": closing.write_final,
        "remember": lambda *_: False,
    },
    check_deadline=closing.check_deadline,
    freeze=closing.freeze,
    keep=closing.keep_evidence,
    lock=closing.lock,
    complete=closing.complete_feedback,
)


def close_cycle(request: CloseRequest, do: CloseSteps, order: CloseOrder) -> Closed:
    """Freeze and publish the final run; if closed, report what changed.

    Raises an :class:`iid.tasks.values.errors.IidError` when nothing was published.
    """
    opened = do.open(request)
    if last := reopening.closed(opened):
        return _closed_before(request, do, opened, last)
    opened = replace(opened, as_of=request.in_zone(opened.marker.zone).as_of or order.begun)
    outcome = assess_region(request, _final(do, opened, order))
    a = outcome.assessment
    closed = Closed(
        opened.marker.region, request.cycle, a.run_id, (), outcome, (), late_workbooks(a.findings)
    )
    late = closed.frozen.late if closed.frozen else ()
    return replace(closed, late=tuple(one.source for one in late if not one.counted))


def _final(do: CloseSteps, opened: Opened, order: CloseOrder) -> Steps:
    """Return a closing's steps: listing frozen, nothing published unasked."""
    deadline = do.check_deadline(opened, order)

    def frozen(run: Listed) -> Listed:
        return do.freeze(do.guard_losses(run), order, deadline)

    def publish(run: Frozen, result: Scored, docs: Path, lease: Lease) -> FinalRun:
        run = do.keep(closing.approved(run, result), result)  # may wait for days: no step of its own
        published = do.publish(run, result, docs, lease)
        return do.lock(run, published, result)  # type: ignore[arg-type]

    return replace(do, open=lambda _request: opened, guard_losses=frozen, publish=publish)


def _closed_before(request: CloseRequest, do: CloseSteps, opened: Opened, last: Latest) -> Closed:
    """Return what to report and repair where *last* had closed the cycle."""
    notes = (
        *reopening.mend_pointer(opened, last),
        *reopening.unused(opened, last, request.in_zone(opened.marker.zone).as_of),
        *lock_again(opened, last.run_id, request.retain_years),
    )
    listing = list_cycle(opened)
    if request.feedback:
        notes += do.complete(opened, last)
    changed = tuple(reopening.changed_since(opened, listing))
    return Closed(opened.marker.region, request.cycle, last.run_id, changed, remarks=notes)


def run_closing(
    request: CloseRequest,
    runner: Runner,
    do: CloseSteps = CLOSE_STEPS,
    *,
    ask: Ask | None = None,
    begun: datetime | None = None,
    announce: Callable[[Preview], None] | None = None,
) -> Closed:
    """Close with every step run by *runner*.

    *ask*: who must approve before anything is published. *begun*: the time of the run, for one
    that is taken up again after it waited. *announce* says what becomes final, before it does.
    """
    order = CloseOrder(
        begun=begun or datetime.now(UTC).replace(microsecond=0),
        early=request.early,
        reason=request.reason,
        signer=signer(request.signing_key),
        retain_years=request.retain_years,
        ask=ask,
        accept_undecided=request.accept_undecided,
        announce=announce,
    )
    with running(request, runner, do) as watched:
        return close_cycle(request, watched, order)


def run_reopening(request: CloseRequest) -> Closed:
    """Open a closed cycle again, for the reason of the request."""
    if not request.reason:
        raise UsageError('--reopen memerlukan --reason "alasan"')
    opened = open_run(request)
    listing = list_cycle(opened) if request.feedback else None
    last = reopening.reopen(opened, request.reason)
    notes = inform_reopened(opened, last.run_id, listing) if listing else ()
    return Closed(opened.marker.region, request.cycle, last.run_id, (), remarks=notes)


def close_as_flow(request: CloseRequest) -> Any:
    """Bekukan siklus pada batas waktunya dan terbitkan hasil final."""
    from iid.flows.approve import in_prefect
    from iid.flows.prefect_glue import idempotency
    from iid.flows.prefect_glue.page_flow import asked, state_of

    ask = asked(lambda: in_prefect(request.approval_hours) if approval_needed(request) else None)
    begun = idempotency.begun()
    return state_of(request, lambda: close_in_tasks(request, ask, begun))


def close_in_tasks(request: CloseRequest, ask: Ask | None, begun: datetime) -> Closed:
    """Inside a flow: each step a task; artifacts and the event afterwards."""
    from iid.flows.prefect_glue import artifacts, events
    from iid.flows.prefect_glue.page_flow import as_tasks, reporter

    shown = reporter()
    runner = artifacts.Progress(shown)

    def announce(preview: Preview) -> None:
        artifacts.show_preview(preview, request.region, request.cycle)
        if isinstance(shown, Reporter):
            shown.say(preview.sentences())

    closed = run_closing(request, runner, as_tasks(CLOSE_STEPS), ask=ask, begun=begun, announce=announce)
    if closed.outcome:
        artifacts.show(closed.outcome)
        events.emit("cycle.closed", closed.region, closed.cycle, closed.as_json())
    return closed


def approval_needed(request: CloseRequest) -> bool:
    """Return whether somebody must approve: by the form or worker settings."""
    from iid.flows.settings.load import each_target

    return request.approval or any(
        one.approval.required
        for _, one in each_target()
        if one.cycle in {None, request.cycle} and (not one.region or request.region in {None, one.region})
    )


def __getattr__(name: str) -> Any:
    """Make the flow ``close`` on demand: ``--direct`` avoids Prefect (1.7 s)."""
    if name != "close":
        raise AttributeError(name)
    from iid.flows.prefect_glue.page_flow import as_flow

    return as_flow(close_as_flow, "close")
