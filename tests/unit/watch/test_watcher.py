"""Many looks, few changes: quiet periods, storms, failures, restarts."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.operate.watch.watcher import (
    LONGEST_RETRY,
    PATIENCE,
    RETRY,
    Watcher,
    changed,
    look,
    memory_file,
    recall,
    remember,
    units_of,
)
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError
from iid.tasks.values.region import Unit

Files = dict[str, tuple[int, float]]
SNAPSHOTS = st.dictionaries(st.sampled_from("abcdef"), st.tuples(st.integers(0, 2), st.just(1.0)))


class Share:
    """A share whose files a test changes at will."""

    def __init__(self, **files: int) -> None:
        self.files: Files = {name: (size, 1.0) for name, size in files.items()}

    def watcher(self, quiet: float = 10) -> Watcher:
        return Watcher(dict(self.files), lambda _before: dict(self.files), quiet)

    def put(self, **files: int) -> None:
        self.files |= {name: (size, 1.0) for name, size in files.items()}


def test_nothing_new_is_no_change() -> None:
    watcher = Share(a=1).watcher()
    assert [watcher.poll(now) for now in range(100)] == [None] * 100


def test_a_copy_of_200_files_is_one_change() -> None:
    share = Share()
    watcher, found = share.watcher(), []
    for now in range(400):
        if now < 100:
            share.put(**{f"f{now}": 1, f"g{now}": 1})
        if change := watcher.poll(now):
            found.append((now, len(change.paths)))
            watcher.handled(change)
    assert found == [(99 + 10, 200)]


def test_a_share_that_never_gets_quiet_is_assessed_all_the_same() -> None:
    share = Share()
    watcher = share.watcher(quiet=5)
    for now in range(5 * PATIENCE):
        share.put(**{f"f{now}": 1})
        assert watcher.poll(now) is None
    share.put(last=1)
    assert watcher.poll(5 * PATIENCE) is not None


def test_what_comes_while_a_change_is_handled_is_one_further_change() -> None:
    share = Share()
    watcher = share.watcher(quiet=0)
    share.put(a=1)
    first = watcher.poll(0)
    share.put(b=1)
    share.put(c=1)
    assert first is not None
    watcher.handled(first)
    second = watcher.poll(50)
    assert second is not None
    assert second.paths == ("b", "c")
    watcher.handled(second)
    assert watcher.poll(51) is None


def test_a_file_that_came_and_went_is_no_change() -> None:
    share = Share(a=1)
    watcher = share.watcher()
    share.put(b=1)
    assert watcher.poll(0) is None
    del share.files["b"]
    assert [watcher.poll(now) for now in range(1, 100)] == [None] * 99


def test_a_change_that_failed_comes_again_later_and_later() -> None:
    share = Share()
    watcher = share.watcher(quiet=0)
    share.put(a=1)
    now, waits = 0.0, []
    for _ in range(10):
        assert watcher.poll(now) is not None
        waits.append(watcher.failed(now))
        assert watcher.poll(now + waits[-1] - 1) is None
        now += waits[-1]
    assert waits[:3] == [RETRY, 2 * RETRY, 4 * RETRY]
    assert waits[-1] == LONGEST_RETRY


def test_something_new_after_a_failure_is_not_kept_waiting() -> None:
    share = Share()
    watcher = share.watcher(quiet=0)
    share.put(a=1)
    watcher.poll(0)
    watcher.failed(0)
    share.put(b=1)
    change = watcher.poll(1)
    assert change is not None
    assert change.paths == ("a", "b")


@given(before=SNAPSHOTS, after=SNAPSHOTS)
def test_changed_names_exactly_what_differs(before: Mapping, after: Mapping) -> None:
    names = changed(before, after)
    assert names == tuple(sorted(names))
    assert {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)} == set(
        names
    )


@given(steps=st.lists(SNAPSHOTS, max_size=12), handle=st.lists(st.booleans(), min_size=12, max_size=12))
def test_at_the_end_everything_that_differs_was_reported(steps: list[Files], handle: list[bool]) -> None:
    share = Share()
    watcher, shown = share.watcher(quiet=0), dict(share.files)
    for now, (files, well) in enumerate(zip(steps, handle, strict=False)):
        share.files = files
        change = watcher.poll(now)
        if change and well:
            assert set(change.paths) == set(changed(shown, files))
            shown = dict(change.snapshot)
            watcher.handled(change)
    last = watcher.poll(1e9)
    assert (last is None) == (shown == share.files)


@pytest.fixture
def root(tmp_path: Path) -> Path:
    for name in ("101 Dinas Kesehatan/Perahu/inovasi.xlsx", "00 Pemda/pemda.xlsx", "_tinjauan/101.xlsx"):
        path = tmp_path / "2026" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("a")
    (tmp_path / "iid-share.toml").write_text('region = "63.03"\n')
    return tmp_path


def test_what_the_pipeline_writes_is_never_seen(root: Path) -> None:
    drive = FolderDrive(root)
    before = look(drive, 2026, {})
    drive.write("2026/_tinjauan/101.xlsx", b"anew")
    drive.write("2026/101 Dinas Kesehatan/_umpan-balik/temuan.html", b"anew")
    assert look(drive, 2026, before) == before
    assert set(before) == {"2026/101 Dinas Kesehatan/Perahu/inovasi.xlsx", "2026/00 Pemda/pemda.xlsx"}


def test_a_share_that_is_away_has_not_lost_its_files(root: Path) -> None:
    drive = FolderDrive(root)
    before = look(drive, 2026, {})
    (root / "iid-share.toml").rename(root / "away")
    with pytest.raises(DriveError, match="terlepas"):
        look(drive, 2026, before)
    (root / "away").rename(root / "iid-share.toml")
    (root / "2026").rename(root / "2027")
    with pytest.raises(DriveError, match="terlepas"):
        look(drive, 2026, before)


def test_a_folder_that_cannot_be_listed_has_not_lost_its_files(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from iid.tasks.shares import folder_listing

    drive = FolderDrive(root)
    before = look(drive, 2026, {})
    real = folder_listing.Walk.folder

    def refuse(walk, place: str, prefix: str) -> None:
        if "101" in prefix:
            raise PermissionError(13, os.strerror(13))
        real(walk, place, prefix)

    monkeypatch.setattr(folder_listing.Walk, "folder", refuse)
    assert look(drive, 2026, before) == before


def test_units_come_from_folders_as_the_reader_names_them() -> None:
    roster = (Unit("101", "Dinas Kesehatan", "opd"), Unit("1.02", "Dinas Lain", "opd"))
    paths = (
        "2026/101 Dinas Kesehatan/Perahu/bukti/16 SK/sk.pdf",
        "2026/101 Dinas Kesehatan/lain.pdf",
        "2026/1.02_Dinas Lain/X/inovasi.xlsx",
        "2026/00 Pemda/pemda.xlsx",
        "2026/tersesat.pdf",
    )
    assert units_of(paths, 2026, roster) == ("1.02", "101", "pemda")
    assert units_of(paths[:2], 2026, None) == ("101",)
    assert units_of(("2026/tersesat.pdf",), 2026, roster) == ()


def test_memory_comes_back_as_it_was(tmp_path: Path) -> None:
    file = memory_file(tmp_path / "state", "/mnt/share", "hasil", 2026)
    assert file != memory_file(tmp_path / "state", "/mnt/share", "hasil", 2027)
    assert recall(file) is None
    snapshot = {"2026/101 Dinas/é.pdf": (12, time.time()), "b": (0, 0.1 + 0.2)}
    remember(file, snapshot)
    assert recall(file) == snapshot
    assert [path.name for path in file.parent.iterdir()] == [file.name]


@pytest.mark.parametrize(
    "text",
    ["", "[]", "{", '{"version": 1}', '{"version": 0, "files": {}}', '{"version": 1, "files": {"a": 1}}'],
)
def test_a_damaged_memory_is_no_memory(text: str, tmp_path: Path) -> None:
    (tmp_path / "m.json").write_text(text)
    assert recall(tmp_path / "m.json") is None
