"""What only a folder of this machine can do to us: links, pipes, odd bytes, missing rights."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError
from iid.tasks.values.share_paths import checked, is_ignored, printable, raw_name, readable_name, tidy


@pytest.fixture
def root(tmp_path: Path) -> Path:
    share = tmp_path / "share"
    share.mkdir()
    (tmp_path / "rahasia.pdf").write_bytes(b"secret")
    return share


def problems(root: Path) -> dict[str, str]:
    return {entry.path: entry.problem for entry in FolderDrive(root).list().entries}


def test_link_out_of_the_share_is_listed_and_never_read(root: Path) -> None:
    (root / "keluar.pdf").symlink_to(root.parent / "rahasia.pdf")
    (root / "relatif.pdf").symlink_to("../rahasia.pdf")
    (root / "folder").symlink_to(root.parent)
    drive = FolderDrive(root)
    assert problems(root) == dict.fromkeys(["folder", "keluar.pdf", "relatif.pdf"], "outside_share")
    for path in ("keluar.pdf", "relatif.pdf", "folder", "folder/rahasia.pdf"):
        with pytest.raises(PermissionError, match="luar share"):
            drive.open(path)
        assert drive.local(path) is None
        assert not drive.exists(path)


def test_share_with_a_name_that_begins_like_another_is_not_inside_it(root: Path) -> None:
    (root.parent / "share2").mkdir()
    (root.parent / "share2" / "a.pdf").write_bytes(b"x")
    (root / "a.pdf").symlink_to(root.parent / "share2" / "a.pdf")
    assert problems(root) == {"a.pdf": "outside_share"}


def test_link_inside_the_share_is_read_as_its_file(root: Path) -> None:
    (root / "asli.pdf").write_bytes(b"isi")
    (root / "tautan.pdf").symlink_to("asli.pdf")
    entries = FolderDrive(root).list().entries
    assert [(entry.path, entry.size, entry.problem) for entry in entries] == [
        ("asli.pdf", 3, ""),
        ("tautan.pdf", 3, ""),
    ]
    assert FolderDrive(root).read_bytes("tautan.pdf", 9) == b"isi"
    assert FolderDrive(root).local("tautan.pdf") == root / "asli.pdf"


def test_loops_broken_links_and_linked_folders_are_listed_with_a_problem(root: Path) -> None:
    (root / "folder").mkdir()
    (root / "folder" / "a.pdf").write_bytes(b"x")
    (root / "lingkar").symlink_to("lingkar")
    (root / "satu").symlink_to("dua")
    (root / "dua").symlink_to("satu")
    (root / "atas").symlink_to(".")
    (root / "putus").symlink_to("tidak-ada.pdf")
    (root / "folder2").symlink_to("folder")
    assert problems(root) == {
        "atas": "not_a_file",
        "dua": "outside_share",
        "folder/a.pdf": "",
        "folder2": "not_a_file",
        "lingkar": "outside_share",
        "putus": "not_a_file",
        "satu": "outside_share",
    }
    for path in ("lingkar", "satu", "putus", "atas", "folder2"):
        with pytest.raises((PermissionError, FileNotFoundError)):
            FolderDrive(root).open(path)


def test_pipes_and_devices_are_listed_and_never_opened(root: Path) -> None:
    os.mkfifo(root / "pipa.pdf")
    (root / "ke-pipa.pdf").symlink_to("pipa.pdf")
    assert problems(root) == {"pipa.pdf": "not_a_file", "ke-pipa.pdf": "not_a_file"}
    for path in ("pipa.pdf", "ke-pipa.pdf"):
        with pytest.raises(PermissionError, match="bukan berkas biasa"):
            FolderDrive(root).open(path)  # would wait for ever without O_NONBLOCK
        assert FolderDrive(root).local(path) is None


def test_folder_swapped_for_a_link_after_listing_is_not_followed(root: Path) -> None:
    (root / "bukti").mkdir()
    (root / "bukti" / "rahasia.pdf").write_bytes(b"x")
    drive = FolderDrive(root)
    assert [entry.path for entry in drive.list().entries] == ["bukti/rahasia.pdf"]
    (root / "bukti" / "rahasia.pdf").unlink()
    (root / "bukti").rmdir()
    (root / "bukti").symlink_to(root.parent)
    with pytest.raises(PermissionError):
        drive.open("bukti/rahasia.pdf")


def test_writing_replaces_a_link_instead_of_following_it(root: Path) -> None:
    (root / "temuan.xlsx").symlink_to(root.parent / "rahasia.pdf")
    FolderDrive(root).write("temuan.xlsx", b"baru")
    assert (root.parent / "rahasia.pdf").read_bytes() == b"secret"
    assert (root / "temuan.xlsx").read_bytes() == b"baru"


def test_failed_write_leaves_the_old_file_and_no_debris(root: Path) -> None:
    (root / "temuan.xlsx").mkdir()
    (root / "temuan.xlsx" / "isi").write_bytes(b"x")
    with pytest.raises(DriveError):
        FolderDrive(root).write("temuan.xlsx", b"baru")
    assert sorted(path.name for path in root.iterdir()) == ["temuan.xlsx"]


def test_written_files_follow_the_umask(root: Path) -> None:
    FolderDrive(root).write("_umpan-balik/temuan.html", b"x")
    (root / "biasa").write_bytes(b"x")
    assert (root / "_umpan-balik/temuan.html").stat().st_mode == (root / "biasa").stat().st_mode


def test_names_of_undecodable_bytes_are_shown_and_can_be_read(root: Path) -> None:
    folder = os.fsencode(root) + b"/folder\xff"
    Path(os.fsdecode(folder)).mkdir()
    Path(os.fsdecode(folder + b"/SK caf\xe9.pdf")).write_bytes(b"isi")
    listing = FolderDrive(root).list()
    assert listing.folders == ("folder\\xff",)
    assert [entry.path for entry in listing.entries] == ["folder\\xff/SK caf\\xe9.pdf"]
    assert FolderDrive(root).read_bytes(listing.entries[0].path, 9) == b"isi"
    assert FolderDrive(root).exists(listing.entries[0].path)
    assert [entry.path for entry in FolderDrive(root).list("folder\\xff").entries] == [
        listing.entries[0].path
    ]
    listing.entries[0].path.encode("utf-8")


def test_name_that_really_holds_an_escape_is_listed_and_read_beside_the_undecodable_one(root: Path) -> None:
    (root / "caf\\xe9.pdf").write_bytes(b"harfiah")
    (root / os.fsdecode(b"caf\xe9.pdf")).write_bytes(b"byte")
    (root / "biasa\\garis miring.pdf").write_bytes(b"miring")
    drive = FolderDrive(root)
    found = {entry.path: drive.read_bytes(entry.path, 99) for entry in drive.list().entries}
    assert found == {
        "biasa\\garis miring.pdf": b"miring",
        "caf\\x5cxe9.pdf": b"harfiah",
        "caf\\xe9.pdf": b"byte",
    }


@given(st.lists(st.text("\\x5ce9é\udce9\udcff", max_size=8), min_size=2, max_size=2, unique=True))
def test_two_names_are_never_shown_as_one(names: list[str]) -> None:
    # What the file system can give back: no half of a character that is whole as bytes.
    names = [os.fsdecode(os.fsencode(name)) for name in names]
    assert [raw_name(readable_name(name)) for name in names] == names
    for name in names:
        readable_name(name).encode("utf-8")


AS_NOBODY = """
import os, sys
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError
if os.getuid() == 0:  # root may read everything: become nobody
    os.setgid(65534); os.setuid(65534)
