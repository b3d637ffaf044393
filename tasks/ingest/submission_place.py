"""One submission's folder: its workbook and its evidence."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from iid.tasks.ingest.titles import plain
from iid.tasks.shares.drive import Entry
from iid.tasks.text.cell_values import visible
from iid.tasks.values.indicator_numbers import folder_key
from iid.tasks.values.share_paths import tidy

READ = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".zip.001")
SHORTCUTS = (".lnk", ".url", ".desktop", ".webloc", ".gsheet", ".gdoc")
_SHEETS = (*READ, *ARCHIVES, *SHORTCUTS, ".csv", ".numbers", ".fods", ".et", ".xltx", ".xltm", ".xml")
_COPY_OF = re.compile(r"^(?:salinan|copy|backup|cadangan)(?:\s+(?:of|dari))?[\s_(-]+", re.IGNORECASE)


@dataclass
class SubmissionPlace:
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
