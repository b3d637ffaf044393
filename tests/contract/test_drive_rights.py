"""What a network drive lets be seen and written: rights, links, odd names, times, twins on Google Drive."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable

import drive_servers
import drive_shares
import google_drive
import pytest

from iid.tasks.shares.remote_drive import RemoteDrive
from iid.tasks.shares.remotes import remote_of
from iid.tasks.shares.timeouts import Patience
from iid.tasks.values.errors import DriveError

pytestmark = pytest.mark.integration

QUICK = Patience(tries=2, first_pause=0.02)
NewShare = Callable[[str], drive_shares.Outside]


def opened(outside: drive_shares.Outside) -> RemoteDrive:
    return RemoteDrive(remote_of(outside.url()), QUICK)


def test_read_only_share_is_read_and_a_write_fails_clearly(new_share: NewShare) -> None:
    outside = new_share("smb")
    outside.put("2026/a.pdf", b"isi")
    drive = RemoteDrive(remote_of(outside.url().replace("/inovasi/", "/baca/")), QUICK)
    assert [entry.path for entry in drive.list().entries] == ["2026/a.pdf"]
    assert drive.read_bytes("2026/a.pdf", 9) == b"isi"
    for path in ("2026/_umpan-balik/temuan.xlsx", "temuan.xlsx"):
        with pytest.raises(
            DriveError, match=r"temuan\.xlsx tidak dapat ditulis di smb://.*hak akses ditolak"
        ):
            drive.write(path, b"x")
    assert [entry.path for entry in drive.list().entries] == ["2026/a.pdf"]


def as_stranger(kind: str, url: str) -> RemoteDrive:
    """The same share with the eyes of somebody who may not see everything; root's eyes see all."""
    if os.getuid() == 0:
        old = f"//{drive_servers.USER}@" if kind == "sftp" else "/inovasi/"
        url = url.replace(old, "//nobody@" if kind == "sftp" else "/orang-lain/")
    return RemoteDrive(remote_of(url), QUICK)


@pytest.mark.parametrize("kind", ["sftp", "smb"])
def test_folder_without_rights_is_reported_once_and_the_rest_is_listed(
    kind: str, new_share: NewShare
) -> None:
    outside = new_share(kind)
    for number in range(40):
        outside.put(f"2026/tertutup/{number}.pdf", b"x")
    outside.put("2026/terbuka/a.pdf", b"x")
    outside.put("2026/terbuka/milik-saya.pdf", b"x")
    root = drive_shares.root_of(outside)
    (root / "2026/tertutup").chmod(0)
    (root / "2026/terbuka/milik-saya.pdf").chmod(0)
    drive = as_stranger(kind, outside.url())
    listing = drive.list()
    (root / "2026/tertutup").chmod(0o755)
    assert listing.unreadable == (("2026/tertutup", "hak akses ditolak"),)
    assert [e.path for e in listing.entries] == ["2026/terbuka/a.pdf", "2026/terbuka/milik-saya.pdf"]
    with pytest.raises(PermissionError, match="hak akses ditolak"):
        drive.open("2026/terbuka/milik-saya.pdf")
    assert drive.read_bytes("2026/terbuka/a.pdf", 9) == b"x"


def test_links_on_sftp_are_listed_and_not_followed(new_share: NewShare) -> None:
    outside = new_share("sftp")
    outside.put("asli.pdf", b"isi")
    outside.put("dalam/b.pdf", b"isi")
    root = drive_shares.root_of(outside)
    (root / "keluar.pdf").symlink_to("/etc/hostname")
    (root / "putus.pdf").symlink_to("tidak-ada")
    (root / "dalam" / "lingkar").symlink_to("..")
    os.mkfifo(root / "pipa.pdf")
    assert {entry.path: entry.problem for entry in opened(outside).list().entries} == {
        "asli.pdf": "",
        "dalam/b.pdf": "",
        "dalam/lingkar": "outside_share",
        "keluar.pdf": "outside_share",
        "pipa.pdf": "outside_share",
        "putus.pdf": "outside_share",
    }


