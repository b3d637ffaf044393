"""A walk of a local folder: one pass, one ``stat`` a file, none opened."""

from __future__ import annotations

import contextlib
import gc
import os
import re
import stat
from collections.abc import Iterator, Sequence
from operator import attrgetter
from pathlib import Path

from iid.tasks.shares.drive import EARLIEST, LATEST, Entry, Listing, shown_time
from iid.tasks.text.os_errors import why as why  # noqa: PLC0414
from iid.tasks.text.os_errors import why_unwritten as why_unwritten  # noqa: PLC0414
from iid.tasks.values.share_paths import is_ignored, raw_name, readable_name

FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
_CYCLE = re.compile(r"[0-9]{4}")
_NAME, _PATH, _ENTRY = attrgetter("name"), attrgetter("path"), Entry._make


class Walk:
    """What a listing has gathered, and the folders still to visit."""

    def __init__(self, real: str) -> None:
        self.real = real
        self.entries: list[Entry] = []
        self.folders: list[str] = []
        self.unreadable: list[tuple[str, str]] = []
        self.waiting: list[tuple[str, str]] = []  # (place on this machine, path in the share)

    def folder(self, place: str, prefix: str) -> None:
        """List one folder; *prefix* goes before each name. OSError passes.

        By descriptor: ``stat`` then takes a bare name, which is quicker than a long path, and
        a folder swapped for a link meanwhile is not followed.
        """
        handle = os.open(place, FOLDER)
        below = []
        try:
            with os.scandir(handle) as found:
                # Sorted by short names here, the long paths are almost in order at the end.
                for item in sorted(found, key=_NAME):
                    name = item.name
                    if is_ignored(name):
                        continue
                    plain = name.isascii() and "\\" not in name
                    path = prefix + (name if plain else readable_name(name))
                    if item.is_dir(follow_symlinks=False):
                        below.append((f"{place}/{name}", path))
                    elif item.is_symlink():
                        self._link(item, f"{place}/{name}", path)
                    else:
                        self._file(item, path)
        finally:
            os.close(handle)
        if below:  # most folders have none
            self.folders += [path for _, path in below]
            self.waiting += reversed(below)

    def _file(self, item: os.DirEntry[str], path: str, problem: str = "") -> None:
        try:
            facts = item.stat(follow_symlinks=False)
        except FileNotFoundError:
            return  # deleted while we list: the same as never having been there
        self._add(path, facts, problem)

    def _link(self, item: os.DirEntry[str], place: str, path: str) -> None:
        """Read a link as the file it leads to.

        Not one out of the share or of the unit's own folder, in a loop or to no file.
        """
        target = os.path.realpath(place)
        try:
            facts = Path(target).lstat()
        except OSError:
            facts = None
        if out_of(self.real, path.split("/"), target) or (facts and stat.S_ISLNK(facts.st_mode)):
            self._file(item, path, "outside_share")  # realpath gives back a link only where links loop
        elif facts is None:
            self._file(item, path, "not_a_file")
        else:
            self._add(path, facts)

    def _add(self, path: str, facts: os.stat_result, problem: str = "") -> None:
        if not problem and not stat.S_ISREG(facts.st_mode):
            problem = "not_a_file"
        ident = f"{facts.st_ino}-{facts.st_ctime_ns}"
        modified = facts.st_mtime
        if not EARLIEST <= modified < LATEST:
            modified = shown_time(modified)
        self.entries.append(_ENTRY((path, facts.st_size, modified, ident, problem)))

    def listing(self) -> Listing:
        """All of it, sorted by path."""
        self.entries.sort(key=_PATH)
        return Listing(tuple(self.entries), tuple(sorted(self.folders)), tuple(sorted(self.unreadable)))


@contextlib.contextmanager
def gathering() -> Iterator[None]:
    """Pause the cyclic garbage collector: scanning all entries finds nothing."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            gc.enable()


def is_below(place: str, root: str) -> bool:
    """Whether the real path *place* is *root* or below it."""
    return place == root or place.startswith(root.rstrip("/") + "/")


def out_of(real: str, names: Sequence[str], target: str) -> str:
    """Return what *names* leads out of (``share``, ``folder unit``), or "".

    A unit may create links in its own folder, but what they show must be its own: else it could hand
    in the work of another unit. *target* is the real path.
    """
    if not is_below(target, real):
        return "share"
    return "" if is_below(target, own_folder(real, names)) else "folder unit"


def own_folder(real: str, names: Sequence[str]) -> str:
    """Return where *names* must be: in its unit's folder, else in the share.

    Always within *real*: a cycle that is a link may lead to another place of the share, not out of it.
    """
    if len(names) < 3 or not _CYCLE.fullmatch(names[0]) or is_ignored(names[1]):
        return real
    place = str(Path(real, names[0]))
    cycle = os.path.realpath(place)
    if not is_below(cycle, real):
        cycle = place
    return f"{cycle}/{raw_name(names[1])}"
