"""What the pages of the desk show, as plain values for the templates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from iid.expectations.rulebook.model import TOTAL_KEY, Indicator, Parameter
from iid.tasks.desk.claims import OPEN, Key, Listed, RunClaims
from iid.tasks.desk.shown_evidence import PAGES, Item, items_of
from iid.tasks.review.desk_records import WITHDRAWN, DeskRecord
from iid.tasks.review.fingerprints import OF_CLAIM
from iid.tasks.text.indonesian import number
from iid.tasks.values.row_groups import Row, records
from iid.tasks.values.tables import REGION_ID

BATCH = 40  # claims accepted with one confirmation


def claim_context(run: RunClaims, key: Key, made: Sequence[DeskRecord]) -> dict[str, Any]:
    """Everything about one claim. KeyError where the run does not have it."""
    owner, name = key
    indicator = run.rulebook.by_key[name]
    claim = run.rows("claims", owner, name)[0]
    score = next(iter(run.rows("scores", owner, name)), {})
    found = run.claim(owner, name)
    assert found is not None  # noqa: S101  (the row above is of this claim)
    items = items_of(run, key)
    desk = {key: made[-1]} if made else {}
    return {
        "key": key,
        "indicator": indicator,
        "claim": claim,
        "amount": str(claim["value"] if name == TOTAL_KEY else claim["parameter"] or 0),
        "score": score,
        "total": name == TOTAL_KEY,
        "lower": range(int(claim["parameter"] or 0)) if name != TOTAL_KEY else (),
        "rules": rules_of(indicator, claim),
        "items": items,
        "shown_pages": PAGES,
        "findings": findings_of(run, owner, name),
        "general": [
            row for row in run.findings[owner] if not row["indicator"] and row["severity"] == "critical"
        ],
        "fingerprint": found.fingerprint,
        "proven": found.proven,
        "verdict": run.verdict(key, found.fingerprint, desk),
        "history": history_of(run, key, made),
        "difference": difference_of(run, key, claim, score, items),
        "unclaimed": not found.amount,
        "withdrawable": bool(made) and made[-1].decision != WITHDRAWN,
    }


def rules_of(indicator: Indicator, claim: Row) -> list[dict[str, Any]]:
    """Return text and evidence of each parameter, of the chosen basis."""
    bases = [base for base in indicator.bases if base.code == claim["basis"]]
    steps: tuple[Parameter, ...] = bases[0].parameters if bases else indicator.parameters
    return [
        {"value": step.value, "text": step.text, "evidence": step.evidence or ""}
        for step in sorted(steps, key=lambda one: one.value)
    ]


def findings_of(run: RunClaims, owner: str, name: str) -> list[Row]:
    """The findings on one claim, the gravest first."""
    order = {"critical": 0, "warning": 1}
    rows = [row for row in run.findings[owner] if row["indicator"] == name]
    return sorted(rows, key=lambda row: (order.get(row["severity"], 2), row["code"]))


def history_of(run: RunClaims, key: Key, made: Sequence[DeskRecord]) -> list[dict[str, str]]:
    """Return every decision on the claim, newest first."""
    found = [
        {
            "decision": one.decision, "new": one.new, "note": one.note, "reviewer": one.reviewer,
            "at": one.at, "origin": "meja", "fingerprint": one.fingerprint,
        }
        for one in reversed(made)
    ]  # fmt: skip
    for row in records(run.decisions):
        if (row["innovation_id"], row["indicator"]) == key and row.get("origin") != "meja":
            new = row["new_value"] or ("" if row["new_parameter"] is None else str(row["new_parameter"]))
            found.append(
                {
                    "decision": row["decision"], "new": new, "note": row["note"], "reviewer": row["reviewer"],
                    "at": row["date"], "origin": "buku", "fingerprint": row["fingerprint"],
                }
            )  # fmt: skip
    return found


def difference_of(run: RunClaims, key: Key, claim: Row, score: Row, items: Sequence[Item]) -> list[str]:
    """Say what differs from the run published before; nothing without one."""
    earlier = run.earlier
    if earlier is None:
        return []
    owner, name = key
    old_claim, old_score = (_one(earlier[table][owner], name) for table in ("claims", "scores"))
    said = []
    if not old_claim:
        said.append("Belum ada dalam perhitungan sebelumnya.")
    elif old_claim["parameter"] != claim["parameter"] or old_claim["value"] != claim["value"]:
        before = old_claim["value"] or old_claim["parameter"]
        said.append(f"Klaim dahulu {number(before)}.")
    if old_score and old_score["supported_score"] != score.get("supported_score"):
        said.append(f"Skor didukung dahulu {number(old_score['supported_score'])}.")
    before = {
        row["source"]: row["sha256"]
        for row in earlier["evidence"][owner]
        if row["indicator"] == name and row["listed"] in OF_CLAIM
    }
    now = {item.source: item.row["sha256"] for item in items if item.of_claim}
    said += [f"Baru: {_last(source)}." for source in now if source not in before]
    said += [f"Hilang: {_last(source)}." for source in before if source not in now]
    said += [
        f"Isinya berubah: {_last(source)}."
        for source in now
        if source in before and before[source] != now[source]
    ]
    return said


def _one(rows: Sequence[Row], name: str) -> Row:
    return next((row for row in rows if row["indicator"] == name), {})


def _last(source: str) -> str:
    return source if "://" in source else source.rpartition("/")[2]


def _of_claim(run: RunClaims, key: Key) -> list[Item]:
    return [item for item in items_of(run, key) if item.of_claim]


def innovation_context(
    run: RunClaims, owner: str, desk: Mapping[Key, DeskRecord], decides: bool
) -> dict[str, Any]:
    """Return one innovation's claims, and those that a batch may accept."""
    rows = sorted(
        (
            Listed(row, run.verdict(row.key, row.fingerprint, desk))
            for row in run.queue
            if row.innovation_id == owner
        ),
        key=lambda one: [i.key for i in run.indicators(owner)].index(one.row.indicator),
    )
    general = [row for row in run.findings[owner] if not row["indicator"]]
    barred = any(row["severity"] == "critical" for row in general)
    ready = [
        one
        for one in rows
        if one.verdict.state == OPEN and not one.row.codes and one.row.claimed != "0" and not barred
    ]
    return {
        "owner": owner,
        "rows": rows,
        "evidence": {one.row.indicator: _of_claim(run, one.row.key) for one in rows},
        "general": general,
        "ready": ready[:BATCH] if decides else [],
        "profile": run.profiles.get(owner, {}),
        "is_region": owner == REGION_ID,
    }
