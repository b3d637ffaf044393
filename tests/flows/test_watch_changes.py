"""What `iid watch` takes for a change: decisions, units that vanish, shares that must be polled."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from background import proof_folder, running
from openpyxl import load_workbook
from runs import Run, assess, published


@pytest.fixture
def watching(share: Path, tmp_path: Path) -> Callable[..., Any]:
    """Start `iid watch` on the share, without a Prefect server."""
    (tmp_path / "home").mkdir()
    home = {"HOME": str(tmp_path / "home"), "IID_TOML": str(tmp_path / "no.toml"), "PREFECT_API_URL": ""}

    def start(*more: str):
        command = ("iid.flows", "watch", "--share", share, "--store", tmp_path / "store", "--cycle", "2026")
        return running(tmp_path / "watch.log", *command, "--quiet-period", "0.5", *more, **home)

    return start


def test_a_decision_that_a_steward_saves_is_assessed_and_what_we_write_around_it_is_not(
    share: Path, tmp_path: Path, iid: Run, watching: Callable[..., Any]
) -> None:
    assert assess(iid, share, tmp_path / "store", "--unit", "102").returncode == 0
    path = share / "2026/_tinjauan/102.xlsx"
    with watching("--direct") as watch:
        watch.says("mengamati")
        book = load_workbook(path)
        page = book["Keputusan"]
        columns = {str(cell.value): cell.column for cell in page[1]}
        line = next(r for r in range(2, page.max_row + 1) if page.cell(r, columns["Parameter klaim"]).value)
        for name, value in {"Keputusan": "tolak", "Catatan": "Tidak sah", "Peninjau": "Ani"}.items():
            page.cell(line, columns[name]).value = value
        book.save(path)
        watch.says("✓ indeks")
        (proof_folder(share) / "lagi.txt").write_text("x")
        watch.says("✓ indeks", count=2)
        assert watch.ends() == 0
    said = watch.said()
    assert "1 berkas berubah pada unit 102\n" in said
    assert said.count("berkas berubah") == 2  # the workbook that the first run wrote again is no change
    scores = pd.read_csv(published(tmp_path / "store") / "scores.csv", dtype=str, keep_default_na=False)
    assert (scores.decision == "tolak").sum() == 1


def test_a_share_that_is_polled_is_seen_as_well(
    share: Path, tmp_path: Path, watching: Callable[..., Any]
) -> None:
    with watching("--poll", "0.2") as watch:
        watch.says("ditengok setiap 0,2 detik")
        (proof_folder(share) / "baru.txt").write_text("x")
        watch.says("1 berkas berubah")
        assert watch.ends() == 0


def test_a_unit_that_is_removed_stops_no_run(
    share: Path, tmp_path: Path, watching: Callable[..., Any]
) -> None:
    (share / "2026/900 Unit Sementara/X").mkdir(parents=True)
    (share / "2026/900 Unit Sementara/X/catatan.txt").write_text("x")
    with watching() as watch:
        watch.says("mengamati")
        shutil.rmtree(share / "2026/900 Unit Sementara")
        watch.says("✓ indeks")
        assert watch.ends() == 0
    assert "1 berkas berubah\n" in watch.said()
