"""What lies on a share at one moment, and what is different at another."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from iid.tasks.drives.base import Drive, Listing
from iid.tasks.drives.marker import MARKER
from iid.tasks.errors import DriveError
from iid.tasks.model import Unit
from iid.tasks.submissions.layout import lay_out
from iid.tasks.tables import REGION_ID

#: Size in bytes and time in epoch seconds by path. Folders whose name begins with ``_``, where the
#: pipeline writes, are no part of a listing; hence feedback is never seen as a change.
Snapshot = Mapping[str, tuple[int, float]]


def look(drive: Drive, cycle: int, before: Snapshot) -> Snapshot:
    """The files of the cycle now.

    DriveError when the share is away: then nothing has changed, whatever is not seen. What lay in
    a folder that cannot be listed now is taken from *before*, for the same reason.
    """
    _present(drive, cycle)
    listing = drive.list(str(cycle))
    _present(drive, cycle)  # a share that went away meanwhile looks empty
    seen = {entry.path: (entry.size, entry.modified) for entry in listing.entries}
    hidden = tuple(f"{folder}/" for folder, _ in listing.unreadable)
    if hidden:
        seen |= {path: facts for path, facts in before.items() if path.startswith(hidden)}
    return seen


def _present(drive: Drive, cycle: int) -> None:
    for name in (MARKER, str(cycle)):
        if not drive.exists(name):
            raise DriveError(f"{name} tidak terlihat di {drive.url}; share tampaknya terlepas")


def changed(before: Snapshot, after: Snapshot) -> tuple[str, ...]:
    """Paths that are new, gone or different, sorted."""
    different = {path for path, facts in after.items() if before.get(path) != facts}
    return tuple(sorted(different | (before.keys() - after.keys())))


def units_of(paths: Iterable[str], cycle: int, roster: Sequence[Unit] | None) -> tuple[str, ...]:
    """Codes of the units in whose folders *paths* lie (``pemda`` for the region's), sorted."""
    root = f"{cycle}/"
    names = {path[len(root) :].split("/", 1)[0] for path in paths if path.count("/") > 1}
    folders = tuple(sorted(root + name for name in names))
    layout = lay_out(Listing((), folders), cycle, roster, (), ())
    codes = {code for code, unit in layout.units.items() if unit.folders}
    return tuple(sorted(codes | ({REGION_ID} if layout.region_folders else set())))


def known_units(present: Iterable[str], cycle: int, roster: Sequence[Unit] | None) -> frozenset[str]:
    """Codes an assessment can be asked for: the roster's, those of folders with files, and ``pemda``."""
    return frozenset((*units_of(present, cycle, roster), *(unit.code for unit in roster or ()), REGION_ID))
