"""The steps of one assessment, each a plain function; flows only order them.

Nothing here knows Prefect. Heavy libraries are imported inside the step that
needs them, so that a refused run stays quick.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd

from iid.expectations.loading import Loaded, load
from iid.tasks.drives.base import Drive, Listing
from iid.tasks.drives.marker import read_marker
from iid.tasks.drives.opening import open_drive
from iid.tasks.drives.walking import why
from iid.tasks.errors import GuardError, UsageError
from iid.tasks.evidence.engines import Engine
from iid.tasks.evidence.inspecting import Here, Inspection, inspect_evidence
from iid.tasks.evidence.ledger import Ledger
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.links.tabling import looked_at, with_links
from iid.tasks.model import Marker, Unit
from iid.tasks.reports.earlier import Earlier
from iid.tasks.stores.base import Store
from iid.tasks.stores.opening import open_store
from iid.tasks.submissions.reading import Submissions, read_submissions
from iid.tasks.submissions.roster import read_roster
from iid.tasks.tables import FINDINGS, REGION_ID, concat
from iid.tasks.validation.case import Case, Documents, Tables

ROSTER_COPY = "_roster.csv"
ROSTER_LIMIT = 5_000_000  # bytes; a safety limit, the national list of villages is far smaller

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Opened:
    """Everything a run needs before it reads the first workbook."""

    loaded: Loaded
    drive: Drive
    store: Store
    marker: Marker
    roster: tuple[Unit, ...] | None
    cycle: int
    earlier: Earlier = field(default_factory=Earlier)

    @property
    def prefix(self) -> str:
        """Where this region and cycle live in the store."""
        return f"{self.marker.region}/{self.cycle}"


def open_run(
    *,
    share: str,
    store: str,
    cycle: int,
    region: str | None,
    roster: str | None,
    rulebook: str | None,
    endpoint_url: str | None,
) -> Opened:
    """Load the rulebook, open share and store, read marker and roster; refuse what does not fit."""
    loaded = load(cycle, Path(rulebook) if rulebook else None)
    drive = open_drive(share)
    marker = read_marker(drive)
    if region and region != marker.region:
        raise UsageError(
            f"share {drive.url} milik wilayah {marker.region} ({marker.name}); yang diminta {region}"
        )
    _refuse_store_in_cycle(share, store, cycle)
    opened = Opened(loaded, drive, open_store(store, endpoint_url), marker, None, cycle)
    return replace(opened, roster=find_roster(drive, cycle, roster))


def _refuse_store_in_cycle(share: str, store: str, cycle: int) -> None:
    """A store inside the cycle's folder would be read as a unit on the next run."""
    if any("://" in url and not url.startswith("file://") for url in (share, store)):
        return
    folder, place = (Path(url.removeprefix("file://")).expanduser().resolve() for url in (share, store))
    if place.is_relative_to(folder / str(cycle)):
        raise UsageError(
            f"penyimpanan {store} terletak di dalam folder siklus {cycle} pada share; "
            "pilih folder di luar share"
        )


def find_roster(drive: Drive, cycle: int, path: str | None) -> tuple[Unit, ...] | None:
    """The roster of ``--roster``, else the copy scaffold left on the share, else None."""
    if path:
        try:
            return read_roster(Path(path).read_bytes(), path)
        except OSError as error:
            raise UsageError(f"daftar unit {path} tidak dapat dibaca: {why(error)}") from error
    copy = f"{cycle}/{ROSTER_COPY}"
    if not drive.exists(copy):
        return None
    return read_roster(drive.read_bytes(copy, ROSTER_LIMIT), copy)


def list_cycle(opened: Opened) -> Listing:
    """List the cycle's folder. GuardError when it is missing or empty: then the share looks unmounted."""
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


def read_workbooks(opened: Opened, listing: Listing) -> Submissions:
    """All workbooks of the cycle as long tables."""
    return read_submissions(opened.drive, listing, opened.loaded.rulebook, opened.roster)


@dataclass(frozen=True, slots=True)
class Effort:
    """How hard to look: workers, everything afresh, or some units afresh; *engine* None is this machine."""

    workers: int | None = None
    full: bool = False
    units: Sequence[str] = ()
    engine: Engine | None = None
    check_links: bool = False
    ocr: bool = False


