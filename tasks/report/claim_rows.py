"""The rows of an innovation or region, with what is behind each score."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from iid.expectations.rulebook.model import Indicator
from iid.tasks.report.book import Book
from iid.tasks.text.indonesian import exact, number
from iid.tasks.text.labels import DECISION, PROBLEMS, title
from iid.tasks.values.row_groups import Row

EVIDENCE_SHOWN = 40  # a folder may hold hundreds of photos; the page stays readable on a phone

#: kind (colour), sign and words of what became of a claim; the sign says it without colour.
_GOOD, _BAD, _LESS, _NONE = ("good", "✓"), ("bad", "✕"), ("less", "↓"), ("none", "–")


def claim_rows(book: Book, innovation_id: str, indicators: Sequence[Indicator]) -> dict[str, Any]:
    """Return ``rows`` by indicator, ``stray`` evidence, ``general`` findings."""
    tables = book.tables
    scores = {row["indicator"]: row for row in tables["scores"][innovation_id]}
    claims = {row["indicator"]: row for row in tables["claims"][innovation_id]}
    evidence = _by_indicator(tables["evidence"][innovation_id])
    found = _by_indicator(book.sorted_findings(tables["findings"][innovation_id]))
    decisions = {row["indicator"]: row for row in tables["decisions"][innovation_id]}
    entry = book.by_id.get(innovation_id)
    rows = [
        _row(
            indicator,
            scores.get(indicator.key, {}),
            claims.get(indicator.key, {}),
            evidence.pop(indicator.key, []),
            by_cause(found.pop(indicator.key, [])),
            decisions.get(indicator.key),
        )
        for indicator in indicators
    ]
    for row in rows:
        row["state"] = _state(row, eligible=entry is None or entry.eligible)
    stray = [item for key in sorted(evidence) for item in evidence[key]]
    return {
        "rows": rows,
        "stray": [_evidence(item) for item in stray[:EVIDENCE_SHOWN]],
        "stray_more": max(len(stray) - EVIDENCE_SHOWN, 0),
        "general": by_cause([item for key in sorted(found) for item in found[key]]),
    }


def by_cause(found: Iterable[Row]) -> list[dict[str, Any]]:
    """Group findings by code, in the order of the first; an equal fix once."""
    grouped: dict[str, list[Row]] = {}
    for item in found:
        grouped.setdefault(item["code"], []).append(item)
    return [
        {
            "code": code,
            "severity": items[0]["severity"],
            "worth": _once(items, "worth"),
            "gain": _once(items, "gain"),
            "fix": items[0]["fix"] if len({item["fix"] for item in items}) == 1 else "",
            "items": items,
        }
        for code, items in grouped.items()
    ]


def _once(items: Iterable[Row], column: str) -> Decimal:
    """Sum *column* over the claims of *items*: a claim counts once."""
    of_claims = {(item["innovation_id"], item["indicator"]): item[column] or Decimal(0) for item in items}
    return sum(of_claims.values(), Decimal(0))


def _by_indicator(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["indicator"]].append(row)
    return grouped


def _row(
    indicator: Indicator,
    score: Row,
    claim: Row,
    evidence: list[Row],
    found: list[dict[str, Any]],
    decision: Row | None,
) -> dict[str, Any]:
    claimed, supported = score.get("claimed_parameter"), score.get("supported_parameter")
    basis, weight = claim.get("basis") or "", indicator.weight.value
    return {
        "key": indicator.key,
        "name": indicator.name,
        "mandatory": indicator.mandatory.value,
        "weight": weight,
        "maximum": weight * max((p.value for p in indicator.parameters), default=3),
        "claimed": claimed,  # None where the row is a total without parameters
        "supported": supported,
        "verified": score.get("verified_parameter"),
        "claimed_score": exact(score.get("claimed_score")),
        "score": exact(score.get("supported_score")),
        "reasons": [code for code in (score.get("reasons") or "").split(";") if code],
        "value": claim.get("value") or "",
        "basis": basis,
        "note": claim.get("note") or "",
        "claimed_text": indicator.parameter_text(claimed or 0, basis),
        "supported_text": indicator.parameter_text(supported or 0, basis) if supported != claimed else "",
        "evidence": [_evidence(item) for item in evidence[:EVIDENCE_SHOWN]],
        "evidence_more": max(len(evidence) - EVIDENCE_SHOWN, 0),
        "findings": found,
        "decision": _decision(decision),
        "detail": bool(exact(score.get("claimed_score")) or evidence or found or decision),
    }


def _decision(row: Row | None) -> dict[str, Any] | None:
    if row is None:
        return None
    return {
        "code": row["decision"],
        "word": DECISION.get(row["decision"], row["decision"]),
        "date": row["date"],
        "new": number(row["new_value"]) if row["new_value"] else row["new_parameter"],
        "note": row["note"],
        "in_force": bool(row["in_force"]),
    }


def _state(row: dict[str, Any], *, eligible: bool) -> dict[str, str]:
    """What became of the claim, in one sign and a few words."""
    kind, words = _outcome(row, eligible)
    return {"kind": kind[0], "sign": kind[1], "text": words}


def _outcome(row: dict[str, Any], eligible: bool) -> tuple[tuple[str, str], str]:
    decision = row["decision"]["code"] if row["decision"] and row["decision"]["in_force"] else ""
    if not row["claimed_score"] and not row["score"]:
        return (_BAD, title(row["reasons"][0])) if row["reasons"] else (_NONE, "tidak diklaim")
    if decision in ("tolak", "turunkan"):
        return (_BAD, "ditolak peninjau") if decision == "tolak" else (_LESS, "diturunkan peninjau")
    if not row["score"] and row["reasons"]:
        return _BAD, title(row["reasons"][0])
    if not row["score"]:
        return _BAD, "tidak dihitung" if eligible else "inovasi tidak memenuhi syarat"
    if decision == "terima":
        return _GOOD, "diterima peninjau"
    whole = row["score"] >= row["claimed_score"]
    return (_GOOD, "didukung bukti") if whole else (_LESS, "sebagian didukung")


def _evidence(row: Row) -> dict[str, Any]:
    problem = row["problem"]
    if problem:
        state = PROBLEMS.get(problem, title(f"evidence.{problem}").lower())
    else:
        read = "alamat lengkap" if row["kind"] == "link" else "terbaca"  # nobody opened it: see about
        state = read if row["readable"] else "tidak terbaca"
    about = row["detail"] if row["readable"] and not problem else ""  # size, camera, where a link leads
    return {**row, "tail": _tail(row["source"]), "state": state, "about": about}


def _tail(path: str) -> str:
    """Return the path behind ``bukti/<indicator folder>/``, else all of it."""
    _, found, rest = path.rpartition("/bukti/")
    inside = rest.partition("/")[2]
    return inside if found and inside else path