def test_links_in_a_circle_on_smb_end(new_share: NewShare) -> None:
    """A Samba server follows links inside a share: to us a circle looks like folders without end."""
    outside = new_share("smb")
    outside.put("2026/a/b/c.pdf", b"isi")
    outside.put("2026/x.pdf", b"isi")
    (drive_shares.root_of(outside) / "2026/a/b/lingkar").symlink_to("../..")
    listing = opened(outside).list()
    assert [entry.path for entry in listing.entries] == ["2026/a/b/c.pdf", "2026/x.pdf"]
    assert listing.unreadable == (("2026/a/b/lingkar", "tautan berputar ke folder di atasnya"),)


def test_names_that_windows_cannot_have_are_listed_on_smb_and_reported(new_share: NewShare) -> None:
    outside = new_share("smb")
    names = ["apa?.pdf", 'kutip".pdf', "titik:dua.pdf", "a*b.pdf"]
    for name in (*names, "biasa.pdf"):
        outside.put(name, b"isi")
    drive = opened(outside)
    assert [entry.path for entry in drive.list().entries] == sorted((*names, "biasa.pdf"))
    for name in names:
        with pytest.raises(PermissionError, match="namanya tidak dapat dibuka"):
            drive.open(name)
    assert drive.read_bytes("biasa.pdf", 9) == b"isi"


@pytest.mark.parametrize("kind", ["apache", "sftp", "smb"])
def test_times_of_the_server_are_taken_as_they_are(kind: str, new_share: NewShare) -> None:
    outside = new_share(kind)
    for name, seconds in {"kelak.pdf": 4_000_000_000, "dulu.pdf": 1_000_000_000}.items():
        outside.put(name, b"x")
        os.utime(drive_shares.root_of(outside) / name, (seconds, seconds))
    assert [entry.modified for entry in opened(outside).list().entries] == [1_000_000_000, 4_000_000_000]


def test_files_of_one_name_on_google_drive_are_all_read(new_share: NewShare) -> None:
    outside = new_share("gdrive")
    assert isinstance(outside, google_drive.Drawer)
    older = outside.cloud.add(f"{outside.name}/bukti/SK.pdf", b"lama", time="2026-01-01T00:00:00.000Z")
    outside.cloud.add(f"{outside.name}/bukti/SK.pdf", b"lebih baru", time="2026-02-01T00:00:00.000Z")
    drive = opened(outside)
    marked = f"bukti/SK (nama sama, id {older.id}).pdf"
    listing = drive.list()
    assert [(entry.path, entry.size) for entry in listing.entries] == [(marked, 4), ("bukti/SK.pdf", 10)]
    for copy in (drive, pickle.loads(pickle.dumps(drive))):  # noqa: S301 - our own bytes
        assert copy.read_bytes("bukti/SK.pdf", 99) == b"lebih baru"
        assert copy.read_bytes(marked, 99) == b"lama"


def test_folders_of_one_name_on_google_drive_are_reported(new_share: NewShare) -> None:
    outside = new_share("gdrive")
    assert isinstance(outside, google_drive.Drawer)
    outside.put("bukti/a.pdf", b"x")
    outside.put("lain/b.pdf", b"x")
    outside.cloud.add(f"{outside.name}/bukti", mime=google_drive.FOLDER)
    listing = opened(outside).list()
    assert [entry.path for entry in listing.entries] == ["lain/b.pdf"]
    assert listing.folders == ("bukti", "lain")
    assert listing.unreadable == (("bukti", "ada 2 folder bernama sama; jadikan satu"),)


def test_documents_of_google_itself_are_listed_and_are_no_files(new_share: NewShare) -> None:
    outside = new_share("gdrive")
    assert isinstance(outside, google_drive.Drawer)
    outside.cloud.add(f"{outside.name}/Notula", mime=google_drive.DOCUMENT)
    assert [(entry.path, entry.problem) for entry in opened(outside).list().entries] == [
        ("Notula.docx", "not_a_file")
    ]
