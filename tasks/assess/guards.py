"""Guards before publishing: what was there last time and is gone now.

A drive that is half mounted looks like a region that deleted its evidence. Then
nothing is published, the last run stays, and the words say what was seen. What one
unit lost is that unit's alone (:mod:`iid.tasks.assess.held_units`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from iid.tasks.assess.request import GuardLimits
from iid.tasks.ingest.cycle_layout import lay_out
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.text.indonesian import comma
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import Unit
from iid.tasks.values.tables import REGION_ID

HOW_ON = 'Bila memang demikian, ulangi dengan --accept-loss "alasan".'


@dataclass(frozen=True, slots=True)
class Previous:
    """What the last published run saw: EVIDENCE, index.json and DECISIONS."""

    run_id: str
    evidence: pd.DataFrame
    index: Mapping[str, Any]
    decisions: pd.DataFrame
    decision_log: pd.DataFrame | None = None  # DECISION_LOG; None for a run from before there was one
    results: str | None = None  # digest of what it came to; None for a run from before there was one


def check_losses(previous: Previous | None, listing: Listing, limits: GuardLimits) -> None:
    """Raise GuardError when too many files of the last run are gone.

    A file that went to another place of its unit (a folder was renamed) is not gone. Trips when more
    than ``vanished_share`` of the files are gone, and at least ``vanished_files``.
    """
    if previous is None:
        return
    seen = _files(previous.evidence)
    gone = _gone(seen, previous, listing)
    if len(gone) >= limits.vanished_files and len(gone) > limits.vanished_share * len(seen):
        raise GuardError(
            f"{len(gone)} dari {len(seen)} berkas bukti yang terlihat pada perhitungan {previous.run_id} "
            f"tidak ada lagi (misalnya {gone['source'].iloc[0]}); tidak ada yang diterbitkan. "
            f"Periksa apakah share terpasang utuh. {HOW_ON}"
        )


@dataclass(frozen=True, slots=True)
class Loss:
    """Files of a unit that counted in the last run and are gone, by path."""

    unit_code: str
    gone: tuple[str, ...]
    counted: int  # files that counted in the last run


def unit_losses(
    previous: Previous | None, listing: Listing, units: Collection[str], share: float
) -> tuple[Loss, ...]:
    """Return the units whose counted evidence is gone by more than *share*.

    *units* are the codes whose folder could be listed (:func:`listed_units`). A file that moved inside its
    unit, one in whose place a new file of the same kind arrived, and one of a claim that a steward
    rejected are no loss.
    """
    if previous is None:
        return ()
    counted = _unrejected(previous)
    files = _files(counted)
    gone = _gone(files, previous, listing)
    if len(gone):
        gone = gone[~gone["source"].isin(_replaced(gone, previous, listing))]
    whole, lost = files.groupby("unit_code").size(), gone.groupby("unit_code")["source"].agg(sorted)
    return tuple(
        Loss(code, tuple(lost.get(code, ())), int(whole.get(code, 0)))
        for code in sorted(counted["unit_code"].unique().tolist())
        if len(lost.get(code, ())) > share * whole.get(code, 0) or code not in units
    )


def listed_units(listing: Listing, cycle: int, roster: Sequence[Unit] | None) -> frozenset[str]:
    """Return the codes of units whose folder could be listed, with region."""
    unreadable = {path for path, _ in listing.unreadable}
    own = tuple(path for path in listing.folders if path.count("/") == 1 and path not in unreadable)
    layout = lay_out(Listing((), own), cycle, roster, (), ())
    found = {code for code, unit in layout.units.items() if unit.folders}
    return frozenset(found | ({REGION_ID} if layout.region_folders else set()))


def _files(evidence: pd.DataFrame) -> pd.DataFrame:
    """The files of *evidence* that were on the share, each once."""
    files = evidence[(evidence["kind"] == "file") & evidence["size"].notna()]
    return files.drop_duplicates("source")


def _unrejected(previous: Previous) -> pd.DataFrame:
    """Return the evidence that counted last, without rejected claims."""
    counted, rules = previous.evidence[previous.evidence["counted"]], previous.decisions
    rejected = rules[rules["in_force"] & (rules["decision"] == "tolak")]
    return counted[~_claim(counted).isin(_claim(rejected))] if len(rejected) else counted


def _claim(table: pd.DataFrame) -> pd.Series:
    return table["innovation_id"] + "\n" + table["indicator"]


def _gone(files: pd.DataFrame, previous: Previous, listing: Listing) -> pd.DataFrame:
    """Return those of *files* that are gone and did not move in the unit."""
    listed = {entry.path for entry in listing.entries}  # a set of Python's: Arrow takes ten times as long
    gone = files.loc[[path not in listed for path in files["source"].tolist()]]
    return gone[~gone["source"].isin(_moved(gone, previous, listing))] if len(gone) else gone


def _arrived(previous: Previous, listing: Listing) -> list[Entry]:
    """Files that the last run did not see."""
    known = set(_files(previous.evidence)["source"].tolist())
    return [entry for entry in listing.entries if entry.path not in known]


def _moved(gone: pd.DataFrame, previous: Previous, listing: Listing) -> frozenset[str]:
    """Return gone sources with a new file of that name and size in the unit."""
    arrived = [_mark(entry.path, entry.size) for entry in _arrived(previous, listing)]
    marks = map(_mark, gone["source"], gone["size"].fillna(-1))
    return _made_up(zip(gone["source"], marks, strict=True), arrived)


def _replaced(gone: pd.DataFrame, previous: Previous, listing: Listing) -> frozenset[str]:
    """Vanished sources in whose folder a new file of the same ending arrived."""
    arrived = [_place(entry.path) for entry in _arrived(previous, listing)]
    return _made_up(((path, _place(path)) for path in gone["source"]), arrived)


def _made_up(gone: Iterable[tuple[str, Hashable]], arrived: Iterable[Hashable]) -> frozenset[str]:
    """Return the *gone* paths for which a new file makes up, one for one."""
    free = Counter(arrived)
    found = []
    for path, mark in sorted(gone):
        if free[mark]:
            free[mark] -= 1
            found.append(path)
    return frozenset(found)


def _mark(path: str, size: int) -> tuple[str, str, int]:
    """Return unit code (of ``<cycle>/<folder>``), file name, bytes."""
    names = path.split("/")
    return "".join(names[1:2]).partition(" ")[0], names[-1], int(size)


def _place(path: str) -> tuple[str, str]:
    """Folder and ending of a file."""
    folder, _, name = path.rpartition("/")
    return folder, name.rpartition(".")[2].casefold()


def check_fall(run_id: str, before: Mapping[str, Any], after: Mapping[str, Any], limits: GuardLimits) -> None:
    """Raise GuardError when the index fell by more than ``index_fall``.

    *before* and *after* are as in ``index.json``, of the same rulebook: under another one the index may
    fall for good reason.
    """
    old, new = (Decimal(index["supported"]["index"]) for index in (before, after))
    if old - new > Decimal(str(limits.index_fall)):
        raise GuardError(
            f"indeks turun dari {comma(old)} (perhitungan {run_id}) menjadi {comma(new)}, "
            f"lebih dari {comma(Decimal(str(limits.index_fall)))} poin; tidak ada yang diterbitkan. "
            f"Periksa apakah share terpasang utuh. {HOW_ON}"
        )
