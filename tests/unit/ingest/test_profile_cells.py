"""The answers of sheet Profil as they stand in real workbooks."""

from __future__ import annotations

from datetime import date, datetime

import openpyxl
import pytest
from innovation_rows import PROFILE, Workbook, answer, parse, remarks, rows


def test_numbered_labels_and_other_names_of_a_field_are_understood(workbook: Workbook) -> None:
    profile = [["Isian", "Jawaban"], ["1. Judul Inovasi", "SIGAP"], ["2) TAHAPAN INOVASI", "penerapan"]]
    parsed = parse(workbook, profile, rows())
    assert (answer(parsed, "name").value, answer(parsed, "stage").value) == ("SIGAP", "Penerapan")


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        (datetime(2024, 12, 14), "2024-12-14", ""),
        (date(2024, 12, 14), "2024-12-14", ""),
        ("6/5/2023", "2023-05-06", ""),
        ("14 Desember 2024", "2024-12-14", ""),
        ("2024-12-14", "2024-12-14", ""),
        ("2024", "", "date_unreadable"),
        (2024, "", "date_unreadable"),
        ("Desember 2024", "", "date_unreadable"),
        ("belum", "", "date_unreadable"),
        ("-", "", ""),
        ("14 Desember tahun 2024", "2024-12-14", ""),
        ("mulai 14 Desember 2024", "2024-12-14", ""),
        ("sejak tanggal 14 Desember 2024", "2024-12-14", ""),
        ("Martapura, 14 Desember 2024", "2024-12-14", ""),
        ("14 Desember 2024 (SK Nomor 5)", "2024-12-14", ""),
        ("14 Desember 2024 (semula 5 Mei 2023)", "", "date_unreadable"),
        (None, "", ""),
        ("=TODAY()", "", "formula_uncalculated"),
    ],
)
def test_dates_of_the_profile(workbook: Workbook, cell: object, value: str, problem: str) -> None:
    parsed = parse(workbook, [*PROFILE, ["Waktu Penerapan", cell]], rows())
    found = answer(parsed, "applied_date")
    assert (found.value, found.problem) == (value, problem)
    assert found.address == "Profil!B3"


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        ("kesehatan", "Kesehatan", ""),
        ("Pekerjaan Umum & Penataan Ruang", "Pekerjaan Umum dan Penataan Ruang", ""),
        ("Kesehatan; Pendidikan", "Kesehatan; Pendidikan", "choice_unknown"),
        ("Perikanan Darat", "Perikanan Darat", "choice_unknown"),
        ("–", "", ""),
    ],
)
def test_choices_take_the_spelling_of_the_rulebook(
    workbook: Workbook, cell: str, value: str, problem: str
) -> None:
    parsed = parse(workbook, [*PROFILE, ["Urusan Utama", cell]], rows())
    found = answer(parsed, "main_affair")
    assert (found.value, found.problem, found.raw) == (value, problem, cell)


def test_several_choices_come_one_a_line(workbook: Workbook) -> None:
    parsed = parse(workbook, [*PROFILE, ["Urusan Beririsan", "sosial; Kesehatan\n- "]], rows())
    assert answer(parsed, "other_affairs").value == "Sosial\nKesehatan"
    whole = "Ketenteraman, Ketertiban Umum, dan Pelindungan Masyarakat"
    parsed = parse(workbook, [*PROFILE, ["Urusan Beririsan", whole]], rows())
    assert answer(parsed, "other_affairs").problem == ""


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        ("Rp 500.000", "500000"),
        ("500.000", "500000"),
        (1250000, "1250000"),
        ("-", ""),
        ("dari APBD", "dari APBD"),
    ],
)
def test_money_is_a_number_where_it_is_one(workbook: Workbook, cell: object, value: str) -> None:
    parsed = parse(workbook, [*PROFILE, ["Anggaran", cell]], rows())
    assert (answer(parsed, "budget").value, answer(parsed, "budget").problem) == (value, "")


def test_html_is_cleaned_for_the_words_and_kept_as_it_stood(workbook: Workbook) -> None:
    raw = "<div>&lt;p&gt;Tata kelola&lt;/p&gt; &amp;amp; layanan</div>"
    parsed = parse(workbook, [*PROFILE, ["Rancang Bangun", raw]], rows())
    found = answer(parsed, "design")
    assert (found.value, found.raw, parsed.design_words) == ("Tata kelola & layanan", raw, (3, 3))


