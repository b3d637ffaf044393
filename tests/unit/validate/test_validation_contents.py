"""Findings about what contents show: duplicates, text, names, regions, dates, macros. All warnings."""

from __future__ import annotations

import random
from base64 import b64encode

import pytest

from iid.tasks.sandbox.facts import THUMBNAIL

TWO = "2.13.01/Warga Tanggap"
DECREE = "KEPUTUSAN BUPATI BANJAR\nNOMOR : 188.45/123/KUM/2024\nmenetapkan inovasi {name}\n{signed}"


@pytest.fixture
def pair(region):
    """Two innovations, indicator 28 claimed in both, each with its own document."""
    region.add_innovation(TWO, "Warga Tanggap")
    region.claim("28", 1)
    region.claim("28", 1, innovation=TWO)
    return region


def warned(region, code):
    found = region.found(code)
    assert set(found["severity"]) <= {"warning"}
    return found


def test_one_document_of_two_innovations_is_one_finding_with_both_places(pair):
    pair.set_item("28", TWO, sha256=pair.items("28")[0]["sha256"])
    found = warned(pair, "evidence.duplicate")
    assert list(found["innovation_id"]) == [pair.one]
    assert "sama persis" in found["message"].iloc[0]
    assert f"{TWO} indikator 28 (bukti-28.pdf)" in found["message"].iloc[0]


def test_a_document_that_names_each_innovation_is_rightly_shared(pair):
    first = pair.items("28")[0]
    pair.set_item("28", TWO, sha256=first["sha256"], text_sha256=first["text_sha256"])
    pair.fact(first, "menetapkan inovasi Sapa Warga dan inovasi Warga Tanggap")
    assert list(pair.found("evidence.duplicate")["severity"]) == ["info"]


def test_a_document_that_names_one_of_two_innovations_warns(pair):
    first = pair.items("28")[0]
    pair.set_item("28", TWO, sha256=first["sha256"], text_sha256=first["text_sha256"])
    pair.fact(first, "menetapkan inovasi Sapa Warga")
    assert list(pair.found("evidence.duplicate")["severity"]) == ["warning"]


def test_a_decree_of_many_innovations_is_rightly_shared(pair):
    pair.set_item("16", TWO, sha256=pair.items("16")[0]["sha256"])
    assert list(pair.found("evidence.duplicate")["severity"]) == ["info"]


def test_same_bytes_under_another_indicator_warn(region):
    region.claim("28", 1)
    region.set_item("28", sha256=region.items("17")[0]["sha256"])
    assert set(warned(region, "evidence.duplicate")["indicator"]) == {"17"}


def test_copies_within_one_claim_are_no_duplicates(region):
    first = region.items("16")[0]
    region.add_file("16", "salinan.pdf", sha256=first["sha256"], text_sha256=first["text_sha256"])
    assert warned(region, "evidence.duplicate").empty


def test_copy_without_a_claim_is_no_duplicate(region):
    region.add_file("18", "dpa.pdf", sha256=region.items("17")[0]["sha256"], counted=False)
    assert warned(region, "evidence.duplicate").empty


def test_same_text_in_other_bytes_warns(pair):
    pair.set_item("28", TWO, text_sha256=pair.items("28")[0]["text_sha256"])
    found = warned(pair, "evidence.duplicate")
    assert len(found) == 1
    assert "isi teksnya" in found["message"].iloc[0]


def test_same_bytes_are_not_reported_again_as_same_text(pair):
    first = pair.items("28")[0]
    pair.set_item("28", TWO, sha256=first["sha256"], text_sha256=first["text_sha256"])
    assert len(warned(pair, "evidence.duplicate")) == 1


def test_short_texts_are_alike_by_chance(pair):
    pair.set_item("28", TWO, text_sha256=pair.items("28")[0]["text_sha256"])
    for innovation in (pair.one, TWO):
        pair.set_item("28", innovation, text_chars=8)
    assert warned(pair, "evidence.duplicate").empty


def thumbnail(seed: int, brighter: int = 0) -> str:
    levels = random.Random(seed).choices(range(20, 220), k=THUMBNAIL * THUMBNAIL)  # noqa: S311
    return b64encode(bytes(level + brighter for level in levels)).decode()


@pytest.mark.parametrize(("seed", "findings"), [(1, 1), (2, 0)])
def test_nearly_the_same_picture_warns_and_another_does_not(pair, seed, findings):
    pair.rule("28", kinds=("jpg",))
    for innovation, picture in ((pair.one, thumbnail(1)), (TWO, thumbnail(seed, 10))):
        pair.set_item("28", innovation, format="jpg", text_sha256="", text_chars=None)
        pair.fact(pair.items("28", innovation)[0], thumbnail=picture)
    found = warned(pair, "evidence.duplicate")
    assert len(found) == findings
    assert found["message"].str.contains("hampir sama").all()


def test_same_link_of_two_innovations_warns(pair):
    for innovation in (pair.one, TWO):
        pair.drop_items("35", innovation)
        pair.add_link("35", "https://youtu.be/abc", innovation)
    assert len(warned(pair, "evidence.duplicate")) == 1


def test_two_addresses_of_one_film_are_the_same_link(pair):
    addresses = ("https://youtu.be/aBc12345678", "https://www.youtube.com/watch?v=aBc12345678&t=5")
    for innovation, url in zip((pair.one, TWO), addresses, strict=True):
        pair.drop_items("35", innovation)
        pair.add_link("35", url, innovation)
    found = warned(pair, "evidence.duplicate")
    assert len(found) == 1
    assert "persis" in found["message"].iloc[0]


