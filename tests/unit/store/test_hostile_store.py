"""Someone with a text editor in the store: nothing leads elsewhere, opens a closed cycle, or crashes."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from iid.tasks.store.closed_cycle import closed_by
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.history import history, published_now, record
from iid.tasks.store.paths import canonical, sha256
from iid.tasks.store.publishing import Published, latest, publish, read_run, verify
from iid.tasks.store.retention import prune
from iid.tasks.values.errors import GuardError, StoreError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
R1, R2 = "20260831T120000Z-aaaaaaaa", "20260901T120000Z-bbbbbbbb"
CYCLE = "63.03/2026/"
PutOut = Callable[..., Published]
POINTER = {
    "run_id": R1,
    "manifest_sha256": "0" * 64,
    "published_at": "2026-08-31T12:00:00Z",
    "status": "provisional",
}


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[" * 200_000,
        b'{"run_id": 1e999}',
        canonical({**POINTER, "run_id": "../../../etc"}),
        canonical({**POINTER, "run_id": ".."}),
        canonical({**POINTER, "run_id": "x" * 5000}),
        canonical({**POINTER, "run_id": {"a": 1}}),
        canonical({**POINTER, "run_id": None}),
        canonical({**POINTER, "manifest_sha256": "x"}),
        canonical({**POINTER, "published_at": 5}),
        canonical({**POINTER, "status": "hantu"}),
    ],
)
def test_a_pointer_that_is_none_is_a_difference_and_fixed_by_the_next_run(
    store: FolderStore, put_out: PutOut, content: bytes
) -> None:
    put_out(store, R1)
    store.put(CYCLE + "latest.json", content)
    assert [(d.path, d.kind) for d in verify(store, "63.03", 2026)] == [("latest.json", "damaged")]
    with pytest.raises(StoreError, match="rusak"):
        read_run(store, "63.03", 2026)
    assert read_run(store, "63.03", 2026, R1).run_id == R1
    found = published_now(store, "63.03", 2026)
    assert found is not None
    assert found.run_id == R1
    put_out(store, R2, "dua")
    assert verify(store, "63.03", 2026) == []


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_lost_pointer_does_not_open_a_closed_cycle(
    store: FolderStore, put_out: PutOut, damage: str
) -> None:
    put_out(store, R1, status="final")
    pointer = latest(store, "63.03", 2026)
    assert pointer is not None
    store.delete(CYCLE + "latest.json") if damage == "missing" else store.put(CYCLE + "latest.json", b"{")
    assert closed_by(store, "63.03", 2026) == pointer
    with pytest.raises(GuardError, match=f"sudah ditutup dengan perhitungan {R1}"):
        put_out(store, R2, "dua")
    record(store, "63.03", 2026, "reopened", pointer, at=NOW + timedelta(days=1), reason="banding")
    assert closed_by(store, "63.03", 2026) is None
    put_out(store, R2, "dua")


@pytest.mark.parametrize(
    "name", ["../../latest.json", "/etc/passwd", "a/../b", "\0", "x" * 2000, ".iid-tmp-x", 5]
)
def test_a_name_in_a_manifest_that_leads_elsewhere_is_never_read(
    store: FolderStore, put_out: PutOut, name: Any
) -> None:
    put_out(store, R1)
    rewrite(store, lambda manifest: manifest["files"][0].update(path=name))
    assert {d.kind for d in verify(store, "63.03", 2026)} == {"missing", "extra"}
    with pytest.raises(StoreError):
        read_run(store, "63.03", 2026).bytes(str(name))


@pytest.mark.parametrize("size", [1e400, "x", None, [1]])
def test_a_size_that_is_none_is_a_difference(store: FolderStore, put_out: PutOut, size: Any) -> None:
    put_out(store, R1)
    rewrite(store, lambda manifest: manifest["files"][0].update(size=size))
    assert [(d.path, d.kind) for d in verify(store, "63.03", 2026)] == [("manifest.json", "damaged")]


def rewrite(store: FolderStore, change: Callable[[dict[str, Any]], object]) -> None:
    """Change the manifest, and the pointer so that it fits."""
    key = f"{CYCLE}runs/{R1}/manifest.json"
    manifest = json.loads(store.get(key))
    change(manifest)
    data = json.dumps(manifest).encode()
    store.put(key, data)
    store.put(CYCLE + "latest.json", canonical({**POINTER, "manifest_sha256": sha256(data)}))


@pytest.mark.parametrize(
    "content", [b"{", b"[]", b'{"a": 1}', canonical({**POINTER, "event": "published", "run_id": ".."})]
)
def test_a_damaged_record_is_named_and_hinders_no_publishing(
    store: FolderStore, put_out: PutOut, content: bytes
) -> None:
    put_out(store, R1)
    key = f"{CYCLE}history/20260101T000000Z-published-20260101T000000Z-00000000.json"
    store.put(key, content)
    with pytest.raises(StoreError, match="20260101T000000Z-published"):
        history(store, "63.03", 2026)
    put_out(store, R2, "dua")
    assert verify(store, "63.03", 2026) == []
    assert [(d.path, d.kind) for d in verify(store, "63.03", 2026, R1)] == [("history", "damaged")]
    with pytest.raises(StoreError, match="20260101T000000Z-published"):
        prune(store, "63.03", 2026, keep=1)


def test_what_is_no_record_by_its_name_is_ignored(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    for name in ("Thumbs.db", ".DS_Store", "catatan.json", "x-published-y.json"):
        store.put(f"{CYCLE}history/{name}", b"{")
    assert [entry["run_id"] for entry in history(store, "63.03", 2026)] == [R1]
    put_out(store, R2, "dua")
    assert prune(store, "63.03", 2026, keep=2).thinned == ()


def test_a_run_folder_that_is_a_link_elsewhere_is_never_emptied_through_it(
    store: FolderStore, put_out: PutOut, tmp_path: Path
) -> None:
    put_out(store, R1)
    elsewhere = tmp_path / "lain"
    elsewhere.mkdir()
    (elsewhere / "penting.txt").write_text("penting")
    (store.root / CYCLE / "runs" / "20200101T000000Z-00000000").symlink_to(elsewhere)
    (store.root / CYCLE / "runs" / R2).symlink_to(elsewhere)
    with pytest.raises(StoreError, match="tautan ke tempat lain"):
        prune(store, "63.03", 2026, now=lambda: NOW + timedelta(days=9000))
    with pytest.raises(StoreError, match="tautan ke tempat lain"):
        put_out(store, R2, "dua")
    assert [path.name for path in elsewhere.iterdir()] == ["penting.txt"]
    assert verify(store, "63.03", 2026) == []


def test_a_store_that_is_itself_reached_by_a_link_works(put_out: PutOut, tmp_path: Path) -> None:
    (tmp_path / "sungguhan").mkdir()
    (tmp_path / "hasil").symlink_to(tmp_path / "sungguhan")
    store = FolderStore(tmp_path / "hasil")
    put_out(store, R1)
    assert verify(store, "63.03", 2026) == []
    assert (tmp_path / "sungguhan" / CYCLE / "latest.json").is_file()


def test_two_regions_and_two_cycles_in_one_store_do_not_meet(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    for region, cycle in (("63.04", 2026), ("63.03", 2027)):
        files = [("index.json", b"{}")]
        publish(store, region, cycle, R2, files, {}, published_at=NOW, status="final")
    before = store.get("63.04/2026/latest.json")
    prune(store, "63.03", 2026, now=lambda: NOW + timedelta(days=9000), keep=1)
    put_out(store, R2, "dua")
    assert store.get("63.04/2026/latest.json") == before
    assert verify(store, "63.04", 2026) == verify(store, "63.03", 2027) == []


@pytest.mark.parametrize("jump", [timedelta(days=-400), timedelta(days=400)])
def test_a_clock_that_jumps_while_publishing_publishes_whole_or_not_at_all(
    store: FolderStore, put_out: PutOut, jump: timedelta
) -> None:
    put_out(store, R1)
    calls = [0]

    def clock() -> datetime:
        calls[0] += 1
        return NOW + (jump if calls[0] > 4 else timedelta(0))

    try:
        put_out(store, R2, "dua", now=clock)
    except GuardError as error:
        assert "sudah lewat" in str(error)
    assert verify(store, "63.03", 2026) == []
    put_out(store, "20260902T120000Z-cccccccc", "tiga", now=lambda: NOW + jump)
    assert verify(store, "63.03", 2026) == []
