"""Where every file of a cycle's folder belongs, by names alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from iid.tasks.ingest.parse_workbook import INNOVATION_WORKBOOK, REGION_WORKBOOK
from iid.tasks.ingest.submission_place import SubmissionPlace
from iid.tasks.ingest.titles import plain
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.values.region import Unit
from iid.tasks.values.share_paths import is_ignored, tidy
from iid.tasks.values.tables import REGION_ID

REGION_FOLDER = "00 Pemda"
_REGION = re.compile(r"^\s*00(?![0-9.])")


@dataclass
class UnitFolder:
    """A unit of the roster with its folders, or a folder of an unknown unit."""

    unit: Unit
    known: bool
    folders: list[str] = field(default_factory=list)


@dataclass
class Layout:
    """Everything in a cycle's folder; units and innovations by code and id."""

    root: str
    units: dict[str, UnitFolder]
    region: SubmissionPlace
    innovations: list[SubmissionPlace] = field(default_factory=list)
    misplaced: list[tuple[str, Entry]] = field(default_factory=list)  # (unit code, file)
    #: Below bukti/ in a unit's folder, by unit.
    ownerless: dict[str, list[Entry]] = field(default_factory=dict)
    #: (read under another id, first)
    repeated: list[tuple[SubmissionPlace, SubmissionPlace]] = field(default_factory=list)
    region_folders: list[str] = field(default_factory=list)
    unreadable: list[tuple[str, str, str]] = field(default_factory=list)  # (unit code, folder, reason)


def lay_out(
    listing: Listing, cycle: int, roster: Sequence[Unit] | None, sid: Collection[str], spd: Collection[str]
) -> Layout:
    """Assign the files of *listing* below *cycle* to units and submissions.

    *sid* and *spd* are the indicator keys of the cycle. Without a roster every unit folder is known.
    """
    return _Builder(str(cycle), roster, sid, spd).build(listing)


class _Builder:
    def __init__(
        self, root: str, roster: Sequence[Unit] | None, sid: Collection[str], spd: Collection[str]
    ) -> None:
        self.sid, self.spd, self.has_roster = sid, spd, roster is not None
        units = {unit.code: UnitFolder(unit, True) for unit in roster or ()}
        self.codes = {code.casefold(): code for code in units}
        region = SubmissionPlace(REGION_ID, REGION_ID, f"{root}/{REGION_FOLDER}", REGION_WORKBOOK)
        self.layout = Layout(root, units, region)
        self.owners: dict[str, str] = {}  # unit folder -> code
        self.places: dict[str, SubmissionPlace] = {}  # innovation folder -> place

    def build(self, listing: Listing) -> Layout:
        start = len(self.layout.root) + 1
        for path in listing.folders:
            if names := self._names(path[start:] if path.startswith(f"{self.layout.root}/") else ""):
                self._place(names)
        for entry in listing.entries:
            if names := self._names(
                entry.path[start:] if entry.path.startswith(f"{self.layout.root}/") else ""
            ):
                self._file(names, entry)
        for path, reason in listing.unreadable:
            if names := self._names(path[start:] if path.startswith(f"{self.layout.root}/") else ""):
                self._unreadable(names, path, reason)
        for path, place in list(self.places.items()):
            place.look_deeper(self.sid)
            if plain(path.rsplit("/", 1)[1]) == "bukti" and not (place.candidates or place.several):
                proofs = (entry for entries in place.evidence.values() for entry in entries)
                self.layout.ownerless[place.unit_code] = [*place.loose, *place.numberless, *proofs]
                del self.places[path]
        self.layout.region.look_deeper(self.spd)
        self._name_innovations()
        return self.layout

    @staticmethod
    def _names(rest: str) -> list[str]:
        """The names of a path below the cycle; none when one of them is ignored."""
        names = rest.split("/") if rest else []
        return [] if any(map(is_ignored, names)) else names

    def _file(self, names: list[str], entry: Entry) -> None:
        place = self._place(names[:-1])
        if place is None:
            self.layout.misplaced.append((self._owner(names[0]) if len(names) > 1 else "", entry))
        elif place is self.layout.region:
            place.add(names[1:], entry, self.spd)
        else:
            place.add(names[2:], entry, self.sid)

    def _unreadable(self, names: list[str], path: str, reason: str) -> None:
        place = self._place(names)
        self.layout.unreadable.append((self._owner(names[0]), path, reason))
        if place is not None and not place.unreadable and path == place.folder:
            place.unreadable = reason

    def _place(self, folders: list[str]) -> SubmissionPlace | None:
        """Return the submission in or around *folders*; None above innovations."""
        if not folders:
            return None
        if self._owner(folders[0]) == REGION_ID:
            first = self.layout.region.folder == f"{self.layout.root}/{folders[0]}"
            return self.layout.region if first else None
        if len(folders) < 2:
            return None
        path = "/".join((self.layout.root, *folders[:2]))
        if path not in self.places:
            self.places[path] = SubmissionPlace(self._owner(folders[0]), "", path, INNOVATION_WORKBOOK)
        return self.places[path]

    def _owner(self, folder: str) -> str:
        """Return the code of the unit that owns this folder; register a new one."""
        if folder not in self.owners:
            self.owners[folder] = code = self._code(folder)
            path = f"{self.layout.root}/{folder}"
            if code == REGION_ID:
                self.layout.region_folders.append(path)
                if len(self.layout.region_folders) == 1:
                    self.layout.region.folder = path
            else:
                name = tidy(folder)[len(code) :].strip(" _-")
                new = UnitFolder(Unit(code, name or code, "", ""), not self.has_roster)
                self.layout.units.setdefault(code, new).folders.append(path)
        return self.owners[folder]

    def _code(self, folder: str) -> str:
        first, *rest = tidy(folder).split() or [tidy(folder)]
        if first.casefold() in self.codes:
            return self.codes[first.casefold()]
        if _REGION.match(folder) or any(plain(name).startswith("pemda") for name in (first, " ".join(rest))):
            return REGION_ID
        lead = re.split(r"[_-]", first)[0].casefold()  # "1.02_Dinas Kesehatan"
        return self.codes.get(lead, first)

    def _name_innovations(self) -> None:
        """Give ids; where two folders share one, number the later."""
        taken: dict[str, SubmissionPlace] = {}
        later: list[SubmissionPlace] = []
        for path in sorted(self.places):
            place = self.places[path]
            place.innovation_id = f"{place.unit_code}/{tidy(path.rsplit('/', 1)[1])}"
            if place.innovation_id in taken:
                later.append(place)
            else:
                taken[place.innovation_id] = place
        for place in later:
            first = taken[place.innovation_id]
            place.innovation_id = next(name for name in _numbered(place.innovation_id) if name not in taken)
            taken[place.innovation_id] = place
            self.layout.repeated.append((place, first))
        self.layout.innovations = [taken[name] for name in sorted(taken)]
        self.layout.units = dict(sorted(self.layout.units.items()))


def _numbered(name: str) -> Iterator[str]:
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1