def test_long_text_may_go_on_below_its_label(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Profil"].merge_cells("A3:A4")

    profile = [*PROFILE, ["Rancang Bangun", "satu dua"], [None, "tiga"], [None, "empat"], ["Tujuan", "lima"]]
    parsed = parse(workbook, profile, rows(), merge)
    assert answer(parsed, "design").value == "satu dua tiga empat"
    assert answer(parsed, "purpose").value == "lima"


def test_merged_answers_are_read_once(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Profil"].merge_cells("A3:A5")
        book["Profil"].merge_cells("B3:D5")

    profile = [*PROFILE, ["Rancang Bangun", "satu dua"], [], [], ["Tujuan", "lima"]]
    parsed = parse(workbook, profile, rows(), merge)
    assert (answer(parsed, "design").raw, parsed.design_words) == ("satu dua", (2, 2))


def test_field_twice_counts_once_and_is_reported(workbook: Workbook) -> None:
    profile = [
        *PROFILE,
        ["Tahapan", "-"],
        ["Tahapan", "Penerapan"],
        ["Nama Inovasi", "LAIN"],
        [None, "terusan"],
    ]
    parsed = parse(workbook, profile, rows())
    assert (answer(parsed, "name").value, answer(parsed, "stage").value) == ("SIGAP", "Penerapan")
    assert remarks(parsed) == [
        ("profile.field_repeated", "Profil!B5", {"field": "Nama Inovasi", "used": "Profil!B2"})
    ]


def test_labels_of_other_forms_are_reported_once(workbook: Workbook) -> None:
    profile = [*PROFILE, ["Covid-19", "Tidak"], ["Dokumen HAKI", "ada"], ["Penghargaan", None]]
    parsed = parse(workbook, profile, rows())
    words = {"fields": '"Covid-19", "Dokumen HAKI"'}
    assert remarks(parsed) == [("profile.field_unknown", "Profil!A3", words)]


@pytest.mark.parametrize(
    ("label", "cell", "key", "value", "problem"),
    [
        ("Asta Cita", 4, "asta_cita", "4", ""),
        ("Asta Cita", "Asta Cita 4", "asta_cita", "4", ""),
        ("Asta Cita", "IV", "asta_cita", "4", ""),
        ("Asta Cita", "Asta-Cita No. 4", "asta_cita", "4", ""),
        ("Asta Cita", "4 - Memperkuat pembangunan SDM", "asta_cita", "4", ""),
        ("Nomor Asta Cita (1-8)", "ke-4", "asta_cita", "4", ""),
        ("Asta Cita", "4; 6", "asta_cita", "4; 6", "choice_unknown"),
        ("Asta Cita", "14", "asta_cita", "14", "choice_unknown"),
        ("PKPN", "Klaster 4 (Kesehatan)", "pkpn", "Kesehatan", ""),
        ("Asta Cita", "9", "asta_cita", "9", "choice_unknown"),
        ("Asta Cita", None, "asta_cita", "", ""),
        ("PKPN", "kedaulatan pangan", "pkpn", "Kedaulatan Pangan", ""),
        ("Klaster PKPN", "Bukan PKPN", "pkpn", "Non PKPN", ""),
        ("PKPN", "Pariwisata", "pkpn", "Pariwisata", "choice_unknown"),
    ],
)
def test_asta_cita_and_pkpn_are_read_by_their_lists(
    workbook: Workbook, label: str, cell: object, key: str, value: str, problem: str
) -> None:
    parsed = parse(workbook, [*PROFILE, [label, cell]], rows())
    found = answer(parsed, key)
    assert (found.value, found.problem, remarks(parsed)) == (value, problem, [])


def test_error_cells_say_nothing(workbook: Workbook) -> None:
    parsed = parse(workbook, [*PROFILE, ["Tujuan", "=1/0"]], rows())
    assert (answer(parsed, "purpose").value, answer(parsed, "purpose").problem) == (
        "",
        "formula_uncalculated",
    )


@pytest.mark.parametrize(
    ("cell", "value", "problem"),
    [
        ("tahap penerapan inovasi", "Penerapan", ""),
        ("Penerapan Inovasi Daerah", "Penerapan", ""),
        ("Sudah penerapan", "Penerapan", ""),
        ("Tahap III (Penerapan)", "Penerapan", ""),
        ("Tahap 2: uji coba inovasi", "Uji Coba", ""),
        ("Inovasi tahap penerapan", "Penerapan", ""),
        ("Tahap Ketiga: Penerapan", "Penerapan", ""),
        ("Penerapan sejak 2024", "Penerapan", ""),
        ("Saat ini tahap penerapan", "Penerapan", ""),
        ("Belum penerapan", "Belum penerapan", "choice_unknown"),
        ("Belum tahap penerapan", "Belum tahap penerapan", "choice_unknown"),
        ("Uji coba menuju penerapan", "Uji coba menuju penerapan", "choice_unknown"),
        ("Uji coba, penerapan", "Uji coba, penerapan", "choice_unknown"),
        ("inovasi daerah", "inovasi daerah", "choice_unknown"),
    ],
)
def test_a_stage_is_read_among_words_that_say_nothing(
    workbook: Workbook, cell: str, value: str, problem: str
) -> None:
    found = answer(parse(workbook, [*PROFILE, ["Tahapan", cell]], rows()), "stage")
    assert (found.value, found.problem) == (value, problem)


@pytest.mark.parametrize(
    ("cell", "applied", "developed"),
    [
        ("6 mei 2024 s.d. sekarang", "2024-05-06", "2024-05-06"),
        ("6 Mei 2024 - sekarang", "2024-05-06", "2024-05-06"),
        ("6 Mei 2024 sampai dengan saat ini", "2024-05-06", "2024-05-06"),
        ("6/5/2024 s/d 31/12/2025", "2024-05-06", "2025-12-31"),
        ("6 Mei s.d. 8 Juni 2024", "2024-05-06", "2024-06-08"),
        ("6 s.d. 8 Juni 2024", "2024-06-06", "2024-06-08"),
        ("8 Juni 2024 s.d. 6 Mei 2024", "", ""),
        ("Mei 2024 s.d. sekarang", "", ""),
        ("6 Mei 2024 dan 8 Juni 2025", "", ""),
    ],
)
def test_of_a_period_the_application_is_the_first_day_and_the_development_the_last(
    workbook: Workbook, cell: str, applied: str, developed: str
) -> None:
    for label, key, value in (
        ("Waktu Penerapan", "applied_date", applied),
        ("Waktu Pengembangan", "developed_date", developed),
    ):
        found = answer(parse(workbook, [*PROFILE, [label, cell]], rows()), key)
        assert (found.value, found.problem) == (value, "" if value else "date_unreadable")
