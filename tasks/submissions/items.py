"""The evidence of one submission: what column *Bukti* names, what lies in the folders, the links."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from urllib.parse import urlsplit

from iid.tasks.drives.base import Entry
from iid.tasks.drives.names import printable, tidy
from iid.tasks.submissions.layout import Place
from iid.tasks.submissions.names import TOTAL
from iid.tasks.submissions.parsed import Claim

# Safety limits, not rules: a cell of 32,000 letters can name thousands of files that are not there.
MAX_NAMES, MAX_LINKS = 500, 100  # of one cell
NOT_NAMED = "tidak disebut di kolom Bukti"
NOT_CLAIMED = "indikatornya tidak diklaim"
_OUTSIDE = re.compile(r"^(?:[/\\]|~[^$]|~$|[a-z]:|file:)|(?:^|[/\\])\.\.(?:[/\\]|$)", re.IGNORECASE)
_BULLET = re.compile(r"^(?:[-•*–]|\(?\d{1,2}[.)])\s+")
_CREDENTIALS = re.compile(r"^([a-z][a-z0-9+.-]*:[/\\]{2,})[^/\\?#]*@", re.IGNORECASE)
_PROBLEMS = {
    "outside_share": ("outside_share", "menunjuk ke luar folder inovasi"),
    "not_a_file": ("unreadable", "bukan berkas biasa (pipa, perangkat, atau tautan ke folder)"),
}


@dataclass(frozen=True, slots=True)
class Item:
    """One row of evidence before anything was opened: see :data:`iid.tasks.tables.EVIDENCE`."""

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


def gather(place: Place, claims: Iterable[Claim]) -> Gathered:
    """Every item of evidence in *place* under *claims*, in the order of the indicators.

    Files named in *Bukti* may lie anywhere inside the submission's folder. Where *Bukti*
    names no file, all of the indicator's folder are items; else its other files are ``extra``.
    """
    claims = list(claims)
    shelf = _Shelf(place)
    named = {claim.indicator: list(_named(place, shelf, claim)) for claim in claims}
    used = {item.source for items in named.values() for item in items}
    gathered = Gathered()
    for claim in claims:
        counted = is_claimed(claim)
        rows = {item.source: item for item in named[claim.indicator]}
        for entry in place.evidence.get(claim.indicator, []):
            if entry.path in rows:
                continue
            if not claim.files:
                rows[entry.path] = _file(claim, entry, "folder", counted, "" if counted else NOT_CLAIMED)
            elif entry.path not in used:
                rows[entry.path] = _file(claim, entry, "extra", False, NOT_NAMED if counted else NOT_CLAIMED)
        for link in _told(claim.links, MAX_LINKS, "tautan"):
            rows.setdefault(without_password(link), _link(claim, link, counted))
        gathered.items += sorted(rows.values(), key=lambda item: (item.kind, item.source))
    gathered.numberless = [entry for entry in place.numberless if entry.path not in used]
    gathered.loose = [entry for entry in place.loose if entry.path not in used]
    return gathered


def is_claimed(claim: Claim) -> bool:
    """Whether the row claims points: a step above 0, or the region's total score."""
    return claim.parameter > 0 or (claim.indicator == TOTAL and claim.value != "")


def is_web_address(link: str) -> bool:
    """Whether *link* is a complete http(s) address: a host with a dot or an IP, no spaces."""
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
    """*link* with the name and password before its host as ``***``: evidence is published."""
    return _CREDENTIALS.sub(r"\1***@", link)


def _is_ip(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _named(place: Place, shelf: _Shelf, claim: Claim) -> Iterator[Item]:
    """The items of the names in column Bukti; what is not there is an item only where it is claimed."""
    counted = is_claimed(claim)
    folder = place.evidence_folders.get(claim.indicator, f"{place.folder}/bukti/{claim.indicator}")
    seen: set[str] = set()
    for name in _told(claim.files, MAX_NAMES, "nama"):
        outside = _OUTSIDE.search(name) is not None
        entry, why = (None, "") if outside else shelf.find(name, claim.indicator)
        if entry is not None and entry.path not in seen:
            seen.add(entry.path)
            yield _file(claim, entry, "named", counted, "" if counted else NOT_CLAIMED)
        elif entry is None and counted:
            path = name if outside else f"{folder}/{name.replace(chr(92), '/')}"
            problem, detail = _PROBLEMS["outside_share"] if outside else ("missing", why)
            yield Item(claim.indicator, path, "file", "named", True, problem=problem, detail=detail)


def _told(named: Sequence[str], most: int, what: str) -> Sequence[str]:
    """The first *most* of *named*; the others are one item that cannot be there, told as such."""
    if len(named) <= most:
        return named
    return [*named[:most], f"({len(named) - most} {what} lain; paling banyak {most} dalam satu sel)"]


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


class _Shelf:
    """The files of one place, found by name the way people write names."""

    def __init__(self, place: Place) -> None:
        self._own = {key: {entry.path for entry in entries} for key, entries in place.evidence.items()}
        self._by_name: dict[str, list[Entry]] = {}
        self._by_stem: dict[str, list[Entry]] = {}
        evidence = (entry for entries in place.evidence.values() for entry in entries)
        for entry in (*evidence, *place.numberless, *place.loose):
            name = _folded(entry.path.rsplit("/", 1)[1])
            self._by_name.setdefault(name, []).append(entry)
            self._by_stem.setdefault(name.rpartition(".")[0] or name, []).append(entry)

    def find(self, name: str, indicator: str) -> tuple[Entry | None, str]:
        """The one file that *name* means, its own folder first; else None and why."""
        why = f'berkas "{printable(name)}" tidak ditemukan di folder inovasi'
        for wanted in dict.fromkeys((name, _BULLET.sub("", name))):
            path = tidy(wanted.replace("\\", "/")).removeprefix("./")
            last = _folded(path.rsplit("/", 1)[-1])
            for pool in (self._by_name.get(last, []), self._by_stem.get(last, [])):
                found = self._narrowed(pool, path, indicator)
                if len(found) == 1:
                    return found[0], ""
                if found:
                    why = f'nama "{printable(name)}" cocok dengan {len(found)} berkas; tulis nama lengkapnya'
        return None, why

    def _narrowed(self, pool: list[Entry], path: str, indicator: str) -> list[Entry]:
        """Of *pool*: inside the named folders, then in the own folder, then spelt exactly so."""
        if "/" in path:
            parents = f"/{_folded(path.rpartition('/')[0])}"
            pool = [e for e in pool if f"/{_folded(e.path.rpartition('/')[0])}".endswith(parents)]
        own = self._own.get(indicator, set())
        pool = [entry for entry in pool if entry.path in own] or pool
        exact = [entry for entry in pool if tidy(entry.path).endswith(f"/{path}")]
        return exact if len(pool) > 1 and exact else pool


def _folded(name: str) -> str:
    return " ".join(tidy(name).casefold().split())
