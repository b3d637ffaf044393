"""Private copies take a bounded room, whatever lies on the share."""

from __future__ import annotations

import errno
import io
import os
import re
import select
import threading
from pathlib import Path

import pytest

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox import fetching
from iid.tasks.sandbox.feeding import Budget, Known, Wanted
from iid.tasks.sandbox.fetching import FetchingFeed
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.values.errors import FailedError
from iid.tasks.values.tables import EVIDENCE, frame

TEXT = b"Laporan kegiatan\n"


class Endless(io.RawIOBase):
    """A file that grows as fast as it is read."""

    given = 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        Endless.given += size
        assert Endless.given < 1 << 30
        return b"x" * size


class Remote:
    """Files without local paths; a number is the size a listing claims for what has no end."""

    url = "memory://share"

    def __init__(self, files: dict[str, bytes | int]) -> None:
        self.files = files
        self.opened: list[str] = []
        sizes = {path: data if isinstance(data, int) else len(data) for path, data in files.items()}
        entries = tuple(Entry(path, size, 1_700_000_000.0, path) for path, size in sorted(sizes.items()))
        self.listing = Listing(entries, ())

    def exists(self, path: str) -> bool:
        return True

    def local(self, path: str) -> None:
        return None

    def open(self, path: str) -> io.BytesIO | Endless:
        self.opened.append(path)
        data = self.files[path]
        return Endless() if isinstance(data, int) else io.BytesIO(data)


def problems(remote: Remote, limits: Limits | None = None) -> dict[str, str]:
    rows = frame(EVIDENCE, ({"source": entry.path, "kind": "file"} for entry in remote.listing.entries))
    found = inspect_evidence(remote, remote.listing, rows, Ledger(), workers=2, limits=limits).evidence
    return dict(zip(found["source"], found["problem"], strict=True))


def test_a_file_that_grows_as_fast_as_it_is_read_is_still_changing() -> None:
    Endless.given = 0
    assert problems(Remote({"a": 5, "b": TEXT})) == {"a": "still_changing", "b": ""}


@pytest.mark.parametrize("paths", [True, False])
def test_a_file_over_every_measure_is_not_read_at_all(share, make, paths: bool) -> None:
    """A sparse file of many gigabytes costs its owner a blink."""
    os.truncate(share.put("2026/01 Dinas/I/bukti/16/besar.mp4", b""), 17 << 30)
    share.put("2026/01 Dinas/I/bukti/16/surat.txt", TEXT)
    listing, rows = share.evidence()
    drive = make.drive(share.root, paths=paths)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert found["problem"].tolist() == ["unreadable", ""]
    assert found["detail"].iloc[0] == "berukuran 17 GiB, lebih dari 2 GiB; tidak diperiksa"


def test_copies_wait_for_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """Never more bytes than the limit at once, but for one file that is larger by itself."""
    monkeypatch.setattr(fetching, "_ROOM", 3 * MIB)
    held: list[int] = []
    really = fetching.FetchingFeed._copy

    def copied(feed: fetching.FetchingFeed, source: str, path: Path, listed: int) -> object:
        held.append(sum(place.stat().st_size for place in path.parent.iterdir()))
        return really(feed, source, path, listed)

    monkeypatch.setattr(fetching.FetchingFeed, "_copy", copied)
    files: dict[str, bytes | int] = {f"{n}.txt": TEXT * (MIB // 17) + b"%d" % n for n in range(10)}
    files["besar.txt"] = TEXT * (4 * MIB // 17)
    assert set(problems(Remote(files)).values()) == {""}
    assert max(held) <= 4 * MIB


def full(monkeypatch: pytest.MonkeyPatch) -> None:
    """A disk without room for more than 1 MiB."""

    class Full(io.FileIO):
        def write(self, data: bytes) -> int:
            if self.tell() + len(data) > MIB:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return super().write(data)

    monkeypatch.setattr(fetching, "_create", lambda path: Full(path, "wb"))


def test_a_full_disk_fails_the_run_in_plain_words(monkeypatch: pytest.MonkeyPatch) -> None:
    full(monkeypatch)
    files: dict[str, bytes | int] = {"a.txt": TEXT, "b.txt": TEXT * (2 * MIB // 17)}
    with pytest.raises(FailedError, match=r"ruang sementara .*TMPDIR") as caught:
        problems(Remote(files))
    assert re.search("tidak ada yang diterbitkan", str(caught.value))


def test_a_file_that_alone_is_larger_than_the_disk_is_its_own_problem(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    full(monkeypatch)
    monkeypatch.setattr(fetching, "_ROOM", MIB)
    remote = Remote({"a.txt": TEXT, "b.txt": TEXT * (2 * MIB // 17)})
    assert problems(remote) == {"a.txt": "", "b.txt": "unreadable"}


def test_a_copy_that_arrives_between_two_questions_is_not_waited_for() -> None:
    """Asking whether all is handed out must not silence the bell: the pool would sleep on a ready copy."""
    arrived = threading.Event()

    class Slow(Remote):
        def open(self, path: str) -> io.BytesIO | Endless:
            assert arrived.wait(60)
            return super().open(path)

    with FetchingFeed(
        Slow({"a": TEXT}), [Wanted(0, "a", len(TEXT), 0.0)], Known(), Budget(Limits()), 1
    ) as feed:
        assert feed.pull(0) is None
        arrived.set()
        assert select.select([feed.wake()], [], [], 60)[0]
        assert not feed.exhausted()
        assert select.select([feed.wake()], [], [], 0)[0]
        assert feed.pull(0) is not None
        assert feed.exhausted()
