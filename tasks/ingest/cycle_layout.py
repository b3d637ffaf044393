"""Where every file of a cycle's folder belongs, by names alone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from iid.tasks.ingest.parse_workbook import INNOVATION_WORKBOOK, REGION_WORKBOOK
from iid.tasks.ingest.titles import plain
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.text.cell_values import visible
from iid.tasks.values.indicator_numbers import folder_key
from iid.tasks.values.region import Unit
from iid.tasks.values.share_paths import is_ignored, tidy
from iid.tasks.values.tables import REGION_ID

REGION_FOLDER = "00 Pemda"
_REGION = re.compile(r"^\s*00(?![0-9.])")
READ = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".zip.001")
SHORTCUTS = (".lnk", ".url", ".desktop", ".webloc", ".gsheet", ".gdoc")
_SHEETS = (*READ, *ARCHIVES, *SHORTCUTS, ".csv", ".numbers", ".fods", ".et", ".xltx", ".xltm", ".xml")
_COPY_OF = re.compile(r"^(?:salinan|copy|backup|cadangan)(?:\s+(?:of|dari))?[\s_(-]+", re.IGNORECASE)


@dataclass
class Place:
    """One submission, of an innovation or the region; paths as the drive's."""

    unit_code: str
    innovation_id: str
    folder: str
    wanted: str  # name of its workbook
    workbooks: list[Entry] = field(default_factory=list)  # of that name, the exact spelling first
    others: list[Entry] = field(default_factory=list)  # of nearly that name: copies, other endings
    chosen: Entry | None = None  # of several candidates the filled one
    inner: str = ""  # the subfolder that holds what is missing here, too deep
    moved: str = ""  # what is read from there
    several: tuple[str, ...] = ()  # subfolders that all hold a workbook, where this one has none
    evidence: dict[str, list[Entry]] = field(default_factory=dict)  # below bukti/, by indicator
    evidence_folders: dict[str, str] = field(default_factory=dict)  # indicator -> its first folder
    numberless: list[Entry] = field(default_factory=list)  # below bukti/, in no indicator's folder
    loose: list[Entry] = field(default_factory=list)  # elsewhere in the folder
    unreadable: str = ""  # why the folder could not be listed
    below: list[tuple[Sequence[str], Entry]] = field(default_factory=list)  # names and files of subfolders

    @property
    def workbook(self) -> Entry | None:
        """The workbook that is read: the chosen one of several, else the first."""
        return self.chosen or next(iter(self.candidates), None)

    @property
    def candidates(self) -> list[Entry]:
        """Every file that may be the workbook; the one read first, unless blank."""
        newest_first = sorted(self.others, key=lambda entry: (-entry.modified, entry.path))
        return [*self.workbooks, *newest_first]

    @property
    def lookalikes(self) -> list[Entry]:
        """Where there is no workbook: other tables that were probably meant."""
        if self.candidates:
            return []
        top = [entry for entry in self.loose if "/" not in entry.path[len(self.folder) + 1 :]]
        return [entry for entry in top if may_be_workbook(entry.path, self.wanted)]

    def add(self, rest: Sequence[str], entry: Entry, keys: Collection[str]) -> None:
        """Put the file ``folder/*rest`` where it belongs."""
        top = plain(rest[0])
        if len(rest) > 1:
            self.below.append((rest, entry))
        if len(rest) == 1:
            name = tidy(rest[0])
            if name.casefold() == self.wanted:
                self.workbooks.insert(0 if name == self.wanted else len(self.workbooks), entry)
            elif self._is_like(name):
                self.others.append(entry)
            else:
                self.loose.append(entry)
        elif not top.startswith("bukti"):
            self.loose.append(entry)
        elif key := folder_key(rest[1], keys) if len(rest) > 2 else "":
            self.evidence.setdefault(key, []).append(entry)
            self.evidence_folders.setdefault(key, f"{self.folder}/{rest[0]}/{rest[1]}")
        else:
            self.numberless.append(entry)

    def _is_like(self, name: str) -> bool:
        """Return whether a name is like ``inovasi.xlsx``: a copy, another ending."""
        stem = _COPY_OF.sub("", tidy(visible(name))).casefold()
        return stem.endswith(READ) and re.match(rf"{self.wanted[:-5]}(?![a-z0-9])", stem) is not None

    def look_deeper(self, keys: Collection[str]) -> None:
        """Read what is missing here from the one subfolder that holds it.

        A workbook among an indicator's evidence is evidence. Of several subfolders with a workbook
        none is read.
        """
        bare = not (self.evidence or self.numberless)
        if not self.candidates:
            roots = {tuple(rest[:-1]) for rest, _ in self.below if self._is_book(rest)}
        else:
            proofs = (rest for rest, _ in self.below if bare)
            roots = {tuple(rest[:at]) for rest in proofs if (at := _bukti_in(rest)) > 0}
        if len(roots) > 1 and not self.candidates:
            self.several = tuple("/".join(root) for root in sorted(roots))
        if len(roots) == 1:
            self._read_from(roots.pop(), keys)

    def _read_from(self, root: tuple[str, ...], keys: Collection[str]) -> None:
        """Put workbook and evidence of subfolder *root* where they belong."""
        without, proofs = not self.candidates, not self.evidence
        folder, self.inner = self.folder, "/".join((self.folder, *root))
        inner = [(rest[len(root) :], entry) for rest, entry in self.below if tuple(rest[: len(root)]) == root]
        mine = {
            e.path for rest, e in inner if (without and len(rest) == 1) or (proofs and _bukti_in(rest) == 0)
        }
        self.loose = [entry for entry in self.loose if entry.path not in mine]
        self.numberless = [entry for entry in self.numberless if entry.path not in mine]
        self.folder = self.inner
        for rest, entry in inner:
            if entry.path in mine:
                self.add(rest, entry, keys)
        self.folder = folder
        read = ["buku kerja"] if without else []
        read += ["folder bukti"] if proofs and any(_bukti_in(rest) == 0 for rest, _ in inner) else []
        self.moved = " dan ".join(read).capitalize()

    def _is_book(self, rest: Sequence[str]) -> bool:
        at = _bukti_in(rest)
        beside = at < 0 or at + 2 >= len(rest)
        return beside and (tidy(rest[-1]).casefold() == self.wanted or self._is_like(rest[-1]))

    def is_in_one_of_several(self, entry: Entry) -> bool:
        """Whether a file is in a subfolder that has a workbook as others have."""
        return any(entry.path.startswith(f"{self.folder}/{folder}/") for folder in self.several)


