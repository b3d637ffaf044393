"""Reading decisions: in force, lapsed, unclear; nothing lost."""

from __future__ import annotations

import shutil

import pytest
from review_rows import GOOD, ID, codes, one


def test_a_complete_row_is_in_force(review):
    review.decide(ID, "16", **GOOD)
    row, findings = one(review)
    assert row["in_force"]
    assert findings.empty
    assert (row["innovation_id"], row["indicator"], row["decision"]) == (ID, "16", "terima")
    assert (row["reviewer"], row["date"]) == ("Ani", "2026-08-01")
    assert row["source"].startswith("2026/_tinjauan/1.01.xlsx#Keputusan!G")


@pytest.mark.parametrize("text", ["Terima ", "TERIMA", " te rima.", "terima!"])
def test_case_spaces_and_punctuation_of_the_word_do_not_matter(review, text):
    review.decide(ID, "16", Keputusan=text)
    row, findings = one(review)
    assert (row["decision"], row["in_force"], len(findings)) == ("terima", True, 0)


@pytest.mark.parametrize("text", ["diterima", "ok", "setuju", "1"])
def test_an_unknown_word_is_a_finding_that_names_the_cell_and_the_row_is_kept(review, text):
    review.decide(ID, "16", Keputusan=text, Catatan="lihat lampiran")
    row, findings = one(review)
    assert (row["decision"], row["note"], row["in_force"]) == (text, "lihat lampiran", False)
    assert findings["code"].tolist() == ["decision.unknown"]
    assert findings["source"][0] == row["source"]
    assert f'"{text}"' in findings["message"][0]


def test_an_empty_decision_is_no_decision(review):
    review.decide(ID, "16", Keputusan="-")
    assert review.read()[0].empty
    assert codes(review) == []


@pytest.mark.parametrize(
    "cells", [{"Catatan": "cek ulang"}, {"Parameter_baru": 1}, {"Peninjau": "Ani", "Tanggal": "x"}]
)
def test_a_half_filled_row_is_unclear_and_kept(review, cells):
    review.decide(ID, "16", **cells)
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.unclear"]
    assert "Keputusan kosong" in findings["message"][0]


@pytest.mark.parametrize("word", ["tolak", "turunkan"])
def test_refusing_and_lowering_need_a_note(review, word):
    review.decide(ID, "16", Keputusan=word, Parameter_baru=1 if word == "turunkan" else None, Catatan=" - ")
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.note_missing"]
    assert "!I" in findings["source"][0]


@pytest.mark.parametrize("new", [None, 3, 4, -1, "1,5", "dua"])
def test_lowering_needs_a_lower_parameter(review, new):
    review.decide(ID, "16", Keputusan="turunkan", Parameter_baru=new, Catatan="x")
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.parameter_unknown"]
    said = "belum diisi" if new is None else f'"{new}" belum berlaku'
    allowed = "bilangan bulat 0 s.d. 2"
    assert findings["message"][0] == f"Parameter baru {said}; untuk turunkan yang boleh: {allowed}."


@pytest.mark.parametrize("new", [0, 2, "1", "1,0", 1.0])
def test_a_lower_parameter_is_understood_as_number_or_text(review, new):
    review.decide(ID, "16", Keputusan="turunkan", Parameter_baru=new, Catatan="x")
    row, findings = one(review)
    assert row["in_force"]
    assert row["new_parameter"] == int(float(str(new).replace(",", ".")))
    assert findings.empty


@pytest.mark.parametrize(("word", "new"), [("terima", 1), ("tolak", 2)])
def test_a_parameter_that_contradicts_the_word_is_unclear(review, word, new):
    review.decide(ID, "16", Keputusan=word, Parameter_baru=new, Catatan="x")
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.unclear"]


@pytest.mark.parametrize(("word", "new"), [("terima", 3), ("tolak", 0)])
def test_a_parameter_that_agrees_with_the_word_is_fine(review, word, new):
    review.decide(ID, "16", Keputusan=word, Parameter_baru=new, Catatan="x")
    assert one(review)[0]["in_force"]


def test_a_decision_lapses_when_the_evidence_changes(review):
    review.decide(ID, "16", **GOOD)
    review.evidence[0]["sha256"] = "d" * 64
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.lapsed"]
    assert findings["message"][0] == "Keputusan terima gugur: bukti atau klaim berubah sesudahnya."


def test_a_decision_lapses_when_the_claim_changes(review):
    review.decide(ID, "16", **GOOD)
    review.claims[0]["parameter"] = 2
    assert codes(review) == ["decision.lapsed"]


def test_an_empty_fingerprint_is_lapsed_and_says_so(review):
    review.decide(ID, "16", Keputusan="terima", Sidik_bukti=None)
    assert "Sidik bukti kosong" in one(review)[1]["message"][0]


def test_acceptance_without_evidence_is_not_in_force(review):
    review.evidence[0] |= {"problem": "missing", "sha256": "", "readable": False}
    review.run()
    review.decide(ID, "16", **GOOD)
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.no_evidence"]


