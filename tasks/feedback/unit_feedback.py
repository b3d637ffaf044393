"""Each unit's feedback as data: only its own innovations and files."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from importlib.metadata import version

from iid.tasks.feedback.gains import Worths, shown
from iid.tasks.feedback.seen_files import Seen, seen_below, when
from iid.tasks.feedback.work_list import (
    Chance,
    Line,
    Places,
    chances_of,
    is_for_unit,
    lines_of,
    without_worth,
)
from iid.tasks.ingest.cycle_layout import Layout, lay_out
from iid.tasks.report.privacy import public
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.text.indonesian import clean, points
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.region import Unit
from iid.tasks.values.row_groups import Grouped, Row, records
from iid.tasks.values.tables import REGION_ID

LAYOUT = 4  # raise when the files look different for the same content
FOLDER = "_umpan-balik"
COPY_SUFFIX = " (catatan).xlsx"
LONGEST_COPY = 150  # bytes before the suffix; drives end at 255, and a mark may follow
#: Ours already, whatever an innovation is called.
RESERVED = frozenset({"temuan.xlsx"})
_REFUSED_SIGNS = re.compile(r'[\x00-\x1f<>:"/\\|?*\ufffd]')  # what Windows and SMB do not open
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Score:
    """One innovation as the unit sees it: points with 2 places."""

    innovation_id: str
    name: str
    claimed: str
    supported: str
    verified: str
    eligible: bool


@dataclass(frozen=True, slots=True)
class Book:
    """A workbook of the unit and the name of its copy with notes."""

    owner: str  # innovation_id, or ``pemda``
    path: str  # on the share
    size: int  # bytes, as listed
    modified: str
    answers: str  # digest of what was read in it: no drive's own mark, so all drives give the same bytes
    copy: str


@dataclass(frozen=True, slots=True)
class Feedback:
    """All that a unit is sent; ``digest`` covers everything except the time."""

    region: str
    cycle: int
    status: str
    example: bool
    zone: str
    code: str
    name: str
    folder: str
    all_mended: str  # points of the index, "" when nothing is open
    lines: tuple[Line, ...]
    chances: tuple[Chance, ...]
    scores: tuple[Score, ...]
    seen: tuple[Seen, ...]
    books: tuple[Book, ...]
    for_reviewers: int = 0  # warnings about decisions: counted everywhere, listed only for reviewers
    run_id: str = ""
    digest: str = ""

    @property
    def place(self) -> str:
        """Where it is written, inside the share."""
        return f"{self.folder}/{FOLDER}"


def feedback_of(
    assessment: Assessment, listing: Listing, roster: Sequence[Unit] | None
) -> Iterator[Feedback]:
    """Yield feedback by code: of each unit with a listed folder, and region.

    An empty folder gets one too; a unit without a folder has no place for it, and of a folder that
    could not be listed nothing is known. Names of reviewers are left out.
    """
    gathering = _Gathering(public(assessment), listing, roster)
    for code, folders in gathering.folders():
        yield gathering.of(code, folders)


class _Gathering:
    def __init__(self, assessment: Assessment, listing: Listing, roster: Sequence[Unit] | None) -> None:
        self.assessment = assessment
        self.layout: Layout = lay_out(listing, assessment.cycle, roster, (), ())
        self.unlisted = {path for path, _ in listing.unreadable}
        self.entries = _by_folder(listing.entries)
        self.worths = Worths.of(assessment)
        self.findings = Grouped(assessment.findings, "unit_code")
        self.innovations = Grouped(assessment.innovations, "unit_code")
        self.profiles = {row["innovation_id"]: row for row in records(assessment.profiles)}
        self.claims = Grouped(assessment.claims, "unit_code")
        self.fields = Grouped(assessment.fields, "innovation_id")
        self.evidence = Grouped(assessment.evidence, "unit_code")
        self.names = {row["unit_code"]: row["name"] for row in records(assessment.units)}

    def folders(self) -> Iterator[tuple[str, list[str]]]:
        """Code and folders of each unit that has one that could be listed."""
        found = {code: unit.folders for code, unit in self.layout.units.items()}
        for code, folders in sorted({**found, REGION_ID: self.layout.region_folders}.items()):
            if folders and folders[0] not in self.unlisted:
                yield code, folders

    def of(self, code: str, folders: list[str]) -> Feedback:
        a = self.assessment
        steps = self.worths.of_unit(code)
        findings, claims = self.findings[code], self.claims[code]
        innovations = self.innovations[code]
        names = {row["innovation_id"]: _name(row) for row in innovations}
        places = Places(folders, a.rulebook, names, claims)
        fixed = self.worths.all_mended(code)
        entries = [entry for folder in folders for entry in self.entries.get(folder, ())]
        lines = lines_of(findings, steps, self.worths.causes, places)
        closed = a.status == "final"
        feedback = Feedback(
            region=a.marker.name or a.marker.region,
            cycle=a.cycle,
            status=a.status,
            example=a.marker.example,
            zone=a.marker.zone,
            code=code,
            name="Pemerintah daerah" if code == REGION_ID else clean(self.names.get(code) or code),
            folder=folders[0],
            all_mended=shown(fixed) if fixed > Fraction(0) and not closed else "",
            lines=tuple(map(without_worth, lines)) if closed else lines,
            chances=() if closed else chances_of(steps, self.worths.causes, places),
            scores=tuple(_score(row) for row in innovations),
            seen=seen_below(folders, entries, self.evidence[code], findings, self.worths.causes.decisions),
            books=tuple(self._books(code, innovations, entries)),
            for_reviewers=sum(row["severity"] == "warning" and not is_for_unit(row) for row in findings),
            run_id=a.run_id,
        )
        return replace(feedback, digest=digest_of(feedback))

    def _books(self, code: str, innovations: Iterable[Row], entries: Iterable[Entry]) -> Iterator[Book]:
        """Yield the workbooks that were read, with different names of copies."""
        at = {entry.path: entry for entry in entries}
        found: list[tuple[str, Entry]] = []
        if code == REGION_ID:
            found = [(code, at[path]) for path in _region_books(self.claims[code]) if path in at]
        for row in innovations:
            profile = self.profiles.get(row["innovation_id"])
            if profile and profile["read"] and profile["workbook"] in at:
                found.append((row["innovation_id"], at[profile["workbook"]]))
        names = copy_names([owner for owner, _ in found])
        for owner, entry in found:
            rows = [*self.fields[owner], *(row for row in self.claims[code] if row["innovation_id"] == owner)]
            answers = hashlib.sha256(repr(rows).encode("utf-8", "backslashreplace")).hexdigest()
            yield Book(owner, entry.path, entry.size, when(entry), answers, names[owner])


def copy_names(owners: Iterable[str]) -> dict[str, str]:
    """Name a file by innovation id: its folder, marked if unfit alone.

    No two are alike, and no copy is called like a workbook that anybody reads (``inovasi.xlsx``,
    ``pemda.xlsx``, a review workbook): should ``_umpan-balik`` lead elsewhere on a server, nothing of
    that kind is overwritten.
    """
    names: dict[str, str] = {}
    taken = set(RESERVED)
    for owner in sorted(owners):
        folder = owner if owner == REGION_ID else owner.partition("/")[2]
        safe = _safe_name(folder)
        name = f"{safe}{COPY_SUFFIX}"
        if safe != folder or name.casefold() in taken:
            mark = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name = f"{safe} ({mark}){COPY_SUFFIX}".lstrip()
        taken.add(name.casefold())
        names[owner] = name
    return names


def _safe_name(folder: str) -> str:
    text = _REFUSED_SIGNS.sub("_", clean(folder)).lstrip("._~$ ").rstrip()
    text = text.encode()[:LONGEST_COPY].decode("utf-8", "ignore").rstrip()
    return f"Inovasi {text}" if _DEVICES.match(text) or not text else text


def digest_of(feedback: Feedback) -> str:
    """Hash what is sent, without the run, so that unchanged units stay equal."""
    record = {**asdict(feedback), "run_id": "", "digest": "", "layout": [LAYOUT, version("iid")]}
    text = json.dumps(record, ensure_ascii=True, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _by_folder(entries: Iterable[Entry]) -> dict[str, list[Entry]]:
    """Files by unit folder (``<cycle>/<unit folder>``)."""
    found: dict[str, list[Entry]] = {}
    for entry in entries:
        names = entry.path.split("/", 2)
        if len(names) == 3:
            found.setdefault(f"{names[0]}/{names[1]}", []).append(entry)
    return found


def _region_books(claims: Iterable[Row]) -> list[str]:
    """Paths of the region's workbook: where its rows were read."""
    return list(dict.fromkeys(row["source"].partition("#")[0] for row in claims if "#" in row["source"]))


def _name(row: Row) -> str:
    return clean(row["name"]).strip() or clean(row["innovation_id"].partition("/")[2])


def _score(row: Row) -> Score:
    return Score(
        innovation_id=row["innovation_id"],
        name=_name(row),
        claimed=points(row["claimed_score"]),
        supported=points(row["supported_score"]),
        verified=points(row["verified_score"]),
        eligible=bool(row["eligible"]),
    )
