"""The fingerprint that ties a decision to the claim and its evidence."""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict

import pandas as pd

#: ``EVIDENCE.listed`` of the items that belong to a claim (extra files do not).
OF_CLAIM = ("named", "folder")


def fingerprint(
    innovation_id: str,
    indicator: str,
    parameter: str,
    basis: str,
    value: str,
    items: list[tuple[str, str]],
) -> str:
    """Hash one claim (16 hex digits) with its unordered (kind, sha256 or URL)."""
    content = json.dumps([innovation_id, indicator, parameter, basis, value, sorted(items)])
    return hashlib.sha256(content.encode("ascii")).hexdigest()[:16]


def fingerprints(claims: pd.DataFrame, evidence: pd.DataFrame) -> list[str]:
    """Return the fingerprint of each row of CLAIMS, from its EVIDENCE.

    Content decides, not the name: a renamed file keeps the fingerprint. An item without a hash
    (a link, a file that is missing or cannot be read) counts by its address.
    """
    own = evidence[evidence["listed"].isin(OF_CLAIM)]
    items: defaultdict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    columns = ("innovation_id", "indicator", "kind", "sha256", "source")
    for owner, key, kind, sha256, source in zip(*(own[c].tolist() for c in columns), strict=True):
        items[owner, key].append((kind, sha256 or source))
    columns = ("innovation_id", "indicator", "parameter", "basis", "value")
    return [
        fingerprint(owner, key, "" if parameter is pd.NA else str(parameter), basis, value, items[owner, key])
        for owner, key, parameter, basis, value in zip(*(claims[c].tolist() for c in columns), strict=True)
    ]
