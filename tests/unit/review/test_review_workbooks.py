"""Review workbooks: what they show, and that no entry is ever lost."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from iid.tasks.review import guarded_review, review_cells
from iid.tasks.review.review_lines import HEADER
from iid.tasks.store.folder_store import FolderStore

ID = "1.01/Siaga"


def state(review):
    return {path.name: path.stat().st_mtime_ns for path in review.folder.iterdir()}


def column(review, name, unit="1.01", sheet="Keputusan"):
    rows = review.rows(unit, sheet)
    return [row[rows[0].index(name)] for row in rows[1:]]


def test_header_is_that_of_the_contract(review):
    assert tuple(review.rows("1.01")[0]) == HEADER
    assert " | ".join(HEADER) == (
        "innovation_id | No | Indikator | Parameter klaim | Didukung | Temuan | Keputusan | Parameter baru"
        " | Catatan | Peninjau | Tanggal | Sidik bukti"
    )


def test_one_workbook_a_unit_and_one_for_the_region(review):
    review.claim("pemda", "1", 3)
    review.run()
    assert sorted(state(review)) == ["1.01.xlsx", "1.02.xlsx", "pemda.xlsx"]
    assert column(review, "Parameter klaim", "pemda") == [3]


def test_rows_show_claim_support_and_findings_critical_first_then_by_weight(review):
    review.claim(ID, "35", 3)  # weight 4
    review.claim(ID, "20", 0, None)  # nothing claimed, nothing to review
    review.fault("evidence.unreadable", "critical", ID, "17", "Berkas x tidak dapat dibuka: rusak.")
    review.fault("evidence.no_text", "warning", ID, "17", "PDF x tidak berisi teks.")
    review.run()
    assert column(review, "No") == ["17", "35", "16"]
    assert column(review, "Parameter klaim") == [2, 3, 3]
    assert column(review, "Didukung") == [0, 3, 3]
    assert column(review, "Temuan")[0] == (
        "[kritis] Berkas x tidak dapat dibuka: rusak.\n[peringatan] PDF x tidak berisi teks."
    )


def test_a_workbook_that_was_read_is_not_parsed_again(review, tmp_path, monkeypatch):
    review.run()
    review.edit("1.01", lambda sheet: setattr(sheet.parent["Petunjuk"], "sheet_state", "hidden"))
    books = [path.read_bytes() for path in sorted(review.folder.iterdir())]
    with guarded_review.remembered(FolderStore(tmp_path / "hasil"), "63.03/2026") as read:
        before = [read(book) for book in books]
    assert before == [review_cells.read_book(book) for book in books]
    assert before[0].hidden == {"Petunjuk"}
    monkeypatch.delattr(guarded_review, "_parsed")
    guarded_review._unpacked.cache_clear()
    with guarded_review.remembered(FolderStore(tmp_path / "hasil"), "63.03/2026") as read:
        again = [read(book) for book in books]
    assert again == before
    assert [one.hidden for one in again] == [one.hidden for one in before]


@given(st.text(st.characters(max_codepoint=127)) | st.text("a_x0D\n\r\x7f "))
def test_plain_cells_are_cleaned_as_all_others(text):
    assert review_cells.clean(text) == review_cells.clean(f"é{text}é")[1:-1].strip()


def test_an_unknown_parameter_is_shown_although_it_counts_as_nothing_claimed(review):
    review.claim(ID, "20", 0, None, problem="parameter_unknown")
    review.run()
    assert "20" in column(review, "No")


def test_an_ineligible_innovation_says_so_beside_its_claims(review):
    review.fault("profile.window", "critical", ID, "", "Waktu Penerapan di luar kurun.")
    review.run()
    assert column(review, "Temuan")[0] == "[inovasi tidak dinilai] Waktu Penerapan di luar kurun."


def test_evidence_stands_in_a_sheet_of_its_own(review):
    assert column(review, "Bukti", sheet="Bukti") == [
        "16/berkas.pdf",
        "17/berkas.pdf",
    ]
    assert column(review, "Terbuka", sheet="Bukti") == ["ya", "ya"]


def test_decision_has_a_dropdown_and_only_entry_columns_are_unlocked(review):
    sheet = load_workbook(review.folder / "1.01.xlsx")["Keputusan"]
    lists = [rule for rule in sheet.data_validations.dataValidation if rule.type == "list"]
    assert [rule.formula1 for rule in lists] == ['"terima,turunkan,tolak"']
    assert "G2" in lists[0].sqref
    assert sheet.protection.sheet
    assert not sheet.protection.password
    assert "".join(c.column_letter for c in sheet[2] if not c.protection.locked) == "GHIJK"
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:L3"


def test_the_same_content_gives_the_same_bytes(review, tmp_path):
    before = {path.name: path.read_bytes() for path in review.folder.iterdir()}
    shutil.rmtree(review.folder)
    review.run()
    assert {path.name: path.read_bytes() for path in review.folder.iterdir()} == before


def test_nothing_is_written_when_nothing_changed(review):
    before = state(review)
    assert review.run()[1] == []
    assert state(review) == before


def test_a_workbook_saved_by_a_steward_is_not_rewritten_without_need(review):
    review.decide(ID, "16", Keputusan="terima", Peninjau="Ani")
    review.run()  # Didukung and findings may change once
    before = state(review)
    review.run()
    assert state(review) == before


def test_entries_are_carried_over_also_the_unclear_ones(review):
    review.decide(ID, "16", Keputusan="Terimaa", Catatan="=SUM(A1)", Peninjau="@ani", Tanggal="kemarin")
    review.decide(ID, "17", Parameter_baru="satu", Catatan=" baris 1\nbaris 2 ")
    review.claim(ID, "35", 3)
    review.run()
    rows = {row[1]: row[6:11] for row in review.rows("1.01")}
    assert rows["16"] == ["Terimaa", "", "=SUM(A1)", "@ani", "kemarin"]
    assert rows["17"] == ["", "satu", "baris 1\nbaris 2", "", ""]
    assert rows["35"] == [""] * 5


def test_text_like_a_formula_never_becomes_one(review):
    review.claim("1.01/=HYPERLINK(x)", "16", 3)
    review.fault("evidence.no_text", "warning", "1.01/=HYPERLINK(x)", "16", "x")
    review.decide(ID, "16", Keputusan="tolak", Catatan="=cmd|' /C calc'!A0")
    review.run()
    with zipfile.ZipFile(review.folder / "1.01.xlsx") as archive:
        assert not any(b"<f>" in archive.read(name) for name in archive.namelist())


def test_dates_typed_as_dates_are_kept_as_iso(review):
    from datetime import datetime

    review.decide(ID, "16", Keputusan="terima", Tanggal=datetime(2026, 8, 3))
    review.claim(ID, "35", 3)
    review.run()
    assert {row[1]: row[10] for row in review.rows("1.01")}["16"] == "2026-08-03"


def test_a_lapsed_decision_stays_visible_below_a_fresh_row(review):
    review.decide(ID, "16", Keputusan="terima", Peninjau="Ani")
    old = column(review, "Sidik bukti")[0]
    review.evidence[0]["sha256"] = "d" * 64
    review.run()
    rows = [row for row in review.rows("1.01") if row[1] == "16"]
    assert [row[6] for row in rows] == ["", "terima"]
    assert rows[0][11] != old
    assert rows[1][11] == old
    assert "gugur" in rows[0][5]


def test_a_lapsed_decision_never_comes_back_into_force_by_itself(review):
    review.decide(ID, "16", Keputusan="terima")
    review.evidence[0]["sha256"] = "d" * 64
    for _ in range(3):
        assessment, _ = review.run()
        assert not assessment.decisions["in_force"].any()
        assert assessment.findings["code"].tolist() == ["decision.lapsed"]


def test_evidence_that_returns_brings_its_decision_back(review):
    review.decide(ID, "16", Keputusan="terima")
    review.evidence[0]["sha256"] = "d" * 64
    review.run()
    review.evidence[0]["sha256"] = "a" * 64
    assessment, _ = review.run()
    assert assessment.decisions["in_force"].tolist() == [True]
    assert [row[6] for row in review.rows("1.01") if row[1] == "16"] == ["terima"]


def test_a_replaced_decision_moves_to_the_history_and_stays_there(review):
    review.decide(ID, "16", Keputusan="tolak", Catatan="buram", Peninjau="Ani")
    review.evidence[0]["sha256"] = "d" * 64
    review.run()
    review.decide(ID, "16", Keputusan="terima", Peninjau="Budi")
    for _ in range(2):
        assessment, _ = review.run()
        decisions = assessment.decisions
        assert decisions.loc[decisions["in_force"], "reviewer"].tolist() == ["Budi"]
        assert assessment.findings.empty
        assert column(review, "Peninjau", sheet="Riwayat") == ["Ani"]
        assert column(review, "Catatan", sheet="Riwayat") == ["buram"]


def test_two_different_rows_for_one_claim_are_both_kept(review):
    def twice(sheet):
        sheet["G2"], sheet["I2"] = "tolak", "kurang"
        sheet.append([cell.value for cell in sheet[2]])
        sheet["G4"], sheet["I4"] = "terima", None

    review.edit("1.01", twice)
    assessment, _ = review.run()
    assert set(assessment.findings["code"]) == {"decision.conflict"}
    assert [row[6] for row in review.rows("1.01") if row[1] == "16"] == ["tolak", "terima"]


def test_a_deleted_row_comes_back_and_a_row_of_no_claim_stays(review):
    def change(sheet):
        sheet["A2"], sheet["G2"], sheet["I2"] = "1.01/Hilang", "tolak", "inovasi ditarik"

    review.edit("1.01", change)
    review.run()
    rows = review.rows("1.01")[1:]
    assert [(row[0], row[1], row[6]) for row in rows] == [
        (ID, "17", ""),
        (ID, "16", ""),
        ("1.01/Hilang", "16", "tolak"),
    ]


def test_an_empty_fingerprint_stays_empty_and_is_said_each_time(review):
    review.decide(ID, "16", Keputusan="terima", Sidik_bukti=None)
    for _ in range(2):
        assessment, _ = review.run()
        assert assessment.findings["code"].tolist() == ["decision.lapsed"]
    assert [row[11] for row in review.rows("1.01") if row[6] == "terima"] == [""]


STRANGE = ("_x000D_", "a\x0bb", "_x000d_\n", "a\r\nb", "é e\u0301", "x" * 40_000, "\u200b", "_x0041_")


@pytest.mark.parametrize("text", STRANGE)
def test_strange_text_settles_after_one_round(review, text):
    review.fault("evidence.no_text", "warning", ID, "16", text)
    review.run()
    before = state(review)
    review.run()
    assert state(review) == before


def test_every_step_of_the_guide_is_in_the_workbook(review):
    texts = [row[0] for row in review.rows("1.01", "Petunjuk")]
    assert texts[0] == "Buku tinjauan Unit 1.01 (1.01)"
    assert any("Sidik bukti" in text for text in texts)


def test_an_entered_spd_total_is_shown_with_its_decimals(review_2023):
    assert column(review_2023, "Parameter klaim", "pemda") == ["41.5"]
    assert column(review_2023, "Didukung", "pemda") == ["41.50"]


def test_no_temporary_file_is_left_on_the_share(review):
    assert all(path.suffix == ".xlsx" for path in Path(review.folder).iterdir())
