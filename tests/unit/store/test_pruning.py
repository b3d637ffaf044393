"""Prune: evidence that no run names goes, published runs stay unless asked, and nothing in use is touched."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import typer
from typer.testing import CliRunner

from iid.flows.cli.verify_command import prune as command
from iid.tasks.store.closed_cycle import evidence_key
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.history import history, record
from iid.tasks.store.lease import hold
from iid.tasks.store.paths import canonical
from iid.tasks.store.published_run import runs
from iid.tasks.store.publishing import Published, latest, publish, verify
from iid.tasks.store.retention import prune
from iid.tasks.values.errors import GuardError, UsageError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
LATER = NOW + timedelta(days=3)
FINAL = "20260831T120000Z-ffffffff"
PutOut = Callable[..., Published]


def keep(store: FolderStore, data: bytes) -> str:
    """A content in ``evidence/``, as a closing leaves it; its hash."""
    sha = hashlib.sha256(data).hexdigest()
    store.put(evidence_key("63.03", 2026, sha), data)
    return sha


def kept(store: FolderStore) -> set[str]:
    return {key.rpartition("/")[2] for key in store.keys("63.03/2026/evidence/")}


def closing(*hashes: str) -> bytes:
    listed = [{"sha256": sha, "size": 4, "sources": []} for sha in hashes]
    return canonical({"evidence": listed[:1], "workbooks": listed[1:]})


def close(store: FolderStore, *hashes: str, run_id: str = FINAL) -> None:
    files = [("index.json", b"{}"), ("closing.json", closing(*hashes))]
    publish(store, "63.03", 2026, run_id, files, {}, published_at=NOW, status="final")


def aged(store: FolderStore, when: datetime = NOW) -> None:
    for path in store.root.rglob("*"):
        os.utime(path, (when.timestamp(),) * 2)


def test_evidence_of_a_closing_that_never_published_goes_when_it_is_old(store: FolderStore) -> None:
    used, workbook, left = (keep(store, data) for data in (b"satu", b"lima", b"tiga"))
    close(store, used, workbook)
    aged(store)
    young = prune(store, "63.03", 2026, now=lambda: NOW + timedelta(hours=23))
    assert (young.evidence, kept(store)) == ((), {used, workbook, left})
    done = prune(store, "63.03", 2026, now=lambda: LATER)
    assert (done.evidence, done.evidence_bytes, done.unclear) == ((left,), 4, ())
    assert kept(store) == {used, workbook}
    assert verify(store, "63.03", 2026) == []


def test_a_run_that_waits_for_its_pointer_keeps_its_evidence(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, "20260830T120000Z-aaaaaaaa")
    waiting, left = keep(store, b"satu"), keep(store, b"enam")
    aged(store)
    store.put("63.03/2026/runs/20260903T110000Z-bbbbbbbb/closing.json", closing(waiting))
    os.utime(store.root / "63.03/2026/runs/20260903T110000Z-bbbbbbbb/closing.json", (LATER.timestamp(),) * 2)
    assert prune(store, "63.03", 2026, now=lambda: LATER).evidence == (left,)
    gone = prune(store, "63.03", 2026, now=lambda: LATER + timedelta(days=2))
    assert (gone.runs, gone.evidence) == (("20260903T110000Z-bbbbbbbb",), (waiting,))


@pytest.mark.parametrize("damage", ["missing", "changed", "no run"])
def test_when_a_final_run_cannot_say_what_it_rests_on_all_evidence_stays(
    store: FolderStore, damage: str
) -> None:
    used, left = keep(store, b"satu"), keep(store, b"enam")
    close(store, used)
    aged(store)
    key = f"63.03/2026/runs/{FINAL}/closing.json"
    if damage == "changed":
        store.put(key, closing())
    else:
        store.delete(key)
    if damage == "no run":
        store.delete(f"63.03/2026/runs/{FINAL}/manifest.json")
    done = prune(store, "63.03", 2026, now=lambda: LATER)
    assert done.evidence == ()
    assert done.unclear == (store.address(key),)
    assert kept(store) == {used, left}


def test_a_dry_run_names_the_same_and_writes_nothing(store: FolderStore) -> None:
    used, left = keep(store, b"satu"), keep(store, b"enam")
    close(store, used)
    store.put("63.03/2026/runs/20260101T000000Z-00000000/index.json", b"{}")
    aged(store)
    before = sorted(store.root.rglob("*"))
    with hold(store, "63.03", 2026):
        seen = prune(store, "63.03", 2026, now=lambda: LATER, dry_run=True)
        with pytest.raises(GuardError, match="sedang diterbitkan"):
            prune(store, "63.03", 2026, now=lambda: LATER)
    assert [path for path in sorted(store.root.rglob("*")) if "lease" not in path.parts] == [
        path for path in before if "lease" not in path.parts
    ]
    done = prune(store, "63.03", 2026, now=lambda: LATER)
    assert (seen.runs, seen.evidence) == (done.runs, done.evidence)
    assert (done.runs, done.evidence) == (("20260101T000000Z-00000000",), (left,))


def name(day: int, hour: int) -> str:
    return f"202608{day:02d}T{hour:02d}0000Z-{day:08x}"


def put_days(store: FolderStore, put_out: PutOut) -> None:
    """Three runs a day on four days, by the clock of Banjar."""
    for day in range(1, 5):
        for hour in (1, 2, 15):
            put_out(store, name(day, hour), str(day), published_at=datetime(2026, 8, day, hour, tzinfo=UTC))


def test_told_to_keep_two_an_open_cycle_keeps_the_last_of_each_day_too(
    store: FolderStore, put_out: PutOut
) -> None:
    put_days(store, put_out)
    done = prune(store, "63.03", 2026, now=lambda: LATER, keep=2, zone="Asia/Makassar")
    days = tuple(name(day, 15) for day in range(1, 5))
    assert runs(store, "63.03", 2026) == (*days[:3], name(4, 2), days[3])
    assert len(done.thinned) == 7
    assert [e["run_id"] for e in history(store, "63.03", 2026) if e["event"] == "pruned"] == list(
        done.thinned
    )
    assert verify(store, "63.03", 2026) == []
    with pytest.raises(UsageError, match="dihapus dengan iid prune --keep"):
        verify(store, "63.03", 2026, done.thinned[0])
    assert prune(store, "63.03", 2026, now=lambda: LATER, keep=2, zone="Asia/Makassar").thinned == ()


def test_told_to_keep_one_a_closed_cycle_keeps_it_and_every_final_run(
    store: FolderStore, put_out: PutOut
) -> None:
    put_days(store, put_out)
    close(store)
    pointer = latest(store, "63.03", 2026)
    assert pointer is not None
    record(store, "63.03", 2026, "reopened", pointer, at=NOW, reason="banding")
    second = "20260901T120000Z-eeeeeeee"
    close(store, run_id=second)
    prune(store, "63.03", 2026, now=lambda: LATER, keep=1)
    assert runs(store, "63.03", 2026) == (name(4, 15), FINAL, second)


def test_a_run_that_was_pruned_can_be_published_again(store: FolderStore, put_out: PutOut) -> None:
    put_days(store, put_out)
    gone = prune(store, "63.03", 2026, now=lambda: NOW, keep=1).thinned[-1]
    put_out(store, gone, "4", published_at=LATER)
    assert verify(store, "63.03", 2026, gone) == []
    assert gone not in prune(store, "63.03", 2026, now=lambda: LATER).runs


def test_killed_between_record_and_removal_the_rest_goes_with_the_next_prune(
    store: FolderStore, put_out: PutOut
) -> None:
    put_days(store, put_out)
    entry = next(e for e in history(store, "63.03", 2026) if e["run_id"] == name(1, 1))
    pointer = latest(store, "63.03", 2026)
    assert pointer is not None
    old = type(pointer)(entry["run_id"], entry["manifest_sha256"], NOW, "provisional")
    record(store, "63.03", 2026, "pruned", old, at=NOW)
    aged(store)
    assert prune(store, "63.03", 2026, now=lambda: LATER).runs == (name(1, 1),)


def test_the_command_says_what_would_go_and_what_went(store: FolderStore) -> None:
    used, left = keep(store, b"satu"), keep(store, b"enam")
    close(store, used)
    aged(store, datetime(2026, 1, 1, tzinfo=UTC))
    app = typer.Typer()
    app.command()(command)
    order = ["--store", store.url, "--cycle", "2026"]
    would = CliRunner().invoke(app, [*order, "--dry-run"])
    assert would.stdout.splitlines()[0] == f"evidence/{left[:2]}/{left}"
    assert "akan dihapus: 0 perhitungan yang tidak pernah terbit, 1 isi bukti" in would.stdout
    assert kept(store) == {used, left}
    done = json.loads(CliRunner().invoke(app, [*order, "--json"]).stdout)
    assert (done["evidence"], done["evidence_bytes"], done["dry_run"]) == ([left], 4, False)
    assert kept(store) == {used}
