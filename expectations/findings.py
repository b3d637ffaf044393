"""The catalogue of findings: code, severity, scope, one Indonesian sentence, one fix.

The texts are data (``findings.yaml``), so that a steward can mend a sentence
without touching code.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Literal

import yaml

Severity = Literal["critical", "warning", "info"]
Scope = Literal["claim", "innovation", "submission", "unit", "region"]


@dataclass(frozen=True, slots=True)
class FindingKind:
    """What one code means. ``sentence`` and ``fix`` are ``str.format`` templates.

    ``meaning`` says when it arises and what it does to the score (``docs/findings.md``).
    """

    code: str
    severity: Severity
    scope: Scope
    sentence: str
    fix: str
    meaning: str = ""


@cache
def catalogue() -> dict[str, FindingKind]:
    """All kinds of findings by code, in the order of the file."""
    text = (files("iid.expectations") / "findings.yaml").read_text(encoding="utf-8")
    return {code: FindingKind(code=code, **entry) for code, entry in yaml.safe_load(text).items()}
