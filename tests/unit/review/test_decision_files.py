"""The files of the review folder: copies, broken ones, others' ones; none is passed over in silence."""

from __future__ import annotations

import shutil

import pytest
from openpyxl import Workbook
from review_rows import GOOD, ID, codes, one

from iid.tasks.demo.biff_writer import xls
from iid.tasks.review.review_cells import read_book
from iid.tasks.review.review_files import unit_of


def broken(path):
    path.write_bytes(b"PK\x03\x04 rusak")


def locked(path):
    path.write_bytes(b"\xd0\xcf\x11\xe0" + b"\0" * 600)


def empty(path):
    path.write_bytes(b"")


def without_sheet(path):
    book = Workbook()
    book.active.title = "Lembar1"
    book.save(path)


def without_header(path):
    book = Workbook()
    book.active.title = "Keputusan"
    book.active["A1"] = "bukan judul"
    book.save(path)


@pytest.mark.parametrize("spoil", [broken, locked, empty, without_sheet, without_header])
def test_an_unreadable_workbook_is_a_finding_and_costs_no_other(review, spoil):
    review.decide("1.02/Peta", "35", **GOOD)
    spoil(review.folder / "1.01.xlsx")
    row, findings = one(review)
    assert (row["innovation_id"], row["in_force"]) == ("1.02/Peta", True)
    assert findings["code"].tolist() == ["decision.workbook_unreadable"]
    assert (findings["unit_code"][0], findings["source"][0]) == ("1.01", "2026/_tinjauan/1.01.xlsx")


@pytest.mark.parametrize("name", ["1.01.ods", "catatan.docx", "lama/1.01.xlsx"])
def test_any_other_file_in_the_review_folder_is_reported(review, name):
    path = review.folder / name
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    assert codes(review) == ["decision.workbook_unreadable"]


@pytest.mark.parametrize("ending", ["xls", "XLS"])
def test_a_workbook_that_was_saved_in_another_format_decides_too(review, ending):
    review.decide("1.02/Peta", "35", **GOOD)
    path = review.folder / "1.02.xlsx"
    sheets = {name: [list(row) for row in grid] for name, grid in read_book(path.read_bytes()).items()}
    path.unlink()
    (review.folder / f"1.02.{ending}").write_bytes(xls(sheets))
    row, findings = one(review)
    assert (row["innovation_id"], row["in_force"]) == ("1.02/Peta", True)
    assert findings.empty


def test_excels_lock_files_are_no_workbooks(review):
    (review.folder / "~$1.01.xlsx").write_bytes(b"x" * 165)
    assert codes(review) == []


def test_a_share_without_review_folder_has_no_decisions(review):
    shutil.rmtree(review.folder)
    table, findings = review.read()
    assert table.empty
    assert findings.empty


def a_file(path):
    path.write_bytes(b"x")


def a_link_out(path):
    path.symlink_to("/etc")


@pytest.mark.parametrize("put", [a_file, a_link_out])
def test_a_review_folder_that_is_none_is_a_finding_and_no_failure(review, put):
    shutil.rmtree(review.folder)
    put(review.folder)
    table, findings = review.read()
    assert table.empty
    assert findings["code"].tolist() == ["decision.workbook_unreadable"]
    assert findings["source"][0] == "2026/_tinjauan"


def test_an_empty_review_folder_is_fine(review):
    shutil.rmtree(review.folder)
    review.folder.mkdir()
    assert codes(review) == []


def test_a_stray_cell_in_the_last_row_of_the_sheet_is_refused_not_loaded(review):
    review.edit("1.01", lambda sheet: sheet.cell(1_048_576, 30, "x"))
    assert codes(review) == ["decision.workbook_unreadable"]
    assert "baris" in review.read()[1]["message"][0]


@pytest.mark.parametrize("name", ["1.02.xlsx", "lama.xlsx", "1.010.xlsx", "1.01.2.xlsx"])
def test_a_workbook_decides_no_claim_of_another_unit(review, name):
    review.decide(ID, "16", **GOOD)
    (review.folder / "1.01.xlsx").rename(review.folder / name)
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.other_unit"]
    assert f"klaim unit 1.01 ada di buku tinjauan {name}" in findings["message"][0]


def test_a_row_in_the_workbook_of_another_unit_does_not_fight_the_right_one(review):
    review.decide(ID, "16", Keputusan="tolak", Catatan="kurang")
    shutil.copy(review.folder / "1.01.xlsx", review.folder / "1.02.xlsx")
    review.decide(ID, "16", **GOOD)
    table, findings = review.read()
    assert table["in_force"].tolist() == [True, False]
    assert findings["code"].tolist() == ["decision.other_unit"]


@pytest.mark.parametrize(
    "name",
    [
        "1.01 (salinan Budi).xlsx",
        "1.01 (Budi's conflicted copy 2026-08-24).xlsx",
        "1.01 - Copy.xlsx",
        "1.01-LAPTOP-BUDI.xlsx",
        "1.01.sync-conflict-20260824-101112-ABCDEFG.xlsx",
    ],
)
def test_a_second_version_that_a_file_program_kept_decides_too(review, name):
    review.decide(ID, "16", **GOOD)
    (review.folder / "1.01.xlsx").rename(review.folder / name)
    row, findings = one(review)
    assert (row["in_force"], findings.empty) == (True, True)
    assert name in row["source"]


def test_the_units_workbook_reports_of_a_decision_that_stands_in_a_copy(review):
    shutil.copy(review.folder / "1.01.xlsx", review.folder / "1.01 (Budi).xlsx")
    path = review.folder / "1.01.xlsx"
    review.decide(ID, "16", Keputusan="turunkan", Parameter_baru=1, Catatan="x")
    aside = path.read_bytes()
    shutil.copy(review.folder / "1.01 (Budi).xlsx", path)
    (review.folder / "1.01 (Budi).xlsx").write_bytes(aside)
    review.run()
    rows = {row[1]: row for row in review.rows("1.01")}
    assert rows["16"][5] == "[info] Sudah diputuskan turunkan ke 1 di 1.01 (Budi).xlsx."
    assert (rows["16"][6], rows["17"][5]) == ("", "")


@pytest.mark.parametrize("code", ["1.01", "102", "63.03.05.1002", "1.02-3", "pemda"])
def test_a_workbook_is_its_units_own(code):
    assert unit_of(f"2026/_tinjauan/{code}.xlsx") == code
