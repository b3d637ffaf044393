"""The last steps of an assessment: wait, publish, write to the share."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

from iid.tasks.assess.quiet_night import PublishedRun, stays
from iid.tasks.assess.reading_steps import Listed, Opened
from iid.tasks.assess.scoring_steps import Scored
from iid.tasks.assess.step import step
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.report.run_files import manifest_head, run_files
from iid.tasks.review.guarded_review import remembered
from iid.tasks.review.review_workbooks import write_review_workbooks
from iid.tasks.store.earlier_runs import read_earlier
from iid.tasks.store.lease import Lease, held, hold, renewed
from iid.tasks.store.memory import last_night
from iid.tasks.store.paths import stamp
from iid.tasks.store.publishing import publish, read_run
from iid.tasks.text.indonesian import moment
from iid.tasks.text.os_errors import said
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import GuardError, IidError


@step("Menunggu giliran", network=True)
def await_turn(opened: Opened) -> None:
    """Wait as long as requested. GuardError if another run is still on."""
    wait_for_turn(opened, opened.request.wait * 60)


def wait_for_turn(opened: Opened, seconds: float, pause: Callable[[float], object] = time.sleep) -> None:
    """Wait until no other run is on. GuardError after *seconds*."""
    where = (opened.store, opened.marker.region, opened.cycle)
    end = time.monotonic() + seconds
    while words := held(*where, zone=opened.marker.zone):
        if time.monotonic() >= end:
            raise GuardError(f"{words} (sudah ditunggu {seconds / 60:.0f} menit)")
        pause(min(2.0, seconds))


@contextmanager
def leased(opened: Opened) -> Iterator[Lease]:
    """Be the only run of this region and cycle, else GuardError."""
    where = (opened.store, opened.marker.region, opened.cycle)
    with hold(*where, zone=opened.marker.zone) as lease, renewed(lease):
        yield lease


@step("Menyusun dan menerbitkan hasil", network=True)
def publish_run(run: Listed, result: Scored, docs: Path, lease: Lease) -> PublishedRun:
    """Write the run under a new prefix, re-read it, and move the pointer last.

    Where nothing changed since the last published run, that one stays and ``checked_at`` moves.
    """
    return unchanged(run, result, lease) or published(run, result, docs, lease)


def unchanged(run: Listed, result: Scored, lease: Lease) -> PublishedRun | None:
    """Return the published run, now checked, if *result* is the same; or None.

    What the day can move although nothing was changed is in the tables of :func:`digests_of`, so it
    enters the comparison: ``links`` (an answer is forgotten after AGE_DAYS), ``findings`` (what an earlier
    run or cycle says of a name) and ``decision_log``. Days to the deadline are not: a report names the day
    they were counted on.
    """
    last, where = run.past.last, (run.store, run.marker.region, run.cycle)
    if last is None or last.results != result.digests.results:
        return None
    done = stays(run, read_run(*where, last.run_id), lease)
    if done is None or done.standing is None:
        return None
    before = done.standing
    standing = replace(
        result.assessment,
        run_id=last.run_id,
        as_of=before.as_of,
        index=before.index,
        evidence=before.evidence,
        findings=before.findings,
        units=before.units,
        earlier=read_earlier(*where, before.as_of),
    )
    return replace(done, standing=standing)


def published(
    run: Listed,
    result: Scored,
    docs: Path,
    lease: Lease,
    more: Mapping[str, bytes] | None = None,
    head: Mapping[str, Any] | None = None,
    sign: Callable[[bytes], bytes] | None = None,
) -> PublishedRun:
    """Publish, with *more* files and manifest *head*, signed by *sign*."""
    a = result.assessment
    pages = last_night(run.store, run.prefix, "pages", run.marker.zone, fresh=run.request.full)
    files = chain(run_files(a, run.loaded.text, docs, pages), (more or {}).items())
    done = publish(
        run.store,
        run.marker.region,
        run.cycle,
        a.run_id,
        files,
        {**manifest_head(a, result.digests, run.request.accept_loss), **(head or {})},
        published_at=datetime.now(UTC).replace(microsecond=0),
        status=a.status,
        zone=run.marker.zone,
        lease=lease,
        sign=sign,
    )
    pages.save()
    return PublishedRun(f"{run.prefix}/runs/{a.run_id}", done.already)


@step("Menulis umpan balik ke share")
def write_back(run: Listed, result: Scored) -> tuple[str, ...]:
    """Write review workbooks and feedback; return what failed as notes.

    With ``[review] workbooks = false`` no review workbook is written.
    """
    reviews: Writers = {"buku tinjauan": lambda: _reviews(run, result.assessment)}
    return written({**(reviews if run.request.workbooks else {}), **feedback_of(run, result)})


def _reviews(run: Listed, assessment: Assessment) -> Iterator[str]:
    with remembered(run.store, run.prefix, fresh=run.request.full) as read:
        yield from write_review_workbooks(run.drive, assessment, read)


Writers = dict[str, Callable[[], Iterator[str]]]


def feedback_of(run: Listed, result: Scored) -> Writers:
    """What writes each unit's feedback."""
    return {"umpan balik": lambda: write_feedback(run.drive, result.assessment, run.listing, run.roster)}


