"""Writing beside stewards: workbooks that are open, broken, saved meanwhile, or hold more than we carry."""

from __future__ import annotations

import hashlib
import os

import pytest
from openpyxl import load_workbook
from openpyxl.comments import Comment

from iid.tasks.review.review_workbooks import write_review_workbooks

ID = "1.01/Siaga"


def state(review):
    return {path.name: path.stat().st_mtime_ns for path in review.folder.iterdir()}


def column(review, name, unit="1.01", sheet="Keputusan"):
    rows = review.rows(unit, sheet)
    return [row[rows[0].index(name)] for row in rows[1:]]


@pytest.mark.parametrize("lock", ["~$1.01.xlsx", ".~lock.1.01.xlsx#"])
def test_a_workbook_open_elsewhere_is_left_alone(review, lock):
    (review.folder / lock).write_bytes(b"x")
    review.claim(ID, "35", 3)
    before = (review.folder / "1.01.xlsx").read_bytes()
    notes = review.run()[1]
    assert (review.folder / "1.01.xlsx").read_bytes() == before
    assert notes == [
        "2026/_tinjauan/1.01.xlsx tidak diperbarui: sedang dibuka; diperbarui pada perhitungan berikutnya"
    ]
    (review.folder / lock).unlink()
    assert review.run()[1] == []
    assert "35" in column(review, "No")


def test_a_broken_workbook_is_left_alone(review):
    path = review.folder / "1.01.xlsx"
    path.write_bytes(b"PK rusak")
    notes = review.run()[1]
    assert path.read_bytes() == b"PK rusak"
    assert len(notes) == 1
    assert "1.01.xlsx tidak diperbarui: berkas terpotong atau rusak" in notes[0]


def a_pipe(path):
    os.mkfifo(path)


def a_folder(path):
    path.mkdir()


def a_link_out(path):
    path.symlink_to("/etc/hostname")


@pytest.mark.parametrize("put", [a_pipe, a_folder, a_link_out])
def test_what_is_no_workbook_is_left_alone_with_a_note_and_the_others_are_written(review, put):
    (review.folder / "1.01.xlsx").unlink()
    (review.folder / "1.02.xlsx").unlink()
    put(review.folder / "1.01.xlsx")
    assessment, notes = review.run()
    assert "1.01.xlsx tidak diperbarui: tidak ada hak baca" in notes[0]
    assert len(notes) == 1
    assert (review.folder / "1.02.xlsx").is_file()
    assert assessment.findings["code"].tolist() == ["decision.workbook_unreadable"]


def test_a_refused_workbook_is_left_alone_with_a_note(review):
    class Refused(type(review.drive)):
        def open(self, path):
            if path.endswith("1.01.xlsx"):
                raise PermissionError(path)
            return super().open(path)

    notes = list(write_review_workbooks(Refused(review.root), review.assess()))
    assert len(notes) == 1
    assert notes[0].startswith("2026/_tinjauan/1.01.xlsx tidak diperbarui: tidak ada hak baca")


def test_an_entry_saved_after_decisions_were_read_survives(review):
    assessment = review.assess()
    review.decide(ID, "16", Keputusan="tolak", Catatan="baru saja")
    review.claim(ID, "35", 3)
    list(write_review_workbooks(review.drive, assessment))
    assert {row[1]: row[8] for row in review.rows("1.01")}["16"] == "baru saja"


def test_an_entry_saved_between_reading_and_writing_survives(review):
    """The steward saves in the very moment: the first attempt sees it and starts again."""
    review.claim(ID, "35", 3)
    assessment = review.assess()

    class Interrupted(type(review.drive)):
        saved = False

        def exists(self, path):
            if not Interrupted.saved:
                Interrupted.saved = True
                review.decide(ID, "16", Keputusan="tolak", Catatan="sela")
            return super().exists(path)

    assert list(write_review_workbooks(Interrupted(review.root), assessment)) == []
    rows = {row[1]: row[8] for row in review.rows("1.01")}
    assert rows["16"] == "sela"
    assert "35" in rows


def test_a_stewards_own_sheet_is_kept(review):
    path = review.folder / "1.01.xlsx"
    book = load_workbook(path)
    book.create_sheet("Catatan saya")["B2"] = "tanya dinas"
    book.save(path)
    review.claim(ID, "35", 3)
    review.run()
    assert review.rows("1.01", "Catatan saya")[1][1] == "tanya dinas"
    before = state(review)
    review.run()
    assert state(review) == before


def with_comment(sheet):
    sheet["G2"].comment = Comment("tanya dinas dulu", "Ani")


def with_own_column(sheet):
    sheet["M1"], sheet["M3"] = "Catatan saya", "tanya dinas dulu"


def with_title(sheet):
    sheet.insert_rows(1)
    sheet["A1"] = "tanya dinas dulu"


@pytest.mark.parametrize("add", [with_comment, with_own_column, with_title])
def test_what_cannot_be_carried_stays_in_the_old_version_beside_it(review, add):
    review.edit("1.01", add)
    review.decide(ID, "16", Keputusan="terima") if add is with_comment else None
    old = (review.folder / "1.01.xlsx").read_bytes()
    review.claim(ID, "35", 3)
    [note] = review.run()[1]
    [copy] = (review.folder / "_lama").iterdir()
    assert copy.name == f"1.01 {hashlib.sha256(old).hexdigest()[:8]}.xlsx"
    assert copy.read_bytes() == old
    assert copy.name in note
    assert "35" in column(review, "No")
    assert review.run()[1] == []
    assert len(list((review.folder / "_lama").iterdir())) == 1
    assert review.read()[1].empty  # the kept version is no second workbook


def test_a_workbook_we_can_carry_whole_leaves_no_old_version(review):
    review.decide(ID, "16", Keputusan="tolak", Catatan="x")
    review.claim(ID, "35", 3)
    assert review.run()[1] == []
    assert not (review.folder / "_lama").exists()
