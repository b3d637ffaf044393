"""Decisions in a copy of sheet Keputusan are decisions, and the copy is named."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest

from iid.tasks.demo.biff_writer import xls
from iid.tasks.review.review_cells import read_book
from iid.tasks.review.review_lines import lines


def _copied(review: Any, *, cleared: bool, word: str = "") -> None:
    """Copy sheet Keputusan of unit 1.02; clear the original, or enter *word* there instead."""
    path = review.folder / "1.02.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Keputusan"]
    book.copy_worksheet(sheet).title = "Keputusan (2)"
    titles = {cell.value: cell.column for cell in sheet[1]}
    for row in range(2, sheet.max_row + 1):
        cell = sheet.cell(row, titles["Keputusan"])
        if cell.value and cleared:
            for title in ("Keputusan", "Peninjau", "Tanggal", "Catatan"):
                sheet.cell(row, titles[title]).value = None
        elif cell.value and word:
            cell.value = word
            sheet.cell(row, titles["Catatan"]).value = "dilihat lagi"
    book.save(path)


def test_a_decision_that_is_only_in_the_copy_is_in_force_and_the_copy_is_named(review: Any) -> None:
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Ani", Tanggal="2026-08-01")
    _copied(review, cleared=True)
    table, findings = review.read()
    assert table[["innovation_id", "decision", "in_force"]].to_numpy().tolist() == [
        ["1.02/Peta", "terima", True]
    ]
    assert table["source"].str.contains(r"#Keputusan \(2\)!").all()
    assert findings[["code", "source"]].to_numpy().tolist() == [
        ["submission.two_candidates", "2026/_tinjauan/1.02.xlsx#Keputusan (2)"]
    ]


@pytest.mark.parametrize("word", ["tolak"])
def test_where_both_decide_the_sheet_itself_counts(review: Any, word: str) -> None:
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Ani", Tanggal="2026-08-01")
    _copied(review, cleared=False, word=word)
    table, findings = review.read()
    assert table[["decision", "in_force"]].to_numpy().tolist() == [[word, True]]
    assert findings["code"].tolist() == ["submission.two_candidates"]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_visible_copy_counts_before_the_hidden_sheet(review: Any, state: str) -> None:
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Ani", Tanggal="2026-08-01")
    _copied(review, cleared=False, word="tolak")
    path = review.folder / "1.02.xlsx"
    book = openpyxl.load_workbook(path)
    book["Keputusan"].sheet_state = state
    book.active = book["Keputusan (2)"]
    book.save(path)
    table, findings = review.read()
    assert table[["decision", "in_force"]].to_numpy().tolist() == [["terima", True]]
    assert findings["code"].tolist() == ["submission.two_candidates"]
    assert 'lembar "Keputusan (2)"' in findings["message"][0]


@pytest.mark.parametrize("shift", [0, 1])
def test_of_two_columns_of_one_title_the_filled_one_is_read(shift: int) -> None:
    row = ["1.02/Peta", "35", "terima"]
    header, cells = ["innovation_id", "No", "Keputusan"], list(row)
    header.insert(2 + shift, "Keputusan")
    cells.insert(2 + shift, "")
    (line,) = lines({"Keputusan": (tuple(header), tuple(cells))})
    assert [line[title] for title in ("innovation_id", "No", "Keputusan")] == row


def test_a_column_of_a_title_twice_is_named(review: Any) -> None:
    review.decide("1.02/Peta", "35", Keputusan="terima", Peninjau="Ani", Tanggal="2026-08-01")
    review.edit("1.02", lambda sheet: sheet.cell(1, sheet.max_column + 1, "Keputusan"))
    table, findings = review.read()
    assert table["in_force"].tolist() == [True]
    assert findings["code"].tolist() == ["submission.two_candidates"]
    assert 'kolom "Keputusan" (G1)' in findings["message"][0]


def test_a_review_workbook_that_was_saved_as_excel_97_is_read() -> None:
    rows = [["innovation_id", "No", "Keputusan"], ["1.02/Peta", 35, "terima"]]
    (line,) = lines(read_book(xls({"Keputusan": rows})))
    assert (line["No"], line["Keputusan"]) == ("35", "terima")
