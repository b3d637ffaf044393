"""The receipt: which files of a unit were seen, with size, time and hash."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from iid.tasks.drives.base import Entry
from iid.tasks.feedback.lines import below
from iid.tasks.reports.formatting import clean
from iid.tasks.reports.rows import Row
from iid.tasks.reports.wording import PROBLEMS

BOOKS = ("inovasi.xlsx", "pemda.xlsx")


@dataclass(frozen=True, slots=True)
class Seen:
    """One file. ``modified`` is the server's time (ISO, UTC); ``sha256`` "" where nobody read the file."""

    path: str  # below the unit's folder
    size: int
    modified: str
    sha256: str
    used: str


def seen_below(
    folders: Sequence[str], entries: Iterable[Entry], evidence: Iterable[Row], findings: Iterable[Row] = ()
) -> tuple[Seen, ...]:
    """Every file of *entries* below the unit's *folders*, with what *evidence* (EVIDENCE) knows of it.

    A file on which one of *findings* (FINDINGS) is critical is not called accepted evidence.
    """
    refused = {row["source"] for row in findings if row["severity"] == "critical"}
    known: dict[str, Row] = {}
    for row in evidence:
        if row["kind"] == "file" and (row["source"] not in known or row["counted"]):
            known[row["source"]] = row
    return tuple(_seen(folders, entry, known.get(entry.path), entry.path in refused) for entry in entries)


def when(entry: Entry) -> str:
    """The server's time of a file, ISO, UTC, whole seconds."""
    return f"{datetime.fromtimestamp(max(int(entry.modified), 0), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _seen(folders: Sequence[str], entry: Entry, row: Row | None, refused: bool) -> Seen:
    path = below(entry.path, f"{folders[0]}/")  # files of a second folder keep that folder's name
    return Seen(
        path=clean(path),
        size=entry.size,
        modified=when(entry),
        sha256=row["sha256"] if row else "",
        used=_used(entry, row, refused),
    )


def _used(entry: Entry, row: Row | None, refused: bool) -> str:
    if row is None:
        book = entry.path.rpartition("/")[2].casefold() in BOOKS
        return "buku kerja" if book else "tidak dipakai"
    if row["problem"]:
        return PROBLEMS.get(row["problem"], str(row["problem"]))
    if not row["counted"]:
        return "tidak dipakai"
    return "bukti, belum diterima" if refused else "bukti"
