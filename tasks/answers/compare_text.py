"""A comparison (:mod:`iid.tasks.answers.compare`) in Indonesian lines."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import DASH, comma, signed
from iid.tasks.text.labels import CHANGE_GROUPS, CHANGE_PARTS, FILE_CHANGES
from iid.tasks.text.terminal import drawn, fitted, rendered

CAUSES_SHOWN = 4


def comparison_lines(record: Record, when: tuple[str, str], limit: int) -> Iterator[str]:
    """Yield the record's lines; *when*: both times, *limit*: of the lists."""
    claims = _alike(record["claims"])[: limit or None]
    titles = ("Klaim", "Diklaim", "Didukung", "Terverif.", "Poin", "Sebab")
    rows = ((f"{owner} : {', '.join(keys)}", *cells) for owner, keys, cells in claims)
    lines = rendered(
        "iid.tasks.answers",
        "compare",
        {},
        t=record,
        when=when,
        limit=limit or None,
        parts=[part for part in record["parts"] if Decimal(part["points"])],
        part_words=CHANGE_PARTS,
        groups=CHANGE_GROUPS,
        file_words=FILE_CHANGES,
        causes_shown=CAUSES_SHOWN,
        claims=drawn(titles, rows, right="1234"),
        claims_shown=sum(len(keys) for _, keys, _ in claims),
        quiet_files=_quiet_files(record),
    )
    return fitted(lines)


def _alike(rows: list[Record]) -> list[tuple[str, list[str], tuple[str, ...]]]:
    """Join an innovation's claims that moved alike for the same cause."""
    groups: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for row in rows:
        groups.setdefault((row["innovation_id"], _cells(row)), []).append(row["indicator"])
    return [(owner, keys, cells) for (owner, cells), keys in groups.items()]


def _cells(row: Record) -> tuple[str, ...]:
    causes = [cause["text"].rstrip(".") for cause in row["causes"][:CAUSES_SHOWN]]
    rest = len(row["causes"]) - len(causes)
    why = "; ".join(causes) + (f"; dan {rest} lagi" if rest > 0 else "")
    views = (_parameters(row[view]) for view in ("claimed", "supported", "verified"))
    return (*views, signed(row["index_points"], 3), why)


def _quiet_files(record: Record) -> list[Record]:
    """Return the files that changed without moving a score."""
    moved = {(row["innovation_id"], row["indicator"]) for row in record["claims"]}
    whole = {row["innovation_id"] for rows in record["innovations"].values() for row in rows}
    return [
        change
        for change in record["file_changes"]
        if (change["innovation_id"], change["indicator"]) not in moved
        and change["innovation_id"] not in whole
    ]


def _parameters(view: Record) -> str:
    """``0→3``; the score where the row is a total without parameters."""
    before, after = view["before"], view["after"]
    name = "score" if after["parameter"] is None else "parameter"
    texts = [DASH if side[name] is None else comma(str(side[name])) for side in (before, after)]
    return texts[0] if texts[0] == texts[1] else "→".join(texts)
