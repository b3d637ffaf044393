"""Decisions in a copy of sheet Keputusan are decisions, and the copy is named."""

from __future__ import annotations

from typing import Any

import openpyxl
import pytest


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
