"""From many looks to few changes: waits for quiet, forgets nothing.

No clock and no waiting in here: the caller says when it looked (seconds of any steady clock).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

from iid.tasks.ingest.cycle_layout import lay_out
from iid.tasks.shares.drive import Drive, Listing
from iid.tasks.shares.marker import MARKER
from iid.tasks.values.errors import DriveError
from iid.tasks.values.region import Unit
from iid.tasks.values.tables import REGION_ID

#: Size in bytes and time in epoch seconds by path. Folders whose name begins with ``_``, where the
#: pipeline writes, are no part of a listing; hence feedback is never seen as a change.
Snapshot = Mapping[str, tuple[int, float]]


def look(drive: Drive, cycle: int, before: Snapshot) -> Snapshot:
    """The files of the cycle now.

    DriveError when the share is away: then nothing has changed, whatever is not seen. What was in
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
    """Return units (``pemda``: region) in whose folders *paths* are, sorted."""
    root = f"{cycle}/"
    names = {path[len(root) :].split("/", 1)[0] for path in paths if path.count("/") > 1}
    folders = tuple(sorted(root + name for name in names))
    layout = lay_out(Listing((), folders), cycle, roster, (), ())
    codes = {code for code, unit in layout.units.items() if unit.folders}
    return tuple(sorted(codes | ({REGION_ID} if layout.region_folders else set())))


def known_units(present: Iterable[str], cycle: int, roster: Sequence[Unit] | None) -> frozenset[str]:
    """Return codes to ask for: the roster's, folders' with files, ``pemda``."""
    return frozenset((*units_of(present, cycle, roster), *(unit.code for unit in roster or ()), REGION_ID))


VERSION = 1


def memory_file(folder: Path, *of: object) -> Path:
    """One file for each share, store and cycle."""
    name = hashlib.sha256("\0".join(map(str, of)).encode("utf-8", "surrogateescape")).hexdigest()[:24]
    return folder / f"{name}.json"


def recall(file: Path) -> Snapshot | None:
    """Return what was remembered; None if lost, which costs only time."""
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
        if content["version"] != VERSION:
            return None
        return {str(path): (int(size), float(when)) for path, (size, when) in content["files"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None


def remember(file: Path, snapshot: Snapshot) -> None:
    """Keep *snapshot*, whole or not at all. OSError when this machine cannot."""
    file.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.with_name(f"{file.name}.{uuid4().hex}.tmp")
    try:
        temporary.write_text(json.dumps({"version": VERSION, "files": snapshot}), encoding="utf-8")
        temporary.replace(file)
    finally:
        temporary.unlink(missing_ok=True)


RETRY, LONGEST_RETRY = 30.0, 3600.0  # seconds after a failure; doubled each time
PATIENCE = 60  # quiet periods after which a share that never gets quiet is assessed all the same


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that is different since the last change that was handled."""

    paths: tuple[str, ...]
    snapshot: Snapshot


class Watcher:
    """Compares each look with what was handled last.

    What arrives while a change is being handled is one further change afterwards.
    """

    def __init__(self, baseline: Snapshot, look: Callable[[Snapshot], Snapshot], quiet: float) -> None:
        self.baseline = baseline
        self._look = look
        self._quiet = quiet
        self._last = baseline
        self._moved = 0.0  # when a look last differed from the one before
        self._since: float | None = None  # when the pending change began
        self._tries = 0
        self._not_before = float("-inf")

    @property
    def pending(self) -> bool:
        """Whether there is a change that was not given or not handled yet."""
        return self._since is not None

    @property
    def failing(self) -> bool:
        """Whether the pending change failed; the next try may be far off."""
        return self._tries > 0

    def poll(self, now: float) -> Change | None:
        """Look once; return a quiet change, if any. DriveError without share."""
        seen = self._look(self._last)
        if seen != self._last:
            self._last, self._moved = seen, now
            self._not_before = float("-inf")  # something is new: perhaps what failed works now
        paths = changed(self.baseline, seen)
        if not paths:
            self._since = None
            return None
        self._since = now if self._since is None else self._since
        quiet = now - self._moved >= self._quiet or now - self._since >= PATIENCE * self._quiet
        return Change(paths, seen) if quiet and now >= self._not_before else None

    def handled(self, change: Change) -> None:
        """*change* is done; only what came after it is new."""
        self.baseline, self._since, self._tries = change.snapshot, None, 0

    def failed(self, now: float) -> float:
        """Hold the failed change; return seconds until it is given again."""
        wait: float = min(RETRY * 2**self._tries, LONGEST_RETRY)
        self._tries = min(self._tries + 1, 16)
        self._not_before = now + wait
        return wait
