"""Two real assessments of one share: the second report knows the first, and stays reproducible."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from iid.expectations.rulebook.loading import load
from iid.flows.cli.main import run as command
from iid.tasks.demo.build_share import build_share
from iid.tasks.demo.recipe import InnovationSpec, Recipe, UnitSpec

FIRST, SECOND = "2026-08-01T12:00:00+00:00", "2026-08-31T12:00:00+00:00"


@dataclass(frozen=True)
class Two:
    """A share, a store with two runs of it, and their folders."""

    share: Path
    store: Path
    runs: tuple[Path, Path]


def assess(share: Path, store: Path, as_of: str) -> Path:
    order = ["assess", "--share", str(share), "--store", str(store), "--cycle", "2026", "--direct"]
    assert command([*order, "--no-feedback", "--as-of", as_of, "--accept-loss", "uji"]) == 0
    base = store / "63.03" / "2026"
    return base / "runs" / json.loads((base / "latest.json").read_text())["run_id"]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    folder = tmp_path_factory.mktemp("dua")
    share, store = folder / "share", folder / "hasil"
    claims = {"all": {"parameter": 2, "count": 1}}
    specs = tuple(
        InnovationSpec(unit="101", name=name, affair="Kesehatan", claims=claims) for name in ("SATU", "DUA")
    )
    recipe = Recipe(cycle=2026, units=(UnitSpec(code="101", name="Dinas", type="opd"),), innovations=specs)
    build_share(share, recipe, load(2026).rulebook)
    kept = folder / "DUA"
    shutil.move(next((share / "2026").glob("101*")) / "DUA", kept)
    first = assess(share, store, FIRST)
    shutil.move(kept, next((share / "2026").glob("101*")) / "DUA")
    return Two(share, store, (first, assess(share, store, SECOND)))


def test_the_second_report_shows_what_moved_since_the_first(two: Two) -> None:
    first, second = two.runs
    assert "Belum ada perhitungan sebelumnya" in (first / "report" / "index.html").read_text("utf-8")
    page = (second / "report" / "perubahan.html").read_text("utf-8")
    assert "Dari 1 Agustus 2026 20.00 WITA sampai 31 Agustus 2026 20.00 WITA" in page
    assert "Inovasi baru" in page and "DUA" in page
    points = json.loads((second / "report" / "riwayat.json").read_text("utf-8"))["points"]
    assert [p["run_id"] for p in points] == [first.name, second.name]


def test_assessing_the_same_moment_again_is_the_same_run(two: Two) -> None:
    assert assess(two.share, two.store, SECOND) == two.runs[1]


def test_both_runs_verify_and_come_out_the_same_when_scored_again(two: Two) -> None:
    for run in two.runs:
        order = ["verify", "--store", str(two.store), "--cycle", "2026", "--run", run.name, "--recompute"]
        assert command(order) == 0


def test_another_past_is_another_run_with_the_same_tables(two: Two, tmp_path: Path) -> None:
    alone = assess(two.share, tmp_path / "hasil", SECOND)
    assert alone.name != two.runs[1].name
    for path in sorted(two.runs[1].glob("*.csv")):
        assert (alone / path.name).read_bytes() == path.read_bytes(), path.name
