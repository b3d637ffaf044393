"""The steps of one assessment from the decisions on: score, guard, publish, feedback."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from itertools import chain
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.assess.guards import Previous, check_fall
from iid.tasks.assess.quiet_night import PublishedRun, stays
from iid.tasks.assess.step import step
from iid.tasks.assess.steps import Listed, Opened, Past, listed
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.ingest.submissions import Submissions
from iid.tasks.inspect.inspection import Inspection
from iid.tasks.report.run_files import Digests, digests_of, index_json, manifest_head, run_files, run_id_of
from iid.tasks.review.decision_log import extended, withdrawn
from iid.tasks.review.decisions import read_decisions
from iid.tasks.review.desk_records import DeskLog
from iid.tasks.review.review_workbooks import write_review_workbooks
from iid.tasks.score.same_names import groups_by_run, one_of_each_name
from iid.tasks.score.scoring import score
from iid.tasks.score.unit_table import units_table
from iid.tasks.shares.drive import Listing
from iid.tasks.store.closed_cycle import closed_by
from iid.tasks.store.earlier_runs import innovations_by_run, read_earlier
from iid.tasks.store.history import published_now
from iid.tasks.store.lease import Lease, held, hold, renewed
from iid.tasks.store.paths import stamp
from iid.tasks.store.published_run import Run
from iid.tasks.store.publishing import publish, read_run
from iid.tasks.text.indonesian import moment
from iid.tasks.text.os_errors import said
from iid.tasks.values.assessment import Assessment, RunTables
from iid.tasks.values.errors import GuardError, IidError
from iid.tasks.values.tables import FINDINGS, concat


@dataclass(frozen=True, slots=True)
class Decided:
    """Findings of the whole run and the decisions in it."""

    findings: pd.DataFrame
    decisions: pd.DataFrame
    log: pd.DataFrame  # DECISION_LOG


class Scored(NamedTuple):
    """The whole assessment, and the digests of its inputs and of what it comes to."""

    assessment: Assessment
    digests: Digests

    @property
    def digest(self) -> str:
        """Of everything it was computed from."""
        return self.digests.inputs


@step("Membaca hasil terakhir dan riwayat", network=True)
def read_past(opened: Opened, listing: Listing) -> Listed:
    """The run with its *listing*, what the last published one saw, and all published before ``as_of``.

    GuardError when the cycle is closed.
    """
    region, cycle = opened.marker.region, opened.cycle
    closed = closed_by(opened.store, region, cycle)
    if closed:
        raise GuardError(
            f"siklus {cycle} wilayah {region} sudah ditutup dengan perhitungan {closed.run_id}; tidak ada "
            'yang diterbitkan. Membukanya kembali: iid close --reopen --reason "alasan"'
        )
    found = published_now(opened.store, region, cycle)
    last = _previous(read_run(opened.store, region, cycle, found.run_id)) if found else None
    past = Past(last, read_earlier(opened.store, region, cycle, opened.as_of))
    return listed(opened, past, listing)


def _previous(run: Run) -> Previous:
    return Previous(
        run.run_id,
        run.table("evidence_all"),
        run.json("index.json"),
        run.table("decisions"),
        run.table("decision_log") if "decision_log.parquet" in run.files else None,
        run.manifest.get("results_sha256"),
    )


@step("Menjaga dari indeks yang jatuh")
def guard_fall(run: Listed, result: Scored) -> None:
    """Refuse when the index fell too far (unless accepted with a reason).

    Units whose loss counts are left out on both sides: their fall was announced, and is no reason to
    keep all others from being published.
    """
    last, a = run.past.last, result.assessment
    if last is None or run.request.accept_loss or last.index["rulebook"]["sha256"] != a.rulebook_sha256:
        return
    indices: tuple[Mapping[str, Any], Mapping[str, Any]] = (last.index, a.index)
    if codes := run.losses.counting:
        published = read_run(run.store, run.marker.region, run.cycle, last.run_id)
        indices = index_without(published, codes, a.rulebook), index_without(a, codes, a.rulebook)
    check_fall(last.run_id, *indices, run.request.guard)


def index_without(run: RunTables, codes: Collection[str], rulebook: Rulebook) -> Mapping[str, Any]:
    """The index (as in ``index.json``) of *run* without what the units *codes* reported."""
    names = ("profiles", "claims", "evidence_all", "findings")
    profiles, claims, evidence, findings = (
        table[~table["unit_code"].isin(codes)] for table in map(run.table, names)
    )
    return score(profiles, claims, evidence, findings, run.table("decisions"), rulebook).index


@contextmanager
def docs_folder() -> Iterator[Path]:
    """A private folder for Data Docs; removed when the run ends."""
    with tempfile.TemporaryDirectory(prefix="iid-data-docs-") as folder:
        yield Path(folder)


@step("Membaca keputusan peninjau", network=True)
def decide(run: Listed, books: Submissions, inspection: Inspection, findings: pd.DataFrame) -> Decided:
    """The stewards' decisions, in force or lapsed, with what is unclear in them, and their log.

    Those of the review desk, those on the share, and those of the previous run whose row or workbook
    is gone.
    """
    last = run.past.last
    kept = last.decisions if last else None
    table, unclear = read_decisions(
        run.drive,
        books.claims,
        inspection.evidence,
        run.cycle,
        kept,
        DeskLog(run.store, run.prefix).read(),
        workbooks=run.request.workbooks,
    )
    log = extended(last.decision_log if last else None, table, run.as_of)
    return Decided(concat(FINDINGS, [findings, unclear, withdrawn(log, run.as_of)]), table, log)


def first_published(run: Listed, groups: list[Mapping[str, str]]) -> dict[str, str]:
    """Of innovations of one name, those in the oldest published run that has any, with that run's id."""
    runs = innovations_by_run(run.store, run.marker.region, run.cycle, run.past.earlier)
    return groups_by_run(groups, runs)


