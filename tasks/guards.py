"""Guards before publishing: what was there last time and is gone now.

A drive that is half mounted looks like a region that deleted its evidence. Then
nothing is published, the last run stays, and the words say what was seen.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Protocol

import pandas as pd

from iid.tasks.errors import GuardError

HOW_ON = 'Bila memang demikian, ulangi dengan --accept-loss "alasan".'


class Limits(Protocol):
    """From settings: share of files, smallest number of files, fall of the index in points."""

    @property
    def vanished_share(self) -> float:
        """More than this share of the last run's files gone trips the guard."""
        ...

    @property
    def vanished_files(self) -> int:
        """Fewer gone files than this never trip it."""
        ...

    @property
    def index_fall(self) -> float:
        """A fall by more than this many points trips the guard."""
        ...


@dataclass(frozen=True, slots=True)
class Previous:
    """What the last published run saw: its evidence (EVIDENCE), index.json, and decisions (DECISIONS)."""

    run_id: str
    evidence: pd.DataFrame
    index: Mapping[str, Any]
    decisions: pd.DataFrame
    decision_log: pd.DataFrame | None = None  # DECISION_LOG; None for a run from before there was one


def check_losses(
    previous: Previous | None,
    present: frozenset[str],
    limits: Limits,
    sizes: Mapping[str, int] | None = None,
) -> None:
    """Raise GuardError when too many files of the last run are not listed any more.

    *present* holds every path of the new listing, *sizes* each one's bytes: a file that went to another
    place of its unit (a folder was renamed) is not gone. Trips when more than
    ``vanished_share`` of the files are gone (and at least ``vanished_files``), or
    when a unit's folder lost all of the files that carried its claims.
    """
    if previous is None:
        return
    files = previous.evidence
    files = files[(files["kind"] == "file") & (files["problem"] != "missing")]
    present = present | _moved(files, present, sizes or {})
    seen = files.drop_duplicates("source")
    gone = seen[~seen["source"].isin(present)]
    if len(gone) >= limits.vanished_files and len(gone) > limits.vanished_share * len(seen):
        raise GuardError(
            f"{len(gone)} dari {len(seen)} berkas bukti yang terlihat pada perhitungan {previous.run_id} "
            f"tidak ada lagi (misalnya {gone['source'].iloc[0]}); tidak ada yang diterbitkan. "
            f"Periksa apakah share terpasang utuh. {HOW_ON}"
        )
    lost = _lost_folders(files[files["counted"]], present)
    if lost:
        raise GuardError(
            f"semua berkas bukti di folder {', '.join(lost)} yang terlihat pada perhitungan "
            f"{previous.run_id} tidak ada lagi; tidak ada yang diterbitkan. "
            f"Periksa apakah foldernya dapat dibaca. {HOW_ON}"
        )


def _moved(files: pd.DataFrame, present: frozenset[str], sizes: Mapping[str, int]) -> frozenset[str]:
    """Vanished sources for which a new file of the same name and size lies in the same unit's folder.

    Each new file stands for one that vanished.
    """
    if not sizes:
        return frozenset()
    seen = files.drop_duplicates("source").sort_values("source")
    known = frozenset(seen["source"])
    arrived = Counter(_mark(path, size) for path, size in sizes.items() if path not in known)
    moved = []
    for path, size in zip(seen["source"], seen["size"].fillna(-1), strict=True):
        mark = _mark(path, int(size))
        if path not in present and arrived[mark]:
            arrived[mark] -= 1
            moved.append(path)
    return frozenset(moved)


def _mark(path: str, size: int) -> tuple[str, str, int]:
    """Unit code (the first word of ``<cycle>/<folder>``), name of the file, bytes."""
    names = path.split("/")
    return "".join(names[1:2]).partition(" ")[0], names[-1], size


def _lost_folders(counted: pd.DataFrame, present: frozenset[str]) -> list[str]:
    """Unit folders (``<cycle>/<folder>``) that held more than one counted file and hold none now."""
    folder = counted["source"].str.split("/").str[:2].str.join("/")
    there = counted["source"].isin(present)
    table = pd.DataFrame({"folder": folder, "source": counted["source"], "there": there})
    table = table.drop_duplicates("source")
    groups = table.groupby("folder")["there"].agg(["size", "any"])
    return sorted(groups.index[(groups["size"] > 1) & ~groups["any"]])


def check_fall(
    previous: Previous | None, index: Mapping[str, Any], cycle_rulebook: str, limits: Limits
) -> None:
    """Raise GuardError when the supported index fell by more than ``index_fall`` points.

    A run under another rulebook (other sha256) is not compared: its index may fall for good reason.
    """
    if previous is None or previous.index["rulebook"]["sha256"] != cycle_rulebook:
        return
    before = Decimal(previous.index["supported"]["index"])
    after = Decimal(index["supported"]["index"])
    if before - after > Decimal(str(limits.index_fall)):
        raise GuardError(
            f"indeks turun dari {_id(before)} (perhitungan {previous.run_id}) menjadi {_id(after)}, "
            f"lebih dari {_id(Decimal(str(limits.index_fall)))} poin; tidak ada yang diterbitkan. "
            f"Periksa apakah share terpasang utuh. {HOW_ON}"
        )


def _id(value: Decimal) -> str:
    return f"{value}".replace(".", ",")
