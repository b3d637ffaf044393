"""Findings about claims: each appears, and each stays away."""

from __future__ import annotations

import pytest


def test_unknown_parameter_names_value_and_cell(region):
    region.set_claim("18", raw="4", parameter=0, problem="parameter_unknown")
    found = region.only("claim.parameter_unknown")
    assert '"4"' in found["message"]
    assert "#Indikator!C" in found["source"]
    assert found["severity"] == "critical"


def test_parameter_out_of_range_is_unknown_even_if_no_reader_said_so(region):
    region.claim("18", 7)
    assert region.codes("claim.parameter_unknown") != []


def test_claim_of_the_last_indicator_at_three_is_known(region):
    region.claim("18", 3)
    assert region.codes("claim.parameter_unknown") == []


def test_missing_basis_leads_to_the_cell_of_the_basis(region):
    region.set_claim("33", basis="", basis_raw="", basis_cell="buku.xlsx#Indikator!D20")
    assert region.only("claim.basis_missing")["source"] == "buku.xlsx#Indikator!D20"


@pytest.mark.parametrize(("raw", "word"), [("", "kosong"), ("z", '"z" tidak dikenal')])
def test_indicator_with_bases_needs_one_of_them(region, raw, word):
    region.set_claim("33", basis="", basis_raw=raw, problem="basis_unknown" if raw else "")
    found = region.only("claim.basis_missing")
    assert word in found["message"]
    assert "a, b, c, d, e, atau f" in found["message"]


def test_known_basis_is_fine(region):
    region.set_claim("33", basis="f", basis_raw="f")
    assert region.codes("claim.basis_missing") == []


def test_basis_is_not_asked_of_an_indicator_without_bases(region):
    region.claim("18", 1)
    assert region.codes("claim.basis_missing") == []


def test_basis_is_not_asked_without_a_claim(region):
    region.drop_items("33")
    region.set_claim("33", parameter=0, raw="", basis="", basis_raw="")
    assert region.codes("claim.basis_missing") == []


def test_mandatory_indicator_without_a_claim_is_a_warning(region):
    region.drop_items("35")
    region.set_claim("35", parameter=0, raw="")
    found = region.only("claim.mandatory_missing", region.one)
    assert found["indicator"] == "35"
    assert "Video inovasi daerah" in found["message"]
    assert found["severity"] == "warning"


def test_optional_indicator_without_a_claim_is_no_finding(region):
    assert region.codes("", "18") == []


def test_unknown_parameter_of_a_mandatory_indicator_is_reported_once(region):
    region.drop_items("35")
    region.set_claim("35", parameter=0, raw="lima", problem="parameter_unknown")
    assert region.codes("", "35") == ["claim.parameter_unknown"]


def spd(region, indicator, **changes):
    region.set_claim(indicator, "pemda", **changes)
    region.add_file(indicator, "data.pdf", "pemda", unit_code="pemda")


def numeric(region):
    return next(i.key for i in region.rulebook.spd_rows if i.thresholds)


def test_value_that_disagrees_decides_and_names_both_parameters(region):
    key = numeric(region)
    spd(region, key, value_raw="2,35", value="2.35", raw="3", parameter=2, problem="value_disagrees")
    found = region.only("claim.value_disagrees")
    assert "2,35" in found["message"]
    assert "Parameter 2" in found["message"]
    assert "diisi 3" in found["message"]
    assert found["innovation_id"] == "pemda"


def test_unreadable_value_is_critical_and_names_its_unit(region):
    key = numeric(region)
    spd(region, key, value_raw="naik", raw="2", parameter=2, problem="value_unreadable")
    found = region.only("claim.value_unreadable")
    assert '"naik"' in found["message"]
    assert region.rulebook.by_key[key].thresholds.unit in found["message"]
    assert found["severity"] == "critical"


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        ("64", 'Nilai "64" di luar rentang yang boleh (0 s.d. 63).'),
        ("64.123", 'Nilai "64.123" di luar rentang yang boleh (0 s.d. 63).'),
        ("baik", 'Nilai "baik" bukan angka yang dapat dibaca (0 s.d. 63).'),
        ("57,64 dari 111", 'Nilai "57,64 dari 111" bukan angka yang dapat dibaca (0 s.d. 63).'),
    ],
)
@pytest.mark.parametrize("region_of_any_cycle", [2023, 2024], indirect=True)
def test_total_out_of_range_is_not_called_unreadable(region_of_any_cycle, raw, said):
    region = region_of_any_cycle
    region.set_claim("SPD", "pemda", value_raw=raw, problem="value_unreadable")
    region.add_file("SPD", "surat.pdf", "pemda", unit_code="pemda", counted=False)
    assert region.only("claim.value_unreadable")["message"] == said
    assert region.codes("evidence.unclaimed") == []


def test_value_with_two_readings_is_not_called_unreadable(region):
    spd(region, numeric(region), value_raw="9.442", raw="2", parameter=2, problem="value_unreadable")
    assert 'Nilai "9.442" dapat dibaca dengan dua cara' in region.only("claim.value_unreadable")["message"]