def written(writers: Writers) -> tuple[str, ...]:
    """Write to the share; what failed, as notes."""
    notes: list[str] = []
    for what, write in writers.items():
        try:
            notes.extend(write())
        except (IidError, OSError) as error:
            notes.append(f"{what} tidak ditulis ({said(error)})")
        except Exception as error:  # noqa: BLE001  (published is published: what units put there ends no run)
            notes.append(f"{what} tidak ditulis ({type(error).__name__}: {error})")
    return one_warning(notes)


def one_warning(notes: Sequence[str]) -> tuple[str, ...]:
    """Return *notes*, a share that takes nothing reported only once."""
    refused = [note for note in notes if " tidak ditulis (" in note]
    if len(refused) < 2:
        return tuple(notes)
    why = refused[0].partition(" tidak ditulis (")[2]
    return (f"buku tinjauan dan umpan balik tidak ditulis ({why}", *(n for n in notes if n not in refused))


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to: the assessment, and where a person opens it."""

    assessment: Assessment
    published: PublishedRun
    report: str  # address of report/index.html
    index: str  # address of index.json
    notes: tuple[str, ...]  # what did not work but does not matter for the numbers

    @property
    def already(self) -> bool:
        """Whether the same run had been published before."""
        return self.published.already

    @property
    def unchanged(self) -> bool:
        """Whether nothing had changed since the published run, so that it stays."""
        return self.published.standing is not None

    def as_checked(self) -> dict[str, Any]:
        """For ``--json``: whether nothing had changed, and when that was seen."""
        when = self.published.checked_at
        return {"unchanged": self.unchanged, **({"checked_at": stamp(when)} if when else {})}

    def said_unchanged(self) -> tuple[str, ...]:
        """A line for people where nothing had changed; else none."""
        if not self.unchanged:
            return ()
        a = self.assessment
        return (
            f"Diperiksa: tidak ada yang berubah sejak {moment(a.as_of, a.marker.zone)}; "
            f"yang terbit tetap {a.run_id}",
        )


def standing(result: Scored, done: PublishedRun) -> Scored:
    """What is published now: *result*, or what stays because nothing changed."""
    return result if done.standing is None else result._replace(assessment=done.standing)


def outcome_of(run: Opened, a: Assessment, done: PublishedRun, notes: Sequence[str]) -> Outcome:
    """The outcome of a published run, with *notes* besides its own."""
    report, index = (
        run.store.address(f"{done.prefix}/{name}") for name in ("report/index.html", "index.json")
    )
    return Outcome(a, done, report, index, (*done.notes, *notes))
