"""Feedback as a user asks for it: with the run, not with --no-feedback, not with the setting."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_region import Region, emptied, filled

from iid.flows.cli.main import run as command

AS_OF = "2026-08-31T12:00:00+00:00"


@pytest.fixture
def region(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Region:
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("IID_TOML", str(tmp_path / "iid.toml"))
    return filled(emptied(tmp_path))


def assess(region: Region, *more: str, share: str = "") -> int:
    where = ("--share", share or str(region.root), "--store", str(region.root.parent / "hasil"))
    return command(["assess", *where, "--cycle", "2026", "--direct", "--as-of", AS_OF, *more])


def written(region: Region) -> set[str]:
    return {path.parent.name for path in region.root.rglob("_umpan-balik") if path.is_dir()}


def test_units_find_their_feedback_after_a_run_and_their_own_files_as_they_were(
    region: Region, capsys: pytest.CaptureFixture[str]
) -> None:
    before = region.files()
    assert assess(region) == 0
    assert "Catatan" not in capsys.readouterr().err
    after = region.files()
    assert {path: after[path] for path in before} == before
    assert {path.split("/")[-2] for path in after.keys() - before.keys()} == {"_umpan-balik", "_tinjauan"}
    assert written(region) == {"101 Dinas Kesehatan", "102 Dinas Lain", "103 Dinas Kosong", "00 Pemda"}
    assert assess(region) == 0
    assert region.files() == after


def test_no_feedback_writes_nothing_on_the_share(region: Region) -> None:
    before = region.files()
    assert assess(region, "--no-feedback") == 0
    assert region.files() == before
    (region.root.parent / "iid.toml").write_text("feedback = false\n")
    assert assess(region) == 0
    assert region.files() == before
