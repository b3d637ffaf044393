"""What is entered in the ministry's application, under which names and in which words."""

from __future__ import annotations

import io

import pytest
from openpyxl import load_workbook

from iid.expectations.rulebook.loading import load
from iid.tasks.export.export_plan import plan_of
from iid.tasks.export.ministry_forms import LIST, SHEET, form_workbook, list_workbook


def sheet(data, name):
    book = load_workbook(io.BytesIO(data))
    return [["" if v is None else v for v in row] for row in book[name].iter_rows(values_only=True)]


def test_what_counts_is_entered_in_order_and_what_does_not_is_left_out(region):
    plan = plan_of(region.publish())
    assert plan.view == "supported"
    assert [entry.owner for entry in plan.entries] == ["pemda", "101/Satu", "102/Dua"]
    assert [entry.folder for entry in plan.entries] == ["00 SPD", "01 SIGAP (Siaga Pagi)", "02 Dua"]
    assert [entry.score for entry in plan.entries] == ["3.00", "17.00", "6.00"]


def test_evidence_is_named_after_the_indicator_and_numbered_where_there_are_several(region):
    spd, first, second = plan_of(region.publish()).entries
    assert [item.path for item in spd.files] == ["00 SPD/02a Penetapan APBD tepat waktu dalam 3 tahun.pdf"]
    assert [item.name for item in first.files] == [
        "16 Regulasi Inovasi Daerah 1.pdf",
        "16 Regulasi Inovasi Daerah 2.pdf",
    ]
    assert [item.name for item in second.files] == ["16 Regulasi Inovasi Daerah.pdf"]


def test_the_same_bytes_twice_in_a_claim_are_entered_once(region):
    region.claim("101/Satu", "17", 3, "tugas.pdf")
    region.evidence.append(region.evidence[-1] | {"source": "2026/101/Satu/bukti/17/tugas (1).pdf"})
    [item] = plan_of(region.publish()).entries[1].answers[1].files
    assert item.name == "17 Ketersediaan dan peran SDM terhadap.pdf"
    assert len(item.sources) == 2


@pytest.mark.parametrize("status", ["provisional", "final"])
def test_an_empty_file_is_no_proof_and_is_not_packed(region, status):
    region.empty_file("101/Satu", "16", "kosong.pdf")
    region.decide("101/Satu", "16", "terima")
    files = plan_of(region.publish(status)).entries[1].answers[0].files
    assert [item.sources[0].rpartition("/")[2] for item in files] == ["SK.pdf", "lampiran.pdf"]


def test_of_a_closed_cycle_only_what_was_accepted_is_entered(region):
    region.decide("101/Satu", "16", "terima")
    plan = plan_of(region.publish("final"))
    assert plan.view == "verified"
    assert [entry.owner for entry in plan.entries] == ["pemda", "101/Satu"]
    answers = {a.indicator.key: a for a in plan.entries[1].answers}
    assert (answers["16"].parameter, len(answers["16"].files)) == (3, 2)
    assert (answers["35"].parameter, answers["35"].links) == (0, ())
    assert plan.entries[0].files == ()


@pytest.mark.parametrize("name", ["../../etc", "a/b\\c:d*?", "CON", "  ", "\u202efdp.exe", "x" * 300, "=1+1"])
def test_no_name_leads_out_of_the_export_or_breaks_a_file_system(region, name):
    region.profiles[0]["name"] = name
    entry = plan_of(region.publish()).entries[1]
    assert entry.folder.startswith("01 ")
    assert len(entry.folder) <= 64
    assert not set(entry.folder) & set('/\\:*?"<>|\u202e')
    assert {item.path.partition("/")[0] for item in entry.files} == {entry.folder}


