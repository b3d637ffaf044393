"""Flow runs that nobody watches: late nights, runs whose worker died, runs that waited.

The schedule and the automations start more runs than there is work for: after an outage every
missed night comes late and at once, and a run whose worker died is started again. What keeps that
from doing harm stands here, and asks the store, not the server: it alone knows what was published.
"""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar
from uuid import UUID

from iid.flows import quiet_prefect

quiet_prefect.prepare()

from prefect import runtime  # noqa: E402  (after prepare: settings are read on import)
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.objects import FlowRun, State  # noqa: E402
from prefect.context import FlowRunContext  # noqa: E402
from prefect.states import Completed  # noqa: E402

from iid.tasks.errors import FailedError, GuardError, IidError  # noqa: E402

if TYPE_CHECKING:
    from iid.flows.request import AssessRequest
    from iid.tasks.stores.reading import Latest

T = TypeVar("T")
MOST_STARTS = 3  # a run that ended three workers is not given to a fourth
PATIENCE = 11 * 60.0  # seconds; the lease of a dead run ends by itself after ten minutes
PAUSE = 10.0  # seconds between two questions whether it is free


def once(request: AssessRequest, work: Callable[[], Any]) -> Any:
    """Do *work*, or say in a completed state why there is nothing to do.

    Where this run began before and died, its lease may still stand: that is waited for.
    FailedError for a run that was begun too often.
    """
    return taken_up(lambda: _completed(request) or work())


def _completed(request: AssessRequest) -> State[Any] | None:
    why = needless(request)
    return Completed(message=why) if why else None


def needless(request: AssessRequest) -> str | None:
    """Why this run has nothing to do: the store holds a run that began after this one was due.

    Asked for scheduled runs (a closed cycle has nothing to do either) and for runs that are begun
    again; what a person starts is always done.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    due = _due(run) if run else None
    if run is None or due is None:
        return None
    found = closed = None
    with suppress(IidError):  # the run itself says what is wrong with share and store
        found, closed = _published(request)
    if closed and run.auto_scheduled:
        return f"siklus sudah ditutup dengan {closed.run_id}; tidak ada yang perlu dinilai"
    if found and min(found.published_at, _time_of(found)) >= due:
        return f"sudah dinilai oleh {found.run_id}; tidak diulang"
    return None


def _due(run: FlowRun) -> datetime | None:
    """From when on a published run makes this one needless; None: none does."""
    if run.run_count > 1:
        return begun()
    return run.expected_start_time if run.auto_scheduled else None


def _published(request: AssessRequest) -> tuple[Latest | None, Latest | None]:
    """The last published run, and the final one that closes the cycle."""
    from iid.flows.pipeline import open_run
    from iid.tasks.stores.frozen import closed_by
    from iid.tasks.stores.reading import latest

    opened = open_run(request)
    where = (opened.store, opened.marker.region, opened.cycle)
    return latest(*where), closed_by(*where)


def _time_of(latest: Latest) -> datetime:
    found = re.match(r"\d{8}T\d{6}Z", latest.run_id)
    if not found:
        return latest.published_at
    return datetime.strptime(found[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def taken_up(work: Callable[[], T], most: int = MOST_STARTS) -> T:
    """Do *work*; where this run was started before and died, wait until its lease has ended.

    FailedError for a run that has begun more than *most* times: it ends its workers.
    """
    starts = int(runtime.flow_run.run_count or 1)
    if starts > most:
        raise FailedError(
            f"perhitungan ini sudah terputus {starts - 1} kali dan tidak dicoba lagi; "
            "periksa memori dan catatan pekerja, lalu jalankan lagi"
        )
    end = time.monotonic() + (PATIENCE if starts > 1 else 0)
    while True:
        try:
            return work()
        except GuardError as error:
            if not _is_lease(error) or time.monotonic() >= end:
                raise
        time.sleep(PAUSE)


def _is_lease(error: GuardError) -> bool:
    from iid.tasks.stores.lease import HELD

    return HELD in str(error)


def begun() -> datetime:
    """When this flow run began first, also after it was suspended or taken up again (UTC, whole seconds)."""
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(str(runtime.flow_run.id)))
    first: datetime = run.start_time or datetime.now(UTC)
    return first.astimezone(UTC).replace(microsecond=0)
