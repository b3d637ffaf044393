"""Names that deceive, links that lead out or round, things that are no files, files that vanish."""

from __future__ import annotations

import os
import threading
from pathlib import Path

import pytest

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.tables import EVIDENCE, frame

NAMES = (
    b"baris\nbaru.txt",
    "nama\u202efdp.txt".encode(),
    b"x" * 251 + b".txt",
    "é".encode() * 125 + b".txt",
    b"bukan utf8 \xff\xfe.txt",
    b"garis \\xff miring.txt",
    b"'; rm -rf $(x) `y`.txt",
    b"-rf.txt",
    b" spasi .txt",
    b"%s%n.txt",
    b"a..b...txt",
    b"a..%2F..%2Fetc%2Fpasswd.txt",
    b"C:\\Windows\\..\\win.txt",
    b"CON.txt",
)


def rows_of(drive: FolderDrive):
    listing = drive.list()
    return listing, frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in listing.entries))


@pytest.fixture
def share(tmp_path: Path) -> Path:
    root = tmp_path / "share"
    root.mkdir()
    return root


def test_a_file_of_any_name_is_read(share: Path) -> None:
    for number, name in enumerate(NAMES):
        (share / os.fsdecode(name)).write_bytes(b"Surat nomor %d\n" % number)
    drive = FolderDrive(share)
    listing, rows = rows_of(drive)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert len(found) == len(NAMES)
    assert found["problem"].eq("").all()
    assert found["sha256"].nunique() == len(NAMES)


def test_nothing_outside_the_share_is_opened(share: Path, tmp_path: Path) -> None:
    secret = tmp_path / "rahasia.txt"
    secret.write_bytes(b"rahasia rahasia\n")
    (share / "keluar.txt").symlink_to(secret)
    (share / "relatif.txt").symlink_to("../rahasia.txt")
    (share / "putaran.txt").symlink_to("putaran.txt")
    (share / "folder").symlink_to(tmp_path)
    (share / "akar").symlink_to(share)
    os.mkfifo(share / "pipa.txt")
    drive = FolderDrive(share)
    listing, rows = rows_of(drive)
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1)
    assert found.evidence["sha256"].eq("").all()
    assert set(found.evidence["problem"]) <= {"outside_share", "unreadable"}
    assert len(found.facts) == 0


def test_a_link_swapped_after_the_listing_leads_nowhere(share: Path, tmp_path: Path) -> None:
    (tmp_path / "rahasia.txt").write_bytes(b"rahasia rahasia\n")
    for name in ("a.txt", "b.txt"):
        (share / name).write_bytes(b"surat surat\n")
    drive = FolderDrive(share)
    listing, rows = rows_of(drive)
    (share / "b.txt").unlink()
    (share / "b.txt").symlink_to(tmp_path / "rahasia.txt")
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert found["problem"].tolist() == ["", "outside_share"]


def test_a_pipe_swapped_in_after_the_listing_holds_nobody_up(share: Path) -> None:
    for name in ("a.txt", "b.txt"):
        (share / name).write_bytes(b"surat surat\n")
    drive = FolderDrive(share)
    listing, rows = rows_of(drive)
    (share / "b.txt").unlink()
    os.mkfifo(share / "b.txt")
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=1).evidence
    assert found["problem"].tolist() == ["", "unreadable"]


def test_files_that_vanish_and_grow_meanwhile_harm_no_other(share: Path) -> None:
    for number in range(60):
        (share / f"{number:02}.txt").write_bytes(b"surat %d\n" % number * 2000)
    drive = FolderDrive(share)
    listing, rows = rows_of(drive)

    def disturb() -> None:
        for number in range(40, 60):
            (share / f"{number}.txt").unlink()
        for _ in range(200):
            with (share / "39.txt").open("ab") as file:
                file.write(b"lagi\n")

    other = threading.Thread(target=disturb)
    other.start()
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=2).evidence
    other.join()
    assert found["problem"].head(39).eq("").all()
    assert set(found["problem"].tail(20)) <= {"", "missing"}
    assert found["problem"].iloc[39] in ("", "still_changing")
