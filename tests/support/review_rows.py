"""Rows of a review workbook and what was read of them, for the tests of decisions."""

from __future__ import annotations

from typing import Any

ID = "1.01/Siaga"
GOOD = {"Keputusan": "terima", "Peninjau": "Ani", "Tanggal": "2026-08-01"}


def codes(review: Any) -> list[str]:
    """The codes of what is unclear in the workbooks of *review*."""
    found: list[str] = review.read()[1]["code"].tolist()
    return found


def one(review: Any) -> tuple[dict[str, Any], Any]:
    """The only decision of *review*, and all findings."""
    table, findings = review.read()
    assert len(table) == 1
    return table.iloc[0].to_dict(), findings
