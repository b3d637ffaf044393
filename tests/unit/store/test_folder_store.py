"""Folder store: atomic, private while writing, and plain words when the disk says no."""

from __future__ import annotations

import errno
import os
import stat
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from iid.tasks.store import folder_store as folder_module
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.keys import TEMP_PREFIX
from iid.tasks.store.publishing import Published, read_run, verify
from iid.tasks.values.errors import StoreError

NOBODY = 65534
PutOut = Callable[..., Published]


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob(f"{TEMP_PREFIX}*")]


@contextmanager
def powerless() -> Iterator[Path]:
    """A folder that others may enter, and a process that is not root in it."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name)
        path.chmod(0o755)
        if os.geteuid() == 0:
            os.seteuid(NOBODY)
            try:
                yield path
            finally:
                os.seteuid(0)
        else:
            path.chmod(0o555)
            yield path
            path.chmod(0o755)


@contextmanager
def small_disk(folder: Path, options: str) -> Iterator[Path]:
    folder.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("needs the right to mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", str(folder)], check=True)


def test_a_published_file_is_readable_as_the_umask_says(store: FolderStore) -> None:
    store.put("a/b.html", b"x")
    umask = os.umask(0)
    os.umask(umask)
    assert stat.S_IMODE((store.root / "a/b.html").stat().st_mode) == 0o666 & ~umask


def test_what_two_runs_hold_alike_takes_the_room_of_one(store: FolderStore, put_out: PutOut) -> None:
    first, second = (f"2026083{day}T120000Z-aaaaaaaa" for day in (0, 1))
    for run in (first, second):
        put_out(store, run)
    same = [store.root / f"63.03/2026/runs/{run}/report/index.html" for run in (first, second)]
    assert same[0].samefile(same[1])


def test_a_damaged_twin_is_not_taken_over(store: FolderStore, put_out: PutOut) -> None:
    first, second = (f"2026083{day}T120000Z-aaaaaaaa" for day in (0, 1))
    put_out(store, first)
    damaged = store.root / f"63.03/2026/runs/{first}/report/index.html"
    damaged.write_bytes(damaged.read_bytes()[::-1])
    put_out(store, second)
    assert not verify(store, "63.03", 2026, second)


def test_the_file_is_private_until_it_has_its_name(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []
    real = os.fsync

    def fsync(descriptor: int) -> None:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        real(descriptor)

    monkeypatch.setattr(os, "fsync", fsync)
    store.put("rahasia.csv", b"x")
    assert seen[0] == 0o600


def test_a_folder_without_write_permission_is_one_clear_line() -> None:
    with powerless() as path:
        for action in (FolderStore(path).put, FolderStore(path).create):
            with pytest.raises(StoreError) as caught:
                action("63.03/2026/latest.json", b"{}")
            words = str(caught.value)
            assert str(path) in words
            assert "tidak ada izin" in words
            assert "--store" in words
            assert "\n" not in words


def test_a_disk_mounted_read_only_is_one_clear_line(tmp_path: Path) -> None:
    with (
        small_disk(tmp_path / "disk", "ro,size=1m") as disk,
        pytest.raises(StoreError, match=r"hanya bisa dibaca; pasang ulang dengan hak tulis"),
    ):
        FolderStore(disk).put("a", b"x")


def test_a_full_disk_is_one_clear_line_and_leaves_the_old_object(tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=256k") as disk:
        store = FolderStore(disk)
        store.put("a", b"lama")
        with pytest.raises(StoreError, match=r"ruang disk habis; kosongkan ruang lalu ulangi"):
            store.put("a", b"x" * 1_000_000)
        assert store.get("a") == b"lama"
        assert leftovers(disk) == []


def test_a_disk_that_fills_while_publishing_keeps_the_last_run_and_has_room_for_the_next(
    tmp_path: Path, put_out: Callable[..., Published]
) -> None:
    first, second = "20260831T120000Z-aaaaaaaa", "20260901T120000Z-bbbbbbbb"
    with small_disk(tmp_path / "disk", "size=768k") as disk:
        store = FolderStore(disk)
        put_out(store, first)
        with pytest.raises(StoreError, match="ruang disk habis"):
            put_out(store, second, files=[(f"{n}.csv", b"x" * 100_000) for n in range(20)])
        assert verify(store, "63.03", 2026) == []
        assert store.folders("63.03/2026/runs/") == (first,)
        put_out(store, second, files=[(f"{n}.csv", b"x" * 100_000) for n in range(3)])
        assert read_run(store, "63.03", 2026).run_id == second
        assert verify(store, "63.03", 2026) == []


def test_a_file_in_the_way_is_one_clear_line(store: FolderStore, tmp_path: Path) -> None:
    store.put("63.03", b"berkas")
    for action in (store.put, store.create):
        with pytest.raises(StoreError, match="sebagian jalurnya adalah berkas"):
            action("63.03/2026/latest.json", b"")
    store.put("folder/x", b"")
    with pytest.raises(StoreError, match="ada folder"):
        store.put("folder", b"")
    assert leftovers(store.root) == []


@pytest.mark.parametrize("number", sorted(folder_module._NO_LINKS))
def test_without_hard_links_an_object_is_still_created_only_once(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "link", refuse)
    assert store.create("a/b", b"satu")
    assert not store.create("a/b", b"dua")
    assert store.get("a/b") == b"satu"
    assert leftovers(store.root) == []


def test_a_writer_that_failed_leaves_no_temporary_file(
    store: FolderStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="ruang disk habis"):
        store.put("a/b", b"x")
    assert leftovers(store.root) == []
    assert not store.exists("a/b")


def test_temporary_files_of_dead_writers_are_not_listed_and_swept_when_old(store: FolderStore) -> None:
    store.put("63.03/2026/latest.json", b"{}")
    for place, age in (("63.03/2026", 10), ("63.03/2026/runs/r", 10), ("63.03/2026", 5000)):
        left = store.root / place / f"{TEMP_PREFIX}{age}{len(place)}"
        left.parent.mkdir(parents=True, exist_ok=True)
        left.write_bytes(b"setengah")
        os.utime(left, (age, age))
    assert [*store.keys("")] == ["63.03/2026/latest.json"]
    assert store.sweep("63.03/2026/", 100, deep=False) == 1
    assert store.sweep("63.03/2026/", 100) == 1
    assert not (store.root / "63.03/2026/runs").exists()
    assert len(leftovers(store.root)) == 1


def test_deleting_the_last_object_removes_its_empty_folders(store: FolderStore) -> None:
    store.put("a/b/c", b"")
    store.put("a/d", b"")
    store.delete("a/b/c")
    assert sorted(path.name for path in store.root.rglob("*")) == ["a", "d"]
    store.delete("a/d")
    assert list(store.root.iterdir()) == []


def test_an_address_is_the_path_of_the_file(store: FolderStore) -> None:
    store.put("63.03/2026/runs/r/report/index.html", b"halo")
    assert Path(store.address("63.03/2026/runs/r/report/index.html")).read_bytes() == b"halo"
    assert store.url == str(store.root)


def test_a_store_given_by_a_relative_path_stays_where_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    store = FolderStore(Path("hasil"))
    monkeypatch.chdir("/")
    store.put("a", b"x")
    assert (tmp_path / "hasil" / "a").read_bytes() == b"x"
