"""What the texts of evidence say, read once: then the texts, most of a run's memory, can go."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import pandas as pd

from iid.expectations import demands
from iid.tasks.evidence.facts import TEXT_KEPT
from iid.tasks.evidence.normalising import text_sketch
from iid.tasks.validation.case import Case, Documents
from iid.tasks.validation.claims import claimed, counting
from iid.tasks.validation.dating import letter_number, signed_on
from iid.tasks.validation.naming import Text
from iid.tasks.validation.regions import other_region

#: Whether a document names an innovation.
_NAMED, _ABSENT, _UNCLEAR = 1, 0, -1


def read_documents(case: Case) -> Documents:
    """What the texts of counted, sound files say; each is unpacked once, whatever is asked of it."""
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
    said = _Said(case, contents)
    for place, sha256, text in _texts(case, contents):
        said.note(place, sha256, text)
        if places := readers.get(sha256):
            answers[places] = _named(text, [owners[at] for at in places])
    return Documents(said.table(), _by_claim(asked, answers[pair], names))


def _counted_files(case: Case) -> pd.DataFrame:
    """``claim``, ``innovation_id``, ``indicator`` and ``sha256`` of each file that counts and opens."""
    table = case.tables.evidence
    claim, counts = counting(table, claimed(case))
    fine = (counts & (table["kind"] == "file") & (table["problem"] == "")).fillna(False).to_numpy(bool)
    return table.loc[fine, ["innovation_id", "indicator", "sha256"]].assign(claim=claim[fine])


def _texts(case: Case, contents: pd.Series) -> Iterator[tuple[int, str, str]]:
    """Place, hash and text of those *contents* that have one."""
    for place, sha256 in enumerate(contents):
        text = case.text(sha256)
        if text:
            yield place, sha256, text


class _Said:
    """Gathers what each content says; columns, not rows: there are hundreds of thousands."""

    def __init__(self, case: Case, contents: pd.Series) -> None:
        self._case = case
        self._contents = contents
        # A province names its own kabupaten.
        self._own = case.marker.name if "." in case.marker.region else ""
        self._window = demands.document_window(case.rulebook)
        self._columns: dict[str, list[Any]] = {
            name: [None] * len(contents) for name in ("region", "number", "sketch", "characters")
        }
        self._days = np.full(len(contents), np.datetime64("NaT"), "datetime64[s]")

    def note(self, place: int, sha256: str, text: str) -> None:
        """Read one *text*."""
        by_ocr, columns = sha256 in self._case.by_ocr, self._columns
        # OCR mangles names: where it reads another region, the own one may stand beside it.
        columns["region"][place] = other_region(text, self._own) if self._own and not by_ocr else ""
        if by_ocr:
            columns["sketch"][place] = text_sketch(text)
            columns["characters"][place] = len(text)
        day = signed_on(text)
        if day is None:
            return
        self._days[place] = np.datetime64(day, "s")
        if not self._window[0] <= day <= self._window[1]:
            columns["number"][place] = letter_number(text)

    def table(self) -> pd.DataFrame:
        """The contents of :class:`Documents`."""
        kinds = {"region": "string", "number": "string", "sketch": "string", "characters": "Int64"}
        arrays = {name: pd.array(self._columns.pop(name), kind) for name, kind in kinds.items()}
        return pd.DataFrame({**arrays, "signed_on": self._days}, index=pd.Index(self._contents.array))


def _named(text: str, names: list[str]) -> list[int]:
    """For each of *names*, whether *text* has it; in one that was cut short it may stand further on."""
    if not text.strip():
        return [_UNCLEAR] * len(names)
    document, absent = Text(text), _UNCLEAR if len(text) >= TEXT_KEPT else _ABSENT
    return [_NAMED if document.names(name) else absent for name in names]


def _by_claim(asked: pd.DataFrame, answers: np.ndarray, names: Mapping[str, str]) -> pd.Series:
    """By claim: whether any of its documents names the innovation.

    A claim is left out where nothing can be told: no name, no document with text, one without text
    (the name may stand in the scan) or cut short.
    """
    told = pd.DataFrame({"claim": asked["claim"], "owner": asked["innovation_id"], "answer": answers})
    by = told.groupby("claim", sort=False)
    named = by["answer"].max() == _NAMED
    clear = by["answer"].min() != _UNCLEAR
    owned = np.array([bool(names.get(owner)) for owner in by["owner"].first()], dtype=bool)
    return named[owned & (named | clear)].astype("boolean")
