"""Listing of a network drive: many folders at once, in stable order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.shares.rclone_errors import Fault, TroubleError
from iid.tasks.shares.remote_file import seconds_of
from iid.tasks.values.share_paths import is_ignored

THREADS = 8
#: Deeper than any share of people: only circles that look different each time round get here.
_DEEPEST = 60
Item = Mapping[str, Any]
#: The items of one folder (or of all below it) as rclone lists them, ``Path`` relative to the share.
Lister = Callable[[str], list[Item]]


@dataclass(frozen=True, slots=True)
class Folder:
    """A folder to visit: path, own time, and how the folders above look."""

    path: str
    modified: str = ""
    above: frozenset[int] = frozenset()


@dataclass(slots=True)
class Gathered:
    """What a listing has found so far."""

    entries: list[Entry] = field(default_factory=list)
    folders: set[str] = field(default_factory=set)
    unreadable: list[tuple[str, str]] = field(default_factory=list)

    def listing(self) -> tuple[Listing, dict[str, str]]:
        """Return everything by path, and the ids of files that share a name."""
        entries, twins = without_twins(self.entries)
        entries.sort(key=attrgetter("path"))
        return Listing(tuple(entries), tuple(sorted(self.folders)), tuple(sorted(self.unreadable))), twins


def walk(under: str, lister: Lister, *, circles: bool) -> Gathered:
    """Walk everything below *under*, folder by folder.

    The first folder's TroubleError passes, and any that says the drive is away; a deeper folder
    that cannot be listed is ``unreadable``.
    """
    found = Gathered()
    with ThreadPoolExecutor(THREADS, thread_name_prefix="iid-list") as threads:
        coming: dict[Future[list[Item]], Folder] = {}

        def visit(folder: Folder) -> None:
            coming[threads.submit(lister, folder.path)] = folder

        visit(Folder(under))
        while coming:
            for future in wait(coming, return_when=FIRST_COMPLETED).done:
                folder = coming.pop(future)
                try:
                    items = future.result()
                except TroubleError as trouble:
                    if folder.path == under or trouble.fault in {Fault.AWAY, Fault.LOCKED_OUT}:
                        threads.shutdown(wait=False, cancel_futures=True)
                        raise
                    if trouble.fault is not Fault.ABSENT:  # deleted while we list: as if never there
                        found.unreadable.append((folder.path, trouble.words))
                    continue
                for below in _taken(found, folder, items, circles=circles):
                    visit(below)
    return found


def flat(under: str, items: Iterable[Item]) -> Gathered:
    """Gather all below *under* from one listing; names give the folders."""
    found = Gathered()
    start = len(under) + 1 if under else 0
    for item in items:
        names = item["Path"][start:].split("/")
        if any(map(is_ignored, names)):
            continue
        parents = names if item["IsDir"] else names[:-1]
        prefix = under
        for name in parents:
            prefix = f"{prefix}/{name}" if prefix else name
            found.folders.add(prefix)
        if not item["IsDir"]:
            found.entries.append(entry_of(item))
    return found


def _taken(found: Gathered, folder: Folder, items: list[Item], *, circles: bool) -> Iterator[Folder]:
    """Take in the items of *folder*; gives the folders to visit next."""
    above = folder.above
    if circles and items:
        look, without_time = _look(folder.modified, items), _look("", items)
        if {look, without_time} & above or len(above) > _DEEPEST:
            found.unreadable.append((folder.path, "tautan berputar ke folder di atasnya"))
            return
        above = above | {look}  # of the first folder we know no time
    kept = [item for item in items if not is_ignored(item["Path"].rsplit("/", 1)[-1])]
    found.entries += [entry_of(item) for item in kept if not item["IsDir"]]
    folders = {item["Path"]: item["ModTime"] for item in kept if item["IsDir"]}
    many = Counter(item["Path"] for item in kept if item["IsDir"])
    found.folders |= folders.keys()
    for path, modified in folders.items():
        if many[path] == 1:
            yield Folder(path, modified, above)
        else:  # Google Drive: asked for by name, either of them might answer
            found.unreadable.append((path, f"ada {many[path]} folder bernama sama; jadikan satu"))


def _look(modified: str, items: list[Item]) -> int:
    """Return what a folder looks like (time, items); a link back looks alike."""
    inside = sorted((item["Path"].rsplit("/", 1)[-1], item["Size"], item["ModTime"]) for item in items)
    return hash((modified, tuple(inside)))


def entry_of(item: Item) -> Entry:
    """Return one file of the listing; one without a size is not a file."""
    size = int(item["Size"])
    marks = [str(item.get("ID") or ""), *(value for _, value in sorted((item.get("Hashes") or {}).items()))]
    ident = ":".join(mark for mark in marks if mark)
    problem = str(item.get("Problem") or "") or ("" if size >= 0 else "not_a_file")
    return Entry(item["Path"], max(size, 0), seconds_of(item["ModTime"]), ident, problem)


def without_twins(entries: list[Entry]) -> tuple[list[Entry], dict[str, str]]:
    """Separate files of one name in one folder (Google Drive allows it).

    The newest keeps the name, the others bear their id in theirs, so that each is used or
    reported. With the ids of all of these, by path.
    """
    many = Counter(entry.path for entry in entries)
    if len(many) == len(entries):
        return entries, {}
    apart = [entry for entry in entries if many[entry.path] == 1]
    twins: dict[str, str] = {}
    for entry in sorted(
        (entry for entry in entries if many[entry.path] > 1), key=lambda e: (e.path, -e.modified, e.ident)
    ):
        ident = entry.ident.partition(":")[0]
        path = _marked(entry.path, ident) if entry.path in twins else entry.path
        twins[path] = ident
        apart.append(entry._replace(path=path))
    return apart, twins


def _marked(path: str, ident: str) -> str:
    folder, slash, name = path.rpartition("/")
    stem, dot, ending = name.rpartition(".")
    mark = f" (nama sama, id {ident})"
    return f"{folder}{slash}{stem}{mark}{dot}{ending}" if stem else f"{path}{mark}"
