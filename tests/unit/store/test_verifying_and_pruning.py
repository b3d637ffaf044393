"""Verify finds every byte that moved; prune removes only what no pointer ever named."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.keys import TEMP_PREFIX
from iid.tasks.store.lease import hold
from iid.tasks.store.published_run import read_run, runs
from iid.tasks.store.publishing import Difference, Published, publish, verify
from iid.tasks.store.retention import prune
from iid.tasks.values.errors import GuardError, UsageError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
R1, R2, R3 = "20260831T120000Z-aaaaaaaa", "20260901T120000Z-bbbbbbbb", "20260902T120000Z-cccccccc"
CYCLE = "63.03/2026/"
PutOut = Callable[..., Published]


def kinds(store: FolderStore, run_id: str | None = None) -> list[tuple[str, str]]:
    return [(d.kind, d.path) for d in verify(store, "63.03", 2026, run_id)]


def test_each_flipped_byte_is_found(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    for name in ("index.json", "scores.csv", "report/index.html", "manifest.json"):
        key = f"{CYCLE}runs/{R1}/{name}"
        data = store.get(key)
        for place in (0, len(data) // 2, len(data) - 1):
            store.put(key, data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :])
            assert ("changed", name) in kinds(store), (name, place)
        store.put(key, data)
    assert kinds(store) == []


def test_a_manifest_that_was_rewritten_to_fit_is_still_found(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    key = f"{CYCLE}runs/{R1}/manifest.json"
    manifest = json.loads(store.get(key))
    manifest["files"] = manifest["files"][1:]
    store.put(key, json.dumps(manifest).encode())
    store.delete(f"{CYCLE}runs/{R1}/index.json")
    assert kinds(store) == [("changed", "manifest.json")]


def test_a_manifest_of_a_newer_form_is_refused_with_the_version_needed(store: FolderStore) -> None:
    newer = {"as_of": "2026-08-31T12:00:00Z", "schema": 2, "versions": {"iid": "9.1"}}
    at = datetime(2026, 8, 31, tzinfo=UTC)
    publish(store, "63.03", 2026, R1, [("a", b"a")], newer, published_at=at, status="provisional")
    for read in (read_run, verify):
        with pytest.raises(UsageError, match=r"schema 2; .* sampai 1\); pasang iid 9\.1"):
            read(store, "63.03", 2026)


def test_an_earlier_run_is_held_against_its_record(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    put_out(store, R2, "dua")
    assert kinds(store, R1) == []
    store.put(f"{CYCLE}runs/{R1}/manifest.json", b'{"files": []}')
    assert ("changed", "manifest.json") in kinds(store, R1)
    assert kinds(store) == []
    store.delete(f"{CYCLE}runs/{R1}/manifest.json")
    assert kinds(store, R1) == [("missing", "manifest.json")]


def test_a_damaged_pointer_or_manifest_is_a_difference_and_no_crash(
    store: FolderStore, put_out: PutOut
) -> None:
    put_out(store, R1)
    pointer = store.get(CYCLE + "latest.json")
    store.put(CYCLE + "latest.json", b"{")
    assert kinds(store) == [("damaged", "latest.json")]
    store.put(CYCLE + "latest.json", pointer)
    store.put(f"{CYCLE}runs/{R1}/manifest.json", b"{")
    assert kinds(store) == [("changed", "manifest.json"), ("damaged", "manifest.json")]


def test_a_run_that_is_not_there_is_a_usage_error(store: FolderStore, put_out: PutOut) -> None:
    with pytest.raises(UsageError, match="belum ada hasil terbit"):
        verify(store, "63.03", 2026)
    put_out(store, R1)
    with pytest.raises(UsageError, match=f"yang ada: {R1}"):
        verify(store, "63.03", 2026, R2)


def test_a_difference_reads_as_one_line() -> None:
    assert str(Difference("a.csv", "missing", "x")) == "hilang: a.csv"
    assert str(Difference("a.csv", "extra")) == "tidak ada di manifest: a.csv"
    assert str(Difference("a", "changed", "1", "")) == "berubah: a (tercatat 1, ditemukan –)"


def leave_remains(store: FolderStore) -> None:
    """What publishers leave that were killed at several moments."""
    store.put(f"{CYCLE}runs/{R2}/index.json", b"{}")
    store.put(f"{CYCLE}runs/{R3}/index.json", b"{}")
    store.put(f"{CYCLE}runs/{R3}/manifest.json", b"{}")
    (store.root / CYCLE / "runs" / "20260903T120000Z-dddddddd" / "report").mkdir(parents=True)
    for place in ("", "runs/" + R1, "history", "lease"):
        (store.root / CYCLE / place / f"{TEMP_PREFIX}{len(place)}").write_bytes(b"x")
    for path in store.root.rglob("*"):
        os.utime(path, (NOW.timestamp(),) * 2)


def test_prune_removes_remains_and_keeps_every_published_run(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    put_out(store, "20260831T120001Z-aaaaaaaa", "dua")
    before = sorted(path for path in store.root.rglob("*") if path.is_file())
    leave_remains(store)
    young = prune(store, "63.03", 2026, now=lambda: NOW + timedelta(minutes=30))
    assert (young.runs, young.remains) == (("20260903T120000Z-dddddddd",), 0)
    pruned = prune(store, "63.03", 2026, now=lambda: NOW + timedelta(days=2))
    assert pruned.runs == (R2, R3)
    assert pruned.remains == 4
    after = sorted(path for path in store.root.rglob("*") if path.is_file())
    assert [p for p in after if "lease" not in p.parts] == [p for p in before if "lease" not in p.parts]
    assert kinds(store) == kinds(store, R1) == []


def test_publishing_tidies_unfinished_runs_but_leaves_complete_ones(
    store: FolderStore, put_out: PutOut
) -> None:
    put_out(store, R1)
    leave_remains(store)
    put_out(store, "20260904T120000Z-eeeeeeee", "tiga", now=lambda: NOW + timedelta(days=4))
    assert store.folders(f"{CYCLE}runs/") == (R1, R3, "20260904T120000Z-eeeeeeee")
    assert not list((store.root / CYCLE).glob(f"{TEMP_PREFIX}*"))


def test_a_lost_history_folder_costs_no_run_when_publishing(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    put_out(store, R2, "dua")
    for key in store.keys(CYCLE + "history/"):
        store.delete(key)
    for path in store.root.rglob("*"):
        os.utime(path, (NOW.timestamp(),) * 2)
    put_out(store, R3, "tiga", now=lambda: NOW + timedelta(days=9))
    assert runs(store, "63.03", 2026) == (R1, R2, R3)


def test_prune_waits_for_no_one(store: FolderStore) -> None:
    with hold(store, "63.03", 2026), pytest.raises(GuardError, match="sedang diterbitkan"):
        prune(store, "63.03", 2026)
