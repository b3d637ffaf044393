"""The steps between workbooks and scores: inspect evidence, validate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from iid.tasks.assess.held_units import with_kept_evidence, with_losses
from iid.tasks.assess.reading_steps import Listed
from iid.tasks.assess.step import mapped, progress, step
from iid.tasks.ingest.submissions import Submissions
from iid.tasks.inspect.engines import engine_of
from iid.tasks.inspect.inspection import Batch, Inspecting, Inspection
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.ledger.scans import all_read, read_scans
from iid.tasks.inspect.links.link_checks import Check
from iid.tasks.inspect.links.link_table import looked_at, with_links
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.limits import GIB, Limits
from iid.tasks.store.memory import last_night
from iid.tasks.validate.case import Case, Documents, Tables
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import FINDINGS, REGION_ID, concat


@dataclass(frozen=True, slots=True)
class Inspected(Inspection):
    """An inspection without texts, and what they say of region and day."""

    documents: Documents | None = None


@step("Merencanakan pemeriksaan bukti", network=True)
def plan_inspection(run: Listed, books: Submissions) -> Inspecting:
    """Plan which files must be read, in batches; the ledger knows others.

    UsageError for a unit of the request that is not there.
    """
    request = run.request
    codes = sorted({*books.units["unit_code"], REGION_ID})
    if unknown := [code for code in request.units if code not in codes]:
        raise UsageError(
            f"--unit {', '.join(unknown)} tidak dikenal; yang ada: {', '.join(codes[:40])}"
            + (" …" if len(codes) > 40 else "")
        )
    ledger = Ledger.load(run.store, run.prefix)
    return Inspecting(
        run.drive,
        run.listing,
        books.evidence,
        ledger,
        workers=request.workers,
        fresh=request.full,
        fresh_units=request.units,
        progress=progress,
        engine=engine_of(request.engine, request.scheduler, request.workers),
        save=lambda: ledger.save(run.store, run.prefix),
        limits=Limits(
            file=int(request.inspect.file_gib * GIB),
            unit=int(request.inspect.unit_gib * GIB),
            unit_s=60 * request.inspect.unit_minutes,
        ),
        rehash_nights=request.inspect.rehash_nights,
        rehash_all=run.final,
    )


@mapped("Memeriksa bukti", network=True)
def inspect_batches(plan: Inspecting, batch: Batch) -> int:
    """Read one batch and make what it found durable; how many files were read."""
    return plan.inspect(batch)


@step("Merangkum isi bukti", network=True)
def gather_facts(run: Listed, books: Submissions, plan: Inspecting, batches: Sequence[int]) -> Inspected:
    """Return the facts of evidence and links; *batches* were inspected.

    The texts are read and dropped here: what a step returns stays in memory until the run ends.
    """
    from iid.tasks.validate.documents import read_documents

    found = plan.finish()
    scans = _scans(run, found) if run.request.ocr else None
    found = replace(found, evidence=with_kept_evidence(found.evidence, run.losses))
    links = _links(run, found)
    inspection = replace(found, evidence=with_links(found.evidence, links), links=links, scans=scans)
    tables = _tables(books, inspection)
    rules, fresh = (run.loaded.sha256, run.marker.region, run.marker.name), run.request.full
    memory = last_night(run.store, run.prefix, "documents", *rules, fresh=fresh)
    case = Case(tables, run.loaded.rulebook, run.marker, found.facts, scans=scans)
    documents = read_documents(case, memory)
    memory.save()
    return Inspected(
        inspection.evidence,
        found.facts.drop(columns="text"),
        links,
        None if scans is None else scans.drop(columns="text"),
        found.settled and (scans is None or all_read(found.evidence, found.facts, scans)),
        documents,
    )


def _tables(books: Submissions, inspection: Inspection) -> Tables:
    return Tables(
        units=books.units,
        innovations=books.innovations,
        fields=books.fields,
        claims=books.claims,
        evidence=inspection.evidence,
    )


def _scans(run: Listed, found: Inspection) -> pd.DataFrame:
    """What OCR reads in the scans, for warnings only."""
    return read_scans(
        run.drive,
        found.evidence,
        found.facts,
        engine=Here(run.request.workers),  # its tesseract was looked for; those of a cluster were not
        store=run.store,
        prefix=run.prefix,
        limits=Limits().for_ocr(),
        progress=progress,
    )


def ask_web(links: set[str]) -> dict[str, Check]:
    """What the web answers on each of *links* now."""
    from iid.tasks.inspect.links import link_checks

    return link_checks.check_links(links, progress=progress)


def _links(run: Listed, found: Inspection) -> pd.DataFrame:
    """LINKS of the run; the web is asked only where the request says so."""
    return looked_at(
        run.store,
        run.prefix,
        found.evidence,
        ask=ask_web if run.request.check_links else None,
        as_of=run.as_of,
        now=datetime.now(UTC),
    )


@step("Memvalidasi terhadap peraturan")
def validate_all(run: Listed, books: Submissions, inspection: Inspected, docs: Path | None) -> pd.DataFrame:
    """Every finding of readers and expectations, in one table (FINDINGS)."""
    from iid.tasks.validate.validation import validate

    pictures = last_night(run.store, run.prefix, "pictures", fresh=run.request.full)
    judged = validate(
        _tables(books, inspection),
        run.loaded.rulebook,
        run.marker,
        docs_dir=docs,
        facts=inspection.facts,
        links=inspection.links,
        scans=inspection.scans,
        run_time=run.as_of,
        before=run.past.earlier.before,
        documents=inspection.documents,
        pictures=pictures,
    )
    pictures.save()
    return concat(FINDINGS, [books.findings, with_losses(judged, run.losses, run.marker.zone)])
