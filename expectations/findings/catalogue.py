"""The catalogue of findings: code, severity, scope, a sentence, a fix.

The texts are data (``findings.yaml``), so that a steward can correct a sentence
without touching code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal

from iid.expectations.rulebook.strict_yaml import shipped

if TYPE_CHECKING:
    import pandas as pd

Severity = Literal["critical", "warning", "info"]
Effort = Literal["ringan", "sedang", "berat"]
Scope = Literal["claim", "innovation", "submission", "unit", "region"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What a code means; ``sentence`` and ``fix`` are ``str.format`` texts.

    ``title`` is the short name under which the same cause is counted. ``meaning`` says when it arises and
    what it does to the score (``docs/findings.md``).
    """

    code: str
    title: str
    severity: Severity
    scope: Scope
    sentence: str
    fix: str
    meaning: str = ""
    effort: Effort | None = None  # of the repair; None: as much as the indicator's proof takes


@cache
def catalogue() -> dict[str, FindingKind]:
    """All kinds of findings by code, in the order of the file."""
    entries = shipped("iid.expectations.findings", "findings.yaml").items()
    return {code: FindingKind(code=code, **entry) for code, entry in entries}


def bars_innovation(findings: pd.DataFrame) -> pd.Series:
    """Flag FINDINGS that make an innovation, or all of a unit, ineligible.

    Critical, and about an innovation or its submission (contract 6). A code that the catalogue does not
    know, of a run published by another version, is about the whole where it names no indicator.
    """
    scopes = {code: kind.scope for code, kind in catalogue().items()}
    scope = findings["code"].map(scopes).astype("string").fillna("")
    whole = scope.isin(["innovation", "submission"]) | (
        (scope == "") & findings["indicator"].fillna("").eq("")
    )
    return (whole & findings["severity"].eq("critical")).fillna(False).astype(bool)
