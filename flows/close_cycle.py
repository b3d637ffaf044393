"""The flow that closes a cycle: the same steps as an assessment, on a frozen share, for good."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from iid.flows import artifacts, unattended
from iid.flows.assess import PrefectStep, emit
from iid.flows.closing import Closed, CloseRequest, run_closing
from iid.flows.events import region_of
from iid.flows.progress import Reporter
from iid.tasks.errors import GuardError

from prefect import flow  # isort: skip  (after iid.flows.assess, which prepares the settings)
from prefect.states import Cancelled  # isort: skip

if TYPE_CHECKING:
    from iid.tasks.closing.approval import Ask

MOST_STARTS = 20  # each answer to a form is a new start; more are a run that ends its workers
REFUSED = "Ditolak"  # name of the state of a run that a person refused: it did not fail


@flow(name="close", flow_run_name="{request.cycle}", validate_parameters=True, persist_result=False)
def close(request: CloseRequest) -> Any:
    """Bekukan siklus pada batas waktunya dan terbitkan hasil final."""
    from iid.flows.approval import in_prefect
    from iid.tasks.closing.approval import RejectedError

    ask = in_prefect(request.approval_hours) if approval_needed(request) else None
    begun = unattended.begun()
    try:
        closed = unattended.taken_up(
            lambda: close_quietly(request, Reporter(quiet=True), ask, begun), MOST_STARTS
        )
        return closed.as_json()
    except RejectedError as refused:
        return Cancelled(name=REFUSED, message=str(refused))


def approval_needed(request: CloseRequest) -> bool:
    """Whether somebody must approve: as the form says, and never less than the worker's own settings."""
    from iid.flows.settings import each_target

    return request.approval or any(
        one.approval.required
        for _, one in each_target()
        if one.cycle in {None, request.cycle} and (not one.region or request.region in {None, one.region})
    )


def close_quietly(
    request: CloseRequest, reporter: Reporter, ask: Ask | None = None, begun: datetime | None = None
) -> Closed:
    """The body of the flow, for callers that show progress."""
    from iid.tasks.closing.approval import RejectedError

    try:
        closed = run_closing(request, PrefectStep(reporter), ask=ask, begun=begun)
    except RejectedError:
        raise
    except GuardError as error:
        emit("guard.tripped", request, region_of(request), {"reason": str(error)})
        raise
    if closed.outcome:
        artifacts.show(closed.outcome)
        emit("cycle.closed", request, closed.region, closed.as_json())
    return closed


def close_with_progress(request: CloseRequest, reporter: Reporter, ask: Ask | None = None) -> Closed:
    """Run the flow in this process and give the whole outcome to the command line."""
    from iid.flows.quiet_prefect import embedded_server

    found: list[Closed] = []

    @flow(name="close", flow_run_name=f"{request.cycle}", validate_parameters=False, persist_result=False)
    def close_here() -> None:
        found.append(close_quietly(request, reporter, ask))

    with embedded_server():
        close_here()
    return found[0]
