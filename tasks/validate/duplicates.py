"""Evidence in several places: counted first, named only where it repeats."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import islice

import pandas as pd

from iid.tasks.text.indonesian import number
from iid.tasks.text.sentences import file_name

#: Texts shorter than this (normalised characters) are alike by chance ("Dokumentasi kegiatan").
#: Our own heuristic; it decides a warning only.
TEXT_CHARACTERS = 20
#: How many other places a finding names; the others are counted.
PLACES_NAMED = 20


def text_keys(table: pd.DataFrame, near: Mapping[str, str]) -> pd.Series:
    """Return the key of each text of EVIDENCE (or part); missing without one.

    *near* leads from the key of a text to that of one which nearly equals it. A file that OCR alone
    has read goes by its own hash.
    """
    long_enough = (table["text_sha256"] != "") & (table["text_chars"].fillna(0) >= TEXT_CHARACTERS)
    keys = table["text_sha256"].where(long_enough, table["sha256"])
    return keys.map(near).astype("string").fillna(keys.where(long_enough))


def times_elsewhere(group: pd.Series, claim: pd.Series) -> pd.Series:
    """Count for each row the rows of its *group* that belong to other claims.

    Missing where *group* is missing. Linear in the rows, however large a group is.
    """
    known = group.notna()
    rows = pd.DataFrame({"group": group[known], "claim": claim[known]})
    others = _count(rows, ["group"]) - _count(rows, ["group", "claim"])
    return others.reindex(group.index).astype("Int64")


def places_elsewhere(rows: pd.DataFrame, table: pd.DataFrame, group: str, count: str) -> list[str]:
    """Return for each of *rows* the first other places of its *group*, sorted.

    ``<innovation> indikator <n> (<file>)``, at most PLACES_NAMED; *count* is the column that
    knows how many there are.
    """
    kin = table[table[group].isin(rows[group].unique())]
    columns = kin[[group, "claim", "innovation_id", "indicator", "source"]]
    members: dict[str, list[tuple[str, ...]]] = {}
    for key, *member in columns.itertuples(index=False, name=None):
        members.setdefault(key, []).append(tuple(member))
    named: dict[tuple[str, str, int], str] = {}  # once a claim, whose copies may be thousands
    asked = list(rows[[group, "claim", count]].itertuples(index=False, name=None))
    for key, claim, total in asked:
        if (key, claim, total) not in named:
            named[key, claim, total] = _places(members[key], claim, int(total))
    return [named[one] for one in asked]


def _count(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    return rows.groupby(by, sort=False)["claim"].transform("size")


def _places(members: list[tuple[str, ...]], claim: str, total: int) -> str:
    """The first places of *members* that are of another claim."""
    others = (
        f"{innovation} indikator {indicator} ({file_name(source)})"
        for other, innovation, indicator, source in members
        if other != claim
    )
    named = list(islice(others, PLACES_NAMED))
    rest = total - len(named)
    return "; ".join(named) + (f"; dan {number(rest)} tempat lain" if rest > 0 else "")
