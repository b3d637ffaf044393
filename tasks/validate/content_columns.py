"""What the contents of evidence show: text, region, macros, blank pictures, dates. Warnings only."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.validate.case import Case, flag, looked_up, only


def judged_contents(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """The columns of suite ``evidence`` that speak of contents, for the items in *table*."""
    fine = table["counts"] & (table["kind"] == "file") & (table["problem"] == "")
    damaged = case.content(table["sha256"], "damaged").astype("boolean")
    macros = case.content(table["sha256"], "macros").astype("boolean")
    scans = (case.content(table["sha256"], "scan_pages").astype("Int64") > 0).fillna(False)
    blank = case.content(table["sha256"], "blank").astype("boolean")
    read = table["sha256"].isin(list(case.by_ocr))
    said = case.said.contents
    replication = table["indicator"].isin(demands.replication(case.rulebook))
    return {
        "has_text": flag(fine & (table["format"] == "pdf"), (table["text_sha256"] != "") & ~scans | read),
        "own_text": flag(fine & read & (table["format"] == "pdf"), ~read),
        "undamaged": flag(fine & damaged.notna(), ~damaged.fillna(False)),
        "free_of_macros": flag(fine & macros.notna(), ~macros.fillna(False)),
        "shows_something": flag(fine & blank.notna(), ~blank.fillna(False)),
        "other_region": only(fine & ~replication, looked_up(table["sha256"], said["region"])).astype(
            "string"
        ),
        "signed_on": only(fine, looked_up(table["sha256"], said["signed_on"])).astype("datetime64[s]"),
    }
