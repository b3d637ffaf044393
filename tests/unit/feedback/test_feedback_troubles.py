"""What is wrong in one unit's folder is that unit's trouble; a share that refuses is one warning."""

from __future__ import annotations

import csv
import io
import os
from pathlib import Path

import pytest

from iid.tasks.feedback.receipt import read_receipt
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.errors import DriveError

NAMES = {"temuan.xlsx", "umpan-balik.html", "tanda-terima.csv"}


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


class ReadOnly(FolderDrive):
    """A share that may only be read."""

    def write(self, path: str, data: bytes) -> None:
        raise DriveError(f"{path} tidak dapat ditulis di {self.url}: {os.strerror(30)}")


def test_a_small_region_on_such_a_share_is_the_same_warning(empty) -> None:
    for unit in ("00 Pemda", "102 Dinas Lain", "103 Dinas Kosong"):
        (empty.cycle / unit).rmdir()
    (note,) = write_feedback(ReadOnly(empty.root), *empty.assess())
    assert note.startswith("umpan balik tidak ditulis (")


def test_folders_that_cannot_be_written_are_their_units_own_trouble(region) -> None:
    for number in range(200, 212):
        (region.cycle / f"{number} Dinas {number}").mkdir()
    assessed = region.assess()
    broken = [f"{number} Dinas {number}" for number in range(200, 211)]
    for unit in ("101 Dinas Kesehatan", "102 Dinas Lain"):
        (region.cycle / unit / "_umpan-balik").write_text("bukan folder")
    (region.cycle / "103 Dinas Kosong" / "_umpan-balik").symlink_to("/etc")
    os.mkfifo(region.cycle / broken[0] / "_umpan-balik")
    for unit in broken[1:]:
        (region.cycle / unit / "_umpan-balik").write_text("bukan folder")
    (note,) = write_feedback(FolderDrive(region.root), *assessed)
    assert names(region.shown("211")) == NAMES  # the units after them
    assert names(region.shown("00")) == NAMES
    assert note.startswith("umpan balik 14 unit tidak ditulis: 101, 102, 103, 200, 201, ")
    assert "206 dan 4 unit lain (misalnya 101: " in note, note
    assert not list(region.cycle.glob("_tinjauan/*"))
    assert names(Path("/etc")).isdisjoint(NAMES)


@pytest.mark.parametrize("when", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "2026-09-01", "kapan"])
def test_a_forged_receipt_is_as_if_there_were_none(region, when: str) -> None:
    region.write()
    receipt = region.shown("101") / "tanda-terima.csv"
    receipt.write_text(receipt.read_text("utf-8-sig").replace("2026-08-31T12:00:00Z", when, 1))
    assert read_receipt(receipt.read_bytes()).digest == ""
    assert region.write(1, anew=False) == []
    assert "2026-09-01T12:00:00Z" in receipt.read_text("utf-8-sig")
    receipt.unlink()
    os.mkfifo(receipt)
    assert region.write(2, anew=False) == []
    assert receipt.is_file()


class Surprising(FolderDrive):
    """A share where something nobody thought of happens at one unit."""

    def read_bytes(self, path: str, limit: int) -> bytes:
        if "/101 " in path:
            raise OverflowError("date value out of range")
        return super().read_bytes(path, limit)


def test_whatever_breaks_at_one_unit_is_a_note_and_the_next_has_its_feedback(region) -> None:
    (note,) = write_feedback(Surprising(region.root), *region.assess())
    assert note.startswith("umpan balik 1 unit tidak ditulis: 101 (OverflowError")
    assert names(region.shown("102")) >= NAMES


def test_a_file_name_with_a_carriage_return_begins_no_cell_with_a_formula(region) -> None:
    region.proof(region.folder("101") / "Perahu Sehat", "19", "\r=1+1.png", b"x")
    region.write()
    receipt = (region.shown("101") / "tanda-terima.csv").read_bytes()
    rows = list(csv.reader(io.StringIO(receipt.decode("utf-8-sig"), newline="")))
    assert not [cell for row in rows for cell in row if cell.startswith(("=", "\r"))]
    assert {len(row) for row in rows} == {6}
    before = region.files()
    assert region.write(1, anew=False) == []
    assert region.files() == before  # the receipt is still understood
