"""The main flow: assess one region in one cycle and publish the run."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from iid.flows import quiet_prefect

quiet_prefect.prepare()

from prefect import flow, task  # noqa: E402  (after prepare: settings are read on import)
from prefect.cache_policies import NO_CACHE  # noqa: E402
from prefect.events import emit_event  # noqa: E402

from iid.flows import artifacts, unattended  # noqa: E402
from iid.flows.events import region_of  # noqa: E402
from iid.flows.pipeline import Outcome, run_assessment  # noqa: E402
from iid.flows.progress import Reporter  # noqa: E402
from iid.flows.request import AssessRequest  # noqa: E402
from iid.tasks.errors import DriveError, GuardError, StoreError  # noqa: E402

T = TypeVar("T")


class PrefectStep:
    """Runs each step as a Prefect task; network steps are tried again after a failed drive or store."""

    def __init__(self, reporter: Reporter) -> None:
        self.reporter = reporter
        self.artifact = artifacts.Progress()

    def __call__(self, title: str, run: Callable[[], T], *, network: bool = False) -> T:
        """Run the step as a task named *title*."""
        as_task = task(
            name=title,
            retries=3 if network else 0,
            retry_delay_seconds=[2, 10, 30],
            retry_jitter_factor=0.5,
            retry_condition_fn=_worth_a_retry,
            cache_policy=NO_CACHE,  # a cached step would hide a changed share
            persist_result=False,
        )
        return self.reporter.run(title, as_task(run))

    def progress(self, done: int, total: int) -> None:
        """Pass on."""
        self.reporter.progress(done, total)
        self.artifact.tell(done, total)


def _worth_a_retry(_task: Any, _run: Any, state: Any) -> bool:
    try:
        state.result()
    except (DriveError, StoreError, ConnectionError, TimeoutError):
        return True
    except Exception:  # noqa: BLE001  (any other failure is told as it is, once)
        return False
    return False


def emit(name: str, request: AssessRequest, region: str, payload: dict[str, Any]) -> None:
    """Emit one of the contract's events about this region and cycle."""
    emit_event(
        event=f"iid.{name}",
        resource={
            "prefect.resource.id": f"iid.region.{region}.cycle.{request.cycle}",
            "iid.region": region,
            "iid.cycle": str(request.cycle),
        },
        payload=payload,
    )


@flow(name="assess", flow_run_name="{request.cycle}", validate_parameters=True, persist_result=False)
def assess(request: AssessRequest) -> Any:
    """Baca share, periksa bukti, hitung indeks, dan terbitkan hasilnya."""
    return unattended.once(request, lambda: assess_quietly(request, Reporter(quiet=True)).assessment.index)


def assess_quietly(request: AssessRequest, reporter: Reporter) -> Outcome:
    """The body of the flow, for callers that show progress and need the whole outcome."""
    try:
        outcome = run_assessment(request, PrefectStep(reporter))
    except GuardError as error:
        emit("guard.tripped", request, region_of(request), {"reason": str(error)})
        raise
    tell(request, outcome)
    return outcome


def tell(request: AssessRequest, outcome: Outcome) -> None:
    """Artifacts for people and events for automations."""
    artifacts.show(outcome)
    a = outcome.assessment
    emit(
        "cycle.assessed",
        request,
        a.marker.region,
        {"run_id": a.run_id, "index": a.index["supported"]["index"]},
    )
    critical = int((a.findings["severity"] == "critical").sum())
    if critical:
        emit("findings.critical", request, a.marker.region, {"run_id": a.run_id, "count": critical})


def assess_with_progress(request: AssessRequest, reporter: Reporter) -> Outcome:
    """Run the flow in this process and give the whole outcome to the command line."""
    found: list[Outcome] = []

    @flow(name="assess", flow_run_name=f"{request.cycle}", validate_parameters=False, persist_result=False)
    def assess_here() -> None:
        found.append(assess_quietly(request, reporter))

    with quiet_prefect.embedded_server():
        assess_here()
    return found[0]
