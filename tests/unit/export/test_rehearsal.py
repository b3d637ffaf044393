"""The rehearsal: everything that would be refused is reported once, with what to do."""

from __future__ import annotations

import io

from openpyxl import load_workbook

from iid.tasks.export.export_plan import plan_of
from iid.tasks.export.preflight import rehearse
from iid.tasks.export.preflight_page import rehearsal_page, rehearsal_workbook


def shown(region, status="provisional"):
    picture = region.publish(status)
    plan = plan_of(picture)
    return picture, plan, rehearse(picture, plan)


def places(checks, kind):
    return [(check.owner, check.indicator) for check in checks if check.kind == kind]


def test_refused_innovations_and_claims_are_reported_with_why_and_what_to_do(region):
    _, _, checks = shown(region)
    assert places(checks, "ditolak") == [("", ""), ("102/Dua", "17"), ("103/Tiga", "")]
    services, claim, innovation = (check for check in checks if check.kind == "ditolak")
    assert "Urusan wajib pelayanan dasar baru 1 dari 5" in services.what
    assert claim.what == "Klaim tidak dikirim: Parameter 3 diklaim, tetapi tidak ada berkas."
    assert claim.fix.startswith("Letakkan berkasnya")
    assert innovation.what.startswith("Inovasi tidak dikirim: Rancang Bangun 12 kata")


def test_a_refusal_of_a_reviewer_is_reported_with_the_note(region):
    region.decide("101/Satu", "16", "tolak", "tanpa tanda tangan")
    _, _, checks = shown(region)
    [check] = [check for check in checks if (check.owner, check.indicator) == ("101/Satu", "16")]
    assert check.what == "Klaim tidak dikirim, ditolak peninjau: tanpa tanda tangan"


def test_what_a_reviewer_accepted_against_the_rules_is_reported_too(region):
    region.claim("101/Satu", "18", 3, "dpa.docx")
    words = {"name": "dpa.docx", "format": "Word (DOCX)", "allowed": "PDF", "advice": "Simpan sebagai PDF"}
    region.fault("evidence.kind_not_allowed", "101/Satu", "18", **words)
    region.decide("101/Satu", "18", "terima")
    _, plan, checks = shown(region)
    assert [a.parameter for a in plan.entries[1].answers if a.indicator.key == "18"] == [3]
    [check] = [check for check in checks if (check.owner, check.indicator) == ("101/Satu", "18")]
    assert check.kind == "ditolak"
    assert check.what.startswith(
        "Dikirim karena diterima peninjau, tetapi dapat ditolak: Isi berkas dpa.docx"
    )


def test_an_empty_file_of_an_accepted_claim_is_reported_as_not_sent(region):
    region.empty_file("101/Satu", "16", "kosong.pdf")
    region.decide("101/Satu", "16", "terima")
    _, plan, checks = shown(region)
    assert len(plan.entries[1].answers[0].files) == 2
    [check] = [check for check in checks if (check.owner, check.indicator) == ("101/Satu", "16")]
    assert check.kind == "ditolak"
    assert check.what == (
        "Tidak ikut dikirim, walau klaimnya diterima peninjau: Berkas kosong.pdf kosong (0 byte)."
    )
    assert check.fix.startswith("Salin ulang berkas aslinya")
    assert check.source == "2026/101/Satu/bukti/16/kosong.pdf"


def test_a_claim_with_nothing_but_an_empty_file_is_not_sent(region):
    region.claim("102/Dua", "18", 3)
    region.empty_file("102/Dua", "18", "kosong.pdf")
    region.decide("102/Dua", "18", "terima")
    _, plan, checks = shown(region)
    assert [a.parameter for a in plan.entries[2].answers if a.indicator.key == "18"] == [0]
    [check] = [check for check in checks if (check.owner, check.indicator) == ("102/Dua", "18")]
    assert check.what == "Klaim tidak dikirim: Berkas kosong.pdf kosong (0 byte)."


def test_warnings_on_what_is_sent_are_doubts_and_others_are_not(region):
    region.fault("evidence.no_text", "101/Satu", "16", name="SK.pdf", scans="1", pages="1")
    region.fault("evidence.no_text", "103/Tiga", "16", name="tiga.pdf", scans="1", pages="1")
    region.fault("claim.mandatory_missing", "101/Satu", "33", title="Kemanfaatan inovasi")
    region.fault("evidence.unclaimed", "101/Satu", "16", what="Berkas", name="x", why="y")
    assert places(shown(region)[2], "periksa") == [("101/Satu", "16"), ("101/Satu", "33")]


def test_what_nobody_can_know_is_said_and_not_invented(region):
    _, _, checks = shown(region)
    notes = " ".join(check.what for check in checks if check.kind == "catatan")
    for words in (
        "Siklus belum ditutup; 4 klaim yang dikirim belum diputuskan",
        "Batas ukuran unggahan 40 indikator siklus 2026 tidak ditemukan",
        "Tautan dikirim seperti tertulis",
        "tanya jawab resmi 2021",
    ):
        assert words in notes, words


def test_a_closed_cycle_does_not_ask_for_decisions_but_reports_who_was_never_accepted(region):
    region.decide("101/Satu", "16", "terima")
    _, _, checks = shown(region, "final")
    assert "belum diputuskan" not in " ".join(check.what for check in checks)
    refused = places(checks, "ditolak")
    assert ("102/Dua", "") in refused
    assert ("101/Satu", "35") in refused
    assert ("pemda", "2a") in refused


def test_page_and_workbook_carry_every_check_and_no_name_as_html_or_formula(region):
    region.profiles[1]["name"] = "<script>alert(1)</script>"
    region.profiles[2]["name"] = "=1+1"
    picture, plan, checks = shown(region)
    page = rehearsal_page(picture, plan, checks, "Kabupaten Contoh").decode()
    assert "<script" not in page
    assert "&lt;script&gt;" in page
    assert page.count('type="checkbox"') == len(checks)
    assert "http" not in page.replace("https://video.example/satu", "").replace("http-equiv", "")
    sheet = load_workbook(io.BytesIO(rehearsal_workbook(picture, checks))).active
    assert sheet.max_row == len(checks) + 1
    assert {cell.data_type for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
