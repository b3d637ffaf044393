"""What contents show: text, region, macros, blanks, dates. Warnings only."""

from __future__ import annotations

import pandas as pd

from iid.expectations.suites import demands
from iid.tasks.validate.case import Case, looked_up, only

#: Facts of a content that are judged as the inspectors give them.
FACTS = ("damaged", "macros", "blank")


def judged_contents(table: pd.DataFrame, case: Case) -> dict[str, pd.Series]:
    """Return the columns of suite ``evidence`` on the contents in *table*."""
    fine = table["counts"] & (table["kind"] == "file") & (table["problem"] == "")
    pdf = fine & (table["format"] == "pdf")
    read = table["sha256"].isin(list(case.by_ocr))
    said = case.said.contents
    replication = table["indicator"].isin(demands.replication(case.rulebook))
    facts = {name: case.content(table["sha256"], name).astype("boolean") for name in FACTS}
    return {name: only(fine, fact) for name, fact in facts.items()} | {
        "pages_without_text": only(
            pdf, _pages_without_text(table, case).mask(read | facts["blank"].fillna(False), 0)
        ),
        "text_from_ocr": only(pdf & read, read).astype("boolean"),
        "other_region": only(fine & ~replication, looked_up(table["sha256"], said["region"])).astype(
            "string"
        ),
        "signed_on": only(fine, looked_up(table["sha256"], said["signed_on"])).astype("datetime64[s]"),
    }


def _pages_without_text(table: pd.DataFrame, case: Case) -> pd.Series:
    """Count the pages that only show their text; all where there is none."""
    scanned = case.content(table["sha256"], "scan_pages").astype("Int64").fillna(0)
    return scanned.mask((table["text_sha256"] == "") & (scanned == 0), table["pages"].fillna(1).clip(lower=1))