def _bukti_in(rest: Sequence[str]) -> int:
    """Return the place of the first ``bukti`` folder in *rest*, or -1."""
    return next((at for at, name in enumerate(rest[:-1]) if plain(name).startswith("bukti")), -1)


def may_be_workbook(path: str, wanted: str) -> bool:
    """Whether a file is a table, archive or shortcut, or called like *wanted*."""
    name = _COPY_OF.sub("", tidy(visible(path.rsplit("/", 1)[-1]))).casefold()
    return name.endswith(_SHEETS) or name.startswith(wanted[:-5])


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
    region: Place
    innovations: list[Place] = field(default_factory=list)
    misplaced: list[tuple[str, Entry]] = field(default_factory=list)  # (unit code, file)
    ownerless: dict[str, list[Entry]] = field(
        default_factory=dict
    )  # below bukti/ in a unit's folder, by unit
    repeated: list[tuple[Place, Place]] = field(default_factory=list)  # (read under another id, first)
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
        region = Place(REGION_ID, REGION_ID, f"{root}/{REGION_FOLDER}", REGION_WORKBOOK)
        self.layout = Layout(root, units, region)
        self.owners: dict[str, str] = {}  # unit folder -> code
        self.places: dict[str, Place] = {}  # innovation folder -> place

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

    def _place(self, folders: list[str]) -> Place | None:
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
            self.places[path] = Place(self._owner(folders[0]), "", path, INNOVATION_WORKBOOK)
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
        taken: dict[str, Place] = {}
        later: list[Place] = []
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
