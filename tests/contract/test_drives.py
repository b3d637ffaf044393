"""What every drive must do, whatever protocol stands behind it.

A drive joins the suite with one entry in DRIVES: a function that makes a new and empty share,
and a function that puts a file there from the outside, as an operator does. The network drives
run against real servers on loopback.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import drive_servers
import drive_shares
import pytest

from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.remote_drive import RemoteDrive
from iid.tasks.shares.remotes import remote_of
from iid.tasks.shares.timeouts import Patience
from iid.tasks.values.errors import DriveError

#: What a protocol or its server cannot hold at all, and why.
CANNOT = {
    ("smb", "garis\nbaru.pdf"): "SMB has no control characters in names",
    ("smb", "#%?&+;,'!.pdf"): "SMB has no ? in names",
    ("s3", "garis\nbaru.pdf"): "moto routes no key with a line break",
    ("gdrive", "garis\nbaru.pdf"): "rclone shows control characters as pictures there",
    ("gdrive", "a file where a folder should be"): "Google Drive may have both under one name",
    ("s3", "a file where a folder should be"): "S3 has no folders",
}
QUICK = Patience(first_pause=0.02)
#: Protocols whose listings have no mark of the content beside size and time.
UNMARKED = {"smb", "sftp", "apache"}


@dataclass
class Share:
    kind: str
    drive: Drive
    put: Callable[[str, bytes], None]

    def can(self, what: str) -> None:
        """Skip where the protocol cannot hold *what*."""
        if (self.kind, what) in CANNOT:
            pytest.skip(CANNOT[self.kind, what])


def folder_share(request: pytest.FixtureRequest) -> Share:
    root: Path = request.getfixturevalue("tmp_path")

    def put(path: str, data: bytes) -> None:
        place = root / path
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(data)

    return Share("folder", FolderDrive(root), put)


def network_share(kind: str, request: pytest.FixtureRequest) -> Share:
    """A new share of a server that runs on loopback."""
    outside: drive_shares.Outside = request.getfixturevalue("new_share")(kind)
    return Share(kind, RemoteDrive(remote_of(outside.url()), QUICK), outside.put)


DRIVES: dict[str, Callable[[pytest.FixtureRequest], Share]] = {
    "folder": folder_share,
    "gdrive": partial(network_share, "gdrive"),  # a stand-in: see docs/drives.md
    "s3": partial(network_share, "s3"),
    **{kind: partial(network_share, kind) for kind in drive_servers.MAKERS},
}


@pytest.fixture(scope="session")
def kept_open() -> list[Drive]:
    """The first drive of each server: its process then serves the whole suite."""
    return []


@pytest.fixture(
    params=[pytest.param(k, marks=[] if k == "folder" else pytest.mark.integration) for k in sorted(DRIVES)]
)
def share(request: pytest.FixtureRequest, kept_open: list[Drive]) -> Share:
    made = DRIVES[request.param](request)
    kept_open.append(made.drive)
    return made


def paths(share: Share, under: str = "") -> list[str]:
    return [entry.path for entry in share.drive.list(under).entries]


def test_listing_is_sorted_and_reports_size_time_and_mark_of_the_content(share: Share) -> None:
    share.put("2026/b/2.pdf", b"12")
    share.put("2026/a b/1.pdf", b"")
    share.put("2026/a/1.pdf", b"1")
    listing = share.drive.list("2026")
    assert [(entry.path, entry.size) for entry in listing.entries] == [
        ("2026/a b/1.pdf", 0),
        ("2026/a/1.pdf", 1),
        ("2026/b/2.pdf", 2),
    ]
    assert listing.folders == ("2026/a", "2026/a b", "2026/b")
    assert all(entry.modified > 1_000_000_000 and not entry.problem for entry in listing.entries)
    assert all((share.kind in UNMARKED) != bool(entry.ident) for entry in listing.entries)
    assert listing.unreadable == ()


def test_mark_of_the_content_changes_with_the_content(share: Share) -> None:
    share.put("a.pdf", b"1")
    before = share.drive.list().entries[0]
    assert share.drive.list().entries[0] == before
    share.put("a.pdf", b"22")
    assert share.drive.list().entries[0] != before


@pytest.mark.parametrize("name", ["_x.pdf", ".x.pdf", "~$x.docx", "Thumbs.db", "thumbs.DB", "DESKTOP.ini"])
def test_ignored_names_are_not_listed(share: Share, name: str) -> None:
    share.put(f"2026/{name}", b"x")
    share.put(f"2026/{name}.d/kept.pdf" if not name.startswith(("_", ".", "~")) else "2026/kept.pdf", b"x")
    assert [path.rsplit("/", 1)[1] for path in paths(share)] == ["kept.pdf"]


def test_ignored_folders_are_reached_when_named(share: Share) -> None:
    share.put("2026/_tinjauan/01.xlsx", b"x")
    share.put("2026/_tinjauan/_draf.xlsx", b"x")
    assert paths(share) == []
    assert paths(share, "2026/_tinjauan") == ["2026/_tinjauan/01.xlsx"]
    assert share.drive.exists("2026/_tinjauan/01.xlsx")
    assert share.drive.read_bytes("2026/_tinjauan/01.xlsx", 10) == b"x"


@pytest.mark.parametrize(
    "name",
    [
        "spasi  ganda .pdf",
        "titik di akhir.",
        "spasi di akhir.pdf ",
        " spasi di awal.pdf",
        "Café – Pelayanan “Kilat”.pdf",
        "Cafe\u0301.pdf",
        "日本語.pdf",
        "garis\nbaru.pdf",
        "kanan\u202efdp.exe",
        "a" * 251 + ".pdf",
        "#%?&+;,'!.pdf",
    ],
)
def test_names_are_spelt_as_the_drive_spells_them(share: Share, name: str) -> None:
    share.can(name)
    share.put(f"2026/{name}", name.encode())
    assert paths(share) == [f"2026/{name}"]
    with share.drive.open(f"2026/{name}") as file:
        assert file.read() == name.encode()
    assert share.drive.exists(f"2026/{name}")


def test_names_that_differ_only_in_case_are_two_files(share: Share) -> None:
    share.put("SK.pdf", b"1")
    share.put("sk.PDF", b"22")
    assert paths(share) == ["SK.pdf", "sk.PDF"]
    assert [share.drive.read_bytes(path, 9) for path in paths(share)] == [b"1", b"22"]


def test_ten_thousand_files_of_one_folder_are_all_listed(share: Share) -> None:
    share.can("10,000 files")
    many = 1_500 if share.kind == "s3" else 10_000  # of 1,000 a page; moto takes one file after the other
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: share.put(f"2026/{number:05d}.txt", b""), range(many)))
    assert paths(share) == [f"2026/{number:05d}.txt" for number in range(many)]


def test_files_are_read_from_any_place(share: Share) -> None:
    share.put("a.bin", bytes(range(256)))
    assert share.drive.read_bytes("a.bin", 4) == b"\0\1\2\3"
    with share.drive.open("a.bin") as file:
        file.seek(250)
        assert file.read() == bytes(range(250, 256))
        file.seek(0)
        assert file.read(2) == b"\0\1"


def test_absent_files_raise_file_not_found(share: Share) -> None:
    share.put("a.pdf", b"x")
    for path in ("b.pdf", "no/a.pdf", "a.pdf/b.pdf", "a" * 300):
        with pytest.raises(FileNotFoundError):
            share.drive.open(path)
        with pytest.raises(FileNotFoundError):
            share.drive.read_bytes(path, 1)
        assert not share.drive.exists(path)
        assert share.drive.local(path) is None


def test_a_folder_is_no_file_to_read(share: Share) -> None:
    share.put("2026/a.pdf", b"x")
    assert share.drive.exists("2026")
    with pytest.raises((PermissionError, FileNotFoundError)):
        share.drive.open("2026")
    assert share.drive.local("2026") is None


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "2026/../../x", "2026//a", "./a", "a\0b", "2026/"])
def test_paths_that_lead_away_are_refused(share: Share, path: str) -> None:
    for use in (
        lambda: share.drive.open(path),
        lambda: share.drive.read_bytes(path, 1),
        lambda: share.drive.write(path, b""),
        lambda: share.drive.list(path),
        lambda: share.drive.exists(path),
        lambda: share.drive.local(path),
    ):
        with pytest.raises(DriveError, match="ditolak"):
            use()


def test_listing_a_missing_folder_fails(share: Share) -> None:
    with pytest.raises(DriveError, match=r"2027.*tidak ada"):
        share.drive.list("2027")


def test_listing_a_file_as_folder_fails(share: Share) -> None:
    share.put("2027", b"")
    with pytest.raises(DriveError, match=r"2027.*bukan folder"):
        share.drive.list("2027")


def test_feedback_is_written_with_its_folders_and_replaces_the_old_one(share: Share) -> None:
    share.put("2026/01 Dinas/Inovasi/inovasi.xlsx", b"x")
    for data in (b"satu", b"dua dua"):
        share.drive.write("2026/01 Dinas/_umpan-balik/temuan.xlsx", data)
        assert share.drive.read_bytes("2026/01 Dinas/_umpan-balik/temuan.xlsx", 99) == data
    assert paths(share, "2026/01 Dinas/_umpan-balik") == ["2026/01 Dinas/_umpan-balik/temuan.xlsx"]
    assert paths(share) == ["2026/01 Dinas/Inovasi/inovasi.xlsx"]


def test_our_own_feedback_is_removed_and_nothing_else(share: Share) -> None:
    folder = "2026/01 Dinas/_umpan-balik"
    for name in ("temuan.xlsx", "lain.xlsx"):
        share.drive.write(f"{folder}/{name}", b"x")
    share.drive.remove(f"{folder}/temuan.xlsx")
    assert paths(share, folder) == [f"{folder}/lain.xlsx"]
    share.drive.remove(f"{folder}/temuan.xlsx")  # gone already
    share.drive.remove("2026/02 Tidak Ada/_umpan-balik/temuan.xlsx")
    share.put("2026/01 Dinas/Inovasi/_sk.pdf", b"x")
    share.put("2026/01 Dinas/Inovasi/sk.pdf", b"x")
    for path in ("2026/01 Dinas/Inovasi/sk.pdf", "2026/01 Dinas/Inovasi/_sk.pdf", "iid-share.toml"):
        with pytest.raises(DriveError, match="hanya umpan balik sendiri"):
            share.drive.remove(path)
    assert paths(share) == ["2026/01 Dinas/Inovasi/sk.pdf"]


def test_feedback_that_cannot_be_written_fails_the_drive(share: Share) -> None:
    share.can("a file where a folder should be")
    share.put("2026/berkas", b"x")
    with pytest.raises(DriveError, match="temuan"):
        share.drive.write("2026/berkas/temuan.xlsx", b"")


def test_drives_travel_to_other_processes(share: Share) -> None:
    share.put("a.pdf", b"x")
    copy: Drive = pickle.loads(pickle.dumps(share.drive))  # noqa: S301 - our own bytes
    assert copy.url == share.drive.url
    assert copy.read_bytes("a.pdf", 9) == b"x"
    assert copy.list() == share.drive.list()
