"""Stores of small published runs, made without an assessment."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pandas as pd
import pytest

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.score.exact import exact_text
from iid.tasks.store.earlier_runs import history_file
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.region import Marker

AS_OF = datetime(2026, 8, 31, 12, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    place = tmp_path / "hasil"
    place.mkdir()
    return FolderStore(place)


def level(spd: Fraction, points: Fraction, divisor: int) -> dict[str, object]:
    index = (spd + points / divisor) / 250 * 100
    shown = str(half_up(index, 2))
    category = "Sangat Inovatif" if index > 65 else "Inovatif" if index > 40 else "Kurang Inovatif"
    return {
        **dict.fromkeys(("spd", "sid_mean", "sid", "total"), "0.00"),
        "count_score": "0.00",
        "maximum": "250.00",
        "index": shown,
        "category": category if index else "Tidak Dapat Dinilai",
        "divisor": divisor,
        "basic_services": 0,
    }


def run_files(code: str, run_id: str, name: str, spd: str, points: str, divisor: int, status: str):
    rows = {view: level(Fraction(spd), Fraction(points), divisor) for view in ("claimed", "supported")}
    rows["verified"] = rows["supported"] if status == "final" else level(Fraction(0), Fraction(0), divisor)
    index = {
        **{"region": code, "cycle": 2026, "run_id": run_id, "as_of": "2026-08-31T12:00:00Z"},
        **{"status": status, "reported": 1, "eligible": 1},
        **rows,
    }
    yield "index.json", json.dumps(index).encode()
    views = [f"{view}_score" for view in ("claimed", "supported", "verified")]
    for table, owner, value in (("scores", "pemda", spd), ("innovations", "101/Inovasi", points)):
        row = {"innovation_id": owner} | dict.fromkeys(views, exact_text(Fraction(value)))
        yield from table_files(table, pd.DataFrame([row]).astype("string"))
    if name:
        marker = Marker(code, name, "Asia/Makassar", example=False)
        yield "report/riwayat.json", history_file(marker, [])


@pytest.fixture
def region(store: FolderStore) -> Callable[..., str]:
    """Publish one region: SPD points, points of its only innovation, divisor. Gives the run's id."""

    def once(
        code: str,
        spd: str,
        points: str = "0",
        divisor: int = 12,
        *,
        name: str = "",
        status: str = "provisional",
    ) -> str:
        digest = hashlib.sha256(f"{code}{spd}{points}{status}".encode()).hexdigest()
        run_id = f"20260831T120000Z-{digest[:8]}"
        head = {"schema": 1, "region": code, "cycle": 2026, "run_id": run_id, "status": status}
        files = run_files(code, run_id, name, spd, points, divisor, status)
        publish(
            store, code, 2026, run_id, files, head, published_at=AS_OF, status=status, zone="Asia/Jakarta"
        )
        return run_id

    return once
