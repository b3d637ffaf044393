"""What is swapped between listing and reading never hands in the work of another unit."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pandas as pd
import pytest

from iid.tasks.inspect.dask_batch import batch_of, inspect_batch, order_for
from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox import guarded
from iid.tasks.sandbox.feeding import Known, Wanted, local_root
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker_process import Job
from iid.tasks.shares.drive import Listing
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.tables import EVIDENCE, frame

MINE = "2026/01 Dinas/Inovasi/bukti/16 Regulasi"
THEIRS = "2026/02 Desa/Lain/bukti/16 Regulasi"
OLD = 1_700_000_000


class Fetched(FolderDrive):
    """The same folder for a reader that must copy each file first, as over a network."""

    def local(self, path: str) -> None:
        return None


def put(root: Path, path: str, text: str) -> Path:
    place = root / path
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text * 40)
    os.utime(place, (OLD, OLD))
    return place


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    put(root, f"{MINE}/sk.txt", "Punya sendiri\n")
    put(root, f"{MINE}/lampiran.txt", "Lampiran sendiri\n")
    put(root, f"{THEIRS}/sk.txt", "Punya unit lain yang bagus\n")
    put(root, f"{THEIRS}/lampiran.txt", "Lampiran unit lain yang bagus\n")
    (root / "iid-share.toml").write_text('region = "63.03"\n')
    return root


def listed(drive: FolderDrive) -> tuple[Listing, pd.DataFrame]:
    listing = drive.list()
    files = (e for e in listing.entries if e.path != "iid-share.toml")
    return listing, frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in files))


def problems(found: pd.DataFrame) -> dict[str, str]:
    assert (found["sha256"].eq("") == found["problem"].ne("")).all()
    return dict(zip(found["source"], found["problem"], strict=True))


def everything(**other: str) -> dict[str, str]:
    """The problem of each file of the share; *other* are those of the unit's own two."""
    own = {f"{MINE}/{name}.txt": other.get(name, "") for name in ("lampiran", "sk")}
    return own | {f"{THEIRS}/lampiran.txt": "", f"{THEIRS}/sk.txt": ""}


def swap_file(share: Path) -> None:
    (share / MINE / "sk.txt").unlink()
    (share / MINE / "sk.txt").symlink_to(share / THEIRS / "sk.txt")


def swap_parent(share: Path) -> None:
    shutil.rmtree(share / MINE)
    (share / MINE).symlink_to(share / THEIRS)


def swap_unit(share: Path) -> None:
    shutil.rmtree(share / "2026/01 Dinas")
    (share / "2026/01 Dinas").symlink_to(share / "2026/02 Desa")
    (share / "2026/02 Desa/Inovasi").mkdir()
    (share / "2026/02 Desa/Inovasi/bukti").symlink_to(share / "2026/02 Desa/Lain/bukti")


SWAPS = {
    "file": (swap_file, everything(sk="outside_share")),
    "parent": (swap_parent, everything(sk="outside_share", lampiran="outside_share")),
    "unit": (swap_unit, everything(sk="outside_share", lampiran="outside_share")),
}


@pytest.mark.parametrize("kind", [FolderDrive, Fetched])
@pytest.mark.parametrize("swapped", sorted(SWAPS))
def test_a_swap_for_the_folder_of_another_unit_is_outside(
    share: Path, kind: type[FolderDrive], swapped: str
) -> None:
    drive = kind(share)
    listing, rows = listed(drive)
    swap, shown = SWAPS[swapped]
    swap(share)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert problems(found) == shown


def test_a_swap_while_the_workers_are_at_it_is_outside(share: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The file is there when it is handed out, and is swapped before the worker opens it."""

    class Late(guarded.LocalFeed):
        def pull(self, slot: int) -> Job | None:
            job = super().pull(slot)
            if job is not None and job.path.endswith(f"{MINE}/sk.txt"):
                swap_file(share)
            return job

    monkeypatch.setattr(guarded, "LocalFeed", Late)
    drive = FolderDrive(share)
    listing, rows = listed(drive)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert problems(found) == everything(sk="outside_share")


def test_a_worker_of_dask_refuses_what_was_swapped(share: Path) -> None:
    drive = FolderDrive(share)
    listing, _ = listed(drive)
    wanted = [Wanted(key, e.path, e.size, e.modified) for key, e in enumerate(listing.entries)]
    order = order_for(drive, Limits(), 1)
    swap_file(share)
    shown = {
        wanted[key].path: message for key, _, message, _, _ in inspect_batch(order, batch_of(wanted, Known()))
    }
    assert shown[f"{MINE}/sk.txt"]["problem"] == "outside_share"
    assert shown[f"{THEIRS}/sk.txt"]["size"] > 0


@pytest.mark.parametrize("kind", [FolderDrive, Fetched])
def test_a_link_within_the_unit_is_read_also_when_it_comes_late(share: Path, kind: type[FolderDrive]) -> None:
    other = put(share, "2026/01 Dinas/Kedua/bukti/16 Regulasi/asli.txt", "Asli unit sendiri\n")
    (share / MINE / "tautan.txt").symlink_to(other)
    drive = kind(share)
    listing, rows = listed(drive)
    (share / MINE / "sk.txt").unlink()
    (share / MINE / "sk.txt").symlink_to(other)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert found["problem"].eq("").all()
    hashes = found.set_index("source")["sha256"]
    assert hashes[f"{MINE}/sk.txt"] == hashes[f"{MINE}/tautan.txt"]


def test_a_link_that_copies_the_way_to_itself_moves_no_other_file(share: Path) -> None:
    """Its real path ends with its path in the share; the share begins elsewhere all the same."""
    inner = put(share, f"2026/01 Dinas/Inovasi/bukti/{MINE}/a.txt", "Di dalam\n")
    (share / MINE / "a.txt").symlink_to(inner)
    drive = FolderDrive(share)
    assert local_root(drive, [Wanted(0, f"{MINE}/a.txt", 9, 0.0)]) == os.path.realpath(share)
    listing, rows = listed(drive)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert found["problem"].eq("").all()


def test_a_share_behind_a_link_and_a_cycle_behind_a_link_are_read(share: Path, tmp_path: Path) -> None:
    (share / "2026").rename(share / "arsip")
    (share / "2026").symlink_to(share / "arsip")
    (tmp_path / "lain").symlink_to(share)
    drive = FolderDrive(tmp_path / "lain")
    listing = drive.list("2026")
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in listing.entries))
    swap_file(share.parent / "lain")
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert problems(found) == everything(sk="outside_share")
