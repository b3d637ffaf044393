"""The last run of every region and cycle, and when it counts as stale."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.flows.cli.main import run
from iid.tasks.operate.health.freshness import Attempt, Place, spoken, standings
from iid.tasks.operate.serve.report_server import metrics
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish

NOW = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
DAY_AND_HALF = timedelta(hours=36)
VIEW = {"index": "57.64", "category": "Inovatif"}
INDEX = {"supported": VIEW, "verified": {"index": "61.20", "category": "Sangat Inovatif"}}


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "hasil")


def put(
    store: FolderStore,
    region: str,
    cycle: int,
    hours: float,
    status: str = "provisional",
    now: datetime = NOW,
) -> None:
    files = [("index.json", json.dumps(INDEX).encode())]
    when = now - timedelta(hours=hours)
    publish(store, region, cycle, f"r-{cycle}", files, {}, published_at=when, status=status)


def test_every_region_and_cycle_has_a_row_sorted(store: FolderStore) -> None:
    for region, cycle in (("63.71", 2026), ("63.03", 2027), ("63.03", 2026)):
        put(store, region, cycle, 1)
    rows = list(standings(store, NOW, DAY_AND_HALF))
    assert [(row.region, row.cycle) for row in rows] == [("63.03", 2026), ("63.03", 2027), ("63.71", 2026)]
    assert {row.problem for row in rows} == {""}
    assert [row.cycle for row in standings(store, NOW, DAY_AND_HALF, cycle=2027)] == [2027]
    assert len(list(standings(store, NOW, DAY_AND_HALF, region="63.71"))) == 1


def test_the_line_says_index_category_status_time_and_age(store: FolderStore) -> None:
    put(store, "63.03", 2026, 3.5)
    (row,) = standings(store, NOW, DAY_AND_HALF)
    assert row.line() == (
        "✓ 63.03 2026: 57,64 Inovatif, sementara, terbit 1 September 2026 16.30 WITA, 3 jam yang lalu"
    )


@given(hours=st.integers(0, 2000), limit=st.integers(0, 2000))
def test_stale_begins_after_the_limit(hours: int, limit: int) -> None:
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        store = FolderStore(Path(folder))
        put(store, "63.03", 2026, hours)
        (row,) = standings(store, NOW, timedelta(hours=limit))
        assert bool(row.problem) == (hours > limit)


def test_a_closed_cycle_never_gets_stale_and_shows_the_verified_index(store: FolderStore) -> None:
    put(store, "63.03", 2026, 9000, "final")
    (row,) = standings(store, NOW, DAY_AND_HALF)
    assert not row.problem
    assert (row.index, row.category) == ("61.20", "Sangat Inovatif")


def test_a_region_that_never_published_is_a_row_with_a_problem(store: FolderStore) -> None:
    store.put("63.03/2026/lease/00000001.json", b"{}")
    (row,) = standings(store, NOW, DAY_AND_HALF)
    assert "belum ada hasil terbit" in row.line()
    assert row.as_json()["published_at"] is None


@pytest.mark.parametrize("name", ["latest.json", "runs/r-2026/index.json", "runs/r-2026/manifest.json"])
def test_a_damaged_run_is_a_row_with_a_problem_and_the_others_stay(store: FolderStore, name: str) -> None:
    put(store, "63.03", 2026, 1)
    put(store, "63.71", 2026, 1)
    store.put(f"63.03/2026/{name}", b"{}")
    broken, whole = standings(store, NOW, DAY_AND_HALF)
    assert broken.problem
    assert not whole.problem


def test_a_clock_behind_the_publisher_gives_age_zero(store: FolderStore) -> None:
    put(store, "63.03", 2026, -5)
    (row,) = standings(store, NOW, DAY_AND_HALF)
    assert row.age == timedelta()


@pytest.mark.parametrize(
    ("minutes", "words"),
    [(0, "0 menit"), (119, "119 menit"), (120, "2 jam"), (4319, "71 jam"), (4320, "3 hari")],
)
def test_ages_are_spoken_in_whole_units(minutes: int, words: str) -> None:
    assert spoken(timedelta(minutes=minutes)) == words


def test_the_command_exits_1_when_stale_and_0_when_fresh(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(["status", "--store", "hasil"]) == 1
    assert "belum ada hasil terbit" in capsys.readouterr().err
    put(store, "63.03", 2026, 0)
    assert run(["status", "--store", "hasil", "--stale", "9e5"]) == 0
    assert capsys.readouterr().out.startswith("✓ 63.03 2026")
    assert run(["status", "--store", "hasil", "--stale", "0", "--json"]) == (
        1 if datetime.now(UTC) > NOW else 0
    )
    answer = json.loads(capsys.readouterr().out)
    assert answer["runs"][0]["index"] == "57.64"
    assert run(["status"]) == 2


@pytest.mark.parametrize(("hours", "missed"), [(1, False), (3, True)])
def test_a_target_whose_runs_are_due_every_hour_is_late_after_two_of_them(
    store: FolderStore, hours: float, missed: bool
) -> None:
    put(store, "63.03", 2026, hours)
    put(store, "63.03", 2025, hours, status="final")
    due = NOW - timedelta(hours=2)
    row = Place(2026, store, "63.03", expected=lambda _now: due).standing(NOW, DAY_AND_HALF)
    assert ("dua penilaian terjadwal" in row.problem) == missed
    assert Place(2025, store, "63.03", expected=lambda _now: due).standing(NOW, DAY_AND_HALF).problem == ""


def test_the_last_run_of_a_service_is_shown_with_its_exit_status_and_no_place(store: FolderStore) -> None:
    put(store, "63.03", 2026, 1)
    tried = Place(2026, store, "63.03", attempt=Attempt(NOW, 2)).standing(NOW, DAY_AND_HALF)
    assert tried.as_json()["last_attempt"] == {
        "at": "2026-09-01T12:00:00Z",
        "ok": False,
        "exit": 2,
        "error": "gagal (keluar 2); sebabnya ada di catatan server",
    }
    assert 'iid_last_attempt_exit{region="63.03",cycle="2026",status="provisional"} 2' in metrics([tried])
    never = Place(2026, store, "63.03").standing(NOW, DAY_AND_HALF)
    assert "last_attempt" not in never.as_json()
    assert "iid_last_attempt_exit{" not in metrics([never])


def test_status_turns_where_the_denser_timetable_of_the_settings_was_missed_twice(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    put(store, "63.03", 2026, 3, now=datetime.now(UTC))
    tomorrow = (datetime.now(UTC) + timedelta(days=1)).isoformat()
    night = datetime.now(ZoneInfo("Asia/Makassar")) + timedelta(hours=12)  # far, whatever the clock says
    settings = f'store = "hasil"\ncycle = 2026\nregion = "63.03"\ndeadline = {tomorrow}\n'
    settings += f'[serve]\nat = "{night:%H:%M}"\n'
    (tmp_path / "iid.toml").write_text(settings)
    assert run(["status"]) == 0
    (tmp_path / "iid.toml").write_text(settings + 'dense = [{ days = 2, every = "1h" }]\n')
    assert run(["status"]) == 1
    assert "dua penilaian terjadwal berturut-turut" in capsys.readouterr().out
