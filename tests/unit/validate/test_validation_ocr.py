"""What OCR reads in a scan serves warnings, and is marked wherever it does."""

from __future__ import annotations

import pytest

MARK = "(hasil OCR, dapat keliru)"
BODY = "Surat keterangan tentang pelaksanaan kegiatan pelayanan masyarakat di kecamatan dan desa. " * 3
NAMED = f"{BODY} Inovasi SAPA   WARGA telah berjalan."
DATED = f"{BODY} Ditetapkan di Martapura pada tanggal 14 Desember 2019. Nomor : 188.45/7/2019"


def code(region, text: str, **pages: int):
    """The scan of indicator 16, whose evidence must name the innovation, as OCR reads it."""
    region.scan(region.items("16")[0], text, **pages)
    return region


def test_a_scan_that_was_read_is_reported_as_information_and_not_as_without_text(region) -> None:
    found = code(region, NAMED).found("evidence.")
    info = found[found["code"] == "evidence.read_by_ocr"].iloc[0]
    assert info["severity"] == "info"
    assert "hasil OCR, dapat keliru" in info["message"]
    assert "evidence.no_text" not in set(found["code"])


def test_without_ocr_a_scan_is_without_text(region) -> None:
    region.set_item("16", text_sha256="", text_chars=0)
    assert region.codes("evidence.no_text") == ["evidence.no_text"]
    assert region.found("evidence.read_by_ocr").empty


def test_a_name_that_ocr_does_not_find_warns_with_the_mark(region) -> None:
    found = code(region, BODY).only("evidence.name_absent")
    assert (found["severity"], MARK in found["message"]) == ("warning", True)


@pytest.mark.parametrize("text", [NAMED, f"{BODY} 5APA WAR6A Sapa-Warga", f"{BODY} lnovasi SapaWarga"])
def test_a_name_that_ocr_finds_or_mangles_does_not_warn(region, text: str) -> None:
    assert code(region, text).found("evidence.name_absent").empty


@pytest.mark.parametrize(("text", "pages"), [(BODY, 9), ("SURAT", 1)])
def test_what_was_not_read_whole_or_is_not_legible_proves_no_absence(region, text: str, pages: int) -> None:
    assert code(region, text, pages=pages).found("evidence.name_absent").empty


def test_a_date_that_ocr_reads_is_marked(region) -> None:
    found = code(region, DATED).only("evidence.date_outside")
    assert MARK in found["message"]
    assert "14 Desember 2019" in found["message"]


def test_another_region_is_never_reported_from_ocr(region) -> None:
    assert code(region, f"{NAMED} PEMERINTAH KOTA MAKASSAR").found("evidence.other_region").empty


def test_two_scans_of_one_paper_are_near_duplicates(region) -> None:
    words = " ".join(f"kata{number} pelayanan{number % 7}" for number in range(200))
    region.claim("28", 1)
    region.scan(region.items("16")[0], words)
    region.scan(region.items("28")[0], words.replace("kata77 ", "kala77 "))
    found = region.found("evidence.duplicate")
    assert list(found["indicator"]) == ["16"]
    assert all(MARK in message and "hampir sama" in message for message in found["message"])
