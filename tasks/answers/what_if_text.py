"""A what-if (:mod:`iid.tasks.answers.what_if`) in Indonesian lines."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from itertools import pairwise
from typing import Any

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import DASH, comma, number, percent, signed
from iid.tasks.text.labels import title
from iid.tasks.text.terminal import NAMES, drawn, fitted, line, rendered, which_run
from iid.tasks.values.tables import REGION_ID

#: The headline first.
ORDER = ("supported", "claimed", "verified")
SHOWN = 20


def what_if_lines(record: Record, when: str, rulebook: Rulebook, limit: int) -> Iterator[str]:
    """Yield the lines; *rulebook*: the run's, *limit*: of ranks (0: all)."""
    ranks = (
        (r["innovation_id"], _step(r, "rank"), _step(r, "score")) for r in record["ranks"][: limit or None]
    )
    odds = map(_odds_row, record.get("sensitivity", {}).get("ranks", [])[: limit or None])
    lines = rendered(
        "iid.tasks.answers",
        "what_if",
        {"deed": _change},
        t=record,
        run=which_run(record, when),
        limit=limit or None,
        indices=drawn(("Indeks", "Sebelum", "Sesudah", "Selisih"), _indices(record), right="3"),
        ranks=drawn(("Inovasi", "Peringkat", "Skor"), ranks, right="12"),
        odds=drawn(
            ("Inovasi", "Peringkat kini", "95 dari 100", "Tengah", "Tetap dihitung"), odds, right="1234"
        ),
        cycle=rulebook.cycle,
        **(_other_rules(record) if record["under"] else {}),
    )
    return fitted(lines)


def _other_rules(record: Record) -> dict[str, Any]:
    """What is said of other rules, group by group."""
    under = record["under"]
    steps = [Decimal(record["before"]["supported"]["index"]), *(Decimal(p["index"]) for p in under["parts"])]
    moved = [
        f"{line(row['innovation_id'])}:{row['indicator']} {row['before']} → {row['after']}"
        for row in under["claims_moved"]
    ]
    return {
        "parts": list(
            zip(under["parts"], (after - before for before, after in pairwise(steps)), strict=True)
        ),
        "eligibility": list(_eligibility(under["eligibility"])),
        "claims_moved": _some(moved),
    }


def _eligibility(rows: list[Record]) -> Iterator[str]:
    for eligible, words in ((False, "tidak lagi memenuhi syarat"), (True, "menjadi memenuhi syarat")):
        by_cause: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["eligible"] is eligible:
                cause = ", ".join(title(code).lower() for code in row["reasons"])
                by_cause[cause].append(line(row["innovation_id"]))
        for cause, owners in sorted(by_cause.items(), key=lambda item: (-len(item[1]), item[0])):
            why = f"{'hilang: ' if eligible else ''}{cause}"
            yield f"{number(len(owners))} inovasi {words} ({why}): {_some(owners)}"


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" dan {number(rest)} lagi" if rest > 0 else "")


def _change(change: Record) -> str:
    owner = "pemda" if change["innovation_id"] == REGION_ID else line(change["innovation_id"])
    if change["kind"] == "add":
        return f"{owner.strip('()')}: urusan {change['main_affair']}, skor {comma(change['score'])}"
    before, after = change["before"]["supported"], change["after"]["supported"]
    words: dict[str, str] = {
        "withdraw": "ditarik, tidak dilaporkan lagi",
        "qualify": "memenuhi syarat",
        "disqualify": "tidak memenuhi syarat",
        "total": f"skor SPD {comma(str(before))} → {comma(str(after))}",
    }
    if change["kind"] in words:
        return f"{owner}: {words[change['kind']]}"
    claimed = change["before"]["claimed"]
    was = f"{before}" if claimed == before else f"{before} (diklaim {claimed})"
    wanted = change["parameter"]
    counts = "" if after == wanted else ", belum dihitung"
    return f"{owner} indikator {change['indicator']}: {was} → {wanted}{counts}"


def _indices(record: Record) -> Iterator[tuple[str, ...]]:
    for view in ORDER:
        pair = (record[when][view] for when in ("before", "after"))
        shown = (f"{comma(numbers['index'])} {numbers['category']}" for numbers in pair)
        yield NAMES[view], *shown, signed(record["difference"][view])


def _step(row: Record, name: str) -> str:
    before, after = (row[f"{name}_{when}"] for when in ("before", "after"))
    texts = [DASH if value is None else comma(str(value)) for value in (before, after)]
    return texts[0] if texts[0] == texts[1] else " → ".join(texts)


def _odds_row(row: Record) -> tuple[object, ...]:
    span = DASH if row["low"] is None else f"{row['low']}–{row['high']}"
    places = (DASH if row[name] is None else row[name] for name in ("rank", "median"))
    rank, median = places
    return row["innovation_id"], rank, span, median, percent(row["counted"], 1, 1)