@dataclass(frozen=True, slots=True)
class Inspected(Inspection):
    """An inspection without the texts (most of its memory), and what they say of region, day, and names."""

    documents: Documents | None = None


def inspect(
    opened: Opened,
    listing: Listing,
    submissions: Submissions,
    effort: Effort,
    progress: Progress | None = None,
    as_of: datetime | None = None,
) -> Inspected:
    """What each file of evidence is and says, unchanged files from the ledger; and where its links lead."""
    codes = sorted({*submissions.units["unit_code"], REGION_ID})
    if unknown := [code for code in effort.units if code not in codes]:
        raise UsageError(
            f"--unit {', '.join(unknown)} tidak dikenal; yang ada: {', '.join(codes[:40])}"
            + (" …" if len(codes) > 40 else "")
        )
    ledger = Ledger.load(opened.store, opened.prefix)
    inspection = inspect_evidence(
        opened.drive,
        listing,
        submissions.evidence,
        ledger,
        workers=effort.workers,
        fresh=effort.full,
        fresh_units=tuple(effort.units),
        progress=progress,
        engine=effort.engine,
    )
    ledger.save(opened.store, opened.prefix)
    scans = _scans(opened, inspection, effort, progress) if effort.ocr else None
    links = _links(opened, inspection, effort, as_of, progress)
    evidence = with_links(inspection.evidence, links)
    return without_texts(opened, submissions, Inspection(evidence, inspection.facts, links, scans))


def without_texts(opened: Opened, submissions: Submissions, inspection: Inspection) -> Inspected:
    """*inspection* with its texts read and dropped. It ends the step: what a step gives, Prefect keeps."""
    from iid.tasks.validation.documents import read_documents

    facts, scans = inspection.facts, inspection.scans
    tables = _tables(submissions, inspection)
    documents = read_documents(Case(tables, opened.loaded.rulebook, opened.marker, facts, scans=scans))
    return Inspected(
        inspection.evidence,
        facts.drop(columns="text"),
        inspection.links,
        None if scans is None else scans.drop(columns="text"),
        documents,
    )


def _tables(submissions: Submissions, inspection: Inspection) -> Tables:
    return Tables(
        units=submissions.units,
        innovations=submissions.innovations,
        fields=submissions.fields,
        claims=submissions.claims,
        evidence=inspection.evidence,
    )


def _scans(opened: Opened, inspection: Inspection, effort: Effort, progress: Progress | None) -> pd.DataFrame:
    """What OCR reads in the scans, for warnings only."""
    from iid.tasks.evidence.scans import read_scans

    return read_scans(
        opened.drive,
        inspection.evidence,
        inspection.facts,
        engine=Here(effort.workers),  # its tesseract was looked for; those of a cluster were not
        store=opened.store,
        prefix=opened.prefix,
        limits=Limits().for_ocr(),
        progress=progress,
    )


def _links(
    opened: Opened,
    inspection: Inspection,
    effort: Effort,
    as_of: datetime | None,
    progress: Progress | None,
) -> pd.DataFrame:
    """LINKS of the run; the web is asked only where the request says so."""
    from iid.tasks.evidence.links import checking

    def ask(links: set[str]) -> dict[str, checking.Check]:
        return checking.check_links(links, progress=progress or checking.silent)

    now = datetime.now(UTC)
    return looked_at(
        opened.store,
        opened.prefix,
        inspection.evidence,
        ask=ask if effort.check_links else None,
        as_of=as_of or now,
        now=now,
    )


def validate_all(
    opened: Opened, submissions: Submissions, inspection: Inspected, docs_dir: Path | None, as_of: datetime
) -> pd.DataFrame:
    """Every finding of readers and expectations, in one table."""
    from iid.tasks.validation.validating import validate

    judged = validate(
        _tables(submissions, inspection),
        opened.loaded.rulebook,
        opened.marker,
        docs_dir=docs_dir,
        facts=inspection.facts,
        links=inspection.links,
        scans=inspection.scans,
        run_time=as_of,
        found=submissions.findings,
        documents=inspection.documents,
    )
    return concat(FINDINGS, [submissions.findings, judged])
