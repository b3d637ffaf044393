"""Events to the Prefect server: delivered, or FailedError."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from iid.tasks.values.errors import FailedError, IidError

if TYPE_CHECKING:
    from iid.tasks.assess.request import AssessRequest
    from iid.tasks.values.assessment import Assessment

SHOWN = 20  # paths in an event; the assessment lists the share itself
PATIENCE = 20.0  # seconds for the server to take an event


def configured() -> bool:
    """Return whether a server is set (``PREFECT_API_URL``, profile)."""
    from iid.flows.prefect_glue import quiet_prefect

    quiet_prefect.prepare()
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


def region_of(request: AssessRequest) -> str:
    """Return the region of an event: as asked, of the share, of the store.

    A share that looks unmounted has no marker to ask; "?" where none of them says it.
    """
    from iid.tasks.shares.marker import read_marker
    from iid.tasks.shares.open_share import open_drive
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region

    if request.region:
        return request.region
    with suppress(IidError, OSError):
        return read_marker(open_drive(request.share)).region
    with suppress(IidError, OSError):
        return pick_region(open_store(request.store, request.endpoint_url), request.cycle, None)
    return "?"


def _resource(region: str, cycle: int) -> dict[str, str]:
    return {
        "prefect.resource.id": f"iid.region.{region}.cycle.{cycle}",
        "iid.region": region,
        "iid.cycle": str(cycle),
    }


def emit(name: str, region: str, cycle: int, payload: dict[str, Any]) -> None:
    """Emit a contract event for this region and cycle without waiting."""
    from prefect.events import emit_event

    emit_event(event=f"iid.{name}", resource=_resource(region, cycle), payload=payload)


def assessed(a: Assessment) -> None:
    """Emit that a run was published, and how many critical findings it has."""
    where = (a.marker.region, a.cycle)
    emit("cycle.assessed", *where, {"run_id": a.run_id, "index": a.index["supported"]["index"]})
    critical = int((a.findings["severity"] == "critical").sum())
    if critical:
        emit("findings.critical", *where, {"run_id": a.run_id, "count": critical})


def held(a: Assessment) -> None:
    """Emit each unit that *a* is the first run to hold."""
    where = (a.marker.region, a.cycle)
    for unit, hold in a.index.get("held", {}).items():
        if hold["since"] == a.index["as_of"]:
            emit("unit.held", *where, {"run_id": a.run_id, "unit": unit, "until": hold["until"]})


def share_changed(region: str, cycle: int, units: Sequence[str], paths: Sequence[str]) -> None:
    """Emit ``iid.share.changed`` (contract 8). FailedError if not taken."""
    payload = {
        "region": region,
        "cycle": cycle,
        "units": list(units),
        "files": len(paths),
        "paths": list(paths[:SHOWN]),
    }
    _send("share.changed", region, cycle, payload)


def watching(region: str, cycle: int) -> None:
    """Emit ``iid.watch.alive``; the server misses those it did not take."""
    with suppress(FailedError):
        _send("watch.alive", region, cycle, {"region": region, "cycle": cycle})


def _send(name: str, region: str, cycle: int, payload: dict[str, Any]) -> None:
    """Emit an event and wait until it is taken, else FailedError."""
    from prefect.events import Event, Resource

    resource = Resource.model_validate(_resource(region, cycle))
    event = Event(event=f"iid.{name}", resource=resource, payload=payload)
    try:
        asyncio.run(asyncio.wait_for(_deliver(event), PATIENCE))
    except Exception as error:  # whatever the guest's client raises, the event is not there
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise FailedError(f"kejadian iid.{name} tidak diterima server Prefect: {why}") from error


async def _deliver(event: object) -> None:
    from prefect.events.clients import get_events_client

    async with get_events_client(checkpoint_every=1) as client:  # asks the server after each event
        await client.emit(event)  # type: ignore[arg-type]
