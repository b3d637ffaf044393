"""A recalculation as a run of ``recalculate/hitung-ulang``, watched."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Any
from uuid import UUID

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect.client.orchestration import SyncPrefectClient, get_client  # noqa: E402  (after prepare)
from prefect.client.schemas.filters import (  # noqa: E402
    DeploymentFilter,
    DeploymentFilterTags,
    FlowFilter,
    FlowFilterName,
    FlowRunFilter,
    FlowRunFilterId,
    TaskRunFilter,
    TaskRunFilterState,
    TaskRunFilterStateType,
)
from prefect.client.schemas.objects import State, StateType, WorkPoolStatus  # noqa: E402
from prefect.client.schemas.sorting import TaskRunSort  # noqa: E402

from iid.flows.prefect_glue.idempotency import WAITING  # noqa: E402

FLOW = "recalculate"
POLL_S = 1.0
_MOST = 50  # deployments in one answer of the server
_RUNNING = TaskRunFilterState(type=TaskRunFilterStateType(any_=[StateType.RUNNING]))
_WAITING = "menunggu pekerja di server Prefect"
_WORKING = "di server Prefect"


@dataclass(frozen=True, slots=True)
class Deployed:
    """A deployment of the region with a worker; ``request``: its defaults."""

    id: UUID
    request: dict[str, Any]


def find(region: str, cycle: int, store: str) -> Deployed | None:
    """Return the working deployment that publishes to *store*, or None.

    Deployed by ``iid deploy``, which tags it with region and cycle. Errors of Prefect's client where
    the server does not answer.
    """
    with get_client(sync_client=True) as client:
        found = client.read_deployments(
            flow_filter=FlowFilter(name=FlowFilterName(any_=[FLOW])),
            deployment_filter=DeploymentFilter(tags=DeploymentFilterTags(all_=[region, str(cycle)])),
            limit=_MOST,
            offset=0,
        )
        for one in found:
            request = one.parameters.get("request")
            if one.paused or not isinstance(request, dict) or request.get("store") != store:
                continue
            if _has_worker(client, one.work_pool_name):
                return Deployed(one.id, request)
    return None


def _has_worker(client: SyncPrefectClient, pool: str | None) -> bool:
    """Whether a worker of *pool* has asked for work of late."""
    return pool is not None and client.read_work_pool(pool).status == WorkPoolStatus.READY


def run(
    deployed: Deployed, unit_code: str, stop: Event, limit: float, say: Callable[[str], None]
) -> tuple[bool, str]:
    """Run *deployed* for one unit; return if it published, and the last line.

    A run that is left, because *stop* is set or *limit* seconds are over, goes on at the server.
    """
    wanted = {"request": {**deployed.request, "units": [unit_code]}}
    with get_client(sync_client=True) as client:
        made = client.create_flow_run_from_deployment(deployed.id, parameters=wanted, tags=["meja"])
    end = time.monotonic() + limit
    while not stop.wait(POLL_S):
        state = _state_of(made.id)
        if state is None:
            say("server Prefect sedang tidak menjawab")
        elif state.is_final():
            return state.is_completed(), state.message or str(state.name)
        else:
            say(_words(state, _step_of(made.id) if state.is_running() else ""))
        if time.monotonic() > end:
            break
    return False, f"belum selesai; perhitungan {made.name} diteruskan di server Prefect"


def _state_of(run_id: UUID) -> State[Any] | None:
    try:
        with get_client(sync_client=True) as client:
            return client.read_flow_run(run_id).state
    except Exception:  # noqa: BLE001  (whatever the client raises while the server is away; asked again)
        return None


def _step_of(run_id: UUID) -> str:
    """Return a run's step; "" between steps or while offline."""
    try:
        with get_client(sync_client=True) as client:
            found = client.read_task_runs(
                flow_run_filter=FlowRunFilter(id=FlowRunFilterId(any_=[run_id])),
                task_run_filter=TaskRunFilter(state=_RUNNING),
                sort=TaskRunSort.EXPECTED_START_TIME_DESC,
                limit=1,
            )
    except Exception:  # noqa: BLE001  (as above)
        return ""
    return str(found[0].name) if found else ""


def _words(state: State[Any], step: str) -> str:
    if state.is_running():
        return f"{step or 'berjalan'}, {_WORKING}"
    waits = state.message if state.name == WAITING else ""
    return f"menunggu giliran: {waits}" if waits else _WAITING