@pytest.mark.parametrize(
    ("form", "source", "ending"),
    [("jpg", "a.PDF", ".jpg"), ("", "a.DAT", ".dat"), ("", "tanpa akhiran", ""), ("", "a.x y", "")],
)
def test_the_ending_is_that_of_the_content(region, form, source, ending):
    region.evidence[0] |= {"format": form, "source": source}
    [item] = plan_of(region.publish()).entries[0].files
    assert item.name == f"02a Penetapan APBD tepat waktu dalam 3 tahun{ending}"


def test_the_list_has_the_columns_of_the_ministrys_list(region):
    picture = region.publish()
    rows = sheet(list_workbook(plan_of(picture), picture.rulebook, "Kabupaten Contoh"), "Daftar Inovasi")
    assert rows[0] == list(LIST)
    assert rows[1] == [
        "1", "Kabupaten Contoh", "", "SIGAP (Siaga Pagi)", "Penerapan", "", "-3,1", "Kesehatan", "",
        "2 September 2024", "", "17,00", "",
    ]  # fmt: skip
    assert len(rows) == 3


def test_asta_cita_and_pkpn_are_in_the_form_of_their_innovation(region):
    region.fields += [
        {"innovation_id": "101/Satu", "field": "asta_cita", "value": "4"},
        {"innovation_id": "101/Satu", "field": "pkpn", "value": "Non PKPN"},
    ]
    picture = region.publish()
    forms = [form_workbook(entry, picture.rulebook) for entry in plan_of(picture).entries[1:]]
    answers = [{row[1]: row[2] for row in sheet(data, "Profil")} for data in forms]
    assert [(a["Asta Cita"], a["PKPN"]) for a in answers] == [("4", "Non PKPN"), ("", "")]


def test_a_form_has_the_profile_and_the_twenty_indicators_in_the_ministrys_columns(region):
    picture = region.publish()
    data = form_workbook(plan_of(picture).entries[1], picture.rulebook)
    assert [row[1] for row in sheet(data, "Profil")][1:] == [f.label for f in picture.rulebook.profile]
    rows = sheet(data, "Indikator")
    assert rows[0] == list(SHEET)
    assert [row[0] for row in rows[1:]] == [str(n) for n in range(16, 36)]
    first, last = rows[1], rows[-1]
    assert first[4] == "3"
    assert first[5] == f"3 – {picture.rulebook.by_key['16'].parameter_text(3)}"
    assert first[6] == "16 Regulasi Inovasi Daerah 1.pdf\n16 Regulasi Inovasi Daerah 2.pdf"
    assert first[7] == "PDF"
    assert last[6] == "https://video.example/satu"
    assert rows[2][5:7] == ["–", "–"]


def test_the_form_of_the_region_has_values(region):
    region.claim("pemda", "3", 2, "izin.pdf", value="5.1")
    picture = region.publish()
    rows = sheet(form_workbook(plan_of(picture).entries[0], picture.rulebook), "Indikator")
    assert rows[0][5] == "Nilai"
    assert {row[0]: row[5] for row in rows}["3"] == "5,1"
    assert len(rows) == 21


def test_a_cycle_with_one_spd_score_enters_that_score(region):
    region.rules = load(2023)
    region.claims = [c for c in region.claims if c["innovation_id"] != "pemda"]
    region.evidence = [e for e in region.evidence if e["innovation_id"] != "pemda"]
    region.claim("pemda", "SPD", 0, "surat.pdf", value="41.125")
    picture = region.publish()
    entry = plan_of(picture).entries[0]
    assert (entry.score, entry.answers[0].value) == ("41.13", "41.125")
    [item] = entry.files
    assert item.name.startswith("SPD ")


def test_text_like_a_formula_stays_text(region):
    region.profiles[0] |= {"name": "=HYPERLINK(1)", "design": "@x"}
    picture = region.publish()
    book = load_workbook(io.BytesIO(form_workbook(plan_of(picture).entries[1], picture.rulebook)))
    assert {cell.data_type for row in book["Profil"].iter_rows() for cell in row} <= {"s", "n"}
