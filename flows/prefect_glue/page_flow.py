"""A page as a Prefect flow: steps as tasks, its end as a state.

Prefect walks through whatever a task is given and gives (lists, dataclasses, models), looking for
results of other tasks. A share has hundreds of thousands of entries, so each value travels in a
:class:`Kept`, which it does not look into and still recognizes: ``task_inputs`` name what depends on what.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from typing import TYPE_CHECKING, Any, TypeVar

from iid.flows.prefect_glue import quiet_prefect

quiet_prefect.prepare()

import httpx  # noqa: E402
from prefect import flow, runtime, tags, task  # noqa: E402  (after prepare: settings are read on import)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.client.schemas.objects import State  # noqa: E402
from prefect.logging import get_run_logger  # noqa: E402
from prefect.states import Cancelled, Completed  # noqa: E402

from iid.flows.prefect_glue import events, idempotency  # noqa: E402
from iid.flows.prefect_glue.server_check import refusal  # noqa: E402
from iid.flows.telemetry.progress import Reporter, Runner  # noqa: E402
from iid.tasks.assess.step import About, wrapped  # noqa: E402
from iid.tasks.close.approval import Ask, RejectedError  # noqa: E402
from iid.tasks.text.indonesian import comma  # noqa: E402
from iid.tasks.values.errors import DriveError, FailedError, GuardError, StoreError  # noqa: E402

if TYPE_CHECKING:
    from iid.tasks.assess.request import AssessRequest

S = TypeVar("S")
T = TypeVar("T")
#: Names of states: what a run came to that published nothing, or nothing new. None of them is a failure.
REFUSED, GUARDED, UNCHANGED, DONE = "Ditolak", "Ditahan", "Tidak berubah", "Sudah dinilai"


class Kept:
    """A value that Prefect passes on and does not walk through."""

    __slots__ = ("__weakref__", "value")

    def __init__(self, value: Any) -> None:
        self.value = value

    def __str__(self) -> str:
        return str(self.value)


def as_tasks(steps: S) -> S:
    """Return a run's steps as tasks; network steps are retried.

    A mapped step is one task run for each item.
    """
    given_by: dict[int, tuple[Any, Kept | list[Kept]]] = {}  # by identity: what tasks gave, and in what

    def keep(value: Any) -> Kept | list[Kept]:
        known, kept = given_by.get(id(value), (None, None))
        return kept if kept is not None and known is value else Kept(value)

    def as_task(work: Callable[..., Any], about: About) -> Callable[..., Any]:
        made = _task(about.one or work, about)

        def run(*given: Any) -> Any:
            done = made(*map(keep, given))
            given_by[id(done.value)] = done.value, done
            return done.value

        def run_each(*given: Any) -> list[Any]:
            *same, items = given
            done = [made(*map(keep, same), Kept(item)) for item in items]
            values = [one.value for one in done]
            given_by[id(values)] = values, done
            return values

        return run_each if about.one else run

    return wrapped(steps, as_task)


def _task(work: Callable[..., Any], about: About) -> Any:
    @wraps(work)
    def kept(*given: Kept | list[Kept]) -> Kept:
        return Kept(work(*(one.value if isinstance(one, Kept) else [e.value for e in one] for one in given)))

    make = task(
        name=about.title,
        task_run_name=f"{about.title}: {{batch}}" if about.one else about.title,
        retries=3 if about.network else 0,
        retry_delay_seconds=[2, 10, 30],
        retry_jitter_factor=0.5,
        retry_condition_fn=_worth_a_retry,
        cache_policy=NO_CACHE,  # a cached step would hide a changed share
        persist_result=False,
    )
    return make(kept)


def _worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    try:
        state.result()
    except (DriveError, StoreError, ConnectionError, TimeoutError):
        return True
    except Exception:  # noqa: BLE001  (any other failure is reported as it is, once)
        return False
    return False


@cache
def as_flow(body: Callable[[Any], Any], name: str, what: str = "") -> Any:
    """Return flow *name* with *body*'s request; *what* is in its runs' names."""
    make = flow(name=name, flow_run_name=named(what), validate_parameters=True, persist_result=False)
    return make(body)


def named(what: str = "") -> Callable[[], str]:
    """Return a run's name: region, cycle, and *what* else it is."""

    def name() -> str:
        request = runtime.flow_run.parameters["request"]
        return " ".join(filter(None, (region_known(request), str(request.cycle), what)))

    return name


