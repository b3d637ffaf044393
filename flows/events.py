"""Events to the configured Prefect server, delivered or told; without a server there are none."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Protocol

from iid.tasks.errors import FailedError, IidError

SHOWN = 20  # paths in an event; the assessment lists the share itself
PATIENCE = 20.0  # seconds for the server to take an event


def configured() -> bool:
    """Whether a Prefect server is configured (``PREFECT_API_URL`` or a profile)."""
    from iid.flows import quiet_prefect

    quiet_prefect.prepare()
    from prefect.settings import PREFECT_API_URL

    return bool(PREFECT_API_URL.value())


class Asked(Protocol):
    """The parts of a request that say which region is meant."""

    @property
    def share(self) -> str:
        """Path or address of the share."""
        ...

    @property
    def store(self) -> str:
        """Path or address of the store."""
        ...

    @property
    def cycle(self) -> int:
        """The year."""
        ...

    @property
    def region(self) -> str | None:
        """Code of the region, where it was said."""
        ...

    @property
    def endpoint_url(self) -> str | None:
        """Another S3 server."""
        ...


def region_of(request: Asked) -> str:
    """The region an event is about: the one asked for, else the share's, else the only one in the store.

    A share that looks unmounted has no marker to ask; "?" where nobody can tell.
    """
    from iid.tasks.drives.marker import read_marker
    from iid.tasks.drives.opening import open_drive
    from iid.tasks.stores.opening import open_store
    from iid.tasks.stores.reading import pick_region

    if request.region:
        return request.region
    with suppress(IidError, OSError):
        return read_marker(open_drive(request.share)).region
    with suppress(IidError, OSError):
        return pick_region(open_store(request.store, request.endpoint_url), request.cycle, None)
    return "?"


def share_changed(region: str, cycle: int, units: Sequence[str], paths: Sequence[str]) -> None:
    """Emit ``iid.share.changed`` (contract 8). FailedError when the server did not take it."""
    from prefect.events import Event, Resource

    resource = {
        "prefect.resource.id": f"iid.region.{region}.cycle.{cycle}",
        "iid.region": region,
        "iid.cycle": str(cycle),
    }
    payload = {
        "region": region,
        "cycle": cycle,
        "units": list(units),
        "files": len(paths),
        "paths": list(paths[:SHOWN]),
    }
    event = Event(event="iid.share.changed", resource=Resource.model_validate(resource), payload=payload)
    try:
        asyncio.run(asyncio.wait_for(_deliver(event), PATIENCE))
    except Exception as error:  # whatever the guest's client raises, the event is not there
        why = " ".join(str(error).split())[:200] or type(error).__name__
        raise FailedError(f"kejadian iid.share.changed tidak diterima server Prefect: {why}") from error


async def _deliver(event: object) -> None:
    from prefect.events.clients import get_events_client

    async with get_events_client(checkpoint_every=1) as client:  # asks the server after each event
        await client.emit(event)  # type: ignore[arg-type]
