"""The order of the steps, written once; the Prefect flow and ``--direct`` both run this."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from iid.flows.request import AssessRequest
from iid.tasks.assessment import Assessment

if TYPE_CHECKING:
    from iid.tasks.closing.steps import CloseOrder, Frozen
    from iid.tasks.drives.base import Listing
    from iid.tasks.steps import Opened

T = TypeVar("T")


class Step(Protocol):
    """Runs one step: plainly, or as a Prefect task. ``network`` steps are worth a retry."""

    def __call__(self, title: str, run: Callable[[], T], *, network: bool = False) -> T:
        """Run the step called *title* (Indonesian, shown as progress) and give its result."""
        ...

    def progress(self, done: int, total: int) -> None:
        """How far the running step is."""
        ...


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the caller tells: the assessment and where a person opens it."""

    assessment: Assessment
    report: str  # address of report/index.html
    index: str  # address of index.json
    already: bool  # the same run had been published before
    notes: tuple[str, ...]  # what did not work but does not matter for the numbers
    closing: Frozen | None = None  # deadline, late changes and kept evidence of a final run


def open_run(request: AssessRequest) -> Opened:
    """Share, store and rulebook of the request."""
    from iid.tasks import steps

    return steps.open_run(
        share=request.share,
        store=request.store,
        cycle=request.cycle,
        region=request.region,
        roster=request.roster,
        rulebook=request.rulebook,
        endpoint_url=request.endpoint_url,
    )


def run_assessment(request: AssessRequest, step: Step, order: CloseOrder | None = None) -> Outcome:
    """Assess one region in one cycle and publish the run; with *order* the final one, which closes it.

    Raises an :class:`iid.tasks.errors.IidError` when nothing was published.
    """
    from iid.flows.telemetry import observed

    with observed(step, request) as watched:
        return _in_order(request, watched, order)


def _in_order(request: AssessRequest, step: Step, order: CloseOrder | None) -> Outcome:
    from iid.tasks import steps, steps_after
    from iid.tasks.closing import steps as closing
    from iid.tasks.closing.deadline import ahead
    from iid.tasks.evidence.engines import engine_of

    engine = engine_of(request.engine, request.scheduler, request.workers)
    if engine:
        step("Menghubungi klaster Dask", engine.check)
    opened = step(
        "Membuka share, penyimpanan, dan peraturan",
        lambda: open_run(request),
        network=True,
    )
    request = request.in_zone(opened.marker.zone)
    begun = order.begun if order else None
    as_of = request.as_of or begun or datetime.now(UTC).replace(microsecond=0)
    frozen: Frozen | None = None
    if order:
        deadline = step("Memeriksa batas waktu", lambda: closing.check_deadline(order, opened, request.as_of))
    if request.wait:
        step("Menunggu giliran", lambda: steps_after.wait_for_turn(opened, request.wait * 60), network=True)
    with steps_after.leased(opened) as lease:
        previous = step("Membaca hasil terakhir", lambda: steps_after.previous_run(opened), network=True)
        opened = step("Membaca riwayat", partial(steps_after.with_earlier, opened, as_of), network=True)
        listing = step("Mendaftar berkas", lambda: steps.list_cycle(opened), network=True)
        step("Menjaga dari share yang hilang", lambda: steps_after.guard_losses(request, previous, listing))
        if order:
            frozen = step(
                "Memilah perubahan setelah batas waktu",
                lambda: closing.freeze(order, opened, deadline, listing),
                network=True,
            )
            listing = frozen.listing
        read = step("Membaca buku kerja", lambda: steps.read_workbooks(opened, listing), network=True)
        effort = steps.Effort(
            request.workers,
            request.full,
            request.units,
            engine,
            check_links=request.check_links,
            ocr=request.ocr,
        )
        inspection = step(
            "Memeriksa bukti",
            lambda: steps.inspect(opened, listing, read, effort, step.progress, as_of),
            network=True,
        )
        with steps_after.docs_folder() as docs:
            findings = step(
                "Memvalidasi terhadap peraturan",
                lambda: steps.validate_all(opened, read, inspection, docs, as_of),
            )
            decided = step(
                "Membaca keputusan peninjau",
                lambda: steps_after.decisions(opened, read, inspection, findings, previous, as_of, frozen),
                network=True,
            )
            assessment, digest = step(
                "Menghitung skor",
                lambda: steps_after.score_all(request, opened, read, inspection, decided, as_of, frozen),
            )
            step(
                "Menjaga dari indeks yang jatuh",
                lambda: steps_after.guard_fall(request, previous, assessment),
            )
            if frozen:
                frozen = closing.approved(frozen, opened, assessment, digest)  # may wait: no step of its own
                frozen = step(
                    "Menyalin bukti menurut sidiknya",
                    partial(closing.keep_evidence, frozen, opened, read, inspection, step.progress),
                    network=True,
                )
            published = step(
                "Menyusun dan menerbitkan hasil",
                lambda: steps_after.publish_run(request, opened, assessment, digest, docs, lease, frozen),
                network=True,
            )
        locked = closing.lock(frozen, opened, assessment.run_id) if frozen else ()
        notes = _feedback(request, step, opened, assessment, listing)
    notes += ahead(as_of, datetime.now(UTC), opened.marker.zone, final=frozen is not None)
    return Outcome(
        assessment,
        report=opened.store.address(f"{published.prefix}/report/index.html"),
        index=opened.store.address(f"{published.prefix}/index.json"),
        already=published.already,
        notes=(*locked, *notes),
        closing=frozen,
    )


def _feedback(
    request: AssessRequest, step: Step, opened: Opened, assessment: Assessment, listing: Listing
) -> tuple[str, ...]:
    """The step that writes to the share; none where the request wants nothing written."""
    from iid.tasks import steps_after

    if not request.feedback:
        return ()
    what = "umpan balik" if assessment.status == "final" else "buku tinjauan dan umpan balik"
    return step(f"Menulis {what}", lambda: steps_after.feedback(request, opened, assessment, listing))
