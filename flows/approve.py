"""Approval in Prefect: the closing suspends, a steward fills the form.

Prefect's own server knows no users, so the name is what the form says. The suspension is tied to
the digest of the inputs: if share, decisions or rules change while it waits, the answer does not
count, and the closing asks again about the new numbers.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect import flow, runtime, suspend_flow_run  # noqa: E402  (after prepare)
from prefect.artifacts import create_markdown_artifact  # noqa: E402
from prefect.client.orchestration import SyncPrefectClient, get_client  # noqa: E402
from prefect.client.schemas.filters import (  # noqa: E402
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType  # noqa: E402
from prefect.client.schemas.responses import SetStateStatus  # noqa: E402
from prefect.client.schemas.sorting import FlowRunSort  # noqa: E402
from prefect.input import RunInput  # noqa: E402
from pydantic import BaseModel, ConfigDict, Field  # noqa: E402

from iid.tasks.assess.request import Cycle  # noqa: E402
from iid.tasks.close.approval import APPROVED, PREFECT, REJECTED, Approval  # noqa: E402
from iid.tasks.values.assessment import Assessment  # noqa: E402
from iid.tasks.values.errors import GuardError, UsageError  # noqa: E402

Decision = Literal["setujui", "tolak"]
WAITING, RESPONSE = "suspended-", "-response"  # how Prefect names what it keeps of a form
HOUR = 3600  # seconds
MOST = 200  # things in one answer of the server
ANSWERS = {"setujui": APPROVED, "tolak": REJECTED}


class FinalApproval(RunInput):
    """The form of a suspended closing."""

    decision: Decision = Field(
        title="Keputusan",
        description="setujui: hasil terbit sebagai final. tolak: tidak ada yang terbit.",
    )
    name: str = Field(min_length=3, max_length=120, title="Nama", description="Nama lengkap yang memutuskan")
    reason: str = Field(
        min_length=3, max_length=1000, title="Alasan", description="Ikut tersimpan bersama hasil final"
    )


class ApproveRequest(BaseModel):
    """The answer as a deployment, for those who do not open the run."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        json_schema_extra={"description": "Jawaban untuk penutupan siklus yang sedang menunggu."},
    )

    cycle: Cycle
    region: str | None = Field(
        None, title="Kode wilayah", description="Kosong: satu-satunya penutupan yang menunggu"
    )
    decision: Decision = Field(
        title="Keputusan",
        description="setujui: hasil terbit sebagai final. tolak: tidak ada yang terbit.",
    )
    name: str = Field(min_length=3, max_length=120, title="Nama", description="Nama lengkap yang memutuskan")
    reason: str = Field(
        min_length=3, max_length=1000, title="Alasan", description="Ikut tersimpan bersama hasil final"
    )


def in_prefect(hours: int) -> Callable[[Assessment, str], Approval]:
    """Ask by suspending the run up to *hours*; return the answer later."""

    def ask(assessment: Assessment, digest: str) -> Approval:
        if refusal := _refusal(str(runtime.flow_run.id)):
            return refusal  # whatever has changed since: a no is a no
        _show(assessment, hours)
        form = FinalApproval.with_initial_data(description=question(assessment, hours))
        found = suspend_flow_run(wait_for_input=form, timeout=hours * HOUR, key=f"iid-{digest}")
        return _approval(found, digest, _answered_at(str(runtime.flow_run.id)))

    return ask


def _approval(form: FinalApproval, digest: str, at: datetime) -> Approval:
    name, reason = (" ".join(text.split()) for text in (form.name, form.reason))
    return Approval(ANSWERS[form.decision], name, reason, at, PREFECT, digest)


