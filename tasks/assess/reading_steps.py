"""The first steps of one assessment: open, list, guard, read workbooks.

Steps are plain functions that flows only order.

Nothing here knows Prefect. Heavy libraries are imported inside the step that
needs them, so that a refused run stays quick.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import ClassVar

from iid.expectations.rulebook.loading import Loaded, load
from iid.tasks.assess.guards import Loss, Previous, check_losses, listed_units, unit_losses
from iid.tasks.assess.held_units import Losses, When, losses_at, with_kept
from iid.tasks.assess.request import AssessRequest
from iid.tasks.assess.step import step
from iid.tasks.ingest.roster import read_roster, roster_file
from iid.tasks.ingest.submissions import Submissions, read_submissions
from iid.tasks.inspect.engines import engine_of
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.shares.marker import read_marker
from iid.tasks.shares.open_share import open_drive
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import read_run
from iid.tasks.store.store import Store
from iid.tasks.values.assessment import Earlier
from iid.tasks.values.errors import GuardError, UsageError
from iid.tasks.values.region import Marker, Unit

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
            "; hilangkan --region (atau region dalam iid.toml), atau sebutkan share wilayah itu"
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
