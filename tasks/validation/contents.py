"""What the contents of evidence show: text, region, macros, blank pictures, dates. Warnings only."""

from __future__ import annotations

import pandas as pd

from iid.expectations import demands
from iid.tasks.evidence.facts import TEXT_KEPT, text_of
from iid.tasks.validation.case import Case, flag, looked_up, only
from iid.tasks.validation.dating import signed_on
from iid.tasks.validation.naming import Text
from iid.tasks.validation.regions import other_region


def judged_contents(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """The columns of suite ``evidence`` that speak of contents, for the items in *table*."""
    fine = table["counts"] & (table["kind"] == "file") & (table["problem"] == "")
    macros = case.content(table["sha256"], "macros").astype("boolean")
    blank = case.content(table["sha256"], "blank").astype("boolean")
    texts = text_facts(case, table.loc[fine, "sha256"])
    replication = table["indicator"].isin(demands.replication(case.rulebook))
    return {
        "has_text": flag(fine & (table["format"] == "pdf"), table["text_sha256"] != ""),
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
        text = text_of_content(case, sha256)
        if text:
            region = other_region(text, own) if own else ""
            rows[sha256] = (region, signed_on(text))
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["region", "signed_on"])
    return table.astype({"region": "string", "signed_on": "datetime64[s]"}).set_axis(
        pd.Index(list(rows), dtype="string")
    )


def text_of_content(case: Case, sha256: str) -> str:
    """The text kept of a content; ``""`` without one."""
    contents = case.contents
    if "text" not in contents.columns or sha256 not in contents.index:
        return ""
    packed = contents.at[sha256, "text"]
    return text_of(packed if isinstance(packed, bytes) else None)


def name_found(case: Case, table: pd.DataFrame) -> pd.Series:
    """By claim: whether any of its documents names the innovation.

    *table* is the judged table of items. A claim is left out where nothing can be told: no name,
    no document with text, one without text (the name may stand in the scan) or cut short.
    """
    wanted = table["counts"] & table["indicator"].isin(demands.naming_innovation(case.rulebook))
    wanted &= (table["kind"] == "file") & (table["problem"] == "")
    answers: dict[str, bool] = {}
    prepared: dict[str, Text | None] = {}
    rows = table.loc[wanted, ["claim", "innovation_id", "sha256"]]
    for claim, documents in rows.groupby("claim", sort=True):
        name = case.names.get(documents["innovation_id"].iloc[0], "")
        found = [_names(case, sha256, name, prepared) for sha256 in documents["sha256"]]
        if name and (any(found) or None not in found):
            answers[claim] = any(found)
    return pd.Series(answers, index=pd.Index(list(answers), dtype="string"), dtype="boolean")


def _names(case: Case, sha256: str, name: str, prepared: dict[str, Text | None]) -> bool | None:
    """Whether the content names the innovation; None where that cannot be told."""
    if sha256 not in prepared:
        text = text_of_content(case, sha256)
        prepared[sha256] = Text(text) if text.strip() else None
    text_ready = prepared[sha256]
    if text_ready is None:
        return None
    if text_ready.names(name):
        return True
    return None if _cut_short(case, sha256) else False


def _cut_short(case: Case, sha256: str) -> bool:
    return len(text_of_content(case, sha256)) >= TEXT_KEPT
