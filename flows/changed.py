"""The flow of event ``iid.share.changed``: one run for many changes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect import flow, runtime  # noqa: E402  (after prepare: settings are read on import)
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.filters import (  # noqa: E402
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import FlowRun, StateType  # noqa: E402
from prefect.client.schemas.sorting import FlowRunSort  # noqa: E402
from prefect.states import Cancelled  # noqa: E402

from iid.flows.assess import assess_in_tasks  # noqa: E402
from iid.flows.prefect_glue.page_flow import named, state_of  # noqa: E402
from iid.tasks.assess.publishing_steps import Outcome  # noqa: E402
from iid.tasks.assess.request import AssessRequest  # noqa: E402

MOST = 200  # runs in one answer of the server; more wait for the next run


@flow(
    name="assess-changed",
    flow_run_name=named("perubahan"),
    validate_parameters=True,
    persist_result=False,
)
def assess_changed(request: AssessRequest) -> Any:
    """Nilai setelah share berubah: unit yang berubah diperiksa ulang, yang lain dari catatan.

    Runs of the same deployment that wait already when this one begins are about changes that
    this one sees too: it takes over their units, and they are cancelled once it has published.
    """
    # Any run that begins later sees the changes: they differ in what a listing shows.
    return state_of(request.model_copy(update={"units": ()}), lambda: _assess(request))


def _assess(request: AssessRequest) -> Outcome:
    waiting = _waiting()
    outcome = assess_in_tasks(with_units_of(request, waiting))
    _cancel(waiting, outcome.assessment.run_id)
    return outcome


def with_units_of(request: AssessRequest, waiting: list[FlowRun]) -> AssessRequest:
    """*request* with the units of the runs that wait, sorted."""
    units = set(request.units)
    for run in waiting:
        asked = run.parameters.get("request")
        units |= set(asked.get("units", ()) if isinstance(asked, dict) else ())
    return request.model_copy(update={"units": tuple(sorted(units))})


def _waiting() -> list[FlowRun]:
    """Runs of this deployment that have not begun."""
    mine, deployment = runtime.flow_run.id, runtime.deployment.id
    if not deployment:
        return []
    chosen = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[UUID(str(deployment))]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED, StateType.PENDING])),
    )
    with get_client(sync_client=True) as client:
        # Limit and order are said, because servers on newer fastapi refuse the client's own nulls.
        found = client.read_flow_runs(
            flow_run_filter=chosen, sort=FlowRunSort.EXPECTED_START_TIME_ASC, limit=MOST
        )
    return [run for run in found if str(run.id) != str(mine)]


def _cancel(waiting: list[FlowRun], run_id: str) -> None:
    if not waiting:
        return
    with get_client(sync_client=True) as client:
        for run in waiting:
            client.update_flow_run(run.id, name=runtime.flow_run.name)  # it never began to be named
            client.set_flow_run_state(
                run.id, Cancelled(message=f"perubahannya sudah termasuk dalam {run_id}")
            )
