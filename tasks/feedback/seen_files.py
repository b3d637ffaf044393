"""The receipt: which files of a unit were seen, with size, time and hash."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from iid.expectations.findings.catalogue import catalogue
from iid.tasks.feedback.work_list import below
from iid.tasks.score.grid import ABSENT
from iid.tasks.shares.drive import Entry
from iid.tasks.text.indonesian import clean
from iid.tasks.text.labels import DECISION, PROBLEMS
from iid.tasks.values.row_groups import Row, refused_sources

BOOKS = ("inovasi.xlsx", "pemda.xlsx")
NO_PROOF = (*ABSENT, "empty")  # carries no score, anyone who accepts it
BEST_FIRST = ("terima", "turunkan", "", "tolak")


@dataclass(frozen=True, slots=True)
class Seen:
    """A file; ``modified``: ISO, UTC, by the server; ``sha256`` "": not read."""

    path: str  # below the unit's folder
    size: int
    modified: str
    sha256: str
    used: str


def seen_below(
    folders: Sequence[str],
    entries: Iterable[Entry],
    evidence: Iterable[Row],
    findings: Iterable[Row] = (),
    decisions: Mapping[tuple[str, str], Row] | None = None,
) -> tuple[Seen, ...]:
    """List files of *entries* below *folders*, with what EVIDENCE has on each.

    A file with a fault among *findings* (FINDINGS) that can cost a claim is not called accepted
    evidence, unless one of *decisions* (those in force, by innovation and indicator) accepts it.
    """
    kinds = catalogue()  # beside sufficient proof the same fault is a warning
    costly = {code for code, kind in kinds.items() if kind.severity == "critical"}
    evidence = list(evidence)
    refused = refused_sources(
        (f for f in findings if f["severity"] == "critical" or f.get("code") in costly), evidence
    )
    known: dict[str, Row] = {}
    words: dict[str, str] = {}
    for row in evidence:
        if row["kind"] != "file":
            continue
        source = row["source"]
        if source not in known or row["counted"]:
            known[source] = row
        if row["counted"]:
            decision = (decisions or {}).get((row["innovation_id"], row["indicator"]))
            found = decision["decision"] if decision else ""
            words[source] = min(words.get(source, found), found, key=BEST_FIRST.index)
    return tuple(
        _seen(folders, entry, known.get(entry.path), entry.path in refused, words.get(entry.path, ""))
        for entry in entries
    )


def when(entry: Entry) -> str:
    """The server's time of a file, ISO, UTC, whole seconds."""
    return f"{datetime.fromtimestamp(max(int(entry.modified), 0), UTC):%Y-%m-%dT%H:%M:%SZ}"


def _seen(folders: Sequence[str], entry: Entry, row: Row | None, refused: bool, word: str) -> Seen:
    path = below(entry.path, f"{folders[0]}/")  # files of a second folder keep that folder's name
    return Seen(
        path=clean(path),
        size=entry.size,
        modified=when(entry),
        sha256=row["sha256"] if row else "",
        used=_used(entry, row, refused, word),
    )


def _used(entry: Entry, row: Row | None, refused: bool, word: str) -> str:
    if row is None:
        book = entry.path.rpartition("/")[2].casefold() in BOOKS
        return "buku kerja" if book else "tidak dipakai"
    decided = f"bukti, {DECISION[word].lower()} peninjau" if word else ""
    if row["problem"]:
        problem = PROBLEMS.get(row["problem"], str(row["problem"]))
        accepted = word in {"terima", "turunkan"} and row["problem"] not in NO_PROOF
        return f"{decided} ({problem})" if accepted else problem
    if not row["counted"]:
        return "tidak dipakai"
    return decided or ("bukti, belum diterima" if refused else "bukti")