def _refusal(run: str) -> Approval | None:
    """The no that this run was given, about whichever numbers were shown then."""
    with get_client(sync_client=True) as client:
        found = client.filter_flow_run_input(UUID(run), f"{WAITING}iid-", MOST, set())
    answers = {one.key: one for one in found if one.key.endswith(RESPONSE)}
    for key, one in sorted(answers.items()):
        form = FinalApproval.model_validate_json(one.value)
        if ANSWERS[form.decision] == REJECTED:
            digest = key.removeprefix(f"{WAITING}iid-").removesuffix(RESPONSE)
            return _approval(form, digest, _answered_at(run))
    return None


def _show(assessment: Assessment, hours: int) -> None:
    """The summary as an artifact, before anybody is asked."""
    from iid.tasks.report.summary import summary_markdown

    key = f"iid-{assessment.marker.region}-{assessment.cycle}-persetujuan".replace(".", "-").lower()
    create_markdown_artifact(
        f"{question(assessment, hours)}\n\n{summary_markdown(assessment)}",
        key=key,
        description="Menunggu persetujuan",
    )


def question(assessment: Assessment, hours: int) -> str:
    """What the form asks, as Markdown."""
    from iid.tasks.close.preview import preview_of
    from iid.tasks.report.summary import escaped, summary_lines

    first = escaped(summary_lines(assessment)[0])  # Markdown to the form; the region's name is the share's
    return (
        f"**Penutupan siklus {assessment.cycle} menunggu persetujuan.** {first}. "
        f"{escaped(' '.join(preview_of(assessment).sentences()))} "
        f"Jawab dalam {hours} jam; tanpa jawaban tidak ada yang terbit. Bila data berubah selama "
        "menunggu, persetujuan diminta lagi untuk angka yang baru."
    )


def _answered_at(run: str) -> datetime:
    """Return the end of the last suspension, the same on every restart."""
    with get_client(sync_client=True) as client:
        states = client.read_flow_run_states(UUID(run))
    found = [state.timestamp for state in states if state.name == "Resuming"]
    if not found:
        raise GuardError("jawaban persetujuan tidak tercatat di server Prefect; tidak ada yang diterbitkan")
    moment: datetime = max(found)
    return datetime.fromtimestamp(int(moment.timestamp()), moment.tzinfo)


@flow(
    name="approve",
    flow_run_name="{request.cycle} {request.decision}",
    validate_parameters=True,
    persist_result=False,
)
def approve(request: ApproveRequest) -> dict[str, Any]:
    """Setujui atau tolak hasil final yang sedang menunggu."""
    with get_client(sync_client=True) as client:
        run = waiting(client, request)
        answer = {"decision": request.decision, "name": request.name, "reason": request.reason}
        result = client.resume_flow_run(run.id, run_input=answer)
    if result.status != SetStateStatus.ACCEPT:
        why = getattr(result.details, "reason", None) or str(result.status)
        raise GuardError(f"penutupan {run.name} tidak menerima jawaban: {why}")
    return {"flow_run": str(run.id), **answer}


def waiting(client: SyncPrefectClient, request: ApproveRequest) -> FlowRun:
    """Return the one suspended closing, else raise GuardError or UsageError."""
    found = client.read_flow_runs(
        flow_filter=FlowFilter(name=FlowFilterName(any_=["close"])),
        flow_run_filter=FlowRunFilter(
            state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.PAUSED]))
        ),
        sort=FlowRunSort.EXPECTED_START_TIME_ASC,
        limit=MOST,
    )
    meant = [run for run in found if _is_meant(run.parameters.get("request"), request)]
    if not meant:
        raise GuardError(f"tidak ada penutupan siklus {request.cycle} yang menunggu persetujuan")
    if len(meant) > 1:
        names = ", ".join(f"{run.parameters['request'].get('region') or '?'} ({run.name})" for run in meant)
        raise UsageError(f"beberapa penutupan menunggu: {names}; sebutkan kode wilayahnya")
    return meant[0]


def _is_meant(asked: object, request: ApproveRequest) -> bool:
    if not isinstance(asked, dict) or asked.get("cycle") != request.cycle:
        return False
    return request.region is None or asked.get("region") in {None, request.region}
