"""The steps of one assessment, plain functions that flows only order.

Nothing here knows Prefect. Heavy libraries are imported inside the step that
needs them, so that a refused run stays quick.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

import pandas as pd

from iid.expectations.rulebook.loading import Loaded, load
from iid.tasks.assess.guards import Loss, Previous, check_losses, listed_units, unit_losses
from iid.tasks.assess.held_units import Losses, When, losses_at, with_kept, with_kept_evidence, with_losses
from iid.tasks.assess.request import AssessRequest
from iid.tasks.assess.step import mapped, progress, step
from iid.tasks.ingest.roster import read_roster, roster_file
from iid.tasks.ingest.submissions import Submissions, read_submissions
from iid.tasks.inspect.engines import engine_of
from iid.tasks.inspect.inspection import Batch, Here, Inspecting, Inspection
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.ledger.scans import all_read, read_scans
from iid.tasks.inspect.links.link_checks import Check
from iid.tasks.inspect.links.link_table import looked_at, with_links
from iid.tasks.sandbox.limits import GIB, Limits
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.shares.marker import read_marker
from iid.tasks.shares.open_share import open_drive
from iid.tasks.store.memory import last_night
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import read_run
from iid.tasks.store.store import Store
from iid.tasks.validate.case import Case, Documents, Tables
from iid.tasks.values.assessment import Earlier
from iid.tasks.values.errors import GuardError, UsageError
from iid.tasks.values.region import Marker, Unit
from iid.tasks.values.tables import FINDINGS, REGION_ID, concat

ROSTER_COPY = "_roster.csv"
ROSTER_LIMIT = 5_000_000  # bytes; a safety limit, the national list of villages is far smaller


@dataclass(frozen=True, slots=True)
class Opened:
    """All that a run needs before the first workbook; ``as_of`` in UTC."""

    loaded: Loaded
    drive: Drive
    store: Store
    marker: Marker
    roster: tuple[Unit, ...] | None
    request: AssessRequest
    as_of: datetime

    @property
    def cycle(self) -> int:
        """The year."""
        return self.request.cycle

    @property
    def prefix(self) -> str:
        """Where this region and cycle live in the store."""
        return f"{self.marker.region}/{self.cycle}"


@dataclass(frozen=True, slots=True)
class Past:
    """What was published before: the last run, and the course of the cycle."""

    last: Previous | None = None
    earlier: Earlier = field(default_factory=Earlier)


@dataclass(frozen=True, slots=True)
class Listed(Opened):
    """A run that knows its past and what is on the share."""

    final: ClassVar[bool] = False  # a closing trusts no listing: it hashes every file
    past: Past
    listing: Listing
    losses: Losses = field(default=Losses(), kw_only=True)  # what units lost since the last run


@step("Membuka share, penyimpanan, dan peraturan", network=True)
def open_run(request: AssessRequest) -> Opened:
    """Open rulebook, share, store, marker and roster; refuse what misfits."""
    if engine := engine_of(request.engine, request.scheduler, request.workers):
        engine.check()
    loaded = load(request.cycle, Path(request.rulebook) if request.rulebook else None)
    drive = open_drive(request.share)
    marker = read_marker(drive)
    if request.region and request.region != marker.region:
        raise UsageError(
            f"share {drive.url} milik wilayah {marker.region} ({marker.name}); yang diminta {request.region}"
        )
    _refuse_store_in_cycle(request.share, request.store, request.cycle)
    as_of = request.in_zone(marker.zone).as_of or datetime.now(UTC).replace(microsecond=0)
    store = open_store(request.store, request.endpoint_url)
    roster = find_roster(drive, request.cycle, request.roster)
    return Opened(loaded, drive, store, marker, roster, request, as_of)


def _refuse_store_in_cycle(share: str, store: str, cycle: int) -> None:
    """Refuse a store in the cycle's folder: it would be read as a unit."""
    if any("://" in url and not url.startswith("file://") for url in (share, store)):
        return
    folder, place = (Path(url.removeprefix("file://")).expanduser().resolve() for url in (share, store))
    if place.is_relative_to(folder / str(cycle)):
        raise UsageError(
            f"penyimpanan {store} terletak di dalam folder siklus {cycle} pada share; "
            "pilih folder di luar share"
        )


def find_roster(drive: Drive, cycle: int, path: str | None) -> tuple[Unit, ...] | None:
    """Return the roster of ``--roster``, else scaffold's copy, else None."""
    if path:
        return roster_file(path)
    copy = f"{cycle}/{ROSTER_COPY}"
    if not drive.exists(copy):
        return None
    return read_roster(drive.read_bytes(copy, ROSTER_LIMIT), copy)


@step("Mendaftar berkas", network=True)
def list_cycle(opened: Opened) -> Listing:
    """List the cycle's folder. GuardError when missing or empty (unmounted)."""
    folder = str(opened.cycle)
    if not opened.drive.exists(folder):
        raise GuardError(
            f"folder siklus {folder} tidak ada di share {opened.drive.url}; tidak ada yang diterbitkan. "
            f"Periksa apakah share terpasang, atau buat dengan: iid scaffold --cycle {folder}"
        )
    listing = opened.drive.list(folder)
    if not listing.entries and not listing.folders:
        raise GuardError(
            f"folder siklus {folder} di share {opened.drive.url} kosong; tidak ada yang diterbitkan. "
            "Periksa apakah share terpasang utuh."
        )
    return listing


def listed(opened: Opened, past: Past, listing: Listing) -> Listed:
    """*opened* with what was published before and what is on the share."""
    known = {one.name: getattr(opened, one.name) for one in fields(Opened)}
    return Listed(**known, past=past, listing=listing)


@step("Menjaga dari share yang hilang", network=True)
def guard_losses(run: Listed) -> Listed:
    """Return the run with held units. GuardError when too much is gone.

    A loss that was accepted with a reason counts.
    """
    found, last = lost(run), run.past.last
    if last is None or not found or run.request.accept_loss:
        return replace(run, losses=Losses(count=found))
    published = read_run(run.store, run.marker.region, run.cycle, last.run_id)
    when = When(run.as_of, run.request.guard.hold, run.loaded.rulebook)
    return replace(run, losses=losses_at(found, last, published, when))


def lost(run: Listed, share: float | None = None) -> tuple[Loss, ...]:
    """Return the units' losses above *share* of their evidence.

    GuardError when the whole share lost too much, unless that was accepted.
    """
    last, limits = run.past.last, run.request.guard
    if not run.request.accept_loss:
        check_losses(last, run.listing, limits)
    there = listed_units(run.listing, run.cycle, run.roster)
    return unit_losses(last, run.listing, there, limits.vanished_share if share is None else share)


def read_workbooks(opened: Opened, listing: Listing) -> Submissions:
    """Read the cycle's workbooks into long tables, known ones from memory."""
    from iid.tasks.ingest.guarded_books import GuardedBooks

    books = GuardedBooks(
        opened.store,
        opened.prefix,
        opened.loaded.sha256,
        opened.request.workers or len(os.sched_getaffinity(0)),
        fresh=opened.request.full,
    )
    read = read_submissions(opened.drive, listing, opened.loaded.rulebook, opened.roster, parser=books)
    return replace(read, settled=books.settled, contents=books.contents)


@step("Membaca buku kerja", network=True)
def read_books(run: Listed) -> Submissions:
    """Read the cycle's workbooks; those of held units as last published."""
    return with_kept(read_workbooks(run, run.listing), run.losses)


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
