"""The log of decisions of a run, for machines and as Indonesian lines."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iid.tasks.review.decision_log import Record, current, extended, words_of
from iid.tasks.shares.marker import province_zone
from iid.tasks.text.indonesian import moment, number
from iid.tasks.text.terminal import heading, table, which_run, wrapped
from iid.tasks.values.errors import UsageError
from iid.tasks.values.tables import REGION_ID

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.store.published_run import Run

STATES = {
    "in_force": "berlaku",
    "lapsed": "gugur",
    "unclear": "belum jelas",
    "replaced": "diganti",
    "withdrawn": "dicabut",
}


def ledger_of(
    run: Run, *, unit: str | None = None, state: str | None = None, events: bool = False
) -> dict[str, Any]:
    """Return the decisions of *run*, or all *events*, oldest first, for JSON.

    UsageError for a state that is none.
    """
    index = run.json("index.json")
    log = _log(run, index)
    rows = log.to_dict("records") if events else list(current(log).values())
    wanted = _state(state)
    rows = [row for row in rows if wanted in {"", row["state"]} and _is_of(row, unit)]
    if not events:
        rows.sort(key=lambda row: (row["innovation_id"] != REGION_ID, row["innovation_id"], row["indicator"]))
    head = ("region", "cycle", "run_id", "as_of", "status")
    count = Counter(row["state"] for row in current(log).values())
    return {
        **{name: index.get(name) for name in head},
        "events": events,
        "counts": {name: count[name] for name in STATES},
        "decisions": rows,
    }


def _log(run: Run, index: dict[str, Any]) -> pd.DataFrame:
    """Return the run's log, built from its decisions in runs older than logs."""
    if "decision_log.parquet" in run.files:
        return run.table("decision_log")
    return extended(None, run.table("decisions"), datetime.fromisoformat(index["as_of"]))


def _state(text: str | None) -> str:
    if not text:
        return ""
    asked = text.strip().casefold().replace("-", " ").replace("_", " ")
    for name, word in STATES.items():
        if asked in {word, name.replace("_", " ")}:
            return name
    allowed = ", ".join(word.replace(" ", "-") for word in STATES.values())
    raise UsageError(f'--state "{text}" tidak dikenal; yang boleh: {allowed}')


def _is_of(row: Record, unit: str | None) -> bool:
    return not unit or str(row["innovation_id"]).partition("/")[0] == unit.strip()


def ledger_lines(record: dict[str, Any]) -> Iterator[str]:
    """The decisions for people, a row a decision."""
    zone = province_zone(record["region"])
    when = moment(datetime.fromisoformat(record["as_of"]), zone)
    yield from wrapped(f"Keputusan peninjau, {which_run(record, when)}")
    counted = [f"{number(n)} {STATES[name]}" for name, n in record["counts"].items() if n]
    yield from wrapped(", ".join(counted) + "." if counted else "Belum ada satu keputusan pun.")
    rows = record["decisions"]
    if not rows and counted:
        yield from wrapped("Tidak ada yang cocok dengan --unit atau --state itu.")
    if not rows:
        return
    yield from heading("Menurut waktu" if record["events"] else "Menurut klaim")
    titles = ("tercatat", "keadaan", "klaim", "keputusan", "peninjau", "catatan")
    yield from table(titles, (_cells(row, zone) for row in rows))


def _cells(row: Record, zone: str) -> tuple[str, ...]:
    seen = datetime.fromisoformat(row["at"])
    who = ", ".join(text for text in (row["reviewer"], row["date"]) if text)
    return (
        moment(seen, zone),
        STATES[row["state"]],
        f"{row['innovation_id']} · {row['indicator']}",
        words_of(row),
        who or "–",
        row["note"] or "–",
    )
