"""From a file of evidence to every published number that rests on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from fractions import Fraction
from typing import TYPE_CHECKING

import pandas as pd

from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.answers.score_trace import NEAR, code_of, view_of
from iid.tasks.score.exact import published
from iid.tasks.text.terminal import line
from iid.tasks.values.errors import UsageError
from iid.tasks.values.row_groups import records
from iid.tasks.values.tables import VIEWS

if TYPE_CHECKING:
    from iid.tasks.store.published_run import Run

_HASH = re.compile(r"^[0-9a-f]{12,64}$")
FACTS = ("sha256", "size", "modified_at", "media_type", "pages", "readable", "problem", "detail")


def carried(run: Run, wanted: str) -> Record | None:
    """Return all that rests on *wanted*: a path, a URL, or part of a SHA-256.

    Copies of the same content count as the same file. None when no evidence is meant;
    UsageError for the beginning of a hash that several contents share.
    """
    if "evidence_all.parquet" not in run.files:
        return None
    rows = _rows(run.table("evidence_all"), wanted)
    if rows.empty:
        return None
    picture, facts = Picture.of(run), records(rows.head(1))[0]
    claims = list(_claims(picture, records(rows)))
    return {
        **picture.head,
        "code": code_of(run),
        "sources": sorted(set(rows["source"].tolist())),
        "facts": {name: facts[name] for name in FACTS},
        "claims": claims,
        "index_points": {view: _sum(claims, view) for view in VIEWS},
    }


def _claims(picture: Picture, items: list[Record]) -> Iterator[Record]:
    """One record an item of evidence that is under an indicator of the cycle."""
    innovations = {row["innovation_id"]: row for row in records(picture.table("innovations"))}
    for item in items:
        score = picture.score_rows.get((item["innovation_id"], item["indicator"]))
        if score is None:
            continue
        indicator = picture.rulebook.by_key[item["indicator"]]
        innovation = innovations.get(item["innovation_id"])
        yield {
            "innovation_id": item["innovation_id"],
            "innovation": innovation["name"] if innovation else "",
            "eligible": bool(innovation["eligible"]) if innovation else True,
            "indicator": indicator.key,
            "name": indicator.name,
            "source": item["source"],
            "counted": bool(item["counted"]),
            **{view: view_of(score, view, indicator, picture.index) for view in VIEWS},
            "evidence_items": score["evidence_items"],
            "reasons": [code for code in score["reasons"].split(";") if code],
            "decision": score["decision"],
        }


def _rows(evidence: pd.DataFrame, wanted: str) -> pd.DataFrame:
    asked = wanted.strip().removeprefix("./")
    if _HASH.match(asked.lower()):
        same = evidence[evidence["sha256"].str.startswith(asked.lower())]
        if same["sha256"].nunique() > 1:
            raise UsageError(
                f"{same['sha256'].nunique()} isi berawalan {asked}; tulis sidiknya lebih panjang"
            )
        return same
    named = evidence[evidence["source"] == asked]
    if named.empty:
        named = evidence[evidence["source"].str.endswith(f"/{asked}")]
        if "/" not in asked and named["source"].nunique() > 1:  # a bare name that several files have
            named = named.head(0)
    hashes = set(named["sha256"].tolist()) - {""}
    return evidence[evidence["sha256"].isin(hashes) | evidence.index.isin(named.index)]


def no_such(run: Run, wanted: str, missed: UsageError) -> UsageError:
    """Return *missed* with what else may be typed for a file or a hash."""
    asked = wanted.strip()
    looks = re.search(r"\.[A-Za-z0-9]{1,5}$|^[0-9a-fA-F]{6,64}$", asked)
    if not looks or "evidence_all.parquet" not in run.files:
        return missed
    name = asked.rpartition("/")[2].lower()
    sources = sorted(set(run.table("evidence_all")["source"].tolist()))
    alike = [source for source in sources if name and name in source.rpartition("/")[2].lower()]
    rest = f" dan {len(alike) - NEAR} lagi" if len(alike) > NEAR else ""
    near = f"; berkas yang namanya cocok: {', '.join(map(line, alike[:NEAR]))}{rest}" if alike else ""
    return UsageError(
        f'"{wanted}" tidak ditemukan; tulis jalur berkas yang utuh di dalam share, sha256 yang utuh, '
        f"atau innovation_id{near}"
    )


def _sum(claims: list[Record], view: str) -> str:
    """Points of the index that the claims bring which this file counts for."""
    rows = {
        (claim["innovation_id"], claim["indicator"]): Fraction(claim[view]["index_points"])
        for claim in claims
        if claim["counted"] and (claim["eligible"] or view == "claimed")
    }
    return published(sum(rows.values(), Fraction(0)), 4)
