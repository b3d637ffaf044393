"""A rich made-up assessment of a Banjar-like region, built in code and scored by the real scoring.

``sample()`` gives about thirty units and two dozen innovations with every kind of fault a page
can show, hostile names among them. Nothing here is random: same arguments, same assessment.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import takewhile
from pathlib import Path

from report_builder import Builder
from report_region import HOSTILE_MADE, INNOVATIONS_MADE, ROSTER
from report_region import REVIEWER as REVIEWER  # noqa: PLC0414
from report_rows import said as said  # noqa: PLC0414

from iid.expectations.rulebook.loading import load
from iid.tasks.report.run_files import run_files
from iid.tasks.store.earlier_runs import HISTORY_FILE, read_earlier
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.values.assessment import Assessment


def sample(
    *,
    cycle: int = 2026,
    made: tuple[tuple[str, str, str, float, str], ...] = INNOVATIONS_MADE + HOSTILE_MADE,
    roster: tuple[tuple[str, str, str], ...] = ROSTER,
    decided: bool = True,
    status: str = "provisional",
    zone: str = "Asia/Makassar",
    example: bool = True,
) -> Assessment:
    """One assessment; ``made=()`` has no innovations, ``roster=()`` only the units of *made*."""
    loaded = load(cycle)
    return Builder(loaded.rulebook, loaded.sha256).build(made, roster, decided, status, zone, example)


def aged(assessment: Assessment, days: int) -> Assessment:
    """The same assessment as if it had been made *days* earlier."""
    as_of = assessment.as_of - timedelta(days=days)
    run_id = f"{as_of:%Y%m%dT%H%M%SZ}-{assessment.rulebook_sha256[:8]}"
    index = {**assessment.index, "run_id": run_id, "as_of": f"{as_of:%Y-%m-%dT%H:%M:%SZ}"}
    return replace(assessment, as_of=as_of, run_id=run_id, index=index)


def put_out(store: FolderStore, assessment: Assessment, history: bytes | None = None) -> None:
    """Publish the tables of *assessment*, without report and workbook (with *history*: its riwayat.json)."""
    loaded = load(assessment.cycle)
    files = [*takewhile(lambda f: f[0] != "hasil.xlsx", run_files(assessment, loaded.text, Path("nowhere")))]
    if history is not None:
        files.append((f"report/{HISTORY_FILE}", history))
    publish(
        store,
        assessment.marker.region,
        assessment.cycle,
        assessment.run_id,
        files,
        {},
        published_at=assessment.as_of,
        status=assessment.status,
    )


def with_past(folder: Path) -> tuple[FolderStore, Assessment]:
    """The rich assessment after two earlier runs in a store in *folder*: fewer innovations, no decisions."""
    store = FolderStore(folder)
    put_out(store, aged(sample(made=INNOVATIONS_MADE[:6], decided=False), 50))
    put_out(store, aged(sample(made=INNOVATIONS_MADE[:15], decided=False), 20))
    now = sample()
    return store, replace(now, earlier=read_earlier(store, now.marker.region, now.cycle, now.as_of))
