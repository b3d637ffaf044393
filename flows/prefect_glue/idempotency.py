"""Unattended flow runs: late nights, dead workers, waiting runs.

The schedule and the automations start more runs than there is work for: after an outage every
missed night comes late and at once, and a run whose worker died is started again. What keeps that
from doing harm is here, and asks the store, not the server: it alone knows what was published.
"""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NoReturn
from uuid import UUID

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

from prefect import runtime  # noqa: E402  (after prepare: settings are read on import)
from prefect.client.orchestration import get_client  # noqa: E402
from prefect.client.schemas.objects import FlowRun, State, StateType  # noqa: E402
from prefect.context import FlowRunContext  # noqa: E402
from prefect.exceptions import Pause  # noqa: E402
from prefect.states import Scheduled  # noqa: E402

from iid.tasks.values.errors import FailedError, GuardError, IidError  # noqa: E402

if TYPE_CHECKING:
    from iid.tasks.assess.request import AssessRequest
    from iid.tasks.store.published_run import Latest

MOST_STARTS = 3  # a run that ended three workers is not given to a fourth
SOONEST, LATEST = timedelta(seconds=20), timedelta(minutes=5)  # until a waiting run looks again
WAITING = "Menunggu giliran"  # name of its state


def needless(request: AssessRequest) -> str | None:
    """Return why the run is needless (a newer one is in the store), or None.

    So all that waited for one run are one run afterwards. A scheduled run of a closed cycle has nothing
    to do either. A run that asks for more than the share as it is (:func:`_special`) is always done,
    unless it had begun before and was interrupted.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    due = _due(run, request) if run else None
    if run is None or due is None:
        return None
    found = closed = None
    with suppress(IidError):  # the run itself says what is wrong with share and store
        found, closed = _published(request)
    if closed and run.auto_scheduled:
        return f"siklus sudah ditutup dengan {closed.run_id}; tidak ada yang perlu dinilai"
    if found and found.looked_at >= due:
        return f"sudah dinilai oleh {found.run_id}; tidak diulang"
    return None


def _due(run: FlowRun, request: AssessRequest) -> datetime | None:
    """From when on a published run makes this one needless; None: none does."""
    if not run.auto_scheduled and _special(request):
        return begun() if run.run_count > 1 and interruptions() else None
    return run.expected_start_time


def _special(request: AssessRequest) -> bool:
    """Whether another run of the same region would not do."""
    names = ("units", "as_of", "rulebook", "full", "accept_loss", "check_links", "ocr")
    return any(getattr(request, name) != type(request).model_fields[name].default for name in names)


def _published(request: AssessRequest) -> tuple[Latest | None, Latest | None]:
    """The last published run, and the final one that closes the cycle."""
    from iid.tasks.assess.reading_steps import open_run
    from iid.tasks.store.closed_cycle import closed_by
    from iid.tasks.store.published_run import latest

    opened = open_run(request)
    where = (opened.store, opened.marker.region, opened.cycle)
    return latest(*where), closed_by(*where)


def refuse_hopeless() -> None:
    """Raise FailedError for a run interrupted too often: it ends workers."""
    if int(runtime.flow_run.run_count or 1) > MOST_STARTS and (ended := interruptions()) >= MOST_STARTS:
        raise FailedError(
            f"perhitungan ini sudah terputus {ended} kali dan tidak dicoba lagi; "
            "periksa memori dan catatan pekerja, lalu jalankan lagi"
        )


def interruptions() -> int:
    """Count the run's interruptions, without waits for turn or answer."""
    with get_client(sync_client=True) as client:
        states = client.read_flow_run_states(UUID(str(runtime.flow_run.id)))
    return sum(state.type == StateType.CRASHED for state in states)


def wait_for_turn(why: str) -> NoReturn:
    """Give the worker back; start again when the lease may be free.

    The first looks come soon, later ones after a quarter of the time that was waited. A waiting run is
    Scheduled, so it takes no slot from other regions (a global limit can leak: PrefectHQ/prefect#17415).
    """
    now = datetime.now(UTC)
    pause = min(max((now - begun()) / 4, SOONEST), LATEST)
    state: State[Any] = Scheduled(name=WAITING, message=why, scheduled_time=now + pause)
    with get_client(sync_client=True) as client:
        client.set_flow_run_state(UUID(str(runtime.flow_run.id)), state)
    raise Pause(state=state)


def is_lease(error: GuardError) -> bool:
    """Return whether another run of the region is on, which is normal."""
    from iid.tasks.store.lease import HELD

    return HELD in str(error)


def begun() -> datetime:
    """Return when this flow run first began (UTC, whole seconds)."""
    with get_client(sync_client=True) as client:
        run = client.read_flow_run(UUID(str(runtime.flow_run.id)))
    first: datetime = run.start_time or datetime.now(UTC)
    return first.astimezone(UTC).replace(microsecond=0)