@lru_cache(8)
def region_known(request: AssessRequest) -> str:
    """Return the region asked for, else the share's; "?" if unknown."""
    return request.region or events.region_of(request)


def state_of(request: AssessRequest, work: Callable[[], Any]) -> State[Any]:
    """Do *work* of a flow run; return its state, raise machine faults.

    A run of a deployment that meets another one of its region waits for its turn.
    """
    if why := idempotency.needless(request):
        return Completed(name=DONE, message=why)
    idempotency.refuse_hopeless()
    try:
        done = work()
    except RejectedError as refused:
        return Cancelled(name=REFUSED, message=str(refused))
    except GuardError as error:
        if runtime.deployment.id and idempotency.is_lease(error):
            idempotency.wait_for_turn(str(error))
        events.emit("guard.tripped", events.region_of(request), request.cycle, {"reason": str(error)})
        return Cancelled(name=GUARDED, message=str(error))
    if (here := _DONE.get()) is not None:
        here.append(done)
    outcome = getattr(done, "outcome", done)
    found = _found(outcome)
    get_run_logger().info(found)
    already = outcome is not None and outcome.already
    return Completed(name=UNCHANGED if already else None, message=found, data=Kept(done))


def _found(outcome: Any) -> str:
    """What a run found, in one line."""
    if outcome is None:
        return "sudah ditutup sebelumnya"
    a = outcome.assessment
    view = a.index["verified" if a.status == "final" else "supported"]
    counts = a.findings["severity"].value_counts()
    same = "tidak berubah: " if outcome.unchanged else ""
    return (
        f"{same}indeks {comma(view['index'])} ({view['category']}), {len(a.innovations)} inovasi, "
        f"{len(a.evidence)} bukti, "
        f"{counts.get('critical', 0)} temuan kritis, {counts.get('warning', 0)} peringatan; {a.run_id}"
    )


_REPORTER: ContextVar[Runner | None] = ContextVar("reporter", default=None)
_ASK: ContextVar[Ask | None] = ContextVar("ask", default=None)
#: What the flow that :func:`run_here` runs came to.
_DONE: ContextVar[list[Any] | None] = ContextVar("done", default=None)


def reporter() -> Runner:
    """Return what shows the steps: of the starting command, or a quiet one."""
    return _REPORTER.get() or Reporter(quiet=True)


def asked(otherwise: Callable[[], Ask | None]) -> Ask | None:
    """Return who approves: for the starting command its ask, or *otherwise*."""
    return _ASK.get() if _REPORTER.get() else otherwise()


@contextmanager
def _shown_by(runner: Runner, ask: Ask | None) -> Iterator[None]:
    tokens = _REPORTER.set(runner), _ASK.set(ask)
    try:
        yield
    finally:
        _REPORTER.reset(tokens[0])
        _ASK.reset(tokens[1])


def run_here(made: Any, request: AssessRequest, runner: Runner, ask: Ask | None = None) -> Any:
    """Run the flow *made* here, on the embedded or configured server.

    Raises what stopped it. GuardError also where its state only says that it was refused.
    """
    about = ("iid", region_known(request), str(request.cycle))
    done: list[Any] = []
    token = _DONE.set(done)
    try:
        with quiet_prefect.embedded_server(), _shown_by(runner, ask), tags(*about):
            state = made(request, return_state=True)
            if state.is_cancelled():
                raise GuardError(str(state.message))
            if done and state.is_completed():  # a busy server may give the state back without its result
                return done[-1]
            return state.result().value
    except httpx.HTTPError as error:  # only Prefect's client speaks through httpx
        raise FailedError(refusal(error)) from error
    finally:
        _DONE.reset(token)
