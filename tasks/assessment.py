"""One finished assessment: all that is rendered and published."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pandas as pd

from iid.expectations.rulebook import Rulebook
from iid.tasks.model import Marker
from iid.tasks.reports.earlier import Earlier
from iid.tasks.tables import DECISION_LOG, LINKS, frame


@dataclass(frozen=True, slots=True)
class Assessment:
    """The tables of :mod:`iid.tasks.tables` with what they were computed from.

    ``index`` is the content of ``index.json`` (contract 5): strings with 2 places,
    whole counts. ``as_of`` is aware, whole seconds, UTC.
    """

    marker: Marker
    cycle: int
    rulebook: Rulebook
    rulebook_sha256: str
    run_id: str
    as_of: datetime
    status: str  # provisional | final
    index: dict[str, Any]
    units: pd.DataFrame  # PUBLISHED_UNITS
    innovations: pd.DataFrame  # PUBLISHED_INNOVATIONS
    profiles: pd.DataFrame  # INNOVATIONS, as read
    fields: pd.DataFrame  # FIELDS
    claims: pd.DataFrame  # CLAIMS
    evidence: pd.DataFrame  # EVIDENCE, facts filled
    scores: pd.DataFrame  # SCORES
    findings: pd.DataFrame  # FINDINGS
    decisions: pd.DataFrame  # DECISIONS
    links: pd.DataFrame = field(default_factory=lambda: frame(LINKS, []))  # LINKS
    earlier: Earlier = field(default_factory=Earlier)  # published runs before this one
    decision_log: pd.DataFrame = field(default_factory=lambda: frame(DECISION_LOG, []))  # DECISION_LOG
