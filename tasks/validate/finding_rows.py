"""Findings from failing rows: code, place, and the filled sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd

from iid.expectations.findings.catalogue import FindingKind, catalogue
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.text import sentences
from iid.tasks.validate.case import Case
from iid.tasks.validate.run_suites import Judgement
from iid.tasks.validate.texts_claims import WORDS as CLAIM_WORDS
from iid.tasks.validate.texts_common import Wording
from iid.tasks.validate.texts_items import WORDS as ITEM_WORDS
from iid.tasks.validate.texts_items import grouped_missing, grouped_unclaimed, one_each
from iid.tasks.validate.texts_profiles import WORDS as PROFILE_WORDS
from iid.tasks.values.tables import FINDINGS, concat, frame

#: How each check says what it found; one entry an expectation.
WORDS: dict[str, Wording] = PROFILE_WORDS | CLAIM_WORDS | ITEM_WORDS

#: Checks whose failing rows with one cause become one finding.
GROUPED: dict[str, Callable[[pd.DataFrame], pd.DataFrame]] = {
    "evidence.unclaimed": grouped_unclaimed,
    "evidence.duplicate": one_each,
    "evidence.missing": grouped_missing,
}

#: Codes whose source is not the row's own: the column ``<word>_source``.
_SOURCE_FIELD = {
    "profile.stage": "stage",
    "profile.window": "applied_date",
    "profile.too_short": "design",
    "profile.repetitive_text": "design",
    "profile.duplicate": "name",
    "profile.duplicate_likely": "name",
    "profile.reported_before": "name",
    "claim.basis_missing": "basis",
    # What is only in a workbook's cell has no other address.
    "evidence.link_instead_of_file": "link",
    "evidence.missing": "cell",
    "evidence.outside_share": "cell",
    "evidence.link_malformed": "cell",
    "evidence.link_not_counted": "cell",
    "evidence.link_without_film": "cell",
    "evidence.link_closed": "cell",
    "evidence.link_gone": "cell",
    "evidence.duplicate": "cell",
    "evidence.unclaimed": "cell",
}
#: What is added to the sentence of a fault that costs its claim nothing.
_BESIDE = " Nilai klaim tidak berkurang: bukti lainnya sudah cukup."
_MILDER = {
    "evidence.supporting_only": " Nilai klaim tidak berkurang: pembedaan itu simpulan kami sendiri.",
    "evidence.duplicate": " Itu wajar bagi dokumen bersama.",
}
_SEVERITY = {"critical": 0, "warning": 1, "info": 2}


def findings_of(by_check: Sequence[pd.DataFrame], rulebook: Rulebook) -> pd.DataFrame:
    """Return the findings of all checks in order, none twice.

    By innovation, indicator, severity, code, source, message. Indicators come as *rulebook* orders them;
    what has none (units, profiles) comes first.
    """
    findings = concat(FINDINGS, by_check).drop_duplicates()
    order = {indicator.key: place for place, indicator in enumerate(rulebook.indicators)}
    keyed = findings.assign(
        place=findings["indicator"].map(order).fillna(-1), weight=findings["severity"].map(_SEVERITY)
    )
    by = ["innovation_id", "unit_code", "place", "weight", "code", "source", "message", "fix"]
    return keyed.sort_values(by, ignore_index=True)[list(FINDINGS)]


def findings_of_check(judgement: Judgement, judged: Mapping[str, pd.DataFrame], case: Case) -> pd.DataFrame:
    """Return a finding per failing row (or cause), in the table's order."""
    rows = judged[judgement.suite].iloc[judgement.failing]
    if not len(rows):
        return frame(FINDINGS, [])
    rows = GROUPED.get(judgement.meta["check"], _as_they_are)(rows)
    kind = catalogue()[judgement.meta["code"]]
    words = WORDS[judgement.meta["check"]](rows, case, judged) | {"indicator": rows["indicator"].tolist()}
    filled = [dict(zip(words, values, strict=True)) for values in zip(*words.values(), strict=True)]
    field = _SOURCE_FIELD.get(kind.code)
    severities = _severities(kind, rows)
    if judgement.suite == "evidence" and judgement.meta["check"] not in GROUPED:
        kept = _by_cause(rows["claim"].tolist(), severities, filled)
        rows, severities, filled = (
            rows.iloc[kept],
            [severities[at] for at in kept],
            [filled[at] for at in kept],
        )
    columns = {
        "code": kind.code,
        "severity": severities,
        "unit_code": rows["unit_code"],
        "innovation_id": rows["innovation_id"],
        "indicator": rows["indicator"],
        "source": rows[f"{field}_source" if field else "source"],
        "message": [
            kind.sentence.format(**values) + (severity != kind.severity) * _MILDER.get(kind.code, _BESIDE)
            for values, severity in zip(filled, severities, strict=True)
        ],
        "fix": [kind.fix.format(**values) for values in filled],
    }
    return pd.DataFrame(columns, index=rows.index)[list(FINDINGS)].astype(dict(FINDINGS))


def _by_cause(claims: list[str], severities: list[str], filled: list[dict[str, str]]) -> list[int]:
    """Return the first item of each cause; its words then name all of them."""
    found: dict[tuple[str, ...], list[int]] = {}
    for at, (claim, severity, words) in enumerate(zip(claims, severities, filled, strict=True)):
        cause = (text for word, text in words.items() if word != "name")
        found.setdefault((claim, severity, *cause), []).append(at)
    for alike in found.values():
        filled[alike[0]]["name"] = sentences.counted([filled[at]["name"] for at in alike])
    return [alike[0] for alike in found.values()]


def _severities(kind: FindingKind, rows: pd.DataFrame) -> list[str]:
    """Lower faults that cost nothing to warnings, rightly shared ones to info."""
    if kind.code == "evidence.duplicate":
        return ["info" if rightly else kind.severity for rightly in rows["shared_rightly"]]
    if kind.severity != "critical" or not kind.code.startswith("evidence."):
        return [kind.severity] * len(rows)
    return ["warning" if proven else "critical" for proven in rows["proven"]]


def _as_they_are(rows: pd.DataFrame) -> pd.DataFrame:
    return rows
