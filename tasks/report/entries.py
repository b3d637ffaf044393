"""Innovations and units as pages list them: safe names, exact scores."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from iid.tasks.text.indonesian import clean, exact
from iid.tasks.text.labels import UNKNOWN
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.row_groups import Row, records

LONGEST_SLUG = 40


@dataclass(frozen=True, slots=True)
class UnitEntry:
    """One unit; scores in points, ``mean`` None if no innovation is eligible."""

    code: str
    name: str
    type: str
    known: bool  # False: a folder whose code the roster does not have
    submitted: bool
    innovations: int
    eligible: int
    mean: Decimal | None
    critical: int
    warnings: int
    page: str


@dataclass(frozen=True, slots=True)
class InnovationEntry:
    """One innovation folder; scores in points, ``rank`` None if not eligible."""

    id: str
    unit_code: str
    unit_name: str
    unit_page: str  # "" when the unit has no page
    name: str
    stage: str
    affair: str
    eligible: bool
    reasons: tuple[str, ...]  # finding codes
    claimed: Decimal
    supported: Decimal
    verified: Decimal
    rank: int | None
    page: str


def unit_entries(assessment: Assessment) -> tuple[UnitEntry, ...]:
    """All units, by type and code as they are in the published table."""
    strange = unknown_units(assessment)
    return tuple(_unit(row, row["unit_code"] not in strange) for row in records(assessment.units))


def unknown_units(assessment: Assessment) -> frozenset[str]:
    """Return the codes of unit folders that the roster does not have."""
    findings = assessment.findings
    return frozenset(findings.loc[findings["code"] == "submission.unit_unknown", "unit_code"].tolist())


def _unit(row: Row, known: bool) -> UnitEntry:
    code = row["unit_code"]
    return UnitEntry(
        code=code,
        name=row["name"] or code,
        type=row["type"] if known else UNKNOWN,
        known=known,
        submitted=bool(row["submitted"]),
        innovations=row["innovations"] or 0,
        eligible=row["eligible"] or 0,
        mean=exact(row["mean_supported"]) if row["mean_supported"] else None,
        critical=row["critical"] or 0,
        warnings=row["warnings"] or 0,
        page=f"unit/{page_name(code)}",
    )


def innovation_entries(assessment: Assessment, units: tuple[UnitEntry, ...]) -> tuple[InnovationEntry, ...]:
    """All innovations by rank; those without a rank come last, by id."""
    by_code = {unit.code: unit for unit in units}
    entries = [_innovation(row, by_code) for row in records(assessment.innovations)]
    return tuple(sorted(entries, key=lambda e: (e.rank is None, e.rank or 0, e.id)))


def _innovation(row: Row, units: dict[str, UnitEntry]) -> InnovationEntry:
    identity = row["innovation_id"]
    unit = units.get(row["unit_code"])
    return InnovationEntry(
        id=identity,
        unit_code=row["unit_code"],
        unit_name=unit.name if unit else row["unit_code"],
        unit_page=unit.page if unit else "",
        name=clean(row["name"]).strip() or identity.partition("/")[2] or identity,
        stage=row["stage"],
        affair=row["main_affair"],
        eligible=bool(row["eligible"]),
        reasons=tuple(code for code in row["ineligible_reasons"].split(";") if code),
        claimed=exact(row["claimed_score"]),
        supported=exact(row["supported_score"]),
        verified=exact(row["verified_score"]),
        rank=row["rank"],
        page=f"inovasi/{page_name(identity)}",
    )


def page_name(identity: str) -> str:
    """Return a file name of a page: safe anywhere, readable, unique.

    ``"1.02.01/Pos Gizi"`` → ``"1-02-01-pos-gizi-5d1c2a9f03be.html"``. The digest of the exact id keeps
    names apart that differ only in case, in signs or beyond the slug; the slug is only for people.
    """
    plain = unicodedata.normalize("NFKD", identity).encode("ascii", "ignore").decode("ascii")
    slug = re.sub(r"[^a-z0-9]+", "-", plain.lower())[:LONGEST_SLUG].strip("-")
    digest = hashlib.sha256(identity.encode("utf-8", "surrogatepass")).hexdigest()[:12]
    return f"{slug}-{digest}.html" if slug else f"{digest}.html"
