"""Failing rows become findings: code, place, and the catalogue's sentence filled with the row's values."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from iid.expectations.findings import catalogue
from iid.expectations.rulebook import Rulebook
from iid.tasks.tables import FINDINGS, concat, frame
from iid.tasks.validation.case import Case
from iid.tasks.validation.judging import Judgement
from iid.tasks.validation.texts_claims import WORDS as CLAIM_WORDS
from iid.tasks.validation.texts_common import Wording
from iid.tasks.validation.texts_items import WORDS as ITEM_WORDS
from iid.tasks.validation.texts_items import grouped_unclaimed
from iid.tasks.validation.texts_profiles import WORDS as PROFILE_WORDS

#: How each check says what it found; one entry an expectation.
WORDS: dict[str, Wording] = PROFILE_WORDS | CLAIM_WORDS | ITEM_WORDS

#: Checks whose failing rows with one cause become one finding.
GROUPED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {"evidence.unclaimed": grouped_unclaimed}

#: Codes whose source is not the row's own: the column ``<word>_source``.
_SOURCE_FIELD = {
    "profile.stage": "stage",
    "profile.window": "applied_date",
    "profile.too_short": "design",
    "profile.repetitive_text": "design",
    "profile.duplicate": "name",
    "profile.duplicate_likely": "name",
    "claim.basis_missing": "basis",
    # What stands only in a workbook's cell has no other place to go to.
    "evidence.link_instead_of_file": "link",
    "evidence.missing": "cell",
    "evidence.outside_share": "cell",
    "evidence.link_malformed": "cell",
    "evidence.link_not_counted": "cell",
    "evidence.link_closed": "cell",
    "evidence.link_gone": "cell",
    "evidence.duplicate": "cell",
    "evidence.unclaimed": "cell",
}
_SEVERITY = {"critical": 0, "warning": 1, "info": 2}


def findings_of(by_check: Sequence[pd.DataFrame], rulebook: Rulebook) -> pd.DataFrame:
    """The findings of all checks, none twice: by innovation, indicator, severity, code, source, message.

    Indicators come as *rulebook* orders them; what has none (units, profiles) comes first.
    """
    findings = concat(FINDINGS, by_check).drop_duplicates()
    order = {indicator.key: place for place, indicator in enumerate(rulebook.indicators)}
    keyed = findings.assign(
        place=findings["indicator"].map(order).fillna(-1), weight=findings["severity"].map(_SEVERITY)
    )
    by = ["innovation_id", "unit_code", "place", "weight", "code", "source", "message", "fix"]
    return keyed.sort_values(by, ignore_index=True)[list(FINDINGS)]


def findings_of_check(judgement: Judgement, judged: Mapping[str, pd.DataFrame], case: Case) -> pd.DataFrame:
    """One finding a failing row (or cause) of *judgement*, in the table's order."""
    rows = judged[judgement.suite].iloc[judgement.failing]
    if not len(rows):
        return frame(FINDINGS, [])
    rows = GROUPED.get(judgement.meta["check"], _as_they_are)(rows)
    kind = catalogue()[judgement.meta["code"]]
    words = WORDS[judgement.meta["check"]](rows, case, judged) | {"indicator": rows["indicator"].tolist()}
    filled = [dict(zip(words, values, strict=True)) for values in zip(*words.values(), strict=True)]
    field = _SOURCE_FIELD.get(kind.code)
    columns = {
        "code": kind.code,
        "severity": kind.severity,
        "unit_code": rows["unit_code"],
        "innovation_id": rows["innovation_id"],
        "indicator": rows["indicator"],
        "source": rows[f"{field}_source" if field else "source"],
        "message": [kind.sentence.format(**values) for values in filled],
        "fix": [kind.fix.format(**values) for values in filled],
    }
    return pd.DataFrame(columns, index=rows.index)[list(FINDINGS)].astype(dict(FINDINGS))


def _as_they_are(rows: pd.DataFrame) -> pd.DataFrame:
    return rows