def test_an_impossible_date_is_reported_with_its_cell_and_the_decision_counts(review):
    review.decide(ID, "16", Keputusan="terima", Tanggal="32/13/2026")
    row, findings = one(review)
    assert row["in_force"]
    assert findings["code"].tolist() == ["decision.date_unreadable"]
    assert "32/13/2026" in findings["message"][0]
    assert findings["source"][0].startswith("2026/_tinjauan/1.01.xlsx#Keputusan!K")


@pytest.mark.parametrize(
    "text", ["2026-08-01", "1 Agustus 2026", "1/8/2026", "46235", "2026-08-01 10:30:00", "-"]
)
def test_a_date_as_people_write_it_is_no_finding(review, text):
    review.decide(ID, "16", Keputusan="terima", Tanggal=text)
    assert codes(review) == []


@pytest.mark.parametrize("words", [{"Keputusan": "terima"}, {"Keputusan": "turunkan", "Parameter_baru": 1}])
@pytest.mark.parametrize("facts", [{"problem": "empty", "size": 0}, {"size": 0}])
def test_a_file_without_content_carries_no_decision(review, words, facts):
    review.evidence[0] |= {"sha256": "", "readable": False} | facts
    review.run()
    review.decide(ID, "16", Catatan="kurang", **words)
    row, findings = one(review)
    assert not row["in_force"]
    assert findings["code"].tolist() == ["decision.no_evidence"]
    assert findings["source"][0] == row["source"]


def test_two_rows_that_differ_put_each_other_out_of_force(review):
    review.decide(ID, "16", Keputusan="tolak", Catatan="kurang")
    shutil.copy(review.folder / "1.01.xlsx", review.folder / "1.01 (salinan Budi).xlsx")
    review.decide(ID, "16", Keputusan="terima")
    table, findings = review.read()
    assert table["in_force"].tolist() == [False, False]
    assert set(findings["code"]) == {"decision.conflict"}
    assert "tolak dan terima" in findings["message"][0]


def test_the_same_decision_twice_is_fine(review):
    review.decide(ID, "16", **GOOD)
    shutil.copy(review.folder / "1.01.xlsx", review.folder / "1.01 (2).xlsx")
    table, findings = review.read()
    assert table["in_force"].tolist() == [True, True]
    assert findings.empty


def test_a_lapsed_row_does_not_fight_a_new_one_and_is_silent_beside_it(review):
    review.decide(ID, "16", Keputusan="tolak", Catatan="kurang")
    shutil.copy(review.folder / "1.01.xlsx", review.folder / "1.01 lama.xlsx")
    review.evidence[0]["sha256"] = "d" * 64
    review.run()
    review.decide(ID, "16", **GOOD)
    table, findings = review.read()
    assert table.loc[table["in_force"], "decision"].tolist() == ["terima"]
    assert findings.empty


def test_a_row_of_no_claim_is_a_finding_and_kept(review):
    def change(sheet):
        sheet["A2"] = "1.01/Tidak Ada"
        sheet["G2"] = "terima"

    review.edit("1.01", change)
    row, findings = one(review)
    assert (row["innovation_id"], row["in_force"]) == ("1.01/Tidak Ada", False)
    assert findings["code"].tolist() == ["decision.claim_unknown"]
    assert "Keputusan di baris 2 menunjuk" in findings["message"][0]
    assert findings["source"][0].endswith("!A2")


def test_sorted_rows_a_moved_header_and_numbers_as_numbers_are_read(review):
    def change(sheet):
        rows = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
        for number, row in enumerate(reversed(rows), 2):
            for place, value in enumerate(row, 1):
                sheet.cell(number, place, float(value) if place == 2 else value)
        sheet["G2"] = "Terima"
        sheet.insert_rows(1, 4)
        sheet["A1"] = "Buku tinjauan"

    review.edit("1.01", change)
    row, findings = one(review)
    assert (row["indicator"], row["in_force"]) == ("17", True)
    assert row["source"].endswith("!G6")
    assert findings.empty


def test_case_and_spaces_of_the_id_do_not_matter(review):
    review.decide(ID, "16", **{"innovation id": " 1.01/siaga "}, Keputusan="terima")
    assert one(review)[0]["in_force"]


def test_innovations_that_differ_by_case_only_are_reported_apart(review):
    review.claim("1.01/SIAGA", "16", 3, "e" * 64)
    review.run()
    review.decide("1.01/SIAGA", "16", Keputusan="terima")
    row, _ = one(review)
    assert (row["innovation_id"], row["in_force"]) == ("1.01/SIAGA", True)


@pytest.mark.parametrize(
    ("cells", "in_force"),
    [
        ({"Keputusan": "terima"}, True),
        ({"Keputusan": "turunkan", "Parameter_baru": 41, "Catatan": "x"}, True),
        ({"Keputusan": "turunkan", "Parameter_baru": 42, "Catatan": "x"}, False),
    ],
)
def test_an_entered_spd_total_can_be_accepted_or_lowered(review_2023, cells, in_force):
    review_2023.decide("pemda", "SPD", **cells)
    assert one(review_2023)[0]["in_force"] == in_force


def test_a_formula_never_calculated_is_seen_as_its_text(review):
    review.decide(ID, "16", Keputusan='=IF(TRUE,"terima","tolak")')
    row, findings = one(review)
    assert row["decision"] == '=IF(TRUE,"terima","tolak")'
    assert findings["code"].tolist() == ["decision.unknown"]
