"""The catalogue of findings: complete, as the contract says, and fillable."""

from __future__ import annotations

import re
from string import Formatter

import pandas as pd
import pytest

from iid.expectations.findings.catalogue import bars_innovation, catalogue

CRITICAL_ON_A_CLAIM = """
    evidence.missing evidence.empty evidence.unreadable evidence.encrypted evidence.kind_not_allowed
    evidence.too_large evidence.too_long evidence.link_instead_of_file evidence.outside_share
    claim.parameter_unknown claim.basis_missing
"""
CRITICAL_ON_AN_INNOVATION = """
    profile.field_missing profile.stage profile.window profile.too_short profile.date_unreadable
    profile.duplicate
"""
CRITICAL_ON_A_SUBMISSION = """
    submission.workbook_missing submission.workbook_unreadable submission.unit_unknown
"""
WARNINGS = """
    evidence.duplicate evidence.no_text evidence.name_absent evidence.unclaimed evidence.fewer_than_expected
    evidence.other_region profile.repetitive_text claim.value_disagrees claim.mandatory_missing
    decision.lapsed decision.note_missing unit.nothing_submitted
    unit.held unit.evidence_gone
"""


@pytest.mark.parametrize(
    ("codes", "severity", "scope"),
    [
        (CRITICAL_ON_A_CLAIM, "critical", "claim"),
        (CRITICAL_ON_AN_INNOVATION, "critical", "innovation"),
        (CRITICAL_ON_A_SUBMISSION, "critical", "submission"),
        (WARNINGS, "warning", None),
    ],
)
def test_codes_have_the_severity_and_scope_of_the_contract(codes, severity, scope):
    kinds = catalogue()
    for code in codes.split():
        assert kinds[code].severity == severity, code
        assert scope is None or kinds[code].scope == scope, code


@pytest.mark.parametrize("kind", catalogue().values(), ids=catalogue())
def test_every_code_has_whole_sentences(kind):
    assert re.fullmatch(r"[a-z]+\.[a-z_]+", kind.code)
    assert kind.severity in ("critical", "warning", "info")
    assert kind.scope in ("claim", "innovation", "submission", "unit", "region")
    for text in (kind.sentence, kind.fix, kind.meaning):
        assert text.endswith("."), text
    assert not words_of(kind.meaning)


@pytest.mark.parametrize("kind", catalogue().values(), ids=catalogue())
def test_fix_uses_only_words_that_the_sentence_has_or_the_claim_gives(kind):
    assert words_of(kind.fix) <= words_of(kind.sentence) | {
        "indicator",
        "advice",
        "folder",
    }  # these the reader gives


def words_of(template):
    return {name for _, name, _, _ in Formatter().parse(template) if name}


@pytest.mark.parametrize(
    ("code", "severity", "indicator", "bars"),
    [
        ("profile.window", "critical", "", True),
        ("submission.workbook_missing", "critical", "", True),
        ("profile.duplicate", "warning", "", False),
        ("evidence.empty", "critical", "16", False),
        ("unit.nothing_submitted", "warning", "", False),
        ("later.code", "critical", "", True),
        ("later.code", "critical", "16", False),
    ],
)
def test_only_what_is_critical_about_the_whole_bars_an_innovation(code, severity, indicator, bars):
    row = {"code": code, "severity": severity, "indicator": indicator}
    assert bars_innovation(pd.DataFrame([row]).astype("string")).tolist() == [bars]
