"""What stewards entered in a workbook, carried unchanged into the next."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from iid.expectations.rulebook.words import plain
from iid.tasks.review.claim_keys import plain_id
from iid.tasks.review.decision_rules import word_of
from iid.tasks.review.review_cells import Grid, Texts, UnreadableBookError
from iid.tasks.review.review_lines import ENTRIES, HEADER, HISTORY, Line, lines, meant


@dataclass(frozen=True, slots=True)
class Entry:
    """One filled row: all texts in the order of HEADER."""

    texts: Texts

    def __getitem__(self, column: str) -> str:
        return self.texts[HEADER.index(column)]

    @property
    def entered(self) -> Texts:
        """The steward's own cells."""
        return tuple(self[column] for column in ENTRIES)

    @property
    def decides(self) -> bool:
        """Whether column Keputusan says anything, clear or not."""
        return bool(meant(self["Keputusan"]))

    @property
    def is_clear(self) -> bool:
        """Whether it says one of the three words."""
        return bool(word_of(self["Keputusan"]))


@dataclass(frozen=True, slots=True)
class Entries:
    """A workbook's filled rows in order, its history rows, and all sheets.

    ``order`` are the claims of all rows, filled or not, as they are one below the other.
    """

    rows: tuple[Entry, ...] = ()
    history: tuple[Texts, ...] = ()
    grids: Mapping[str, Grid] = field(default_factory=dict)
    order: tuple[tuple[str, str], ...] = ()


def entries_of(grids: Mapping[str, Grid]) -> Entries:
    """Return all entries. UnreadableBookError without sheet Keputusan."""
    there = lines(grids)
    rows = tuple(Entry(_texts(line)) for line in there if line.filled)
    order = dict.fromkeys((plain_id(line["innovation_id"]), plain(line["No"])) for line in there)
    try:
        history = tuple(_texts(line) for line in lines(grids, HISTORY) if any(line.cells.values()))
    except UnreadableBookError:
        history = ()  # the steward removed the sheet; every published run keeps its decisions
    return Entries(tuple(dict.fromkeys(rows)), history, grids, tuple(order))


def _texts(line: Line) -> Texts:
    return tuple(line[column] for column in HEADER)
