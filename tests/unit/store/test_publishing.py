"""Publishing: whole or not at all, and never twice."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta, timezone

import pandas as pd
import pytest

from iid.tasks.store.earlier_runs import innovations_by_run
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.history import history
from iid.tasks.store.lease import hold
from iid.tasks.store.paths import canonical, sha256, stamp
from iid.tasks.store.published_run import runs
from iid.tasks.store.publishing import Published, latest, pick_region, publish, read_run, regions, verify
from iid.tasks.values.errors import GuardError, StoreError, UsageError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
R1, R2, R3 = "20260831T120000Z-aaaaaaaa", "20260831T120000Z-bbbbbbbb", "20260901T120000Z-cccccccc"
CYCLE = "63.03/2026/"
PutOut = Callable[..., Published]


def pointer(store: FolderStore) -> dict[str, str]:
    content: dict[str, str] = json.loads(store.get(CYCLE + "latest.json"))
    return content


def test_the_pointer_says_what_the_contract_says(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    assert pointer(store) == {
        "run_id": R1,
        "manifest_sha256": sha256(store.get(f"{CYCLE}runs/{R1}/manifest.json")),
        "published_at": "2026-08-31T12:00:00Z",
        "status": "provisional",
        "checked_at": "2026-08-31T12:00:00Z",
    }


def test_the_manifest_lists_every_file_with_size_and_hash(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    data = store.get(f"{CYCLE}runs/{R1}/manifest.json")
    manifest = json.loads(data)
    assert data == canonical(manifest)
    assert manifest["as_of"] == "2026-08-31T12:00:00Z"
    assert (manifest["region"], manifest["cycle"], manifest["run_id"]) == ("63.03", 2026, R1)
    names = [entry["path"] for entry in manifest["files"]]
    assert names == ["index.json", "report/index.html", "scores.csv"]
    for entry in manifest["files"]:
        content = store.get(f"{CYCLE}runs/{R1}/{entry['path']}")
        assert (entry["size"], entry["sha256"]) == (len(content), sha256(content))


def test_publishing_the_same_run_again_changes_no_byte(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    before = {key: store.get(key) for key in store.keys(CYCLE) if "/lease/" not in key}
    again = put_out(store, R1, published_at=NOW + timedelta(hours=5))
    assert again.already
    assert {key: store.get(key) for key in store.keys(CYCLE) if "/lease/" not in key} == before


def test_a_published_run_is_never_overwritten_by_other_content(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    before = pointer(store)
    with pytest.raises(StoreError, match=r"sudah ada .* dengan isi lain \(index.json, scores.csv\)"):
        put_out(store, R1, "lain")
    with pytest.raises(StoreError, match=r"isi lain \(manifest.json\)"):
        put_out(store, R1, status="final")
    assert pointer(store) == before
    assert verify(store, "63.03", 2026) == []


def test_a_run_of_the_same_moment_from_other_inputs_takes_the_pointer(
    store: FolderStore, put_out: PutOut
) -> None:
    put_out(store, R2)
    put_out(store, R1, "lain")
    assert pointer(store)["run_id"] == R1


def test_publishing_an_earlier_run_again_takes_the_pointer_only_if_it_is_not_older(
    store: FolderStore, put_out: PutOut
) -> None:
    put_out(store, R1)
    put_out(store, R2, "dua")
    assert put_out(store, R1).already
    assert pointer(store)["run_id"] == R1
    put_out(store, R3, "tiga")
    assert put_out(store, R1).already
    assert pointer(store)["run_id"] == R3


def test_a_superseded_run_is_refused_when_asked_to(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R3)
    with pytest.raises(GuardError, match="sudah didahului"):
        put_out(store, R1, only_newer=True)
    assert runs(store, "63.03", 2026) == (R3,)
    put_out(store, R1)
    assert pointer(store)["run_id"] == R1


def test_a_closed_cycle_refuses_a_provisional_run(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1, status="final")
    with pytest.raises(GuardError, match="sudah ditutup"):
        put_out(store, R3)
    assert pointer(store)["run_id"] == R1
    assert put_out(store, R1, status="final").already


def test_a_failing_renderer_leaves_the_published_run(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)

    def files() -> Iterator[tuple[str, bytes]]:
        yield "index.json", b"{}"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        put_out(store, R3, files=files())
    assert pointer(store)["run_id"] == R1
    put_out(store, R3, "tiga")
    assert verify(store, "63.03", 2026) == []


def test_files_are_taken_one_by_one(store: FolderStore, put_out: PutOut) -> None:
    waiting: list[int] = []

    def files() -> Iterator[tuple[str, bytes]]:
        for number in range(100):
            there = sum(1 for _ in store.keys(f"{CYCLE}runs/{R1}/"))
            waiting.append(number - there)
            yield f"a/{number:03d}", b"x"

    put_out(store, R1, files=files())
    assert max(waiting) <= 2 * store.workers


@pytest.mark.parametrize("name", ["../x", "/x", "a/../../x", "manifest.json", "a\nb"])
def test_a_file_name_that_leads_elsewhere_is_refused(store: FolderStore, put_out: PutOut, name: str) -> None:
    with pytest.raises(StoreError):
        put_out(store, R1, files=[(name, b"x")])
    assert latest(store, "63.03", 2026) is None
    assert [path.name for path in store.root.parent.iterdir()] == ["hasil"]


def test_two_files_of_one_name_are_refused(store: FolderStore, put_out: PutOut) -> None:
    with pytest.raises(StoreError, match="dua berkas bernama a"):
        put_out(store, R1, files=[("a", b"x"), ("a", b"x")])


@pytest.mark.parametrize(
    ("region", "run_id"), [("../x", R1), ("", R1), ("63/03", R1), ("63.03", "../x"), ("63.03", "a..b")]
)
def test_a_region_or_run_that_leads_elsewhere_is_a_usage_error(
    store: FolderStore, region: str, run_id: str
) -> None:
    with pytest.raises(UsageError, match="tidak sah"):
        publish(store, region, 2026, run_id, [], {}, published_at=NOW, status="provisional")
    assert not store.root.exists()


def test_a_caller_may_hold_the_lease_itself(store: FolderStore, put_out: PutOut) -> None:
    with hold(store, "63.03", 2026) as lease:
        put_out(store, R1, lease=lease)
        with pytest.raises(GuardError):
            put_out(store, R3)
        put_out(store, R3, "tiga", lease=lease)
    assert pointer(store)["run_id"] == R3


def test_a_write_that_the_disk_changed_is_noticed(
    store: FolderStore, put_out: PutOut, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_out(store, R1)
    real = FolderStore.create

    def lossy(self: FolderStore, key: str, data: bytes, content_type: str = "") -> bool:
        return real(self, key, data[:-1] if key.endswith("scores.csv") else data, content_type)

    monkeypatch.setattr(FolderStore, "create", lossy)
    with pytest.raises(
        StoreError, match=r"scores.csv berbeda setelah ditulis \(dikirim 5000 byte, terbaca 4999"
    ):
        put_out(store, R3, "tiga")
    assert pointer(store)["run_id"] == R1


def test_a_publisher_overtaken_before_the_pointer_moves_nothing(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    late = [NOW]

    def files() -> Iterator[tuple[str, bytes]]:
        yield "index.json", b"{}"
        late[0] += timedelta(hours=1)  # asleep for an hour, as a laptop with its lid closed

    with pytest.raises(GuardError, match="tidak ada yang diterbitkan"):
        put_out(store, R3, files=files(), now=lambda: late[0])
    assert pointer(store)["run_id"] == R1


def test_the_lease_is_looked_at_once_more_before_the_pointer_moves(
    store: FolderStore, put_out: PutOut
) -> None:
    for run_id in (R1, R2):
        publish(store, "63.03", 2026, run_id, [], {}, published_at=NOW, status="provisional")
    late = [NOW]
    with hold(store, "63.03", 2026, now=lambda: late[0]) as lease:
        late[0] += timedelta(hours=1)
        with pytest.raises(GuardError, match="tidak ada yang diterbitkan"):
            publish(store, "63.03", 2026, R1, [], {}, published_at=NOW, status="provisional", lease=lease)
    assert pointer(store)["run_id"] == R2


def test_a_pointer_that_another_moved_meanwhile_is_left_to_it(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)

    def files() -> Iterator[tuple[str, bytes]]:
        store.put(CYCLE + "latest.json", canonical({**pointer(store), "run_id": R2}))
        yield "index.json", b"{}"

    with pytest.raises(GuardError, match="diubah proses lain"):
        put_out(store, R3, files=files())
    assert pointer(store)["run_id"] == R2


def test_a_damaged_pointer_is_fixed_by_the_next_run(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    for damage in (b"", b"{", b"[]", b'{"run_id": "x"}'):
        store.put(CYCLE + "latest.json", damage)
        with pytest.raises(StoreError, match="rusak"):
            latest(store, "63.03", 2026)
        put_out(store, R1)
        assert verify(store, "63.03", 2026) == []


def test_history_lists_every_publishing_once(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    put_out(store, R3, "tiga", published_at=NOW + timedelta(days=1))
    put_out(store, R3, "tiga", published_at=NOW + timedelta(days=2))
    assert [(e["event"], e["run_id"], e["published_at"]) for e in history(store, "63.03", 2026)] == [
        ("published", R1, "2026-08-31T12:00:00Z"),
        ("published", R3, "2026-09-01T12:00:00Z"),
    ]


def test_reading_without_a_run_says_what_to_do(store: FolderStore, put_out: PutOut) -> None:
    with pytest.raises(UsageError, match="jalankan iid assess lebih dulu"):
        read_run(store, "63.03", 2026)
    put_out(store, R1)
    with pytest.raises(UsageError, match=f"tidak ada perhitungan 2020.*yang ada: {R1}"):
        read_run(store, "63.03", 2026, "2020")


def test_a_changed_file_is_not_given_to_a_reader(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, R1)
    run = read_run(store, "63.03", 2026)
    assert run.json("index.json") == {"mark": "satu"}
    store.put(f"{CYCLE}runs/{R1}/index.json", b"{}")
    with pytest.raises(StoreError, match="berubah setelah terbit"):
        run.bytes("index.json")
    store.delete(f"{CYCLE}runs/{R1}/index.json")
    with pytest.raises(StoreError, match="hilang"):
        run.bytes("index.json")
    with pytest.raises(StoreError, match="tidak memuat"):
        run.bytes("lain.csv")
    store.put(f"{CYCLE}runs/{R1}/manifest.json", b"{}")
    with pytest.raises(StoreError, match="berubah setelah terbit"):
        read_run(store, "63.03", 2026)


def test_the_only_region_is_meant_and_several_are_named(store: FolderStore, put_out: PutOut) -> None:
    with pytest.raises(UsageError, match="belum ada hasil terbit tahun 2026"):
        pick_region(store, 2026, None)
    with pytest.raises(UsageError, match=r"99\.99 tahun 2026 di \S+; jalankan iid assess"):
        read_run(store, "99.99", 2026)
    put_out(store, R1)
    with pytest.raises(UsageError, match=r"yang sudah terbit di sana: 63\.03; pilih dengan --region"):
        read_run(store, "99.99", 2026)
    assert pick_region(store, 2026, None) == "63.03"
    store.put("64.01/2026/latest.json", b"{}")
    store.put("64.02/2025/latest.json", b"{}")
    assert regions(store, 2026) == ("63.03", "64.01")
    with pytest.raises(UsageError, match=r"pilih satu dengan --region: 63.03, 64.01"):
        pick_region(store, 2026, None)
    assert pick_region(store, 2026, "64.01") == "64.01"


def test_times_are_written_in_utc_and_need_their_zone() -> None:
    wita = timezone(timedelta(hours=8))
    assert stamp(datetime(2026, 8, 31, 20, 0, tzinfo=wita)) == "2026-08-31T12:00:00Z"
    with pytest.raises(ValueError, match="zone"):
        stamp(datetime(2026, 8, 31))


def test_runs_of_the_same_moment_are_read_in_the_order_of_their_publication(
    store: FolderStore, put_out: PutOut
) -> None:
    table = pd.DataFrame({"innovation_id": ["203/A"], "name": ["Rapor Sungai"]}).to_parquet()
    for hour, run_id in enumerate((R2, R1)):
        files = [("innovations.parquet", table)]
        put_out(store, run_id, files=files, published_at=NOW + timedelta(hours=hour))
    found = [run_id for run_id, _ in innovations_by_run(store, "63.03", 2026, NOW)]
    assert found == [R2, R1]
    assert list(innovations_by_run(store, "63.03", 2026, NOW - timedelta(days=1))) == []
