"""Closing a cycle without Prefect: what is asked, what came out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict, Field, ValidationError

from iid.flows.pipeline import Outcome, Step, open_run, run_assessment
from iid.flows.request import AssessRequest

if TYPE_CHECKING:
    from iid.tasks.closing.approval import Ask


class CloseRequest(AssessRequest):
    """One closing: an assessment, and why and how it is the last one."""

    model_config = ConfigDict(
        json_schema_extra={"description": "Bekukan satu siklus dan terbitkan hasil finalnya."}
    )

    early: str | None = Field(None, min_length=3, title="Alasan menutup sebelum batas waktu")
    reason: str | None = Field(None, min_length=3, title="Catatan untuk riwayat")
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
    """The closing that *base* and *more* ask for. UsageError naming what is wrong."""
    from iid.flows.mistakes import describe
    from iid.tasks.errors import UsageError

    given = {name: value for name, value in more.items() if value is not None}
    try:
        return CloseRequest(**{**base.model_dump(), **given})
    except ValidationError as error:
        raise UsageError(describe(error, "permintaan")) from error


@dataclass(frozen=True, slots=True)
class Closed:
    """The final run, published now (``outcome``) or before; ``late``: paths that do not count."""

    region: str
    cycle: int
    run_id: str
    late: tuple[str, ...]
    outcome: Outcome | None = None
    remarks: tuple[str, ...] = ()  # what was mended, or could not be, where it had been closed before
    uncounted: tuple[str, ...] = ()  # sentences on innovations that do not count for a late workbook

    @property
    def facts(self) -> dict[str, Any]:
        """Deadline, version and numbers of kept files; empty where it had been closed before."""
        frozen = self.outcome.closing if self.outcome else None
        return frozen.manifest() if frozen else {}

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
            "notes": [*(self.outcome.notes if self.outcome else self.remarks), *self.uncounted],
        }


def run_closing(
    request: CloseRequest, step: Step, *, ask: Ask | None = None, begun: datetime | None = None
) -> Closed:
    """Freeze the cycle and publish its final run; a closed cycle is told, with what changed since.

    *ask*: who must approve before anything is published. *begun*: the time of the run, for one
    that is taken up again after it waited.
    Raises an :class:`iid.tasks.errors.IidError` when nothing was published.
    """
    from iid.tasks import steps
    from iid.tasks.closing import reopening
    from iid.tasks.closing.late import late_workbooks
    from iid.tasks.closing.locking import lock_again
    from iid.tasks.closing.signing import signer
    from iid.tasks.closing.steps import CloseOrder
    from iid.tasks.closing.telling import tell_units

    order = CloseOrder(
        early=request.early,
        reason=request.reason,
        signer=signer(request.signing_key),
        retain_years=request.retain_years,
        begun=begun,
        ask=ask,
    )
    opened = open_run(request)
    last = reopening.closed(opened)
    if last:
        notes = (
            *reopening.mend_pointer(opened, last),
            *reopening.unused(opened, last, request.in_zone(opened.marker.zone).as_of),
            *lock_again(opened, last.run_id, request.retain_years),
        )
        listing = steps.list_cycle(opened)
        if request.feedback:
            notes += step("Melengkapi umpan balik final", lambda: tell_units(opened, last, listing))
        changed = tuple(reopening.changed_since(opened, listing))
        return Closed(opened.marker.region, request.cycle, last.run_id, changed, remarks=notes)
    outcome = run_assessment(request, step, order)
    late = outcome.closing.late if outcome.closing else ()
    found = tuple(one.source for one in late if not one.counted)
    return Closed(
        opened.marker.region,
        request.cycle,
        outcome.assessment.run_id,
        found,
        outcome,
        uncounted=late_workbooks(outcome.assessment.findings),
    )


def run_reopening(request: CloseRequest) -> Closed:
    """Open a closed cycle again, for the reason of the request."""
    from iid.tasks.closing import reopening
    from iid.tasks.errors import UsageError

    if not request.reason:
        raise UsageError('--reopen memerlukan --reason "alasan"')
    opened = open_run(request)
    last = reopening.reopen(opened, request.reason)
    return Closed(opened.marker.region, request.cycle, last.run_id, ())
