"""From a published score to its rule, source, evidence and decision."""

from __future__ import annotations

from collections.abc import Sequence
from difflib import get_close_matches
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import pandas as pd

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.expectations.rulebook.sourced import Fact
from iid.expectations.rulebook.words import plain
from iid.tasks.answers.run_view import HEAD, Record
from iid.tasks.score.exact import published
from iid.tasks.values.assessment import rulebook_of
from iid.tasks.values.errors import UsageError
from iid.tasks.values.row_groups import records
from iid.tasks.values.tables import REGION_ID, VIEWS

if TYPE_CHECKING:
    from iid.tasks.store.published_run import Run


EVIDENCE = ("source", "kind", "size", "modified_at", "sha256", "media_type", "pages", "readable")
NEAR = 5  # how many near matches a mistyped id is answered with


def trace(run: Run, wanted: str, indicator: str | None = None) -> Record:
    """Return all that is behind one innovation's scores, JSON-ready.

    *wanted* is an id, a part that only one id or name has, or ``pemda``. UsageError with near
    matches when it fits none or several, and for an indicator the cycle does not have.
    """
    rulebook, index = rulebook_of(run), run.json("index.json")
    innovations, scores = run.table("innovations"), run.table("scores")
    owner = find_owner(wanted, innovations)
    rows = records(scores[scores["innovation_id"] == owner])
    if indicator is not None:
        rows = _only(rows, indicator)
    about = _About(run, owner)
    return {
        **{name: index.get(name) for name in HEAD},
        "code": code_of(run),
        "innovation_id": owner,
        "innovation": next(iter(records(innovations[innovations["innovation_id"] == owner])), None),
        "held": index.get("held", {}).get(owner.partition("/")[0]),
        "findings": about.findings(""),
        "indicators": [_row(row, rulebook, index, about) for row in rows],
    }


def find_owner(wanted: str, innovations: pd.DataFrame) -> str:
    """The innovation id that *wanted* means. UsageError naming near ones."""
    ids = innovations["innovation_id"].tolist()
    if wanted in ids:
        return wanted
    asked = plain(wanted)
    if asked == REGION_ID:
        return REGION_ID
    names = dict(zip(ids, innovations["name"].tolist(), strict=True))
    same = [i for i in ids if plain(i) == asked]
    parts = [i for i in ids if asked and (asked in plain(i) or asked in plain(names[i]))]
    found = same or parts
    if len(found) == 1:
        return str(found[0])
    if found:
        raise UsageError(f'"{wanted}" cocok dengan {len(found)} inovasi: {_some(found)}')
    known = {plain(i): i for i in ids} | {plain(name): i for i, name in names.items() if plain(name)}
    near = dict.fromkeys(known[key] for key in get_close_matches(asked, known, n=NEAR, cutoff=0.4))
    hint = (
        f"; yang mirip: {_some(list(near))}" if near else f"; yang ada: {_some(sorted(ids))}" if ids else ""
    )
    raise UsageError(f'tidak ada inovasi "{wanted}" dalam hasil terbit{hint}')


def _some(ids: Sequence[str]) -> str:
    rest = len(ids) - NEAR
    return ", ".join(ids[:NEAR]) + (f" dan {rest} lagi" if rest > 0 else "")


def _only(rows: list[Record], indicator: str) -> list[Record]:
    found = [row for row in rows if plain(row["indicator"]) == plain(indicator)]
    if found:
        return found
    choices = ", ".join(row["indicator"] for row in rows)
    raise UsageError(f'indikator "{indicator}" tidak ada di sini; yang ada: {choices}')


def code_of(run: Run) -> str:
    """Return package version and code digest of the run; "" if not stated."""
    versions = run.manifest.get("versions", {})
    return " ".join(str(versions[name]) for name in ("iid", "code") if name in versions)


class _About:
    """Evidence, findings and decisions of one owner by indicator."""

    def __init__(self, run: Run, owner: str) -> None:
        self._tables = {name: _of(run, name, owner) for name in ("evidence", "findings", "decisions")}
        every = _of(run, "evidence_all", owner)  # older runs lack it
        self._details = {(row["indicator"], row["source"]): row["detail"] or "" for row in every}

    def evidence(self, indicator: str) -> list[Record]:
        return [
            {
                **{name: row[name] for name in EVIDENCE},
                "detail": self._details.get((indicator, row["source"]), ""),
            }
            for row in self._rows("evidence", indicator)
        ]

    def findings(self, indicator: str) -> list[Record]:
        names = ("code", "severity", "source", "message", "fix")
        return [{name: row[name] for name in names} for row in self._rows("findings", indicator)]

    def decisions(self, indicator: str) -> list[Record]:
        return [
            {name: value for name, value in row.items() if name not in {"innovation_id", "indicator"}}
            for row in self._rows("decisions", indicator)
        ]

    def _rows(self, name: str, indicator: str) -> list[Record]:
        return [row for row in self._tables[name] if row["indicator"] == indicator]


def _of(run: Run, name: str, owner: str) -> list[Record]:
    if f"{name}.parquet" not in run.files:
        return []
    table = run.table(name)
    return records(table[table["innovation_id"] == owner])


def _row(row: Record, rulebook: Rulebook, index: Record, about: _About) -> Record:
    indicator = rulebook.by_key[row["indicator"]]
    key = indicator.key
    return {
        "indicator": key,
        "name": indicator.name,
        "aspect": indicator.aspect,
        "weight": row["weight"],
        "weight_source": source_of(indicator.weight, rulebook),
        **{view: view_of(row, view, indicator, index) for view in VIEWS},
        "reasons": [code for code in row["reasons"].split(";") if code],
        "steps": [_step(step, rulebook) for step in indicator.parameters],
        "bases": {basis.code: basis.name for basis in indicator.bases},
        "evidence_rule": indicator.evidence.value,
        "evidence_rule_source": source_of(indicator.evidence, rulebook),
        "kinds": list(indicator.kinds.value) if indicator.kinds.value is not None else None,
        "evidence_items": row["evidence_items"],
        "evidence": about.evidence(key),
        "findings": about.findings(key),
        "decision": row["decision"],
        "decisions": about.decisions(key),
    }


def view_of(row: Record, view: str, indicator: Indicator, index: Record) -> Record:
    """Return parameter, score, and the published index points of the score."""
    score, numbers = row[f"{view}_score"], index[view]
    share = Fraction(score) / Fraction(numbers["maximum"]) * 100
    if indicator.aspect == "SID":
        share /= max(numbers["divisor"], 1)
    return {"parameter": row[f"{view}_parameter"], "score": score, "index_points": published(share, 4)}


def _step(step: Any, rulebook: Rulebook) -> Record:
    return {"parameter": step.value, "text": step.text, "source": source_of(step, rulebook)}


def source_of(fact: Any | Fact[Any], rulebook: Rulebook) -> Record:
    """Return where a rule is: source, whether it was read, why inferred."""
    source = rulebook.sources.get(fact.source)
    what = source.what if source else None
    return {"key": fact.source, "what": what, "status": fact.status, "reason": fact.reason}
