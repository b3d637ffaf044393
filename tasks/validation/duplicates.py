"""The same evidence in several places: counted first, named only for those that repeat."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

import numpy as np
import pandas as pd

from iid.tasks.validation.wording import file_name, number

#: Texts shorter than this (normalised characters) are alike by chance ("Dokumentasi kegiatan").
#: Our own heuristic; it decides a warning only.
TEXT_CHARACTERS = 20
#: Images whose 64 bit difference hashes differ in at most this many bits are nearly the same ...
IMAGE_BITS_APART = 3
#: ... when at least this many bits are set and unset, as in photos. Flat pictures (screenshots,
#: scans) have few and lie close together by chance: their hashes must be equal.
IMAGE_BITS_OF_PHOTO = 20
#: With fewer bits set (or unset) than this an image is nearly empty and alike to all others.
IMAGE_BITS_OF_SHAPE = 6
#: Texts are nearly the same when their sketches share so many of their 32 values: on a page, a word
#: or two may differ (a date, a letter's number). A form filled in for another purpose differs in more.
SKETCH_SHARED = 30
#: How many other places a finding names; the others are counted.
PLACES_NAMED = 3

_FIRSTS = 4
_BANDS, _BAND_BITS = 4, 16  # 4 bands: of 3 differing bits, at least one band has none


def times_elsewhere(group: pd.Series, claim: pd.Series, content: pd.Series | None = None) -> pd.Series:
    """How many rows of the same *group* belong to another *claim* (and, if given, other *content*).

    Missing where *group* is missing. Linear in the rows, however large a group is.
    """
    known = group.notna()
    rows = pd.DataFrame({"group": group[known], "claim": claim[known]})
    others = _count(rows, ["group"]) - _count(rows, ["group", "claim"])
    if content is not None:
        rows["content"] = content[known]
        same = _count(rows, ["group", "content"]) - _count(rows, ["group", "claim", "content"])
        others -= same
    return others.reindex(group.index).astype("Int64")


def places_elsewhere(
    rows: pd.DataFrame, table: pd.DataFrame, group: str, content: str | None, count: str
) -> list[str]:
    """For each of *rows*, the first other places in *table* (sorted) with the same *group*.

    ``<innovation> indikator <n> (<file>)``, at most PLACES_NAMED; *count* is the column that
    knows how many there are.
    """
    kin = table[table[group].isin(rows[group].unique())]
    columns = kin[[group, "claim", content or group, "innovation_id", "indicator", "source"]]
    members: dict[str, list[tuple[str, ...]]] = {}
    for key, *member in columns.itertuples(index=False, name=None):
        members.setdefault(key, []).append(tuple(member))
    texts: dict[tuple[str, ...], str] = {}
    answers = []
    for key, claim, own, total in rows[[group, "claim", content or group, count]].itertuples(index=False):
        asked = (key, claim, own)
        if asked not in texts:
            texts[asked] = _places(members[key], claim, own if content else None, int(total))
        answers.append(texts[asked])
    return answers


def image_groups(hashes: pd.Series) -> pd.Series:
    """A common name for images that are nearly the same: the smallest hash of the group.

    *hashes* are 16 hex digits, "" or missing where there is none. Nearness is taken in
    chains: of three photos in a row, first and last may differ in more bits.
    """
    numbers = [int(text, 16) for text in hashes.dropna().unique() if text]
    unique = np.unique(np.array(numbers, dtype=np.uint64))  # without the type, numpy would round
    flat = np.minimum(np.bitwise_count(unique), 64 - np.bitwise_count(unique))
    alone = unique[(flat >= IMAGE_BITS_OF_SHAPE) & (flat < IMAGE_BITS_OF_PHOTO)]
    unique = unique[flat >= IMAGE_BITS_OF_PHOTO]
    leader = list(range(len(unique)))

    def find(member: int) -> int:
        while leader[member] != member:
            leader[member] = leader[leader[member]]
            member = leader[member]
        return member

    for one, other in _near_pairs(unique):
        first, second = sorted((find(one), find(other)))
        leader[second] = first
    names = {f"{int(value):016x}": f"{int(unique[find(i)]):016x}" for i, value in enumerate(unique)}
    names |= {f"{int(value):016x}": f"{int(value):016x}" for value in alone}
    return hashes.map(names).astype("string")


def sketch_groups(sketches: pd.Series) -> pd.Series:
    """A common name for texts that are nearly the same: the smallest sketch of the group.

    *sketches* are those of :func:`iid.tasks.evidence.normalising.text_sketch`, "" or missing where
    there is none. Compared are texts that have two neighbouring values in common, each with the
    first few of its kind only, so that a thousand copies of a form cost a thousand steps.
    """
    unique = sorted(set(sketches.dropna()) - {""})
    values = {text: [text[at : at + 8] for at in range(0, len(text), 8)] for text in unique}
    leader = {text: text for text in unique}
    firsts: dict[tuple[str, str], list[str]] = {}
    for text in unique:
        own = set(values[text])
        for pair in pairwise(values[text]):
            known = firsts.setdefault(pair, [])
            near = next((one for one in known if len(own.intersection(values[one])) >= SKETCH_SHARED), None)
            if near is not None:
                first, second = sorted((_root(leader, near), _root(leader, text)))
                leader[second] = first
            elif len(known) < _FIRSTS:
                known.append(text)
    return sketches.map({text: _root(leader, text) for text in unique}).astype("string")


def _root(leader: dict[str, str], text: str) -> str:
    while leader[text] != text:
        leader[text] = leader[leader[text]]
        text = leader[text]
    return text


def _near_pairs(unique: np.ndarray) -> Iterator[tuple[int, int]]:
    """Positions of hashes at most IMAGE_BITS_APART bits apart, by comparing equal bands only."""
    for band in range(_BANDS):
        keys = (unique >> np.uint64(band * _BAND_BITS)) & np.uint64(2**_BAND_BITS - 1)
        order = np.argsort(keys, kind="stable")
        starts = np.arange(len(order))
        step = 1
        while True:
            starts = starts[starts + step < len(order)]
            starts = starts[keys[order[starts]] == keys[order[starts + step]]]
            if not len(starts):
                break
            one, other = order[starts], order[starts + step]
            near = np.bitwise_count(unique[one] ^ unique[other]) <= IMAGE_BITS_APART
            yield from zip(one[near].tolist(), other[near].tolist(), strict=True)
            step += 1


def _count(rows: pd.DataFrame, by: list[str]) -> pd.Series:
    return rows.groupby(by, sort=False)["claim"].transform("size")


def _places(members: list[tuple[str, ...]], claim: str, own: str | None, total: int) -> str:
    """The first places of *members* that are of another claim (and of other content than *own*)."""
    named: list[str] = []
    for other_claim, content, innovation, indicator, source in members:
        if other_claim != claim and (own is None or content != own):
            named.append(f"{innovation} indikator {indicator} ({file_name(source)})")
            if len(named) == PLACES_NAMED:
                break
    rest = total - len(named)
    return "; ".join(named) + (f"; dan {number(rest)} tempat lain" if rest > 0 else "")