@step("Menghitung skor")
def score_run(run: Listed, books: Submissions, inspection: Inspection, decided: Decided) -> Scored:
    """The whole assessment of an open cycle."""
    return assessed(run, books, inspection, decided, "provisional")


def assessed(
    run: Listed,
    books: Submissions,
    inspection: Inspection,
    decided: Decided,
    status: str,
    inputs: Sequence[str] = (),
) -> Scored:
    """Score, and put the assessment together; *inputs*: what else belongs to the digest of its inputs."""
    loaded = run.loaded
    measured = (books.innovations, books.claims, inspection.evidence)
    findings = one_of_each_name(
        *measured, decided.findings, decided.decisions, loaded.rulebook, partial(first_published, run)
    )
    scored = score(*measured, findings, decided.decisions, loaded.rulebook)
    tables = {
        "units": books.units,
        "innovations": books.innovations,
        "fields": books.fields,
        "claims": books.claims,
        "evidence": inspection.evidence,
        "findings": findings,
        "decisions": decided.decisions,
        "decision_log": decided.log,
        "links": inspection.links,
    }
    earlier = run.past.earlier
    said = (run.request.accept_loss or "", *inputs, *([earlier.digest] if earlier.digest else []))
    digests = digests_of(loaded, run.marker, tables, status, "|".join(said))
    run_id = run_id_of(run.as_of, digests.inputs)
    index = index_json(scored, loaded, run.marker, run.cycle, run_id, run.as_of, status)
    assessment = Assessment(
        marker=run.marker,
        cycle=run.cycle,
        rulebook=loaded.rulebook,
        rulebook_sha256=loaded.sha256,
        run_id=run_id,
        as_of=run.as_of,
        status=status,
        index=index | run.losses.as_json(),
        units=units_table(books.units, scored.innovations, findings),
        innovations=scored.innovations,
        profiles=books.innovations,
        fields=books.fields,
        claims=books.claims,
        evidence=inspection.evidence,
        scores=scored.scores,
        findings=findings,
        decisions=decided.decisions,
        links=inspection.links,
        earlier=earlier,
        decision_log=decided.log,
        dormant=scored.dormant,
        parents=dict(zip(*(books.units[name].tolist() for name in ("unit_code", "parent")), strict=True)),
    )
    return Scored(assessment, digests)


@step("Menunggu giliran", network=True)
def await_turn(opened: Opened) -> None:
    """Wait as many minutes as the request says. GuardError when another run is still on then."""
    wait_for_turn(opened, opened.request.wait * 60)


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


@step("Menyusun dan menerbitkan hasil", network=True)
def publish_run(run: Listed, result: Scored, docs: Path, lease: Lease) -> PublishedRun:
    """Write the run under a new prefix, re-read it, and move the pointer last.

    Where nothing changed since the last published run, that one stays and ``checked_at`` moves.
    """
    return unchanged(run, result, lease) or published(run, result, docs, lease)


def unchanged(run: Listed, result: Scored, lease: Lease) -> PublishedRun | None:
    """The published run, now checked, where *result* comes to the same whatever its time; else None.

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
    """Publish, with *more* files and more of the manifest's *head*, signed by *sign*."""
    a = result.assessment
    files = chain(run_files(a, run.loaded.text, docs), (more or {}).items())
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
    return PublishedRun(f"{run.prefix}/runs/{a.run_id}", done.already)


@step("Menulis umpan balik ke share")
def write_back(run: Listed, result: Scored) -> tuple[str, ...]:
    """Write review workbooks and each unit's feedback; the run is published, so what fails is a note.

    With ``[review] workbooks = false`` no review workbook is written.
    """
    reviews: Writers = {"buku tinjauan": lambda: write_review_workbooks(run.drive, result.assessment)}
    return written({**(reviews if run.request.workbooks else {}), **feedback_of(run, result)})


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
    """*notes*, where a share that takes nothing at all is reported once, not for every kind of file."""
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
