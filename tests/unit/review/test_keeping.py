"""Decisions do not vanish with a file or a row, and rows stay where findings say they stand."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

ID = "1.01/Siaga"
CELLS = {"Keputusan": "turunkan", "Parameter_baru": 1, "Catatan": "buram", "Peninjau": "Ani"}


def delete_workbook(review):
    (review.folder / "1.01.xlsx").unlink()


def truncate_workbook(review):
    path = review.folder / "1.01.xlsx"
    path.write_bytes(path.read_bytes()[:500])


def delete_row(review):
    review.edit("1.01", lambda sheet: sheet.delete_rows(2))


def clear_row(review):
    def change(sheet):
        for cell in sheet[2]:
            cell.value = None

    review.edit("1.01", change)


def delete_folder(review):
    for path in review.folder.iterdir():
        path.unlink()
    review.folder.rmdir()


LOSSES = [delete_workbook, truncate_workbook, delete_row, clear_row, delete_folder]


@pytest.fixture
def decided(review):
    review.decide(ID, "16", **CELLS)
    review.run()
    return review


@pytest.mark.parametrize("lose", LOSSES)
def test_a_decision_stays_in_force_when_its_row_is_gone_with_a_warning(decided, lose):
    lose(decided)
    table, findings = decided.read()
    record = table.iloc[0].to_dict()
    assert len(table) == 1
    assert (record["decision"], record["new_parameter"], record["note"]) == ("turunkan", 1, "buram")
    assert record["in_force"]
    assert record["source"] == "2026/_tinjauan/1.01.xlsx#Keputusan"
    gone = findings[findings["code"] == "decision.vanished"]
    assert gone["message"].tolist() == [
        "Keputusan turunkan ke 1 tidak ditemukan lagi di buku tinjauan 1.01.xlsx; tetap berlaku."
    ]


@pytest.mark.parametrize("lose", [loss for loss in LOSSES if loss is not truncate_workbook])
def test_the_workbook_shows_the_decision_again(decided, lose):
    lose(decided)
    decided.run()
    assert [row[6:10] for row in decided.rows("1.01") if row[1] == "16"] == [["turunkan", 1, "buram", "Ani"]]
    table, findings = decided.read()
    assert table["in_force"].tolist() == [True]
    assert findings.empty


def test_it_is_carried_from_run_to_run_while_the_workbook_cannot_be_read(decided):
    truncate_workbook(decided)
    for _ in range(3):
        assessment, _ = decided.run()
        assert assessment.decisions["in_force"].tolist() == [True]
        assert sorted(assessment.findings["code"]) == ["decision.vanished", "decision.workbook_unreadable"]


def test_an_emptied_row_is_a_withdrawal(decided):
    decided.decide(ID, "16", Keputusan=None, Parameter_baru=None, Catatan=None, Peninjau=None)
    for shown in (["decision.withdrawn"], []):
        assessment, _ = decided.run()
        assert assessment.decisions.empty
        assert assessment.findings["code"].tolist() == shown
    assert [row[6] for row in decided.rows("1.01") if row[1] == "16"] == [""]


@pytest.mark.parametrize("lose", [delete_workbook, delete_row])
def test_a_decision_that_is_gone_lapses_when_the_evidence_changes(decided, lose):
    lose(decided)
    decided.evidence[0]["sha256"] = "d" * 64
    table, findings = decided.read()
    assert table["in_force"].tolist() == [False]
    assert findings["code"].tolist() == ["decision.lapsed"]


def test_a_decision_of_a_claim_that_is_gone_too_is_not_carried(decided):
    delete_workbook(decided)
    decided.claims = decided.claims[1:]
    table, findings = decided.read()
    assert table.empty
    assert findings.empty


def test_a_new_decision_elsewhere_takes_the_place_of_the_one_that_is_gone(decided):
    path = decided.folder / "1.01.xlsx"
    decided.decide(ID, "16", Keputusan="tolak", Parameter_baru=None)
    path.rename(decided.folder / "1.01 (Budi).xlsx")
    table, findings = decided.read()
    assert (table["decision"].tolist(), table["in_force"].tolist()) == (["tolak"], [True])
    assert findings.empty


def test_a_decision_of_a_deleted_copy_moves_to_the_units_workbook(review):
    review.decide(ID, "16", **CELLS)
    copy = review.folder / "1.01 (Budi).xlsx"
    (review.folder / "1.01.xlsx").rename(copy)
    review.kept = None
    review.run()
    review.edit(
        "1.01", lambda sheet: [setattr(sheet.cell(2, place), "value", None) for place in range(7, 12)]
    )
    copy.unlink()
    assessment, _ = review.run()
    assert assessment.findings["code"].tolist() == ["decision.vanished"]
    assert [row[6] for row in review.rows("1.01") if row[1] == "16"] == ["turunkan"]


def test_the_cell_a_finding_names_still_holds_the_entry_after_the_run(review):
    review.claim(ID, "35", 3)
    review.run()
    review.decide(ID, "16", Keputusan="terimaa")
    review.fault("evidence.unreadable", "critical", ID, "17", "rusak")  # would be first
    review.claim(ID, "20", 2)  # new, and heavier than some
    assessment, _ = review.run()
    source = assessment.findings.set_index("code").loc["decision.unknown", "source"]
    cell = source.rpartition("!")[2]
    book = load_workbook(review.folder / "1.01.xlsx")
    assert book["Keputusan"][cell].value == "terimaa"


def test_new_rows_come_below_those_that_stand_there(review):
    review.decide(ID, "17", Keputusan="terima")
    before = [row[1] for row in review.rows("1.01")][1:]
    review.claim(ID, "35", 3)
    review.run()
    assert [row[1] for row in review.rows("1.01")][1:] == [*before, "35"]
