"""The night of a deadline on a real Prefect server: nothing is lost, nothing is published twice at once."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from postgres import postgres, programs

ROOT = Path(__file__).parents[2]
REGIONS = 2

pytestmark = [
    pytest.mark.integration,
    pytest.mark.timeout(600),
    pytest.mark.skipif(programs() is None, reason="PostgreSQL is not installed"),
]


@pytest.fixture(scope="module")
def night(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What benchmarks/deadline_night.py says of a night with a worker killed and files arriving."""
    script = ROOT / "benchmarks" / "deadline_night.py"
    folder = tmp_path_factory.mktemp("malam")
    words = ["--regions", str(REGIONS), "--folder", str(folder), "--seconds", "480", "--json"]
    with postgres() as database:
        done = subprocess.run(
            [sys.executable, str(script), *words, "--database", database],
            capture_output=True,
            text=True,
            check=False,
            timeout=580,
        )
    assert done.returncode == 0, done.stdout + done.stderr
    return dict(json.loads(done.stdout))


def test_every_region_is_published_though_a_worker_died(night: dict[str, Any]) -> None:
    assert night["killed"]
    assert night["taken_up_again"] >= 1
    assert (night["regions"], night["published"]) == (REGIONS, REGIONS)
    assert night["unpublished"] == []


def test_no_region_is_published_twice_at_once(night: dict[str, Any]) -> None:
    assert night["twice_at_once"] == []


def test_files_that_arrive_meanwhile_are_in_what_is_published(night: dict[str, Any]) -> None:
    assert night["changes"] == night["changes_published"] == REGIONS


def test_lateness_is_reported_for_every_region(night: dict[str, Any]) -> None:
    late = night["late_by_region_s"]
    assert len(late) == REGIONS
    assert max(late.values()) == pytest.approx(night["late_most_s"])
    assert min(late.values()) > 0
