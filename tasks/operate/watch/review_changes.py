"""Stewards' entries in review workbooks, which change the share.

The pipeline writes these workbooks itself, so neither size nor time can say whether a person did
something. What counts is what was entered: it stays the same, whatever the pipeline writes around it.
"""

from __future__ import annotations

import hashlib

from iid.tasks.ingest.submission_place import READ
from iid.tasks.operate.watch.watcher import Snapshot
from iid.tasks.review.review_cells import UnreadableBookError
from iid.tasks.review.review_files import folder_of, opened, unit_of
from iid.tasks.review.review_lines import ENTRIES, HEADER
from iid.tasks.review.steward_entries import entries_of
from iid.tasks.shares.drive import Drive, Entry
from iid.tasks.values.errors import DriveError

DIGITS = 12  # hexadecimal digits of the digest: a whole number that JSON keeps exactly


class Reviews:
    """Looks at a cycle's review workbooks; reads only new or changed ones."""

    def __init__(self, drive: Drive, cycle: int) -> None:
        self._drive, self._folder = drive, folder_of(cycle)
        self._known: dict[str, tuple[Entry, int]] = {}

    def look(self, before: Snapshot) -> Snapshot:
        """A number for what was entered in each workbook, in place of its size.

        Nothing entered is no entry, so a workbook that the pipeline makes or removes is no change.
        What cannot be read now is taken from *before*.
        """
        old = {path: facts for path, facts in before.items() if self.holds(path)}
        try:
            if not self._drive.exists(self._folder):
                return old
            entries = self._drive.list(self._folder).entries
        except DriveError:
            return old
        seen: dict[str, tuple[int, float]] = {}
        for entry in entries:
            if not entry.path.casefold().endswith(READ) or entry.problem:
                continue
            number = self._number(entry)
            if number is None and entry.path in old:
                seen[entry.path] = old[entry.path]
            elif number:
                seen[entry.path] = (number, 0.0)
        return seen

    def holds(self, path: str) -> bool:
        """Whether *path* is one of a review workbook."""
        return path.startswith(f"{self._folder}/")

    def _number(self, entry: Entry) -> int | None:
        """Return what was entered as a number; 0 for none, None if unreadable."""
        known = self._known.get(entry.path)
        if known and known[0] == entry:
            return known[1]
        try:
            book = opened(self._drive, entry.path)
            if book.problem:
                return None
            entries = entries_of(book.grids)
        except (UnreadableBookError, DriveError, OSError):
            return None
        # As a set: the pipeline moves decisions that a newer one replaced to another sheet.
        entered = {_entry(texts) for texts in (*(row.texts for row in entries.rows), *entries.history)}
        number = _digest(sorted(entered)) if entered else 0
        self._known[entry.path] = entry, number
        return number


def _entry(texts: tuple[str, ...]) -> tuple[str, ...]:
    """Return the claim and the steward's own cells, which alone count."""
    names = ("innovation_id", "No", *ENTRIES)
    return tuple(texts[HEADER.index(name)] for name in names)


def _digest(rows: list[tuple[str, ...]]) -> int:
    return int(hashlib.sha256(repr(rows).encode("utf-8", "backslashreplace")).hexdigest()[:DIGITS], 16) or 1


def reviewed(paths: tuple[str, ...], cycle: int) -> frozenset[str]:
    """Codes of the units whose review workbooks are among *paths*."""
    folder = f"{folder_of(cycle)}/"
    return frozenset(unit_of(path) for path in paths if path.startswith(folder))
