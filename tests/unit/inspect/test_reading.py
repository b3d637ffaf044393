"""A file is opened safely, hashed once, and watched while it is read."""

from __future__ import annotations

import ctypes
import hashlib
import mmap
import os
import socket
from pathlib import Path

import pytest
from background import until

from iid.tasks.sandbox import file_reader as module
from iid.tasks.sandbox.file_reader import ProblemError, fetch_ahead, reading
from iid.tasks.sandbox.limits import Limits

OLD = 1_700_000_000


def read(path: Path, root: Path | str = "", **limits: int) -> module.Read:
    with reading(str(path), os.path.realpath(root) if root else "", Limits(**limits)) as found:
        return found


def problem(path: Path, root: Path | str = "") -> str:
    with pytest.raises(ProblemError) as caught:
        read(path, root)
    return caught.value.problem


@pytest.mark.parametrize("in_memory", [10, 1_000_000])
def test_hash_and_size_are_those_of_the_bytes(tmp_path: Path, in_memory: int) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 5000)
    os.utime(path, (OLD, OLD))
    found = read(path, tmp_path, in_memory=in_memory)
    assert found.sha256 == hashlib.sha256(b"x" * 5000).hexdigest()
    assert (found.size, found.modified, found.racy) == (5000, OLD, False)


def test_a_file_written_just_now_is_racy(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert read(path).racy


def test_a_file_that_is_gone_is_missing(tmp_path: Path) -> None:
    assert problem(tmp_path / "a") == "missing"
    (tmp_path / "b").write_bytes(b"")
    assert problem(tmp_path / "b" / "c") == "missing"


def test_pipes_sockets_devices_and_folders_are_never_read(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        for path in (tmp_path / "pipe", tmp_path / "socket", tmp_path, Path("/dev/zero")):
            assert problem(path) == "unreadable"


def test_links_out_of_the_share_and_in_a_loop_are_refused(tmp_path: Path) -> None:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "secret").write_bytes(b"x")
    (share / "out").symlink_to(tmp_path / "secret")
    (share / "loop").symlink_to(share / "loop")
    (share / "real").write_bytes(b"y")
    (share / "in").symlink_to(share / "real")
    assert problem(share / "out", share) == "outside_share"
    assert problem(share / "loop", share) == "outside_share"
    assert read(share / "in", share).size == 1


def test_a_folder_whose_name_begins_like_the_share_is_outside(tmp_path: Path) -> None:
    (tmp_path / "share").mkdir()
    (tmp_path / "share-2").mkdir()
    (tmp_path / "share-2" / "a").write_bytes(b"x")
    (tmp_path / "share" / "a").symlink_to(tmp_path / "share-2" / "a")
    assert problem(tmp_path / "share" / "a", tmp_path / "share") == "outside_share"


def growing(path: Path, times: int):
    """Let *path* grow each of the first *times* that it is hashed, as a copy in progress does."""
    real, left = module._hashed, [times]

    def hashed(file, size, limits):
        found = real(file, size, limits)
        if left[0]:
            left[0] -= 1
            with path.open("ab") as end:
                end.write(b"more")
        return found

    return hashed


def test_a_file_that_grows_once_is_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    monkeypatch.setattr(module, "_hashed", growing(path, 1))
    assert read(path).sha256 == hashlib.sha256(b"xmore").hexdigest()


def test_a_file_that_keeps_growing_is_still_changing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    monkeypatch.setattr(module, "_hashed", growing(path, 5))
    assert problem(path) == "still_changing"


def test_a_forbidden_file_is_unreadable(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    path.chmod(0)
    user = os.geteuid()
    if user == 0:  # root may read everything
        os.seteuid(65534)
    try:
        assert problem(path) == "unreadable"
    finally:
        os.seteuid(user)


def film(path: Path, size: int) -> Path:
    path.write_bytes(b"\0\0\0\x18ftypisom" + b"x" * (size - 12))
    os.utime(path, (OLD, OLD))
    return path


def test_a_large_film_is_hashed_and_left_on_disk(tmp_path: Path) -> None:
    path = film(tmp_path / "a", 2_000_000)
    with reading(str(path), "", Limits()) as found:
        assert found.content.data is None
        assert found.sha256 == hashlib.sha256(path.read_bytes()).hexdigest()
        assert found.content.head[:12] == b"\0\0\0\x18ftypisom"


def test_what_is_parsed_from_disk_and_changes_meanwhile_is_still_changing(tmp_path: Path) -> None:
    path = film(tmp_path / "a", 2_000_000)
    with pytest.raises(ProblemError, match="still_changing"), reading(str(path), "", Limits()):
        path.write_bytes(b"another film")


def test_what_is_in_memory_may_change_while_it_is_inspected(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 5000)
    with reading(str(path), "", Limits()) as found:
        path.write_bytes(b"another")
    assert found.sha256 == hashlib.sha256(b"x" * 5000).hexdigest()


def test_reading_ahead_of_what_cannot_be_read_says_nothing(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "share").mkdir()
    (tmp_path / "secret").write_bytes(b"x")
    (tmp_path / "share" / "out").symlink_to(tmp_path / "secret")
    for name in ("pipe", "gone", "share/out"):
        fetch_ahead(str(tmp_path / name), str(tmp_path / "share"))


def resident(path: Path) -> int:
    """How many pages of *path* the kernel holds in memory."""
    libc = ctypes.CDLL(None, use_errno=True)
    with path.open("r+b") as file, mmap.mmap(file.fileno(), 0) as mapped:
        pages = -(-len(mapped) // mmap.PAGESIZE)
        held = (ctypes.c_ubyte * pages)()
        start = (ctypes.c_char * len(mapped)).from_buffer(mapped)
        done = libc.mincore(ctypes.byref(start), ctypes.c_size_t(len(mapped)), held)
        del start
    assert done == 0, os.strerror(ctypes.get_errno())
    return sum(page & 1 for page in held)


def test_a_file_that_was_asked_for_ahead_is_in_memory_before_its_turn(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x" * 1_000_000)
    with path.open("rb") as file:
        os.fsync(file.fileno())
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    if resident(path):
        pytest.skip("this file system keeps every file in memory")
    fetch_ahead(str(path), str(tmp_path))
    until(lambda: resident(path) == -(-1_000_000 // mmap.PAGESIZE))
