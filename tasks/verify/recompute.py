"""Score a published run again from its own tables, rulebook and decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields
from typing import Any

import pandas as pd

from iid.tasks.store.published_run import Run
from iid.tasks.store.verification import Difference
from iid.tasks.values.assessment import rulebook_of

#: What a run was computed from; altered, nothing can be computed again.
INPUTS = frozenset(
    (
        "rulebook.yaml",
        *(f"{name}.parquet" for name in ("profiles", "claims", "evidence_all", "findings", "decisions")),
    )
)


@dataclass(frozen=True)
class _AsFound(Run):
    """A run that reads its ``altered`` files despite what the manifest says."""

    altered: frozenset[str] = frozenset()

    def bytes(self, name: str) -> bytes:
        """Return a file. StoreError if it defies the manifest and is not altered."""
        return self.store.get(self.prefix + name) if name in self.altered else super().bytes(name)


def recompute_altered(run: Run, differences: Iterable[Difference]) -> list[Difference]:
    """Report by row what :func:`recompute` finds in a run altered since.

    *differences*: what :func:`iid.tasks.store.verification.verify` found. Nothing where more than results is
    concerned, or where they cannot be read any more: then the changed files are all that can be said.
    """
    found = list(differences)
    if any(one.kind != "changed" or one.path in INPUTS for one in found):
        return []
    as_found = _AsFound(
        **{part.name: getattr(run, part.name) for part in fields(run)},
        altered=frozenset(one.path for one in found),
    )
    try:
        return recompute(as_found)
    except (ValueError, KeyError, OSError):
        return []


def recompute(run: Run) -> list[Difference]:
    """Return what differs from the run when it is computed again.

    That is every cell of ``scores``, ``innovations`` and ``units``, every number of ``index.json``, every
    decision said to be in force without fitting its claim and evidence, and every CSV that says
    something else than its Parquet.

    StoreError when the run lacks a table. RulebookError when its rulebook is refused.
    """
    from iid.tasks.score.scoring import score

    scored = score(
        run.table("profiles"),
        run.table("claims"),
        run.table("evidence_all"),
        run.table("findings"),
        run.table("decisions"),
        rulebook_of(run),
    )
    return [
        *_rows("scores", ("innovation_id", "indicator"), run.table("scores"), scored.scores),
        *_rows("innovations", ("innovation_id",), run.table("innovations"), scored.innovations),
        *_units(run, scored.innovations),
        *_values(scored.index, run.json("index.json"), "index.json#"),
        *_decisions(run),
        *_texts(run),
    ]


def _units(run: Run, innovations: pd.DataFrame) -> Iterator[Difference]:
    from iid.tasks.score.score_tables import units_table

    if "units.parquet" in run.files:
        published = run.table("units")
        again = units_table(published, innovations, run.table("findings"))
        yield from _rows("units", ("unit_code",), published, again)


def _decisions(run: Run) -> Iterator[Difference]:
    """Yield decisions in force whose fingerprint is not that of the evidence."""
    from iid.tasks.review.fingerprints import fingerprints

    claims = run.table("claims")
    marks = fingerprints(claims, run.table("evidence_all"))
    known = dict(zip(zip(claims["innovation_id"], claims["indicator"], strict=True), marks, strict=True))
    decisions = run.table("decisions")
    for row in decisions[decisions["in_force"]].to_dict("records"):
        mark = known.get((row["innovation_id"], row["indicator"]), "")
        if mark != row["fingerprint"].strip().lower():
            path = f"decisions#{row['innovation_id']} {row['indicator']} fingerprint"
            yield Difference(path, "row", row["fingerprint"], mark)


def _texts(run: Run) -> Iterator[Difference]:
    """CSV files that are not what their Parquet file says."""
    from iid.tasks.store.table_files import csv_bytes

    for name in run.files:
        stem, _, kind = name.rpartition(".")
        if kind == "csv" and f"{stem}.parquet" in run.files:
            expected, found = csv_bytes(run.table(stem)), run.bytes(name)
            if expected != found:
                yield Difference(name, "row", _first_other(expected, found), _first_other(found, expected))


def _first_other(data: bytes, other: bytes) -> str:
    """The first line of *data* that *other* does not have in that place."""
    theirs = other.splitlines()
    for number, line in enumerate(data.splitlines()):
        if number >= len(theirs) or theirs[number] != line:
            return f"baris {number + 1}: {line[:200].decode('utf-8', 'replace')}"
    return "baris tidak ada"


def _rows(
    name: str, key: tuple[str, ...], published: pd.DataFrame, again: pd.DataFrame
) -> Iterator[Difference]:
    before, after = _by_key(published, key), _by_key(again, key)
    for row in sorted(before.keys() | after.keys()):
        path = f"{name}#{' '.join(row)}"
        if row not in after or row not in before:
            found = "baris ada" if row in after else "baris tidak ada"
            yield Difference(path, "row", "baris tidak ada" if row in after else "baris ada", found)
            continue
        for column in sorted(before[row].keys() | after[row].keys()):
            expected, found = before[row].get(column, "–"), after[row].get(column, "–")
            if expected != found:
                yield Difference(f"{path} {column}", "row", expected, found)


def _by_key(table: pd.DataFrame, key: tuple[str, ...]) -> dict[tuple[str, ...], dict[str, str]]:
    from iid.tasks.store.table_files import shown

    rows = shown(table).to_dict("records")
    return {tuple(row[name] for name in key): row for row in rows}


def _values(again: Mapping[str, Any], published: Any, path: str) -> Iterator[Difference]:
    """Compare the formula's results with index.json; other keys are no result."""
    published = published if isinstance(published, Mapping) else {}
    for name in sorted(again):
        if isinstance(again[name], Mapping):
            yield from _values(again[name], published.get(name), f"{path}{name}.")
        elif again[name] != published.get(name):
            yield Difference(f"{path}{name}", "row", str(published.get(name, "–")), str(again[name]))