def test_value_where_no_threshold_asks_for_one_is_a_warning_that_names_cell_and_value(region):
    key = next(i.key for i in region.rulebook.spd_rows if not i.thresholds)
    source = "2026/00 Pemda/pemda.xlsx#Indikator!C2"
    region.set_claim(key, "pemda", value_raw="2,5", parameter=0, problem="value_ignored", source=source)
    found = region.only("claim.value_ignored")
    assert (found["severity"], found["source"]) == ("warning", source)
    assert 'Nilai "2,5" tidak dipakai' in found["message"]
    assert "Pilih Parameter" in found["fix"]


def test_missing_value_is_a_warning(region):
    spd(region, numeric(region), raw="2", parameter=2, problem="value_missing")
    assert region.only("claim.value_missing")["severity"] == "warning"


def test_several_problems_of_one_claim_are_all_reported(region):
    key = numeric(region)
    spd(region, key, value_raw="x", parameter=0, problem="parameter_unknown\nvalue_unreadable")
    assert {"claim.parameter_unknown", "claim.value_unreadable"} <= set(region.codes("", key))


def test_agreeing_value_is_no_finding(region):
    key = numeric(region)
    spd(region, key, value_raw="2,35", value="2.35", raw="2", parameter=2)
    assert [c for c in region.codes("", key) if c.startswith("claim.value")] == []


def test_formula_in_a_claim_is_a_warning(region):
    region.set_claim("18", problem="formula_uncalculated")
    assert region.only("claim.formula_uncalculated")["severity"] == "warning"


def test_claim_without_any_item_is_missing_evidence(region):
    region.claim("18", 2)
    region.drop_items("18")
    found = region.only("evidence.missing")
    assert found["indicator"] == "18"
    assert "Parameter 2" in found["message"]
    assert "#Indikator!C" in found["source"]


def test_zero_claim_without_any_item_is_fine(region):
    region.set_claim("18", raw="0", parameter=0)
    assert region.codes("evidence.missing") == []


def test_link_alone_does_not_prove_an_indicator_that_asks_for_files(region):
    region.claim("18", 2, links="https://drive.google.com/x\nhttps://drive.google.com/y")
    region.drop_items("18")
    for letter in "xy":
        region.add_link("18", f"https://drive.google.com/{letter}")
    found = region.only("evidence.link_instead_of_file")
    assert "https://drive.google.com/x" in found["message"]
    assert "PDF" in found["message"]
    assert region.codes("", "18") == ["evidence.link_instead_of_file"]


@pytest.mark.parametrize("cell", ["G5", "E5"])
def test_link_instead_of_a_file_leads_to_the_cell_of_the_first_link(region, cell):
    links = {"links": "https://a.example/x\nhttps://a.example/y"}
    book = "2026/2.13.01 Dinas/Sapa Warga/inovasi.xlsx"
    cells = f"{book}#Indikator!{cell}\n{book}#Indikator!F5"
    region.claim("18", 2, **links, links_cell=cells)
    region.drop_items("18")
    region.add_link("18", "https://a.example/x")
    assert region.only("evidence.link_instead_of_file")["source"] == f"{book}#Indikator!{cell}"


def test_link_beside_a_missing_file_does_not_prove_the_claim(region):
    region.claim("18", 2, links="https://drive.google.com/x")
    region.set_item("18", problem="missing", readable=False, sha256="", format="")
    region.add_link("18", "https://drive.google.com/x")
    assert region.codes("", "18") == ["evidence.link_instead_of_file", "evidence.missing"]


def test_link_beside_a_file_is_only_mentioned(region):
    region.claim("28", 2)
    region.add_link("28", "https://drive.google.com/x")
    assert region.codes("", "28") == ["evidence.link_not_counted"]
    assert region.only("evidence.link_not_counted")["severity"] == "info"


def test_malformed_link_beside_a_file_is_only_mentioned(region):
    region.claim("28", 2)
    region.add_link("28", "lihat drive", problem="link_malformed", readable=False)
    assert region.codes("", "28") == ["evidence.link_not_counted"]


def test_link_proves_an_indicator_that_takes_links(region):
    region.drop_items("35")
    region.add_link("35", "https://youtu.be/abc")
    assert region.codes("", "35") == []


@pytest.mark.parametrize(
    ("url", "form"),
    [
        ("https://drive.google.com/drive/folders/1AbC", "folder"),
        ("https://www.youtube.com/@dinkesbanjar", "kanal atau profil"),
        ("https://www.youtube.com/playlist?list=PL1", "folder"),
        ("https://www.instagram.com/dinkesbanjar/", "kanal atau profil"),
        ("https://docs.google.com/document/d/1a/edit", "dokumen daring"),
        ("https://banjarkab.go.id", "halaman depan"),
    ],
)
def test_a_link_that_shows_no_film_warns_at_its_cell_and_costs_nothing(region, url, form):
    region.drop_items("35")
    region.set_claim("35", links=url, links_cell="buku.xlsx#Indikator!G21")
    region.add_link("35", url)
    found = region.only("evidence.link_without_film")
    assert (found["severity"], found["source"]) == ("warning", "buku.xlsx#Indikator!G21")
    assert url in found["message"]
    assert form in found["message"]
    assert region.codes("", "35") == ["evidence.link_without_film"]


