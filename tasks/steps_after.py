"""The steps of one assessment from the decisions on: score, guard, publish, feedback."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Protocol

import pandas as pd

from iid.tasks.assembling import digest_of_inputs, index_json, manifest_head, run_files, run_id_of
from iid.tasks.assessment import Assessment
from iid.tasks.closing.steps import Frozen, with_late
from iid.tasks.drives.base import Listing
from iid.tasks.drives.reasons import said
from iid.tasks.errors import GuardError, IidError
from iid.tasks.evidence.inspecting import Inspection
from iid.tasks.feedback.writing import write_feedback
from iid.tasks.guards import Limits, Previous, check_fall, check_losses
from iid.tasks.reports.earlier import read_earlier
from iid.tasks.review.decisions import read_decisions
from iid.tasks.review.ledger import extended, withdrawn
from iid.tasks.review.workbooks import write_review_workbooks
from iid.tasks.scoring.scoring import score
from iid.tasks.scoring.units import units_table
from iid.tasks.steps import Opened
from iid.tasks.stores.frozen import CLOSING, closed_by
from iid.tasks.stores.history import published_now
from iid.tasks.stores.lease import Lease, held, hold, renewed
from iid.tasks.stores.publishing import publish, read_run
from iid.tasks.submissions.reading import Submissions
from iid.tasks.tables import FINDINGS, concat


class Wishes(Protocol):
    """The parts of a request these steps look at."""

    @property
    def accept_loss(self) -> str | None:
        """The reason for which a loss is accepted."""
        ...

    @property
    def feedback(self) -> bool:
        """Whether review workbooks and feedback are written to the share."""
        ...

    @property
    def as_of(self) -> datetime | None:
        """The time that was asked for; None is now."""
        ...

    @property
    def guard(self) -> Limits:
        """When to refuse."""
        ...


@dataclass(frozen=True, slots=True)
class Decided:
    """Findings of the whole run and the decisions in it."""

    findings: pd.DataFrame
    decisions: pd.DataFrame
    log: pd.DataFrame  # DECISION_LOG


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """Where the run stands in the store."""

    prefix: str
    already: bool


def previous_run(opened: Opened) -> Previous | None:
    """What the last published run saw. GuardError when the cycle is closed."""
    region, cycle = opened.marker.region, opened.cycle
    closed = closed_by(opened.store, region, cycle)
    if closed:
        raise GuardError(
            f"siklus {cycle} wilayah {region} sudah ditutup dengan perhitungan {closed.run_id}; tidak ada "
            'yang diterbitkan. Membukanya kembali: iid close --reopen --reason "alasan"'
        )
    found = published_now(opened.store, region, cycle)
    if found is None:
        return None
    run = read_run(opened.store, region, cycle, found.run_id)
    return Previous(
        run.run_id,
        run.table("evidence_all"),
        run.json("index.json"),
        run.table("decisions"),
        run.table("decision_log") if "decision_log.parquet" in run.files else None,
    )


def with_earlier(opened: Opened, as_of: datetime) -> Opened:
    """*opened* with what was published of this region and cycle before *as_of*: an input of the report."""
    return replace(opened, earlier=read_earlier(opened.store, opened.marker.region, opened.cycle, as_of))


def guard_losses(wishes: Wishes, previous: Previous | None, listing: Listing) -> None:
    """Refuse when too much of the last run's evidence is gone (unless accepted with a reason)."""
    if not wishes.accept_loss:
        sizes = {entry.path: entry.size for entry in listing.entries}
        check_losses(previous, frozenset(sizes), wishes.guard, sizes)


def guard_fall(wishes: Wishes, previous: Previous | None, assessment: Assessment) -> None:
    """Refuse when the index fell too far (unless accepted with a reason)."""
    if not wishes.accept_loss:
        check_fall(previous, assessment.index, assessment.rulebook_sha256, wishes.guard)


@contextmanager
def docs_folder() -> Iterator[Path]:
    """A private folder for Data Docs; removed when the run ends."""
    with tempfile.TemporaryDirectory(prefix="iid-data-docs-") as folder:
        yield Path(folder)


def decisions(
    opened: Opened,
    read: Submissions,
    inspection: Inspection,
    findings: pd.DataFrame,
    previous: Previous | None,
    as_of: datetime,
    frozen: Frozen | None = None,
) -> Decided:
    """The stewards' decisions, in force or lapsed, with what is unclear in them, and their log.

    Those on the share, and those of the *previous* run whose row or workbook is gone.
    """
    findings = with_late(frozen, opened, read, findings)
    kept = previous.decisions if previous else None
    table, unclear = read_decisions(opened.drive, read.claims, inspection.evidence, opened.cycle, kept)
    log = extended(previous.decision_log if previous else None, table, as_of)
    return Decided(concat(FINDINGS, [findings, unclear, withdrawn(log, as_of)]), table, log)


