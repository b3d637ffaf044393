"""What every store promises, on a folder and on real S3 servers over HTTP."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from iid.tasks.store.bulk import bounded_map, put_many
from iid.tasks.store.history import history
from iid.tasks.store.lease import acquire, hold
from iid.tasks.store.open_store import open_store
from iid.tasks.store.published_run import runs
from iid.tasks.store.publishing import latest, publish, read_run, regions, verify
from iid.tasks.store.retention import prune
from iid.tasks.store.s3_store import S3Store
from iid.tasks.store.store import Digest, Store
from iid.tasks.values.errors import GuardError, StoreError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
R1, R2 = "20260831T120000Z-aaaaaaaa", "20260901T120000Z-bbbbbbbb"
NAMES = (
    "a.txt",
    "a/b.txt",
    "a/b/c.txt",
    "a b;c=ä é.txt",
    "ab.txt",
    "data-docs/static/x+y%20&z.html",
    "inovasi/Å ngstrom (1).html",
)


def files(mark: str) -> list[tuple[str, bytes]]:
    return [("index.json", mark.encode()), ("report/index.html", b"<p>" * 50_000), ("kosong.csv", b"")]


def put_out(store: Store, run_id: str, mark: str = "satu", **more: object) -> object:
    options: dict[str, object] = {"published_at": NOW, "status": "provisional", **more}
    return publish(store, "63.03", 2026, run_id, files(mark), {"as_of": mark}, **options)  # type: ignore[arg-type]


def test_what_is_put_is_what_is_got(store: Store) -> None:
    for data in (b"satu", b"", bytes(range(256)) * 5000):
        store.put("x/satu.bin", data)
        assert store.get("x/satu.bin") == data
        assert store.digest("x/satu.bin") == Digest(len(data), hashlib.sha256(data).hexdigest())
    assert store.exists("x/satu.bin")


def test_an_object_larger_than_one_part_comes_back_whole(store: Store) -> None:
    data = bytes(range(256)) * (40 << 12)  # 40 MiB
    assert store.create("besar.bin", data)
    assert store.digest("besar.bin") == Digest(len(data), hashlib.sha256(data).hexdigest())
    assert not store.create("besar.bin", data[:-1])
    assert store.digest("besar.bin").size == len(data)


def test_a_missing_key_is_a_key_error(store: Store) -> None:
    assert not store.exists("tidak/ada")
    with pytest.raises(KeyError):
        store.get("tidak/ada")
    with pytest.raises(KeyError):
        store.digest("tidak/ada")
    store.delete("tidak/ada")


def test_create_never_overwrites(store: Store) -> None:
    assert store.create("satu", b"pertama")
    assert not store.create("satu", b"kedua")
    assert store.get("satu") == b"pertama"


def test_replace_writes_only_over_what_was_expected(store: Store) -> None:
    assert not store.replace("satu", b"x", b"lama")
    assert not store.exists("satu")
    assert store.replace("satu", b"baru", None)
    assert not store.replace("satu", b"x", None)
    assert not store.replace("satu", b"x", b"lama")
    assert store.replace("satu", b"terbaru", b"baru")
    assert store.get("satu") == b"terbaru"


def test_of_many_creators_at_once_one_wins(store: Store, kind: str) -> None:
    with ThreadPoolExecutor(8) as pool:
        for turn in range(5):
            won = list(pool.map(lambda n, t=turn: store.create(f"rebut/{t}", b"%d" % n), range(8)))
            # Where the server ignores the condition (rclone), or looks and writes in two steps (moto),
            # an early writer may believe it and be overwritten.
            assert won.count(True) == 1 or kind != "folder"
            assert won[int(store.get(f"rebut/{turn}"))]


def test_conditions_are_probed_and_not_assumed(store: Store, kind: str) -> None:
    assert store.exclusive == (kind != "rclone")  # rclone answers 200 and ignores them


def test_a_reader_sees_the_old_object_or_the_new_one(store: Store) -> None:
    whole = {letter: letter * 300_000 for letter in (b"a", b"b")}
    store.put("penunjuk", whole[b"a"])
    with ThreadPoolExecutor(1) as pool:
        writing = pool.submit(
            lambda: [store.put("penunjuk", whole[b"ab"[n % 2 : n % 2 + 1]]) for n in range(30)]
        )
        while not writing.done():
            assert store.get("penunjuk") in whole.values()
        writing.result()


def test_keys_come_sorted_and_by_beginning(store: Store) -> None:
    for name in NAMES:
        store.put(f"k/{name}", name.encode())
    store.put("kk/lain", b"")
    assert [*store.keys("k/")] == sorted(f"k/{name}" for name in NAMES)
    assert [*store.keys("k/a/b")] == ["k/a/b.txt", "k/a/b/c.txt"]
    assert [*store.keys("k")] == [*store.keys("k/"), "kk/lain"]
    assert [*store.keys("zzz/")] == []
    assert {stored.key: stored.size for stored in store.objects("k/a")} == {
        f"k/{name}": len(name.encode()) for name in NAMES if name.startswith("a")
    }
    assert store.get("k/a b;c=ä é.txt") == "a b;c=ä é.txt".encode()


def test_more_than_one_page_of_keys_is_listed(store: Store, kind: str) -> None:
    names = [f"banyak/{number:05d}.json" for number in range(20 if kind == "folder" else 1001)]
    for _ in bounded_map(lambda name: store.put(name, b"{}"), names, store.workers):
        pass
    assert [*store.keys("banyak/")] == names


def test_many_files_are_written_read_back_and_given_in_order(store: Store) -> None:
    items = [(f"m/{number:03d}.html", b"x" * number) for number in range(60)]
    written = list(put_many(store, iter(items)))
    assert written == [(key, Digest(len(data), hashlib.sha256(data).hexdigest())) for key, data in items]
    with pytest.raises(StoreError, match=r"m/007.html sudah ada dengan isi lain"):
        list(put_many(store, [("m/007.html", b"lain")]))


def test_folders_are_the_names_one_level_below(store: Store) -> None:
    for key in ("63.03/2026/latest.json", "63.03/2025/latest.json", "64/2026/x", "berkas"):
        store.put(key, b"")
    assert [name for name in store.folders("") if not name.startswith(".")] == ["63.03", "64"]
    assert store.folders("63.03/") == ("2025", "2026")
    assert store.folders("63.03/2025/") == ()
    assert store.folders("tidak/ada/") == ()


def test_delete_removes_one_object_and_says_nothing_twice(store: Store) -> None:
    store.put("a/b/c", b"")
    store.put("a/d", b"")
    store.delete("a/b/c")
    store.delete("a/b/c")
    assert [*store.keys("a/")] == ["a/d"]
    store.put("a/b/c", b"lagi")
    assert store.get("a/b/c") == b"lagi"


@pytest.mark.parametrize(
    "key",
    ["", "/a", "a/../b", "..", "./a", "a//b", "a/", "a\0b", "a\nb", "a\\b", "x" * 1025, "é" * 200, "\udcff"],
)
def test_a_name_that_could_lead_elsewhere_is_refused(store: Store, key: str) -> None:
    for action in (store.get, store.exists, store.delete, lambda k: store.put(k, b"")):
        with pytest.raises(StoreError, match="nama objek"):
            action(key)


def test_a_run_is_published_read_and_verified(store: Store) -> None:
    assert latest(store, "63.03", 2026) is None
    published = put_out(store, R1)
    assert latest(store, "63.03", 2026).run_id == R1  # type: ignore[union-attr]
    assert read_run(store, "63.03", 2026).bytes("index.json") == b"satu"
    assert verify(store, "63.03", 2026) == []
    assert regions(store, 2026) == ("63.03",)
    assert put_out(store, R1) == type(published)(R1, published.manifest_sha256, already=True)  # type: ignore[attr-defined]


@pytest.mark.parametrize("kind", ["moto", "rclone"], indirect=True)
@pytest.mark.parametrize("prefix", ["", "a b/é+ü=%20&;(1)'!", "hasil/2026/.iid"])
def test_a_prefix_of_odd_signs_is_a_place_like_any_other(store: S3Store, prefix: str) -> None:
    odd = open_store(f"s3://{store.bucket}/{prefix}", store.client.meta.endpoint_url)
    put_out(odd, R1)
    put_out(odd, R2, "dua")
    assert verify(odd, "63.03", 2026) == []
    assert regions(odd, 2026) == ("63.03",)
    prune(odd, "63.03", 2026, grace=timedelta(0))
    assert runs(odd, "63.03", 2026) == (R1, R2)
    assert [*store.keys("63.03/")] == []


def test_the_pointer_moves_and_every_run_stays(store: Store) -> None:
    put_out(store, R1)
    put_out(store, R2, "dua", published_at=NOW + timedelta(days=1))
    assert read_run(store, "63.03", 2026).bytes("index.json") == b"dua"
    assert read_run(store, "63.03", 2026, R1).bytes("index.json") == b"satu"
    assert [entry["run_id"] for entry in history(store, "63.03", 2026)] == [R1, R2]
    prune(store, "63.03", 2026, grace=timedelta(0))
    assert runs(store, "63.03", 2026) == (R1, R2)


def test_a_copy_outlives_what_it_was_copied_from(store: Store) -> None:
    store.put("a/satu.txt", b"satu")
    assert store.copy("a/satu.txt", "b/dua.txt")
    store.delete("a/satu.txt")
    assert store.get("b/dua.txt") == b"satu"
    assert not store.copy("a/tiada.txt", "b/tiga.txt") and not store.exists("b/tiga.txt")


def test_a_copy_stays_when_what_it_was_copied_from_is_put_anew(store: Store) -> None:
    store.put("a/satu.txt", b"satu")
    assert store.copy("a/satu.txt", "b/dua.txt")
    store.put("a/satu.txt", b"lain")
    assert store.get("b/dua.txt") == b"satu"


def test_a_changed_a_missing_and_an_extra_file_are_found(store: Store) -> None:
    put_out(store, R1)
    prefix = f"63.03/2026/runs/{R1}/"
    store.put(prefix + "index.json", b"Satu")
    store.delete(prefix + "kosong.csv")
    store.put(prefix + "tamu.txt", b"")
    found = [(difference.kind, difference.path) for difference in verify(store, "63.03", 2026)]
    assert found == [("changed", "index.json"), ("missing", "kosong.csv"), ("extra", "tamu.txt")]


def test_the_remains_of_a_dead_attempt_give_way(store: Store) -> None:
    prefix = f"63.03/2026/runs/{R1}/"
    store.put(prefix + "index.json", b"setengah")
    store.put(prefix + "sisa/lama.txt", b"")
    put_out(store, R1)
    assert verify(store, "63.03", 2026) == []


def test_the_loser_of_the_lease_learns_who_holds_it_and_until_when(store: Store) -> None:
    with (
        hold(store, "63.03", 2026, now=lambda: NOW),
        pytest.raises(GuardError, match=r"proses \d+\) sampai paling lambat 31 Agustus 2026 20\.10 WITA"),
    ):
        acquire(store, "63.03", 2026, now=lambda: NOW, zone="Asia/Makassar")
    with hold(store, "63.03", 2026, now=lambda: NOW):
        pass


def test_leases_of_two_cycles_do_not_meet(store: Store) -> None:
    with hold(store, "63.03", 2026), hold(store, "63.03", 2027), hold(store, "64.01", 2026):
        pass
