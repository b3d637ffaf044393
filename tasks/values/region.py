"""Small values that travel between steps; for tables see ``tables``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

from iid.expectations.findings.catalogue import catalogue
from iid.tasks.values.tables import FINDINGS, frame


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong or worth knowing, in an operator's words.

    ``source`` names the file, sheet and cell (``path#Sheet!cell``) or the URL.
    """

    code: str
    severity: str
    unit_code: str
    innovation_id: str
    indicator: str
    source: str
    message: str
    fix: str


def finding(
    code: str,
    *,
    unit_code: str = "",
    innovation_id: str = "",
    indicator: str = "",
    source: str = "",
    **words: object,
) -> Finding:
    """Make a finding; ``indicator`` and *words* fill its sentence and fix.

    Raises KeyError for a code that is not in the catalogue or a word that is missing:
    both are mistakes of ours, never of the input.
    """
    kind = catalogue()[code]
    values = {"indicator": indicator, **words}
    return Finding(
        code=code,
        severity=kind.severity,
        unit_code=unit_code,
        innovation_id=innovation_id,
        indicator=indicator,
        source=source,
        message=kind.sentence.format(**values),
        fix=kind.fix.format(**values),
    )


def findings_table(findings: Iterable[Finding]) -> pd.DataFrame:
    """Return *findings* as the long table FINDINGS, order kept."""
    return frame(FINDINGS, (asdict(f) for f in findings))


@dataclass(frozen=True, slots=True)
class Unit:
    """One line of the roster."""

    code: str
    name: str
    type: str
    parent: str = ""


@dataclass(frozen=True, slots=True)
class Marker:
    """What ``iid-share.toml`` says: which region this share belongs to."""

    region: str
    name: str
    zone: str
    example: bool = False  # made by ``iid demo``; every page says *contoh*