def score_all(
    wishes: Wishes,
    opened: Opened,
    read: Submissions,
    inspection: Inspection,
    decided: Decided,
    as_of: datetime,
    frozen: Frozen | None = None,
) -> tuple[Assessment, str]:
    """The whole assessment and the digest of its inputs; final when the share was *frozen*."""
    loaded, status = opened.loaded, "final" if frozen else "provisional"
    scored = score(
        read.innovations,
        read.claims,
        inspection.evidence,
        decided.findings,
        decided.decisions,
        loaded.rulebook,
    )
    inputs = {
        "units": read.units,
        "innovations": read.innovations,
        "fields": read.fields,
        "claims": read.claims,
        "evidence": inspection.evidence,
        "findings": decided.findings,
        "decisions": decided.decisions,
        "decision_log": decided.log,
        "links": inspection.links,
    }
    extra = f"{status}|{wishes.accept_loss or ''}{'|' + frozen.digest() if frozen else ''}"
    if opened.earlier.digest:
        extra += f"|{opened.earlier.digest}"
    digest = digest_of_inputs(loaded, opened.marker, inputs, extra)
    run_id = run_id_of(as_of, digest)
    assessment = Assessment(
        marker=opened.marker,
        cycle=opened.cycle,
        rulebook=loaded.rulebook,
        rulebook_sha256=loaded.sha256,
        run_id=run_id,
        as_of=as_of,
        status=status,
        index=index_json(scored, loaded, opened.marker, opened.cycle, run_id, as_of, status),
        units=units_table(read.units, scored.innovations, decided.findings),
        innovations=scored.innovations,
        profiles=read.innovations,
        fields=read.fields,
        claims=read.claims,
        evidence=inspection.evidence,
        scores=scored.scores,
        findings=decided.findings,
        decisions=decided.decisions,
        links=inspection.links,
        earlier=opened.earlier,
        decision_log=decided.log,
    )
    return assessment, digest


def wait_for_turn(opened: Opened, seconds: float, pause: Callable[[float], object] = time.sleep) -> None:
    """Wait until no other run of this region and cycle is on. GuardError when it still is after *seconds*."""
    where = (opened.store, opened.marker.region, opened.cycle)
    end = time.monotonic() + seconds
    while words := held(*where, zone=opened.marker.zone):
        if time.monotonic() >= end:
            raise GuardError(f"{words} (sudah ditunggu {seconds / 60:.0f} menit)")
        pause(min(2.0, seconds))


@contextmanager
def leased(opened: Opened) -> Iterator[Lease]:
    """Be the only run of this region and cycle. GuardError naming the holder and until when."""
    where = (opened.store, opened.marker.region, opened.cycle)
    with hold(*where, zone=opened.marker.zone) as lease, renewed(lease):
        yield lease


def publish_run(
    wishes: Wishes,
    opened: Opened,
    assessment: Assessment,
    digest: str,
    docs: Path,
    lease: Lease,
    frozen: Frozen | None = None,
) -> PublishedRun:
    """Write the run under a new prefix, re-read it, and move the pointer last."""
    files = run_files(assessment, opened.loaded.text, docs)
    head = manifest_head(assessment, digest, wishes.accept_loss)
    signer = frozen.order.signer if frozen else None
    if frozen:
        files = chain(files, [(CLOSING, frozen.closing_json())])
        head = {**head, "closing": frozen.manifest()}
    published = publish(
        opened.store,
        opened.marker.region,
        opened.cycle,
        assessment.run_id,
        files,
        head,
        published_at=datetime.now(UTC).replace(microsecond=0),
        status=assessment.status,
        zone=opened.marker.zone,
        lease=lease,
        sign=signer.sign if signer else None,
    )
    return PublishedRun(f"{opened.prefix}/runs/{assessment.run_id}", published.already)


def feedback(wishes: Wishes, opened: Opened, assessment: Assessment, listing: Listing) -> tuple[str, ...]:
    """Write review workbooks and each unit's feedback; the run is published, so what fails is a note.

    The workbooks of a final run stay as the reviewers left them: nothing can be decided any more.
    """
    if not wishes.feedback:
        return ()
    writers: dict[str, Callable[[], Iterator[str]]] = {
        "buku tinjauan": lambda: write_review_workbooks(opened.drive, assessment),
        "umpan balik": lambda: write_feedback(opened.drive, assessment, listing, opened.roster),
    }
    if assessment.status == "final":
        del writers["buku tinjauan"]
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
    """*notes*, where a share that takes nothing at all is told once: not for every kind of file."""
    refused = [note for note in notes if " tidak ditulis (" in note]
    if len(refused) < 2:
        return tuple(notes)
    why = refused[0].partition(" tidak ditulis (")[2]
    return (f"buku tinjauan dan umpan balik tidak ditulis ({why}", *(n for n in notes if n not in refused))
