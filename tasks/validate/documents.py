"""What the texts of evidence say, read once, so that the texts can go."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.inspect.inspectors.normalised_text import folded_words, text_sketch
from iid.tasks.sandbox.facts import TEXT_KEPT
from iid.tasks.store.memory import Memory
from iid.tasks.validate.case import Case, Documents
from iid.tasks.validate.claim_columns import claimed, counting
from iid.tasks.validate.duplicates import text_keys
from iid.tasks.validate.innovation_names import Text
from iid.tasks.validate.letter_dates import letter_number, signed_on
from iid.tasks.validate.near_texts import near_texts
from iid.tasks.validate.other_regions import other_region

_IDENTITY = ["innovation_id", "indicator", "sha256", "format", "text_sha256", "text_chars"]
#: Whether a document names an innovation.
_NAMED, _ABSENT, _UNCLEAR = 1, 0, -1


def read_documents(case: Case, memory: Memory | None = None) -> Documents:
    """What the texts of counted, sound files say.

    Each is unpacked once, whatever is asked of it; once more where it may be a copy of another. A text
    of which *memory* (by this rulebook and region) knows all that is asked is not unpacked.
    """
    rows = _counted_files(case)
    contents = rows["sha256"].drop_duplicates()
    asked = rows[rows["indicator"].isin(demands.naming_innovation(case.rulebook))]
    pair = asked.groupby(["innovation_id", "sha256"], sort=False).ngroup().to_numpy()
    pairs = asked[~pd.Series(pair, index=asked.index).duplicated()]
    answers = np.full(len(pairs), _UNCLEAR, np.int8)
    readers: dict[str, list[int]] = {}
    for place, sha256 in enumerate(pairs["sha256"]):
        readers.setdefault(sha256, []).append(place)
    names = case.names.to_dict()
    owners = [names.get(owner, "") for owner in pairs["innovation_id"]]
    partly = _partly_read(case, rows)
    said = _Said(case, contents, memory)
    for place, sha256 in enumerate(contents):
        places = readers.get(sha256, [])
        answers[places] = said.read(place, sha256, [owners[at] for at in places], whole=sha256 not in partly)
    near = _near(case, rows, said.sketches, memory)
    shared = _shared(rows, near)
    known = {(one, sha): answer == _NAMED for (one, sha), answer in zip(_pairs(pairs), answers, strict=True)}
    named_owners = {
        f"{one}\n{sha}"
        for one, sha in _pairs(shared.drop_duplicates(["innovation_id", "sha256"]))
        if known.get((one, sha)) or ((one, sha) not in known and _names(case, sha, names.get(one, "")))
    }
    return Documents(said.table(), _by_claim(asked, answers[pair], names), near, frozenset(named_owners))


def _pairs(rows: pd.DataFrame) -> Iterator[tuple[str, str]]:
    return zip(rows["innovation_id"], rows["sha256"], strict=True)


def _names(case: Case, sha256: str, name: str) -> bool:
    text = case.text(sha256)
    return bool(text and name) and Text(text).names(name)


def _near(case: Case, rows: pd.DataFrame, by_ocr: Mapping[str, str], memory: Memory | None) -> dict[str, str]:
    """Return the keys of texts that nearly equal another, each with that key.

    *memory* knows pairs by the hashes of their texts; what OCR read has none, so with it all are compared.
    """
    keys = text_keys(rows, {}).fillna(rows["sha256"])
    first = rows.assign(key=keys).drop_duplicates("key")
    sketches = case.content(first["sha256"], "sketch").astype("string")
    sketches = sketches.where(sketches.fillna("") != "", first["sha256"].map(by_ocr).astype("string"))
    content = dict(zip(first["key"], first["sha256"], strict=True))
    return near_texts(
        sketches.set_axis(pd.Index(first["key"])),
        lambda key: folded_words(case.text(content[key])),
        None if by_ocr else memory,
    )


def _shared(rows: pd.DataFrame, near: Mapping[str, str]) -> pd.DataFrame:
    """The *rows* whose text is under several claims."""
    keys = text_keys(rows, near)
    rows = rows[keys.notna()].assign(key=keys)
    return rows[rows.groupby("key", sort=False)["claim"].transform("nunique") > 1]


def with_documents(case: Case) -> Case:
    """Return *case* with what its texts say, read now unless it is known.

    Raises ValueError where the texts are gone: warnings would be missing without a word.
    """
    if case.documents is not None:
        return case
    if any(table is not None and "text" not in table for table in (case.facts, case.scans)):
        raise ValueError("facts or scans come without texts, and without what was read in them")
    return replace(case, documents=read_documents(case))


def _counted_files(case: Case) -> pd.DataFrame:
    """Return ``claim`` and the identity of each file that counts and opens."""
    table = case.tables.evidence
    claim, counts = counting(table, claimed(case))
    fine = (counts & (table["kind"] == "file") & (table["problem"] == "")).fillna(False).to_numpy(bool)
    return table.loc[fine, _IDENTITY].assign(claim=claim[fine])


class _Said:
    """What each content says, gathered in columns for thousands of contents."""

    def __init__(self, case: Case, contents: pd.Series, memory: Memory | None) -> None:
        self._case, self._memory = case, memory
        self._contents = contents
        # A province names its own kabupaten.
        self._own = case.marker.name if "." in case.marker.region else ""
        self._window = demands.document_window(case.rulebook)
        self._columns: dict[str, list[Any]] = {
            name: [None] * len(contents) for name in ("region", "number", "characters")
        }
        self.sketches: dict[str, str] = {}  # of what OCR read
        self._days = np.full(len(contents), np.datetime64("NaT"), "datetime64[s]")

    def read(self, place: int, sha256: str, names: list[str], *, whole: bool) -> list[int]:
        """Read one content and return whether its text has each of *names*."""
        packed = None if sha256 in self._case.by_ocr else self._case.packed(sha256)
        if packed is None or self._memory is None:
            said = self._said(place, sha256, names, whole=whole)
        else:
            asked = hashlib.sha256(json.dumps([names, whole]).encode()).hexdigest()[:16]
            key = hashlib.sha256(packed).hexdigest()[:32], asked
            ask = partial(self._said, place, sha256, names, whole=whole)
            said = json.loads(self._memory.answer(key, lambda: json.dumps(ask())))
        self._columns["region"][place], self._columns["number"][place], day, answers = said
        if day is not None:
            self._days[place] = np.datetime64(day, "s")
        return list(answers)

    def _said(self, place: int, sha256: str, names: list[str], *, whole: bool) -> list[Any]:
        """Return region, number, day, and whether each of *names* is there.

        None for what the text does not say.
        """
        text = self._case.text(sha256)
        if not text:
            return [None, None, None, [_UNCLEAR] * len(names)]
        by_ocr = sha256 in self._case.by_ocr
        if by_ocr:
            self.sketches[sha256] = text_sketch(text)
            self._columns["characters"][place] = len(text)
        # OCR mangles names: where it reads another region, the own one may be beside it.
        region = other_region(text, self._own) if self._own and not by_ocr else ""
        day = signed_on(text)
        outside = day is not None and not self._window[0] <= day <= self._window[1]
        number = letter_number(text) if outside else None
        return [region, number, day.isoformat() if day else None, _named(text, names, whole=whole)]

    def table(self) -> pd.DataFrame:
        """The contents of :class:`Documents`."""
        kinds = {"region": "string", "number": "string", "characters": "Int64"}
        arrays = {name: pd.array(self._columns.pop(name), kind) for name, kind in kinds.items()}
        return pd.DataFrame({**arrays, "signed_on": self._days}, index=pd.Index(self._contents.array))


def _partly_read(case: Case, rows: pd.DataFrame) -> frozenset[str]:
    """Return contents with unread pages: scans, PDFs with hardly any text."""
    scans = case.content(rows["sha256"], "scan_pages").astype("Int64").fillna(0)
    shown = (scans > 0) | ((rows["format"] == "pdf") & (rows["text_sha256"] == ""))
    return frozenset(rows.loc[shown.to_numpy(bool), "sha256"]) - case.by_ocr


def _named(text: str, names: list[str], *, whole: bool) -> list[int]:
    """Report for each of *names* if *text* has it; unclear if partly unread."""
    if not text.strip():
        return [_UNCLEAR] * len(names)
    document = Text(text)
    absent = _ABSENT if whole and len(text) < TEXT_KEPT and document.legible else _UNCLEAR
    return [_NAMED if document.names(name) else absent for name in names]


def _by_claim(asked: pd.DataFrame, answers: np.ndarray, names: Mapping[str, str]) -> pd.Series:
    """By claim: whether any of its documents names the innovation.

    A claim is left out where nothing is known: no name, no document with text, one without text
    (the name may be in the scan) or cut short.
    """
    answered = pd.DataFrame({"claim": asked["claim"], "owner": asked["innovation_id"], "answer": answers})
    by = answered.groupby("claim", sort=False)
    named = by["answer"].max() == _NAMED
    clear = by["answer"].min() != _UNCLEAR
    owned = np.array([bool(names.get(owner)) for owner in by["owner"].first()], dtype=bool)
    return named[owned & (named | clear)].astype("boolean")
