"""The claims of decisions, found by the keys as stewards leave them."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from iid.expectations.rulebook.words import plain
from iid.tasks.review.fingerprints import OF_CLAIM, fingerprints
from iid.tasks.score.grid import TOTAL, nothing_there


@dataclass(frozen=True, slots=True)
class Claim:
    """A claim as it is now; ``amount``: its parameter, or the SPD score."""

    innovation_id: str
    unit_code: str
    indicator: str
    amount: Fraction
    fingerprint: str
    proven: bool  # at least one item of evidence exists and is not empty

    @property
    def key(self) -> tuple[str, str]:
        """Innovation and indicator."""
        return self.innovation_id, self.indicator


def plain_id(innovation_id: str) -> str:
    """An innovation id without regard to case and runs of spaces."""
    return " ".join(unicodedata.normalize("NFC", innovation_id).casefold().split())


class Known:
    """Claims by innovation id and number; case and spaces may differ.

    Two innovations that differ in nothing else are found by their exact spelling alone.
    """

    def __init__(self, claims: Iterable[Claim]) -> None:
        self._exact: dict[tuple[str, str], Claim] = {}
        self._plain: dict[tuple[str, str], Claim | None] = {}
        for claim in claims:
            key = plain(claim.indicator)
            self._exact[claim.innovation_id, key] = claim
            alike = (plain_id(claim.innovation_id), key)
            self._plain[alike] = None if alike in self._plain else claim

    def find(self, innovation_id: str, indicator: str) -> Claim | None:
        """The claim a row points at, or None."""
        key = plain(indicator)
        exact = self._exact.get((unicodedata.normalize("NFC", innovation_id.strip()), key))
        return exact or self._plain.get((plain_id(innovation_id), key))


def known_claims(claims: pd.DataFrame, evidence: pd.DataFrame, wanted: Iterable[str]) -> Known:
    """Return only the claims of *wanted* innovations: fingerprints cost time."""
    asked = {plain_id(name) for name in wanted}
    ids = [name for name in claims["innovation_id"].unique().tolist() if plain_id(name) in asked]
    return Known(
        _claims(claims[claims["innovation_id"].isin(ids)], evidence[evidence["innovation_id"].isin(ids)])
    )


def _claims(claims: pd.DataFrame, evidence: pd.DataFrame) -> Iterable[Claim]:
    there = evidence[evidence["listed"].isin(OF_CLAIM) & ~nothing_there(evidence)]
    proven = set(zip(there["innovation_id"].tolist(), there["indicator"].tolist(), strict=True))
    columns = ("innovation_id", "unit_code", "indicator", "parameter", "value")
    rows = zip(*(claims[c].tolist() for c in columns), fingerprints(claims, evidence), strict=True)
    for owner, unit, key, parameter, value, mark in rows:
        number = value or "0" if key == TOTAL else "0" if parameter is pd.NA else parameter
        yield Claim(owner, unit, key, Fraction(number), mark, (owner, key) in proven)