@pytest.mark.parametrize(
    "url",
    [
        "https://youtube.com/shorts/abc12345678",
        "https://drive.google.com/file/d/1a/view",
        "https://www.instagram.com/p/C1/",
        "https://s.id/videoinovasi",
        "https://banjarkab.go.id/inovasi/video",
    ],
)
def test_a_link_that_may_show_the_film_is_fine(region, url):
    region.drop_items("35")
    region.add_link("35", url)
    assert region.codes("", "35") == []


@pytest.mark.parametrize("beside", ["file", "link"])
def test_a_channel_beside_the_film_is_fine(region, beside):
    if beside == "link":
        region.drop_items("35")
        region.add_link("35", "https://youtu.be/abc12345678")
    region.add_link("35", "https://www.youtube.com/@dinkesbanjar")
    assert region.codes("", "35") == []


def test_a_folder_beside_a_cover_picture_alone_warns(region):
    region.set_item("35", format="jpg")
    region.add_link("35", "https://drive.google.com/drive/folders/1AbC")
    assert region.codes("", "35") == ["evidence.link_without_film"]


def test_malformed_link_is_critical_where_links_count(region):
    region.drop_items("35")
    region.add_link("35", "video ada di youtube", problem="link_malformed", readable=False)
    assert region.codes("", "35") == ["evidence.link_malformed"]


def test_spd_total_is_claimed_by_its_value(region):
    total = region.rulebook.spd_rows[0].model_copy(update={"key": "SPD"})
    region.rulebook = region.rulebook.model_copy(update={"indicators": (total, *region.rulebook.sid)})
    for cached in ("by_key", "sid", "spd_rows"):
        region.rulebook.__dict__.pop(cached, None)
    region.claims = [row for row in region.claims if row["innovation_id"] != "pemda"]
    region.add_spd()
    for nothing in ("", "0", "0.00"):
        region.set_claim("SPD", "pemda", value_raw=nothing, value=nothing)
        assert region.codes("evidence.missing") == []
    region.set_claim("SPD", "pemda", value_raw="41,5", value="41.5")
    found = region.only("evidence.missing")
    assert found["indicator"] == "SPD"
    assert found["message"].startswith("Skor 41,5 diklaim, tetapi")
    assert "Parameter" not in found["message"] + found["fix"]
    region.add_file("SPD", "spd.pdf", "pemda", problem="missing", size=None, readable=False)
    found = region.only("evidence.missing")
    assert found["message"].startswith("Skor 41,5 diklaim, tetapi")
    assert "Parameter" not in found["message"] + found["fix"]
    region.set_claim("SPD", "pemda", value_raw="", value="")
    region.set_item("SPD", "pemda", problem="", size=5, readable=True, counted=False)
    assert "(Nilai kosong atau 0)" in region.only("evidence.unclaimed")["message"]
    region.add_file("SPD", "lhe.pdf", "pemda", unit_code="pemda")
    assert region.codes("evidence.missing") == []


def test_fewer_documents_than_the_parameter_suggests_is_a_warning(region):
    region.claim("21", 3)
    found = region.only("evidence.fewer_than_expected")
    assert "Parameter 3" in found["message"]
    assert "3 dokumen" in found["message"]
    assert "yang ada 1" in found["message"]
    assert found["severity"] == "warning"


def test_copies_of_one_document_count_once(region):
    region.claim("21", 2)
    first = region.items("21")[0]
    region.add_file("21", "salinan.pdf", sha256=first["sha256"], text_sha256=first["text_sha256"])
    assert "yang ada 1" in region.only("evidence.fewer_than_expected")["message"]


def test_enough_documents_are_no_finding(region):
    region.claim("21", 3)
    region.add_file("21", "2025.pdf")
    region.add_file("21", "2024.pdf")
    assert region.codes("evidence.fewer_than_expected") == []


def test_lost_sheet_is_not_reported_again_by_its_rows(region):
    for row in region.claims:
        row.update(source=row["source"].partition("#")[0], parameter=0)
    assert region.codes("claim.") == []


def test_long_cell_is_cut_in_the_message(region):
    region.set_claim("18", raw="tiga " * 100, parameter=0, problem="parameter_unknown")
    message = region.only("claim.parameter_unknown")["message"]
    assert "…" in message
    assert len(message) < 250


def test_unread_region_workbook_has_no_findings_of_its_own(region):
    for row in region.claims:
        if row["innovation_id"] == "pemda":
            row["source"] = ""
    region.add_file("1", "rpjmd.pdf", "pemda", unit_code="pemda", counted=False, listed="folder")
    found = region.found("")
    assert found[found["innovation_id"] == "pemda"].empty