drive = FolderDrive(sys.argv[1])
listing = drive.list()
print([entry.path for entry in listing.entries], listing.unreadable)
for act in (lambda: drive.open("milik-saya.pdf"), lambda: drive.open("tertutup/a.pdf"),
            lambda: drive.write("_x/a", b""), lambda: FolderDrive(sys.argv[1] + "/tertutup").list()):
    try: act()
    except (PermissionError, DriveError) as error: print(type(error).__name__, error)
"""


def test_folder_without_rights_is_reported_once_and_the_rest_is_listed() -> None:
    with tempfile.TemporaryDirectory() as folder:  # pytest's own folders are closed to nobody
        Path(folder).chmod(0o755)
        root = Path(folder)
        _fill_with_closed_folders(root)
        done = subprocess.run(
            [sys.executable, "-c", AS_NOBODY, folder], capture_output=True, text=True, check=True, cwd="/"
        )
        (root / "tertutup").chmod(0o700)
        (root / "tanpa-x").chmod(0o700)
    lines = done.stdout.splitlines()
    assert lines[0] == (
        "['milik-saya.pdf', 'terbuka/c.pdf'] "
        "(('tanpa-x', 'hak baca ditolak'), ('tertutup', 'hak baca ditolak'))"
    )
    refused = ["PermissionError", "PermissionError", "DriveError", "DriveError"]
    assert [line.split()[0] for line in lines[1:]] == refused
    assert all("hak baca ditolak" in line for line in lines[1:])


def _fill_with_closed_folders(root: Path) -> None:
    (root / "tertutup" / "dalam").mkdir(parents=True)
    (root / "tertutup" / "a.pdf").write_bytes(b"x")
    (root / "tanpa-x").mkdir()
    (root / "tanpa-x" / "b.pdf").write_bytes(b"x")
    (root / "terbuka").mkdir()
    (root / "terbuka" / "c.pdf").write_bytes(b"x")
    (root / "milik-saya.pdf").write_bytes(b"x")
    (root / "milik-saya.pdf").chmod(0o000)
    (root / "tertutup").chmod(0o000)
    (root / "tanpa-x").chmod(0o444)
    root.chmod(0o555)


def test_ignored_names_follow_the_contract() -> None:
    assert all(map(is_ignored, ["_x", ".git", "~$x.docx", "THUMBS.DB", "Desktop.INI"]))
    assert not any(map(is_ignored, ["x_", "~x.docx", "Thumbs.dbx", "desktop.ini.pdf", "T", ""]))


NOISE = """ehthumbs.db ehthumbs_vista.db ._SK.pdf .DS_Store .@__thumb @eaDir @Recycle @tmp #recycle #snapshot
    $RECYCLE.BIN lost+found SK.pdf.part SK.PDF.CRDOWNLOAD SK.pdf.download SK.pdf.filepart SK.pdf.partial
    SK.pdf.opdownload SK.pdf:Zone.Identifier SK.pdf\uf03aZone.Identifier ~WRL0001.tmp ~DFA1B2.TMP
    F3A1B200.tmp ppt4C1.tmp ~$Laporan.docx .~lock.x.odt# Picasa.ini ZbThumbnail.info pspbrwse.jbf
    Thumbs.db:encryptable SK.pdf:AFP_AfpInfo SK.pdf:com.dropbox.attributes SK.pdf@SynoEAStream
    SK.pdf@SynoResource ~snapshot RECYCLER TheVolumeSettingsFolder SK.pdf.!ut SK.pdf.!qB SK.pdf.aria2
    SK.pdf.odownload sync.ffs_db SK.pdf.ffs_tmp SK.pdf.sb-5f1c2d3e-AbC123 8A3F0000 lu41203a5b.tmp
    SK~RF1a2b3c.TMP SK.xlsx~RF3f1c.TMP SK.pdf.!sync SK.pdf.!bt SK.pdf.xltd SK.pdf.ucdownload SK.fdmdownload
    SK.pdf.jc! Aset.laccdb Aset.ldb Denah.dwl Denah.dwl2 SK.pdf:com.apple.quarantine SK:Zone.Identifier:$DATA
    Folder.htt autorun.inf"""
EVIDENCE = """Icon ICON part.pdf download Laporan.tmp ppt.tmp Zone.Identifier.pdf @SIAP thumbs.db.pdf SK.gdoc
    SK.url SK.lnk Desktop apart a.part.pdf tmp Berkas.link 20240506 CAFE0001.pdf cafe0001 SK.sb-1 lurah.tmp
    Data SK~RF.pdf autorun.pdf sync.pdf"""


def test_noise_of_computers_is_ignored_and_what_may_be_evidence_is_not() -> None:
    names = [
        *NOISE.split(),
        "Icon\r",
        "Icon\uf00d",
        "Thumbs.db ",
        "System Volume Information",
        "Temporary Items",
    ]
    assert [name for name in names if not is_ignored(name)] == []
    assert [name for name in EVIDENCE.split() if is_ignored(name)] == []


def test_names_survive_being_shown() -> None:
    raw = os.fsdecode(b"caf\xe9 \xf0\x9f")
    assert raw_name(readable_name(raw)) == raw
    assert readable_name("Café") == "Café"
    assert raw_name("Café") == "Café"
    assert printable("a\nb\u202ec\x1b") == "a\\u000ab\\u202ec\\u001b"
    assert tidy(" Cafe\u0301 ") == "Café"
    assert checked("") == () and checked("a/b") == ("a", "b")
