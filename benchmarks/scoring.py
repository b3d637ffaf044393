"""Scoring of a nation in one process: 30,000 innovations × 20 indicators with findings and decisions.

    python benchmarks/scoring.py [--innovations 30000]

Prints the best of three, its ratio to the floor (a numpy dot product over the same claims) and the memory
that scoring adds. The tables are made here; the rulebook is the shipped one of 2026.
"""

from __future__ import annotations

import argparse
import resource
import time
from typing import Any

import numpy as np
import pandas as pd

from iid.expectations.rulebook.loading import load
from iid.tasks.score.scoring import score
from iid.tasks.values.tables import CLAIMS, DECISIONS, EVIDENCE, FINDINGS, INNOVATIONS, REGION_ID, TEXT, WHOLE

CODES = np.array(
    ["evidence.missing", "evidence.unreadable", "evidence.no_text", "profile.window"], dtype=object
)


def table(columns: dict[str, Any], given: dict[str, Any], rows: int) -> pd.DataFrame:
    """A whole table of ``iid.tasks.values.tables``: *given* columns, the others empty."""

    def values(name: str, kind: Any) -> Any:
        if name in given:
            return given[name]
        return [""] * rows if kind == TEXT else [pd.NA] * rows if kind == WHOLE else [False] * rows

    return pd.DataFrame({name: pd.array(values(name, kind), dtype=kind) for name, kind in columns.items()})


def tables(rulebook: Any, innovations: int) -> tuple[pd.DataFrame, ...]:
    """Innovations, claims, evidence, findings, decisions: seeded, every claim with one file."""
    random = np.random.default_rng(1)
    ids = np.array([f"{n // 20:04}/inovasi {n}" for n in range(innovations)], dtype=object)
    sid, spd = [i.key for i in rulebook.sid], [i.key for i in rulebook.spd_rows]
    owner = np.concatenate([np.repeat(ids, len(sid)), np.full(len(spd), REGION_ID, dtype=object)])
    indicator = np.concatenate(
        [np.tile(np.array(sid, dtype=object), innovations), np.array(spd, dtype=object)]
    )
    rows = len(owner)
    at, decided = random.integers(0, rows, rows // 2), random.integers(0, rows, rows // 3)
    code = random.choice(CODES, rows // 2, p=[0.4, 0.2, 0.39, 0.01])
    both = {"innovation_id": owner, "indicator": indicator}
    return (
        table(INNOVATIONS, {"innovation_id": ids, "unit_code": [i[:4] for i in ids]}, innovations),
        table(CLAIMS, {**both, "parameter": random.integers(0, 4, rows)}, rows),
        table(
            EVIDENCE,
            {**both, "kind": ["file"] * rows, "size": [1] * rows, "listed": ["folder"] * rows}
            | {name: [True] * rows for name in ("counted", "readable", "exists") if name in EVIDENCE},
            rows,
        ),
        table(
            FINDINGS,
            {
                "code": code,
                "severity": np.where(code == "evidence.no_text", "warning", "critical"),
                "innovation_id": owner[at],
                "indicator": indicator[at],
            },
            len(at),
        ),
        table(
            DECISIONS,
            {
                "innovation_id": owner[decided],
                "indicator": indicator[decided],
                "decision": ["terima"] * len(decided),
                "in_force": [True] * len(decided),
            },
            len(decided),
        ),
    )


def best(work: Any, turns: int = 3) -> float:
    """Shortest of *turns* runs, in seconds."""
    times = []
    for _ in range(turns):
        begun = time.perf_counter()
        work()
        times.append(time.perf_counter() - begun)
    return min(times)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--innovations", type=int, default=30_000)
    innovations = parser.parse_args().innovations
    rulebook = load(2026).rulebook
    made = tables(rulebook, innovations)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    seconds = best(lambda: score(*made, rulebook))
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    weights, claimed = np.ones(len(made[1])), made[1]["parameter"].to_numpy(dtype=float)
    floor = best(lambda: float(weights @ claimed), 50)
    print(f"{innovations} innovations, {len(made[1])} claims: {seconds:.2f} s")
    print(f"numpy dot product over the same claims: {floor * 1000:.2f} ms, ratio {seconds / floor:,.0f}")
    print(f"memory: {after / 1024:.0f} MiB at its peak, {(after - before) / 1024:.0f} MiB of it for scoring")


if __name__ == "__main__":
    main()
