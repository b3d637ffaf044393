"""Sheet Arti klaim: the innovation's name, what the parameter means, which evidence the rule asks for."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

ID = "1.01/Siaga"


def meanings(review, unit="1.01"):
    """The rows of the sheet by number of the indicator, each by title."""
    header, *rows = review.rows(unit, "Arti klaim")
    return {str(row[2]): dict(zip(header, row, strict=True)) for row in rows}


def test_each_claim_is_explained_in_the_words_of_the_rulebook(review, rules_2026):
    indicator = rules_2026.by_key["16"]
    row = meanings(review)["16"]
    assert row["innovation_id"] == row["Nama inovasi"] == ID
    assert row["Parameter klaim"] == 3
    assert row["Arti parameter klaim"] == indicator.parameter_text(3)
    assert row["Parameter lainnya"] == (
        f"1 – {indicator.parameter_text(1)}\n2 – {indicator.parameter_text(2)}"
    )
    assert row["Bukti yang diminta"] == indicator.parameters[2].evidence
    assert row["Jenis yang membuktikan"] == "pdf"


def test_a_basis_has_its_own_parameters_evidence_and_kinds(review, rules_2026):
    review.claim(ID, "33", 2, basis="f")
    review.run()
    basis = rules_2026.by_key["33"].bases[5]
    row = meanings(review)["33"]
    assert row["Arti parameter klaim"] == basis.parameters[1].text
    assert row["Bukti yang diminta"] == basis.evidence
    assert row["Jenis yang membuktikan"] == "pdf; hanya menyertai: jpg, png"


def test_a_claim_that_could_not_be_read_shows_all_parameters(review):
    review.claim(ID, "20", 0, None, problem="parameter_unknown")
    review.run()
    row = meanings(review)["20"]
    assert row["Arti parameter klaim"] == ""
    assert [line[:1] for line in row["Parameter lainnya"].split("\n")] == ["1", "2", "3"]


def test_thresholds_of_the_region_are_shown_with_their_values(review, rules_2026):
    key = next(i.key for i in rules_2026.spd_rows if i.thresholds)
    review.claim("pemda", key, 3)
    review.run()
    row = meanings(review, "pemda")[key]
    assert row["Nama inovasi"] == "Kabupaten Contoh"
    assert "\n3: " in row["Arti parameter klaim"]


def test_a_region_score_of_one_number_has_no_parameter(review_2023):
    row = meanings(review_2023, "pemda")["SPD"]
    assert (row["Arti parameter klaim"], row["Parameter lainnya"]) == ("", "")


def test_the_claimed_parameter_leads_to_its_meaning_and_says_it(review):
    book = load_workbook(review.folder / "1.01.xlsx")
    for row in book["Keputusan"].iter_rows(min_row=2):
        link = row[3].hyperlink
        sheet, place = link.location.replace("'", "").split("!")
        target = book[sheet][place[1:]]
        assert (target[0].value, target[2].value) == (row[0].value, row[1].value)
        assert link.tooltip.startswith(target[1].value)
        assert isinstance(row[3].value, int)


def test_a_workbook_from_before_gets_the_sheet_and_keeps_its_entries(review):
    path = review.folder / "1.01.xlsx"
    review.decide(ID, "16", Keputusan="tolak", Catatan="buram")
    book = load_workbook(path)
    del book["Arti klaim"]
    book.save(path)
    assert review.run()[1] == []
    assert set(meanings(review)) == {"16", "17"}
    assert {row[1]: row[8] for row in review.rows("1.01")}["16"] == "buram"
    assert not (review.folder / "_lama").exists()


def own_sheet_of_that_name(book):
    del book["Arti klaim"]
    book.create_sheet("Arti klaim")["B2"] = "catatan saya"


def own_sheet_in_other_letters(book):
    del book["Arti klaim"]
    book.create_sheet("ARTI KLAIM")["B2"] = "catatan saya"


def words_beside_our_columns(book):
    book["Arti klaim"]["M2"] = "catatan saya"


def words_beside_the_evidence(book):
    book["Bukti"]["M2"] = "catatan saya"


@pytest.mark.parametrize(
    "change",
    [own_sheet_of_that_name, own_sheet_in_other_letters, words_beside_our_columns, words_beside_the_evidence],
)
def test_what_a_steward_wrote_into_a_sheet_of_ours_is_kept_aside_once(review, change):
    path = review.folder / "1.01.xlsx"
    book = load_workbook(path)
    change(book)
    book.save(path)
    old = path.read_bytes()
    [note] = review.run()[1]
    [copy] = (review.folder / "_lama").iterdir()
    assert copy.read_bytes() == old
    assert copy.name in note
    assert set(meanings(review)) == {"16", "17"}
    assert review.run()[1] == []


@pytest.mark.parametrize("name", ["BUKTI", "petunjuk", "x" * 31, "'kutip", "History"])
def test_any_name_of_a_stewards_sheet_survives_the_next_writing(review, name):
    path = review.folder / "1.01.xlsx"
    book = load_workbook(path)
    if name.capitalize() in book.sheetnames:
        book[name.capitalize()].title = f"{name} "  # openpyxl itself would number it
        book[f"{name} "].title = name
    else:
        book.create_sheet(name)["B2"] = "tanya dinas"
    book.save(path)
    review.claim(ID, "35", 3)
    review.run()
    assert "35" in {row[1] for row in review.rows("1.01")}
    written = path.stat().st_mtime_ns
    review.run()
    assert path.stat().st_mtime_ns == written
