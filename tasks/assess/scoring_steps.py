"""The steps from the decisions to the score, and the index guard."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.assess.guards import Previous, check_fall
from iid.tasks.assess.reading_steps import Listed, Opened, Past, listed
from iid.tasks.assess.step import step
from iid.tasks.ingest.submissions import Submissions
from iid.tasks.inspect.inspection import Inspection
from iid.tasks.report.run_files import Digests, digests_of, index_json, run_id_of
from iid.tasks.review.decision_log import extended, withdrawn
from iid.tasks.review.decisions import read_decisions
from iid.tasks.review.desk_records import DeskLog
from iid.tasks.review.guarded_review import remembered
from iid.tasks.score.same_names import groups_by_run, one_of_each_name
from iid.tasks.score.score_tables import units_table
from iid.tasks.score.scoring import score
from iid.tasks.shares.drive import Listing
from iid.tasks.store.closed_cycle import closed_by
from iid.tasks.store.earlier_runs import innovations_by_run, read_earlier
from iid.tasks.store.history import published_now
from iid.tasks.store.published_run import Run
from iid.tasks.store.publishing import read_run
from iid.tasks.values.assessment import Assessment, RunTables
from iid.tasks.values.errors import GuardError
from iid.tasks.values.tables import FINDINGS, concat


@dataclass(frozen=True, slots=True)
class Decided:
    """Findings of the whole run and the decisions in it."""

    findings: pd.DataFrame
    decisions: pd.DataFrame
    log: pd.DataFrame  # DECISION_LOG


class Scored(NamedTuple):
    """The whole assessment, and the digests of its inputs and its result."""

    assessment: Assessment
    digests: Digests

    @property
    def digest(self) -> str:
        """Of everything it was computed from."""
        return self.digests.inputs


@step("Membaca hasil terakhir dan riwayat", network=True)
def read_past(opened: Opened, listing: Listing) -> Listed:
    """Read what the last run saw, and all published before ``as_of``.

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
    """Return the index of *run* without what units *codes* reported."""
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
    """Read the stewards' decisions, in force or lapsed, and their log.

    Those of the review desk, those on the share, and those of the previous run whose row or workbook
    is gone.
    """
    last = run.past.last
    kept = last.decisions if last else None
    table, unclear = decisions_now(run, books, inspection, kept)
    log = extended(last.decision_log if last else None, table, run.as_of)
    return Decided(concat(FINDINGS, [findings, unclear, withdrawn(log, run.as_of)]), table, log)


def decisions_now(
    run: Listed, books: Submissions, inspection: Inspection, kept: pd.DataFrame | None
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the DECISIONS of desk and share, with those *kept*, and doubts."""
    desk = DeskLog(run.store, run.prefix).read()
    with remembered(run.store, run.prefix, fresh=run.request.full) as read:
        return read_decisions(
            run.drive,
            books.claims,
            inspection.evidence,
            run.cycle,
            kept,
            desk,
            workbooks=run.request.workbooks,
            read=read,
        )


def first_published(run: Listed, groups: list[Mapping[str, str]]) -> dict[str, str]:
    """Return of same-named innovations the first published, with its run."""
    runs = innovations_by_run(run.store, run.marker.region, run.cycle, run.as_of)
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
    """Score and put the assessment together; *inputs*: more to digest."""
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
    digests = digests_of(loaded, run.marker, tables, status, "|".join(said), earlier.peers)
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