def test_long_list_of_copies_is_cut_and_counted(region):
    sha256 = region.items("17")[0]["sha256"]
    for number in range(26):
        innovation = f"2.13.01/Inovasi {number}"
        region.add_innovation(innovation, f"Inovasi {number}")
        region.set_item("17", innovation, sha256=sha256)
    found = region.found("evidence.duplicate")
    assert len(found) == 1
    assert "dan 6 tempat lain" in found["message"].iloc[0]


def test_scanned_pdf_is_reported_to_have_no_text(region):
    region.set_item("17", text_sha256="", text_chars=0)
    assert list(warned(region, "evidence.no_text")["indicator"]) == ["17"]


def test_picture_is_not_asked_for_text(region):
    region.claim("25", 1)
    assert warned(region, "evidence.no_text").empty


def test_decree_that_does_not_name_the_innovation_warns(region):
    region.fact(region.items("16")[0], DECREE.format(name="Lapor Pak", signed=""))
    found = region.only("evidence.name_absent")
    assert "Sapa Warga" in found["message"]
    assert "bukti-16.pdf" in found["message"]


def test_decree_that_names_the_innovation_is_fine(region):
    region.fact(region.items("16")[0], DECREE.format(name="SAPA-WARGA", signed=""))
    assert warned(region, "evidence.name_absent").empty


def test_one_document_of_the_claim_is_enough_to_name_the_innovation(region):
    region.fact(region.items("16")[0], DECREE.format(name="Lapor Pak", signed=""))
    region.fact(region.add_file("16", "lampiran.pdf"), "Lampiran: Sapa Warga")
    assert warned(region, "evidence.name_absent").empty


def test_scan_beside_the_decree_may_hold_the_name(region):
    region.fact(region.items("16")[0], DECREE.format(name="Lapor Pak", signed=""))
    region.add_file("16", "lampiran.pdf", text_sha256="", text_chars=0)
    assert warned(region, "evidence.name_absent").empty


def test_a_page_with_hardly_any_text_is_not_asked_for_the_name(region):
    row = region.items("16")[0]
    row |= {"text_sha256": "", "text_chars": 25}
    region.fact(row, "Dipindai dengan CamScanner")
    assert region.codes("evidence.", "16") == ["evidence.no_text"]
    row |= {"format": "docx"}  # a page without pictures, read to its end
    assert "evidence.name_absent" in region.codes("evidence.", "16")


def test_text_that_was_cut_short_may_hold_the_name(region):
    region.fact(region.items("16")[0], "pasal " * 40_000)
    assert warned(region, "evidence.name_absent").empty


def test_name_is_not_asked_of_an_indicator_that_does_not_demand_it(region):
    region.fact(region.items("17")[0], "Surat tugas tanpa nama")
    assert warned(region, "evidence.name_absent").empty


def test_document_of_another_region_warns_with_both_names(region):
    region.fact(region.items("17")[0], "PEMERINTAH KABUPATEN MAROS\nDINAS PENDIDIKAN\nSurat Tugas")
    found = region.only("evidence.other_region")
    assert "Kabupaten Maros" in found["message"]
    assert "Kabupaten Banjar" in found["message"]


def test_document_that_names_both_regions_is_fine(region):
    region.fact(region.items("17")[0], "Kerja sama Kabupaten Banjar dengan Kabupaten Maros")
    assert warned(region, "evidence.other_region").empty


def test_other_region_is_natural_for_replication(region):
    region.claim("31", 1)
    region.fact(region.items("31")[0], "PEMERINTAH KABUPATEN MAROS\ntelah mereplikasi")
    assert warned(region, "evidence.other_region").empty


def test_province_is_not_asked_about_its_own_regions(region):
    region.marker = type(region.marker)("63", "Provinsi Kalimantan Selatan", "Asia/Makassar")
    region.fact(region.items("17")[0], "PEMERINTAH KABUPATEN MAROS")
    assert warned(region, "evidence.other_region").empty


def test_document_signed_before_the_window_warns_with_date_and_number(region):
    signed = "Ditetapkan di Martapura\npada tanggal 3 Februari 2018"
    region.fact(region.items("16")[0], DECREE.format(name="Sapa Warga", signed=signed))
    message = region.only("evidence.date_outside")["message"]
    for text in ("3 Februari 2018", "188.45/123/KUM/2024", "1 Januari 2024", "31 Desember 2026"):
        assert text in message


def test_document_signed_within_the_window_is_fine(region):
    signed = "Ditetapkan di Martapura\npada tanggal 3 Februari 2024"
    region.fact(region.items("16")[0], DECREE.format(name="Sapa Warga", signed=signed))
    assert warned(region, "evidence.date_outside").empty


def test_macros_are_reported(region):
    region.fact(region.items("17")[0], macros=True)
    region.fact(region.items("16")[0], "Sapa Warga", macros=False)
    assert list(warned(region, "evidence.macro")["indicator"]) == ["17"]


def test_picture_of_one_colour_is_reported(region):
    region.claim("25", 1)
    region.fact(region.items("25")[0], blank=True)
    assert list(warned(region, "evidence.blank")["indicator"]) == ["25"]


def test_an_empty_page_is_one_finding(region):
    region.set_item("17", text_sha256="", text_chars=0)
    region.fact(region.items("17")[0], blank=True)
    found = warned(region, "evidence.")
    assert set(found.loc[found["indicator"] == "17", "code"]) & {"evidence.blank", "evidence.no_text"} == {
        "evidence.blank"
    }


def test_nothing_is_said_about_contents_without_facts(region):
    found = region.validate(facts=None)
    shown = {"evidence.macro", "evidence.blank", "evidence.name_absent", "evidence.other_region"}
    assert not shown & set(found["code"])
