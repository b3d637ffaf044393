"""The flow that closes a cycle: the same steps as an assessment, on a frozen share, for good."""

from __future__ import annotations

from typing import Any

from iid.flows.assess import PrefectStep, emit, publish_artifacts
from iid.flows.closing import Closed, CloseRequest, run_closing
from iid.flows.progress import Reporter
from iid.tasks.errors import GuardError

from prefect import flow  # isort: skip  (after iid.flows.assess, which prepares the settings)


@flow(name="close", flow_run_name="{request.cycle}", validate_parameters=True, persist_result=False)
def close(request: CloseRequest) -> dict[str, Any]:
    """Bekukan siklus pada batas waktunya dan terbitkan hasil final."""
    return close_quietly(request, Reporter(quiet=True)).as_json()


def close_quietly(request: CloseRequest, reporter: Reporter) -> Closed:
    """The body of the flow, for callers that show progress."""
    try:
        closed = run_closing(request, PrefectStep(reporter))
    except GuardError as error:
        emit("guard.tripped", request, request.region or "?", {"reason": str(error)})
        raise
    if closed.outcome:
        publish_artifacts(closed.outcome)
        emit("cycle.closed", request, closed.region, closed.as_json())
    return closed


def close_with_progress(request: CloseRequest, reporter: Reporter) -> Closed:
    """Run the flow in this process and give the whole outcome to the command line."""
    from iid.flows.quiet_prefect import embedded_server

    found: list[Closed] = []

    @flow(name="close", flow_run_name=f"{request.cycle}", validate_parameters=False, persist_result=False)
    def close_here() -> None:
        found.append(close_quietly(request, reporter))

    with embedded_server():
        close_here()
    return found[0]
