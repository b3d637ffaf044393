"""Assessment of one region in one cycle: the order of steps, on a page.

The page runs the plain functions (``--direct``), or the same as tasks of the Prefect flow ``assess``;
a closing (:mod:`iid.flows.close`) runs it with other steps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from iid.flows.telemetry.observe import observed, pinged
from iid.flows.telemetry.progress import Runner
from iid.tasks.assess import evidence_steps, publishing_steps, quiet_night, reading_steps, scoring_steps
from iid.tasks.assess.evidence_steps import Inspected
from iid.tasks.assess.publishing_steps import Outcome, leased, outcome_of, standing
from iid.tasks.assess.quiet_night import PublishedRun
from iid.tasks.assess.reading_steps import Listed, Opened
from iid.tasks.assess.request import AssessRequest
from iid.tasks.assess.scoring_steps import Decided, Scored, docs_folder
from iid.tasks.assess.step import About, progress_to, wrapped
from iid.tasks.close.deadline import ahead

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.ingest.submissions import Submissions
    from iid.tasks.inspect.inspection import Batch, Inspecting
    from iid.tasks.shares.drive import Listing
    from iid.tasks.store.lease import Lease

S = TypeVar("S")


@dataclass(frozen=True, slots=True)
class Steps:
    """A run's steps; a closing's know more than Listed, hence Any."""

    open: Callable[[AssessRequest], Opened]
    wait: Callable[[Opened], None]
    list: Callable[[Opened], Listing]
    compare: Callable[[Opened, Listing, Lease], PublishedRun | None]
    recall: Callable[[Opened, Listing], Listed]
    guard_losses: Callable[[Listed], Listed]
    read: Callable[[Listed], Submissions]
    plan: Callable[[Listed, Submissions], Inspecting]
    inspect: Callable[[Inspecting, Sequence[Batch]], Sequence[int]]
    gather: Callable[[Listed, Submissions, Inspecting, Sequence[int]], Inspected]
    validate: Callable[[Listed, Submissions, Inspected, Path], pd.DataFrame]
    decide: Callable[[Any, Submissions, Inspected, pd.DataFrame], Decided]
    score: Callable[[Any, Submissions, Inspected, Decided], Scored]
    guard_fall: Callable[[Listed, Scored], None]
    publish: Callable[[Any, Scored, Path, Lease], PublishedRun]
    write_back: Callable[[Listed, Scored], Sequence[str]]
    remember: Callable[[Listed, Submissions, Inspected, Scored, Lease, Sequence[str]], bool]


STEPS = Steps(
    open=reading_steps.open_run,
    wait=publishing_steps.await_turn,
    list=reading_steps.list_cycle,
    compare=quiet_night.compare,
    recall=scoring_steps.read_past,
    guard_losses=reading_steps.guard_losses,
    read=reading_steps.read_books,
    plan=evidence_steps.plan_inspection,
    inspect=evidence_steps.inspect_batches,
    gather=evidence_steps.gather_facts,
    validate=evidence_steps.validate_all,
    decide=scoring_steps.decide,
    score=scoring_steps.score_run,
    guard_fall=scoring_steps.guard_fall,
    publish=publishing_steps.publish_run,
    write_back=publishing_steps.write_back,
    remember=quiet_night.remember,
)


def assess_region(request: AssessRequest, do: Steps) -> Outcome:
    """Run the steps in order. Raises IidError when nothing was published."""
    opened = do.open(request)
    if request.wait:
        do.wait(opened)
    with leased(opened) as lease, docs_folder() as docs:
        listing = do.list(opened)
        stays = do.compare(opened, listing, lease)
        if stays and stays.standing:
            return outcome_of(opened, stays.standing, stays, _to_come(opened))
        run = do.guard_losses(do.recall(opened, listing))
        books = do.read(run)
        with do.plan(run, books) as plan:
            facts = do.gather(run, books, plan, do.inspect(plan, plan.batches))
        findings = do.validate(run, books, facts, docs)
        decided = do.decide(run, books, facts, findings)
        result = do.score(run, books, facts, decided)
        do.guard_fall(run, result)
        published = do.publish(run, result, docs, lease)
    result = standing(result, published)
    notes = do.write_back(run, result) if request.feedback else ()
    do.remember(run, books, facts, result, lease, notes)
    final = result.assessment.status == "final"
    return outcome_of(run, result.assessment, published, (*notes, *_to_come(run, final=final)))


def _to_come(run: Opened, *, final: bool = False) -> Sequence[str]:
    return ahead(run.as_of, datetime.now(UTC), run.marker.zone, final=final)


def run_assessment(request: AssessRequest, runner: Runner, do: Steps = STEPS) -> Outcome:
    """Assess with every step run by *runner*."""
    with running(request, runner, do) as watched:
        return assess_region(request, watched)


@contextmanager
def running(request: AssessRequest, runner: Runner, do: S) -> Iterator[S]:
    """The steps *do* as *runner* runs and the settings observe them."""
    with pinged(request), observed(runner, request) as watched, progress_to(watched.progress):

        def run_by(work: Callable[..., Any], about: About) -> Callable[..., Any]:
            return lambda *given: watched.run(about.title, lambda: work(*given))

        yield wrapped(do, run_by)


def assess_as_flow(request: AssessRequest) -> Any:
    """Baca share, periksa bukti, hitung indeks, dan terbitkan hasilnya."""
    from iid.flows.prefect_glue.page_flow import state_of

    return state_of(request, lambda: assess_in_tasks(request))


def assess_in_tasks(request: AssessRequest) -> Outcome:
    """Run each step as a task; then make artifacts and events."""
    from iid.flows.prefect_glue import artifacts, events
    from iid.flows.prefect_glue.page_flow import as_tasks, reporter

    outcome = run_assessment(request, artifacts.Progress(reporter()), as_tasks(STEPS))
    artifacts.show(outcome)
    events.assessed(outcome.assessment)
    if not outcome.unchanged:
        events.held(outcome.assessment)
    return outcome


def __getattr__(name: str) -> Any:
    """Make the flow ``assess`` on demand: ``--direct`` avoids Prefect (1.7 s)."""
    if name != "assess":
        raise AttributeError(name)
    from iid.flows.prefect_glue.page_flow import as_flow

    return as_flow(assess_as_flow, "assess")
