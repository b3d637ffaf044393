"""What the contents of evidence show: text, region, macros, blank pictures, dates. Warnings only."""

from __future__ import annotations

from functools import lru_cache
from itertools import groupby
from operator import itemgetter

import pandas as pd

from iid.expectations import demands
from iid.tasks.evidence.facts import TEXT_KEPT
from iid.tasks.validation.case import Case, flag, looked_up, only
from iid.tasks.validation.dating import signed_on
from iid.tasks.validation.naming import Text
from iid.tasks.validation.regions import other_region

#: Prepared texts kept at a time: one decree often serves every innovation of a unit.
TEXTS_PREPARED = 64


def judged_contents(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """The columns of suite ``evidence`` that speak of contents, for the items in *table*."""
    fine = table["counts"] & (table["kind"] == "file") & (table["problem"] == "")
    macros = case.content(table["sha256"], "macros").astype("boolean")
    blank = case.content(table["sha256"], "blank").astype("boolean")
    read = table["sha256"].isin(list(case.by_ocr))
    texts = text_facts(case, table.loc[fine, "sha256"])
    replication = table["indicator"].isin(demands.replication(case.rulebook))
    return {
        "has_text": flag(fine & (table["format"] == "pdf"), (table["text_sha256"] != "") | read),
        "own_text": flag(fine & read & (table["format"] == "pdf"), ~read),
        "free_of_macros": flag(fine & macros.notna(), ~macros.fillna(False)),
        "shows_something": flag(fine & blank.notna(), ~blank.fillna(False)),
        "other_region": only(fine & ~replication, looked_up(table["sha256"], texts["region"])).astype(
            "string"
        ),
        "signed_on": only(fine, looked_up(table["sha256"], texts["signed_on"])).astype("datetime64[s]"),
    }


def text_facts(case: Case, contents: pd.Series) -> pd.DataFrame:
    """Region and date of each content that has text, by ``sha256``; each text is unpacked once."""
    rows = {}
    own = case.marker.name if "." in case.marker.region else ""  # a province names its own kabupaten
    for sha256 in contents.drop_duplicates():
        text = case.text(sha256)
        if text:
            # OCR mangles names: where it reads another region, the own one may stand beside it.
            region = other_region(text, own) if own and sha256 not in case.by_ocr else ""
            rows[sha256] = (region, signed_on(text))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["region", "signed_on"])
    return table.astype({"region": "string", "signed_on": "datetime64[s]"}).set_axis(
        pd.Index(list(rows), dtype="string")
    )


def name_found(case: Case, table: pd.DataFrame) -> pd.Series:
    """By claim: whether any of its documents names the innovation.

    *table* is the judged table of items. A claim is left out where nothing can be told: no name,
    no document with text, one without text (the name may stand in the scan) or cut short.
    """
    wanted = table["counts"] & table["indicator"].isin(demands.naming_innovation(case.rulebook))
    wanted &= (table["kind"] == "file") & (table["problem"] == "")
    columns = [table.loc[wanted, name].tolist() for name in ("claim", "innovation_id", "sha256")]
    prepared = lru_cache(maxsize=TEXTS_PREPARED)(lambda sha256: _prepared(case.text(sha256)))
    names = case.names.to_dict()
    answers: dict[str, bool] = {}
    # The table is sorted, so a claim's documents stand together.
    for claim, documents in groupby(zip(*columns, strict=True), itemgetter(0)):
        rows = list(documents)
        name = names.get(rows[0][1], "")
        found = [_names(prepared(sha256), name) for _, _, sha256 in rows]
        if name and (any(found) or None not in found):
            answers[claim] = any(found)
    return pd.Series(answers, index=pd.Index(list(answers), dtype="string"), dtype="boolean")


def _prepared(text: str) -> tuple[Text, bool] | None:
    """A text ready for names, and whether it was cut short; None without text."""
    return (Text(text), len(text) >= TEXT_KEPT) if text.strip() else None


def _names(document: tuple[Text, bool] | None, name: str) -> bool | None:
    """Whether the document names the innovation; None where that cannot be told."""
    if document is None:
        return None
    text, cut_short = document
    return True if text.names(name) else (None if cut_short else False)
