"""Which files changed after the deadline, and which do not count.

The time of a change is what the share says. Content that a run published before the deadline
had recorded is on time whatever its date: copying and opening change dates, not content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pandas as pd

from iid.tasks.shares.drive import Drive, Entry, Listing
from iid.tasks.values.region import Finding, Marker, finding, findings_table
from iid.tasks.values.share_paths import printable, tidy
from iid.tasks.values.tables import FINDINGS, REGION_ID, concat
from iid.tasks.values.timetable import Deadline

if TYPE_CHECKING:
    from iid.tasks.ingest.submissions import Submissions
    from iid.tasks.store.published_run import Run

CHUNK = 1 << 20  # bytes
SHOWN = 10  # innovations that are named one by one
MISSING, LATE_WORKBOOK = "submission.workbook_missing", "submission.workbook_late"
LATE = (LATE_WORKBOOK, "submission.late")
NO_PROOF = "semua berkas bertanggal setelah batas waktu, jadi tanggalnya tidak membuktikan apa pun"
INFERRED = "batas waktu disimpulkan, bukan dibaca dari sumber"


@dataclass(frozen=True, slots=True)
class Late:
    """One file changed after the deadline; ``counted`` where ``why`` says."""

    source: str
    size: int
    modified: float
    counted: bool
    why: str = ""

    def as_json(self) -> dict[str, object]:
        """For ``closing.json``."""
        when = f"{datetime.fromtimestamp(self.modified, UTC):%Y-%m-%dT%H:%M:%SZ}"
        return {
            "source": self.source,
            "size": self.size,
            "modified_at": when,
            "counted": self.counted,
            "why": self.why,
        }


def after_deadline(listing: Listing, deadline: Deadline) -> list[Entry]:
    """Return the files changed after the deadline (in whole seconds)."""
    limit = deadline.moment.timestamp() + 1
    return [entry for entry in listing.entries if entry.modified >= limit and not entry.problem]


def judged(entries: list[Entry], listing: Listing, deadline: Deadline, known: bool) -> list[Late]:
    """Return *entries* with whether each counts; *known*: earlier run."""
    why = "" if deadline.cuts else INFERRED
    if not why and not known and len(entries) == sum(not entry.problem for entry in listing.entries):
        why = NO_PROOF
    return [Late(entry.path, entry.size, entry.modified, bool(why), why) for entry in entries]


def without(listing: Listing, late: Iterable[Late]) -> Listing:
    """The listing as if the late files that do not count were not there."""
    gone = {one.source for one in late if not one.counted}
    kept = tuple(entry for entry in listing.entries if entry.path not in gone)
    return replace(listing, entries=kept)


def not_recorded(drive: Drive, entries: list[Entry], read: Submissions, before: Run) -> list[Entry]:
    """Return *entries* whose content no run before the deadline recorded.

    *read* is the share as it is now. A workbook is on time while what it says is what it said.
    """
    evidence = before.table("evidence_all")
    sizes, hashes = set(evidence["size"].dropna().tolist()), set(evidence["sha256"].tolist()) - {""}
    same_books = _same_workbooks(read, before)
    return [
        entry
        for entry in entries
        if entry.path not in same_books and not (entry.size in sizes and _sha256(drive, entry.path) in hashes)
    ]


def _sha256(drive: Drive, path: str) -> str:
    digest = hashlib.sha256()
    try:
        with drive.open(path) as stream:
            while chunk := stream.read(CHUNK):
                digest.update(chunk)
    except (FileNotFoundError, PermissionError):
        return "-"  # the inspection says what is wrong with it
    return digest.hexdigest()


def _same_workbooks(read: Submissions, before: Run) -> set[str]:
    """Paths of the workbooks that say now what they said then."""
    now, then = _said(read.fields, read.claims), _said(before.table("fields"), before.table("claims"))
    places = dict(zip(read.innovations["innovation_id"], read.innovations["workbook"], strict=True))
    spd = read.claims.loc[read.claims["innovation_id"] == REGION_ID, "source"]
    places[REGION_ID] = str(spd.iloc[0]).partition("#")[0] if len(spd) else ""
    return {path for owner, path in places.items() if path and now.get(owner, 0) == then.get(owner, 1)}


def _said(fields: pd.DataFrame, claims: pd.DataFrame) -> dict[str, list[tuple[str, ...]]]:
    """Return what each submission says: profile and claims, no cells."""
    said: dict[str, list[tuple[str, ...]]] = {}
    for table, columns in (
        (fields, ("innovation_id", "field", "raw", "value")),
        (claims, ("innovation_id", "indicator", "raw", "value_raw", "basis_raw", "files", "links", "note")),
    ):
        for owner, *cells in zip(*(table[name].tolist() for name in columns), strict=True):
            said.setdefault(owner, []).append(tuple(map(str, cells)))
    return {owner: sorted(rows) for owner, rows in said.items()}


def with_late_findings(
    findings: pd.DataFrame, late: Iterable[Late], units: pd.DataFrame, deadline: Deadline, marker: Marker
) -> pd.DataFrame:
    """Return *findings* with one more for each late file not counted.

    A workbook that is late is not missing: its one finding says so, and is as critical.
    """
    gone = findings[findings["code"] == MISSING]
    missing = {
        source: (unit, owner)
        for source, unit, owner in zip(gone["source"], gone["unit_code"], gone["innovation_id"], strict=True)
    }
    uncounted = [one for one in late if not one.counted]
    found = {_workbook(one.source) for one in uncounted} & missing.keys()
    kept = findings[~((findings["code"] == MISSING) & findings["source"].isin(found))]
    more = findings_table(_findings(uncounted, missing, units, deadline, marker))
    return concat(FINDINGS, [kept, more])


def _workbook(path: str) -> str:
    """Return where the reader would expect the workbook of *path*."""
    folder, _, name = path.rpartition("/")
    return f"{folder}/{tidy(name).casefold()}"


def _findings(
    late: Iterable[Late],
    missing: Mapping[str, tuple[str, str]],
    units: pd.DataFrame,
    deadline: Deadline,
    marker: Marker,
) -> Iterator[Finding]:
    from iid.tasks.text.indonesian import moment as in_words

    folders = {
        folder: code for folder, code in zip(units["folder"], units["unit_code"], strict=True) if folder
    }
    for one in late:
        owner = missing.get(_workbook(one.source))
        unit, innovation = owner or (folders.get("/".join(one.source.split("/")[:2]), ""), "")
        yield finding(
            LATE_WORKBOOK if owner else "submission.late",
            unit_code=unit,
            innovation_id=innovation,
            source=one.source,
            name=printable(one.source.rpartition("/")[2]),
            changed=in_words(datetime.fromtimestamp(int(one.modified), UTC), marker.zone),
            deadline=in_words(deadline.moment, marker.zone),
        )


def late_workbooks(findings: pd.DataFrame) -> tuple[str, ...]:
    """Return sentences on what does not count as its workbook is late."""
    owners = sorted(set(findings.loc[findings["code"] == LATE_WORKBOOK, "innovation_id"]))
    said = []
    if innovations := [owner for owner in owners if owner != REGION_ID]:
        shown = "; ".join(innovations[:SHOWN])
        more = f"; dan {len(innovations) - SHOWN} lagi" if len(innovations) > SHOWN else ""
        said.append(
            f"{len(innovations)} inovasi tidak dihitung karena buku kerjanya diubah setelah batas waktu: "
            f"{shown}{more}"
        )
    if REGION_ID in owners:
        said.append(
            "indikator pemerintah daerah (SPD) tidak dihitung karena pemda.xlsx diubah setelah batas waktu"
        )
    return tuple(said)
