"""Feedback on the share: whole, quiet, only ours, and never worth a failed run."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iid.tasks.feedback.receipt import read_receipt
from iid.tasks.feedback.write_feedback import GIVE_UP, write_feedback
from iid.tasks.operate.watch.watcher import look
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError

NAMES = {"temuan.xlsx", "umpan-balik.html", "tanda-terima.csv"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_nothing_but_feedback_is_written_and_an_unchanged_share_is_left_alone(region) -> None:
    before, drive = region.files(), FolderDrive(region.root)
    seen = look(drive, 2026, {})
    assert region.write() == []
    after = region.files()
    assert {path: after[path] for path in before} == before
    assert all("/_umpan-balik/" in path for path in after.keys() - before.keys())
    assert names(region.shown("101")) == NAMES | {"Perahu Sehat (catatan).xlsx", "Belum Boleh (catatan).xlsx"}
    assert names(region.shown("103")) == NAMES
    assert not (region.cycle / "104 Dinas Tanpa Folder").exists()
    assert look(drive, 2026, seen) == seen  # a watcher sees nothing of it

    region.write(1, anew=False)
    assert region.files() == after  # the next morning, nothing has changed


def test_what_changed_in_one_unit_is_written_there_and_says_since_when(region) -> None:
    region.write()
    before = region.files()
    region.proof(region.folder("103") / "Baru", "16", "catatan.txt", b"x")
    region.write(2)
    after = region.files()
    changed = {path for path in after if after[path] != before.get(path)}
    shown = {path for path in changed if "/103 Dinas Kosong/_umpan-balik/" in path}
    assert {path.rpartition("/")[2] for path in shown} == NAMES
    assert b"2 September 2026" in after["2026/103 Dinas Kosong/_umpan-balik/tanda-terima.csv"][1]
    copies = {path for path in changed if path.endswith("Perahu Sehat (catatan).xlsx")}
    assert copies == set()  # the copy of an unchanged workbook is not written again


def test_a_copy_of_an_innovation_that_is_gone_goes_too_unless_somebody_used_it(region) -> None:
    region.write()
    shown = region.shown("101")
    (shown / "catatan kami.txt").write_text("milik unit")
    (region.folder("101") / "Belum Boleh").rename(region.root.parent / "dihapus")
    region.write(1)
    assert names(shown) == NAMES | {"Perahu Sehat (catatan).xlsx", "catatan kami.txt"}
    (shown / "Perahu Sehat (catatan).xlsx").write_bytes(
        (shown / "Perahu Sehat (catatan).xlsx").read_bytes()[:-1] + b"!"
    )
    (region.folder("101") / "Perahu Sehat").rename(region.root.parent / "dihapus juga")
    region.write(2)
    assert "Perahu Sehat (catatan).xlsx" in names(shown)  # no longer what we wrote


def test_what_somebody_deleted_or_an_attempt_left_out_is_made_again(region) -> None:
    region.write()
    before = region.files()
    (region.shown("101") / "umpan-balik.html").unlink()
    (region.shown("102") / "tanda-terima.csv").write_text("rusak")
    region.write(1, anew=False)
    after = region.files()
    html = "2026/101 Dinas Kesehatan/_umpan-balik/umpan-balik.html"
    assert after[html][1] == before[html][1]  # the same bytes: nothing else had changed
    assert read_receipt((region.shown("102") / "tanda-terima.csv").read_bytes()).digest


def test_a_workbook_that_is_open_in_excel_is_left_for_the_next_run(region) -> None:
    region.write()
    (region.shown("101") / "~$temuan.xlsx").write_text("lock")
    old = (region.shown("101") / "temuan.xlsx").read_bytes()
    region.proof(region.folder("101") / "Perahu Sehat", "19", "baru.png", b"x")
    (note,) = region.write(1)
    assert "sedang dibuka" in note
    assert (region.shown("101") / "temuan.xlsx").read_bytes() == old
    (region.shown("101") / "~$temuan.xlsx").unlink()
    assert region.write(2, anew=False) == []
    assert (region.shown("101") / "temuan.xlsx").read_bytes() != old


def test_a_copy_under_its_old_name_in_an_older_receipt_is_tidied(region) -> None:
    region.write()
    shown = region.shown("101")
    receipt = (shown / "tanda-terima.csv").read_bytes()
    (shown / "Perahu Sehat (catatan).xlsx").rename(
        shown / "Perahu Sehat.xlsx"
    )  # as an older version wrote it
    digest = read_receipt(receipt).digest.encode()
    old = receipt.replace(b"Perahu Sehat (catatan).xlsx", b"Perahu Sehat.xlsx").replace(digest, b"0" * 64)
    (shown / "tanda-terima.csv").write_bytes(old)
    assert region.write(1, anew=False) == []
    assert names(shown) == NAMES | {"Perahu Sehat (catatan).xlsx", "Belum Boleh (catatan).xlsx"}


def test_a_link_in_place_of_the_folder_costs_its_unit_the_feedback_and_nobody_else(region) -> None:
    review = region.cycle / "_tinjauan"
    review.mkdir()
    (review / "101.xlsx").write_bytes(b"keputusan peninjau")
    (review / "tanda-terima.csv").write_text("milik peninjau")
    region.innovation("101", "101", {"16": (1, "")})
    region.shown("101").symlink_to("../_tinjauan")
    before = region.files()
    (note,) = region.write()
    assert "2026/101 Dinas Kesehatan/_umpan-balik adalah tautan" in note
    after = region.files()
    assert {path: after[path] for path in before} == before
    assert names(review) == {"101.xlsx", "tanda-terima.csv"}
    assert names(region.shown("102")) >= NAMES


def test_the_work_of_another_unit_behind_a_link_is_neither_counted_nor_copied(region) -> None:
    thief = region.folder("101") / "Curi"
    thief.mkdir()
    (thief / "inovasi.xlsx").symlink_to("../../102 Dinas Lain/Rahasia Unit Lain/inovasi.xlsx")
    assert region.write() == []
    assert "Curi (catatan).xlsx" not in names(region.shown("101"))
    assert region.last is not None
    innovations = region.last[0].innovations.set_index("innovation_id")
    assert not innovations.loc["101/Curi", "eligible"]
    assert all(b"ISI RAHASIA" not in path.read_bytes() for path in region.shown("101").iterdir())


class ReadOnly(FolderDrive):
    """A share that may only be read; counts who tries."""

    tries = 0

    def write(self, path: str, data: bytes) -> None:
        self.tries += 1
        raise DriveError(f"{path} tidak dapat ditulis di {self.url}: {os.strerror(30)}")


def test_a_share_that_may_only_be_read_is_one_warning(region) -> None:
    drive = ReadOnly(region.root)
    before = region.files()
    (note,) = write_feedback(drive, *region.assess())
    assert note.startswith("umpan balik tidak ditulis (")
    assert drive.tries == GIVE_UP + 1  # and once where no unit's fault can be
    assert region.files() == before


@pytest.mark.parametrize(
    "text", ["", "bagian,nama\n", "bagian,nama,ukuran,waktu,sha256,keterangan\npenilaian,1,,kapan,x,\n"]
)
def test_a_damaged_receipt_is_no_receipt(text: str) -> None:
    assert read_receipt(text.encode()).digest == ""
    assert read_receipt(b"\xff\xfe\x00").ours == {}
