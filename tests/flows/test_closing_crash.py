"""A closing killed before every step and at random moments: what was published stays, the next one ends."""

from __future__ import annotations

import os
import random
import shutil
import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from closer import Closer, closer
from runs import Run, assess

from iid.tasks.store.closed_cycle import CLOSING
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import hold
from iid.tasks.store.paths import utc_now
from iid.tasks.store.published_run import runs
from iid.tasks.store.publishing import latest, read_run, verify
from iid.tasks.store.retention import prune

MOMENTS = 4
PUBLISHING = "Menyusun dan menerbitkan hasil"
CLOSED = "Siklus ini sudah ditutup: perbaikan tidak lagi mengubah hasilnya."


@pytest.fixture(scope="module")
def closing(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Closer]:
    """A share of two units."""
    folder = tmp_path_factory.mktemp("mati")
    share = Path(shutil.copytree(example, folder / "share", symlinks=True))
    units = sorted(path for path in (share / "2026").iterdir() if path.is_dir() and path.name[0].isdigit())
    for unit in units[2:]:
        shutil.rmtree(unit)
    temporary = folder / "sementara"
    temporary.mkdir()
    with closer(share, TMPDIR=str(temporary)) as found:
        yield found


@pytest.fixture(scope="module")
def published(closing: Closer, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one provisional run."""
    store = tmp_path_factory.mktemp("terbit") / "hasil"
    status, steps, left = closing.run(store, final=False)
    assert (status, steps[-1], left) == (0, "selesai", 0)
    return store


@pytest.fixture
def store(published: Path, tmp_path: Path) -> FolderStore:
    return FolderStore(Path(shutil.copytree(published, tmp_path / "hasil")))


def check_whole(store: FolderStore) -> str:
    """What is published verifies; its status."""
    pointer = latest(store, "63.03", 2026)
    assert pointer is not None
    assert verify(store, "63.03", 2026) == []
    return pointer.status


def check_nothing_grows(store: FolderStore) -> None:
    """After a prune the store holds two runs and the evidence that the final one names."""
    prune(store, "63.03", 2026, now=lambda: utc_now() + timedelta(days=2))
    assert len(runs(store, "63.03", 2026)) == len(store.folders("63.03/2026/runs/")) == 2
    frozen = read_run(store, "63.03", 2026).json(CLOSING)
    named = {item["sha256"] for part in ("evidence", "workbooks") for item in frozen[part]}
    assert {key.rpartition("/")[2] for key in store.keys("63.03/2026/evidence/")} == named
    assert verify(store, "63.03", 2026) == []


def test_killed_before_any_step_the_cycle_stays_open_and_whole_and_the_next_closing_ends(
    store: FolderStore, closing: Closer
) -> None:
    for folder in sorted(closing.share.glob("2026/*/_umpan-balik")):
        shutil.rmtree(folder)
    kills, status, closed = 0, -9, False
    while status == -9:
        status, steps, left = closing.run(store.root, kill_at=kills + 1)
        assert status in {-9, 0}, steps
        assert left == 0, f"{left} processes outlived the one killed after {steps[-1:]}"
        closed = closed or PUBLISHING in steps
        assert check_whole(store) == ("final" if closed else "provisional")
        kills += status == -9
    assert kills > 14
    assert check_whole(store) == "final"
    assert closing.run(store.root)[0] == 0
    units = sorted(path for path in closing.share.glob("2026/[0-9]*") if path.is_dir())
    assert units
    assert all(CLOSED in (unit / "_umpan-balik/umpan-balik.html").read_text() for unit in units)
    check_nothing_grows(store)


def test_of_assessments_at_once_the_others_end_with_3_and_name_the_holder(
    store: FolderStore, closing: Closer, iid: Run
) -> None:
    key, before = "63.03/2026/latest.json", store.get("63.03/2026/latest.json")
    with hold(store, "63.03", 2026):
        statuses = [closing.run(store.root, final=final)[0] for final in (False, True)]
        asked = assess(iid, closing.share, store.root)
    assert (*statuses, asked.returncode) == (3, 3, 3)
    assert f"sedang diterbitkan oleh {socket.gethostname()} (proses {os.getpid()}) sampai" in asked.stderr
    assert store.get(key) == before


@pytest.mark.parametrize("damage", ["missing", "damaged"])
def test_a_lost_pointer_is_fixed_by_the_next_assessment(
    store: FolderStore, closing: Closer, damage: str
) -> None:
    key = "63.03/2026/latest.json"
    store.delete(key) if damage == "missing" else store.put(key, b'{"run_id": "../x"}')
    status, _, _ = closing.run(store.root, final=False)
    assert status == 0
    assert check_whole(store) == "provisional"


def test_killed_at_random_moments_the_next_closing_ends(
    closing: Closer, published: Path, tmp_path: Path
) -> None:
    chance = random.Random(20261126)  # noqa: S311
    for number in range(MOMENTS):
        store = FolderStore(Path(shutil.copytree(published, tmp_path / str(number))))
        status, _, left = closing.run(store.root, after=chance.uniform(0.1, 2.2))
        assert status in {-9, 0}
        assert left == 0
        check_whole(store)
        assert closing.run(store.root)[0] == 0
        assert check_whole(store) == "final"
        check_nothing_grows(store)
