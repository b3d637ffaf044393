"""Withdrawal: the pointer returns to the run before, every trace stays, guards hold."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.history import history, record
from iid.tasks.store.lease import hold
from iid.tasks.store.published_run import latest
from iid.tasks.store.verification import verify
from iid.tasks.store.withdrawal import published_runs, standing, two_runs, withdraw
from iid.tasks.values.errors import GuardError, UsageError

RUNS = tuple(f"2026080{n}T000000Z-0123abc{n}" for n in (1, 2, 3))
WHERE = ("63.03", 2026)


@pytest.fixture
def store(small, tmp_path):
    """Three runs, the last one published."""
    for run in RUNS:
        small.publish(tmp_path, run)
    return FolderStore(tmp_path)


def pointer(store):
    return store.get("63.03/2026/latest.json")


def test_the_pointer_returns_byte_for_byte_and_every_file_stays(small, tmp_path):
    store = FolderStore(tmp_path)
    small.publish(tmp_path, RUNS[0])
    before = pointer(store)
    small.publish(tmp_path, RUNS[1])
    keys = set(store.keys("63.03/2026/runs/"))
    done = withdraw(store, *WHERE, "  salah\nunggah ")
    assert (done.run_id, done.reason, done.now.run_id) == (RUNS[1], "salah unggah", RUNS[0])
    assert pointer(store) == before
    assert set(store.keys("63.03/2026/runs/")) == keys
    assert verify(store, *WHERE) == []
    assert verify(store, *WHERE, RUNS[1]) == []


def test_the_history_keeps_when_why_and_what_came_back(store):
    moment = datetime(2026, 8, 9, 1, 2, 3, tzinfo=UTC)
    withdraw(store, *WHERE, "salah unggah", now=lambda: moment)
    entry = history(store, *WHERE)[-1]
    assert (entry["event"], entry["run_id"], entry["at"]) == ("withdrawn", RUNS[2], "2026-08-09T01:02:03Z")
    assert (entry["reason"], entry["returned_to"]) == ("salah unggah", RUNS[1])


def test_withdrawing_twice_goes_back_twice(store):
    withdraw(store, *WHERE, "satu")
    withdraw(store, *WHERE, "dua")
    assert latest(store, *WHERE).run_id == RUNS[0]
    assert published_runs(store, *WHERE) == (RUNS[0],)
    with pytest.raises(GuardError, match="tidak ada perhitungan lain"):
        withdraw(store, *WHERE, "tiga")
    assert latest(store, *WHERE).run_id == RUNS[0]


def test_a_withdrawn_run_can_be_published_again(store, small, tmp_path):
    withdraw(store, *WHERE, "keliru menarik", now=lambda: datetime(2026, 8, 9, tzinfo=UTC))
    assert published_runs(store, *WHERE) == RUNS[:2]
    again = {"run_id": RUNS[2], "event": "published"}
    assert standing([*history(store, *WHERE), again]) == RUNS
    small.publish(tmp_path, RUNS[2])
    assert latest(store, *WHERE).run_id == RUNS[2]


def test_the_comparison_leaves_withdrawn_runs_out_unless_they_are_named(store):
    assert two_runs(store, *WHERE, ()) == (RUNS[1], RUNS[2])
    withdraw(store, *WHERE, "salah")
    assert two_runs(store, *WHERE, ()) == (RUNS[0], RUNS[1])
    assert two_runs(store, *WHERE, (RUNS[2],)) == (RUNS[2], RUNS[1])
    assert two_runs(store, *WHERE, ("20260803", "20260801")) == (RUNS[2], RUNS[0])


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        (("2026",), "cocok dengan 3"),
        (("zzz",), "tidak ada untuk 63.03"),
        ((RUNS[2],), "sama"),
        (RUNS, "paling banyak dua"),
    ],
)
def test_runs_that_cannot_be_reported_are_refused(store, wanted, words):
    with pytest.raises(UsageError, match=words):
        two_runs(store, *WHERE, wanted)


def test_one_run_is_nothing_to_compare(small, tmp_path):
    small.publish(tmp_path, RUNS[0])
    with pytest.raises(UsageError, match="baru ada 1 perhitungan"):
        two_runs(FolderStore(tmp_path), *WHERE, ())


def test_a_reason_is_asked_for_and_the_run_may_be_named(store):
    before = pointer(store)
    with pytest.raises(UsageError, match="--reason kosong"):
        withdraw(store, *WHERE, "  ")
    with pytest.raises(UsageError, match=f"yang terbit sekarang {RUNS[2]}, bukan {RUNS[1]}"):
        withdraw(store, *WHERE, "salah", run_id=RUNS[1])
    with pytest.raises(UsageError, match="belum ada hasil terbit"):
        withdraw(store, "63.04", 2026, "salah")
    assert pointer(store) == before
    assert [entry["event"] for entry in history(store, *WHERE)] == ["published"] * 3


def test_a_closed_cycle_is_not_withdrawn_until_it_is_opened_again(small, tmp_path):
    store = FolderStore(tmp_path)
    small.publish(tmp_path, RUNS[0])
    small.publish(tmp_path, RUNS[1], status="final")
    with pytest.raises(GuardError, match="sudah ditutup"):
        withdraw(store, *WHERE, "salah")
    moment = datetime(2026, 8, 9, tzinfo=UTC)
    record(store, *WHERE, "reopened", latest(store, *WHERE), at=moment, reason="salah")
    assert withdraw(store, *WHERE, "salah").now.run_id == RUNS[0]


def test_nothing_is_withdrawn_while_another_publishes(store):
    before = pointer(store)
    with hold(store, *WHERE), pytest.raises(GuardError, match="sedang diterbitkan"):
        withdraw(store, *WHERE, "salah")
    assert pointer(store) == before


def test_a_damaged_run_is_not_brought_back(store, tmp_path):
    manifest = tmp_path / "63.03" / "2026" / "runs" / RUNS[1] / "manifest.json"
    manifest.write_text(json.dumps({**json.loads(manifest.read_text()), "x": 1}))
    with pytest.raises(GuardError, match="berubah setelah terbit"):
        withdraw(store, *WHERE, "salah")
    assert latest(store, *WHERE).run_id == RUNS[2]
