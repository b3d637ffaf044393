"""The evidence of one submission: names in *Bukti*, files, and links."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from iid.tasks.ingest.named_files import (
    Named,
    Shelf,
    is_outside,
    read_names,
)
from iid.tasks.ingest.parsed import Claim
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.shares.drive import Entry
from iid.tasks.text.web_addresses import cleaned_address
from iid.tasks.values.indicator_numbers import TOTAL

MAX_LINKS = 100  # of one cell; a safety limit, not a rule
NOT_NAMED = "tidak disebut di kolom Bukti"
NOT_CLAIMED = "indikatornya tidak diklaim"
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@", re.IGNORECASE)
_PROBLEMS = {
    "outside_share": ("outside_share", "menunjuk ke luar folder inovasi"),
    "not_a_file": ("unreadable", "bukan berkas biasa (pipa, perangkat, atau tautan ke folder)"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """A row of evidence, unopened (:data:`iid.tasks.values.tables.EVIDENCE`)."""

    indicator: str
    source: str
    kind: str
    listed: str
    counted: bool
    size: int | None = None
    modified_at: str = ""
    problem: str = ""
    detail: str = ""


@dataclass
class Gathered:
    """The items of one submission, and the files that are none."""

    items: list[Item] = field(default_factory=list)
    numberless: list[Entry] = field(default_factory=list)
    loose: list[Entry] = field(default_factory=list)
    notes: list[tuple[Claim, str]] = field(default_factory=list)  # words in Bukti that name no file


def gather(place: SubmissionPlace, claims: Iterable[Claim]) -> Gathered:
    """Return the evidence in *place* under *claims*, by indicator.

    Files named in *Bukti* may be anywhere inside the submission's folder. Where *Bukti*
    names no file, all of the indicator's folder are items; else its other files are ``extra``.
    """
    claims = list(claims)
    shelf = Shelf(place)
    read = {claim.indicator: read_names(shelf, claim) for claim in claims}
    named = {claim.indicator: list(_named(place, read[claim.indicator], claim)) for claim in claims}
    used = {item.source for items in named.values() for item in items}
    gathered = Gathered()
    for claim in claims:
        counted = is_claimed(claim)
        rows = {item.source: item for item in named[claim.indicator]}
        names = read[claim.indicator]
        # What a link's cell shows is no note (contract 2).
        if names.notes and counted and claim.files_address not in claim.links_addresses:
            gathered.notes.append((claim, "; ".join(names.notes)))
        for entry in place.evidence.get(claim.indicator, []):
            if entry.path in rows:
                continue
            if not (names.there or names.absent):
                rows[entry.path] = _file(claim, entry, "folder", counted, "" if counted else NOT_CLAIMED)
            elif entry.path not in used:
                rows[entry.path] = _file(claim, entry, "extra", False, NOT_NAMED if counted else NOT_CLAIMED)
        for link in _links(claim.links):
            item = _link(claim, cleaned_address(link), counted)
            rows.setdefault(item.source, item)
        gathered.items += sorted(rows.values(), key=lambda item: (item.kind, item.source))
    gathered.numberless = [entry for entry in place.numberless if entry.path not in used]
    gathered.loose = [entry for entry in place.loose if entry.path not in used]
    return gathered


def is_claimed(claim: Claim) -> bool:
    """Return whether the row claims points: a step above 0, or the SPD total."""
    return claim.parameter > 0 or (claim.indicator == TOTAL and claim.value != "")


def is_web_address(link: str) -> bool:
    """Return whether *link* is a complete http(s) address with a real host."""
    try:
        parts = urlsplit(link)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if parts.scheme.lower() not in {"http", "https"} or re.search(r"[\s\x00-\x1f<>\"]", link):
        return False
    labels = host.rstrip(".").split(".")
    return _is_ip(host) or (len(labels) > 1 and all(labels))


def without_password(link: str) -> str:
    """Return *link* with credentials as ``***``, since evidence is published."""
    return _CREDENTIALS.sub(r"\1***@", link)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _named(place: SubmissionPlace, names: Named, claim: Claim) -> Iterator[Item]:
    """Yield the items named in Bukti; absent files only where claimed."""
    counted = is_claimed(claim)
    folder = place.evidence_folders.get(claim.indicator, f"{place.folder}/bukti/{claim.indicator}")
    for entry in names.there:
        yield _file(claim, entry, "named", counted, "" if counted else NOT_CLAIMED)
    for name, why in names.absent if counted else ():
        outside = is_outside(name)
        path = name if outside else f"{folder}/{name.replace(chr(92), '/')}"
        problem, detail = _PROBLEMS["outside_share"] if outside else ("missing", why)
        yield Item(claim.indicator, path, "file", "named", True, problem=problem, detail=detail)


def _links(links: Sequence[str]) -> Sequence[str]:
    """Return the first links of a cell, the rest as one item that says so."""
    if len(links) <= MAX_LINKS:
        return links
    return [
        *links[:MAX_LINKS],
        f"({len(links) - MAX_LINKS} tautan lain; paling banyak {MAX_LINKS} dalam satu sel)",
    ]


def _file(claim: Claim, entry: Entry, listed: str, counted: bool, detail: str) -> Item:
    problem, words = _PROBLEMS.get(entry.problem, ("", ""))
    return Item(
        indicator=claim.indicator,
        source=entry.path,
        kind="file",
        listed=listed,
        counted=counted,
        size=entry.size,
        modified_at=iso_time(entry.modified),
        problem=problem,
        detail=detail or words,
    )


def _link(claim: Claim, link: str, counted: bool) -> Item:
    problem = "" if is_web_address(link) else "link_malformed"
    return Item(
        indicator=claim.indicator,
        source=without_password(link),
        kind="link",
        listed="named",
        counted=counted,
        problem=problem,
        detail="" if counted else NOT_CLAIMED,
    )


def iso_time(seconds: float) -> str:
    """ISO time in UTC, whole seconds; ``""`` for a time that no calendar has."""
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError, OSError):
        return ""
