"""A closing copies what was judged in flat memory, and names the file that it cannot keep."""

from __future__ import annotations

import hashlib
import os
import tracemalloc
from pathlib import Path

import pytest

from iid.tasks.close import kept_evidence
from iid.tasks.close.kept_evidence import Content, keep_all, workbooks_of
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.closed_cycle import evidence_key
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.errors import GuardError, StoreError

MIB = 1024**2
FILM, BOOK = "2026/01 Dinas/Inovasi/bukti/35/film.mp4", "2026/01 Dinas/Inovasi/inovasi.xlsx"


@pytest.fixture
def share(tmp_path: Path) -> Path:
    (tmp_path / "share" / FILM).parent.mkdir(parents=True)
    return tmp_path / "share"


def keep(share: Path, store: FolderStore, content: Content) -> int:
    return keep_all(store, "63.03", 2026, FolderDrive(share), [content], lambda *_: None)


def content(data: bytes, size: int | None = None) -> Content:
    return Content(hashlib.sha256(data).hexdigest(), len(data) if size is None else size, (FILM,))


@pytest.mark.parametrize("big", [MIB, 1024 * MIB], ids=["through a copy on disk", "in memory"])
def test_what_was_judged_is_kept_whatever_its_size(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, big: int
) -> None:
    monkeypatch.setattr(kept_evidence, "BIG", big)
    data = b"film" * (MIB // 2)
    (share / FILM).write_bytes(data)
    store = FolderStore(tmp_path / "hasil")
    assert keep(share, store, content(data)) == 1
    assert store.get(evidence_key("63.03", 2026, content(data).sha256)) == data
    assert keep(share, store, content(data)) == 0


def test_a_large_file_is_never_in_memory(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept_evidence, "BIG", 8 * MIB)
    data = b"film" * (16 * MIB)
    (share / FILM).write_bytes(data)
    asked, store = content(data), FolderStore(tmp_path / "hasil")
    del data
    tracemalloc.start()
    keep(share, store, asked)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 16 * MIB


def test_a_workbook_that_is_too_large_to_be_read_is_not_copied_either(share: Path) -> None:
    for path in (BOOK, FILM):
        (share / path).write_bytes(b"isi")
    os.truncate(share / BOOK, 15 * 1024 * MIB)
    tracemalloc.start()
    assert [one.sources for one in workbooks_of(FolderDrive(share), [BOOK, FILM])] == [(FILM,)]
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 256 * MIB


def test_a_file_that_became_another_one_is_named_and_nothing_is_kept(share: Path, tmp_path: Path) -> None:
    (share / FILM).write_bytes(b"lain")
    with pytest.raises(GuardError, match=r"film\.mp4 berubah atau hilang"):
        keep(share, FolderStore(tmp_path / "hasil"), content(b"film"))
    assert not (tmp_path / "hasil").exists()


def test_a_file_that_the_store_does_not_take_is_named(share: Path, tmp_path: Path) -> None:
    (share / FILM).write_bytes(b"film")
    place = tmp_path / "hasil" / evidence_key("63.03", 2026, content(b"film").sha256)
    place.parent.parent.mkdir(parents=True)
    place.parent.write_text("bukan folder")
    with pytest.raises(StoreError, match=r"bukti \S+ Dinas/Inovasi/bukti/35/film\.mp4 tidak dapat disimpan"):
        keep(share, FolderStore(tmp_path / "hasil"), content(b"film"))
