"""``inovasi.xlsx``: profile and indicator rows, in every mess operators make of them."""

from __future__ import annotations

import pickle
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from iid.expectations.loading import load
from iid.tasks.demo.oldexcel import xls
from iid.tasks.submissions.parsed import Answer, Claim, Parsed
from iid.tasks.submissions.parsing import parse_innovation

Workbook = Callable[..., bytes]
RULES = load(2026).rulebook
PROFILE = [["Isian", "Jawaban"], ["Nama Inovasi", "SIGAP"]]
HEADER = ["No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan"]


def rows(*lines: list[Any]) -> list[list[Any]]:
    """Sheet Indikator: *lines*, then every other indicator unclaimed."""
    given = {str(line[0]) for line in lines}
    return [HEADER, *lines, *([n] for n in range(16, 36) if str(n) not in given)]


def claim(parsed: Parsed, key: str) -> Claim:
    return next(claim for claim in parsed.claims if claim.indicator == key)


def answer(parsed: Parsed, key: str) -> Answer:
    return next(answer for answer in parsed.answers if answer.field == key)


def remarks(parsed: Parsed) -> list[tuple[str, str, dict[str, str]]]:
    return [(remark.code, remark.address, dict(remark.words)) for remark in parsed.remarks]


def parse(
    workbook: Workbook, profile: list[list[Any]], indicators: list[list[Any]], change: Any = None
) -> Parsed:
    return parse_innovation(workbook({"Profil": profile, "Indikator": indicators}, change), RULES)


def test_every_field_and_every_indicator_comes_back_with_its_cell(workbook: Workbook) -> None:
    parsed = parse(
        workbook, PROFILE, rows([16, "Regulasi", 2, None, "SK.pdf; Perbup.pdf", "https://a.go.id/x", "ok"])
    )
    assert [answer.field for answer in parsed.answers] == [field.key for field in RULES.profile]
    assert [claim.indicator for claim in parsed.claims] == [row.key for row in RULES.sid]
    assert answer(parsed, "name") == Answer("name", "Nama Inovasi", "SIGAP", "SIGAP", "Profil!B2")
    assert answer(parsed, "stage") == Answer("stage", "Tahapan", address="Profil")
    assert claim(parsed, "16") == Claim(
        indicator="16",
        raw="2",
        parameter=2,
        files=("SK.pdf", "Perbup.pdf"),
        links=("https://a.go.id/x",),
        note="ok",
        address="Indikator!C2",
        basis_address="Indikator!D2",
        files_address="Indikator!E2",
        links_addresses=("Indikator!F2",),
    )
    assert parsed.remarks == ()


def test_parsing_is_pure_and_travels_between_processes(workbook: Workbook) -> None:
    data = workbook({"Profil": PROFILE, "Indikator": rows([16, "x", 3])})
    parsed = parse_innovation(data, RULES)
    assert parse_innovation(data, RULES) == parsed
    assert pickle.loads(pickle.dumps(parsed)) == parsed  # noqa: S301 - our own bytes
    assert pickle.loads(pickle.dumps(parse_innovation)) is parse_innovation  # noqa: S301


# --- where the table stands ---------------------------------------------------------------------


def test_header_is_found_anywhere_in_the_first_thirty_rows(workbook: Workbook) -> None:
    lead = [["Pemerintah Kabupaten"], []] * 14
    shifted = [[None, None, None, *line] for line in rows([16, "x", 2])]
    profile = [*lead, ["", "Isian :", None, "JAWABAN*"], ["", " nama  inovasi* :", None, "SIGAP"]]
    parsed = parse(workbook, profile, [*lead, ["judul"], *shifted])
    assert answer(parsed, "name").address == "Profil!D30"
    assert (claim(parsed, "16").parameter, claim(parsed, "16").address) == (2, "Indikator!F31")


def test_header_below_row_thirty_is_not_looked_for(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, [[]] * 30 + rows([16, "x", 2]))
    assert [code for code, *_ in remarks(parsed)] == ["submission.sheet_missing"]


@pytest.mark.parametrize(
    "names", [("PROFIL", "indikator "), ("Profil Inovasi", "Indikator (isi)"), ("Sheet1", "Sheet2")]
)
def test_sheets_are_found_by_name_or_by_their_header(workbook: Workbook, names: tuple[str, str]) -> None:
    sheets = {"Petunjuk": [["No", "Apa"]], names[0]: PROFILE, names[1]: rows([16, "x", 2])}
    parsed = parse_innovation(workbook(sheets), RULES)
    assert (answer(parsed, "name").value, claim(parsed, "16").parameter, parsed.remarks) == ("SIGAP", 2, ())


def test_columns_may_stand_in_any_order_and_may_be_missing(workbook: Workbook) -> None:
    parsed = parse(
        workbook,
        PROFILE,
        [["BUKTI", "no.", "Parameter :"], ["a.pdf", 16, 3], *([None, n] for n in range(17, 36))],
    )
    assert (claim(parsed, "16").parameter, claim(parsed, "16").files) == (3, ("a.pdf",))
    assert parsed.remarks == ()


def test_missing_sheet_is_told_with_those_that_are_there(workbook: Workbook) -> None:
    parsed = parse_innovation(workbook({"Profil": PROFILE, "Catatan": [["x"]]}), RULES)
    assert remarks(parsed) == [
        (
            "submission.sheet_missing",
            "",
            {"sheet": "Indikator", "name": "inovasi.xlsx", "found": "Profil, Catatan"},
        )
    ]
    assert all(claim.parameter == 0 and not claim.address for claim in parsed.claims)
    parsed = parse_innovation(workbook({"Profil": [["Nama", "x"]], "Indikator": rows([16, "x", 1])}), RULES)
    assert parsed.answers == ()
    assert 'tanpa judul kolom "Isian" dan "Jawaban"' in remarks(parsed)[0][2]["found"]
    assert claim(parsed, "16").parameter == 1


def test_repeated_header_rows_and_headings_are_no_rows(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Indikator"].merge_cells("A2:G2")

    lines = [HEADER, ["A. Variabel Regulasi"], *rows([16, "x", 2])[1:3], HEADER, *rows([16, "x", 2])[3:]]
    parsed = parse(workbook, PROFILE, lines, merge)
    assert claim(parsed, "16").parameter == 2
    assert parsed.remarks == ()


# --- profile ------------------------------------------------------------------------------------


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


def test_field_twice_counts_once_and_is_told(workbook: Workbook) -> None:
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


def test_labels_of_other_forms_are_told_once(workbook: Workbook) -> None:
    profile = [*PROFILE, ["Covid-19", "Tidak"], ["Asta Cita", "4"], ["PKPN", None]]
    parsed = parse(workbook, profile, rows())
    assert remarks(parsed) == [("profile.field_unknown", "Profil!A3", {"fields": '"Covid-19", "Asta Cita"'})]


def test_error_cells_say_nothing(workbook: Workbook) -> None:
    parsed = parse(workbook, [*PROFILE, ["Tujuan", "=1/0"]], rows())
    assert (answer(parsed, "purpose").value, answer(parsed, "purpose").problem) == (
        "",
        "formula_uncalculated",
    )


# --- indicator rows -----------------------------------------------------------------------------


@pytest.mark.parametrize("number", [16, 16.0, "16", "16.", " 16 ", "Indikator 16"])
def test_number_cells_are_tolerant(workbook: Workbook, number: object) -> None:
    parsed = parse(workbook, PROFILE, [HEADER, [number, "x", 2], *([n] for n in range(17, 36))])
    assert (claim(parsed, "16").parameter, parsed.remarks) == (2, ())


@pytest.mark.parametrize(
    ("cell", "parameter", "problem"),
    [
        ("2 – Peraturan Kepala Daerah", 2, ""),
        ("Peraturan Kepala Daerah", 2, ""),
        ("2,0", 2, ""),
        (0, 0, ""),
        ("-", 0, ""),
        ("tiga", 0, "parameter_unknown"),
        (True, 0, "parameter_unknown"),
        ("=1+1", 0, "formula_uncalculated"),
    ],
)
def test_parameter_cells(workbook: Workbook, cell: object, parameter: int, problem: str) -> None:
    found = claim(parse(workbook, PROFILE, rows([16, "x", cell])), "16")
    assert (found.parameter, found.problem) == (parameter, problem)


def test_error_value_in_a_parameter_is_unknown_not_empty(workbook: Workbook) -> None:
    def break_cell(book: openpyxl.Workbook) -> None:
        book["Indikator"]["C2"].value = "#REF!"
        book["Indikator"]["C2"].data_type = "e"

    found = claim(parse(workbook, PROFILE, rows([16, "x", 1]), break_cell), "16")
    assert (found.raw, found.parameter, found.problem) == ("#REF!", 0, "parameter_unknown")


@pytest.mark.parametrize(
    ("parameter", "basis", "expected"),
    [
        (2, "c", (2, "c", "", "C")),
        (2, "Efisiensi belanja", (2, "c", "", "C")),
        (2, None, (2, "", "", "C")),
        (2, "z", (2, "", "basis_unknown", "D")),
        (0, "z", (0, "", "", "C")),
        ("Efisiensi belanja sebesar 10,01%-20,00%", None, (2, "c", "", "C")),
        ("Efisiensi belanja sebesar 10,01%-20,00%", "a", (0, "a", "parameter_unknown", "C")),
    ],
)
def test_basis_of_indicator_33(
    workbook: Workbook, parameter: object, basis: object, expected: tuple[int, str, str, str]
) -> None:
    found = claim(parse(workbook, PROFILE, rows([33, "x", parameter, basis])), "33")
    assert (found.parameter, found.basis, found.problem, found.address[10]) == expected


def test_a_claim_says_in_which_cell_each_name_and_link_stands(workbook: Workbook) -> None:
    found = claim(
        parse(workbook, PROFILE, rows([16, "x", 2, None, "SK.pdf;https://a.id/1", "https://b.id/2"])), "16"
    )
    assert (found.basis_address, found.files_address) == ("Indikator!D2", "Indikator!E2")
    assert found.links == ("https://b.id/2", "https://a.id/1")
    assert found.links_addresses == ("Indikator!F2", "Indikator!E2")


def test_evidence_names_and_links_are_split_and_taken_once(workbook: Workbook) -> None:
    files = ' SK.pdf ;"Perbup 2.pdf"\n\nSK.pdf\r\nhttps://youtu.be/abc; - '
    links = "https://a.go.id/x https://b.go.id/y\nhttps://youtu.be/abc;ada di Drive"
    found = claim(parse(workbook, PROFILE, rows([16, "x", 2, None, files, links])), "16")
    assert found.files == ("SK.pdf", "Perbup 2.pdf")
    assert found.links == ("https://a.go.id/x", "https://b.go.id/y", "https://youtu.be/abc", "ada di Drive")


def test_dash_in_evidence_is_empty(workbook: Workbook) -> None:
    found = claim(parse(workbook, PROFILE, rows([16, "x", 2, "-", "-", "–", "-"])), "16")
    assert (found.files, found.links, found.basis, found.note) == ((), (), "", "")


def test_merged_cells_claim_for_all_their_rows(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Indikator"].merge_cells("C2:C3")
        book["Indikator"].merge_cells("E2:E3")

    parsed = parse(workbook, PROFILE, rows([16, "x", 2, None, "SK.pdf"], [17, "y"]), merge)
    assert [(claim(parsed, key).parameter, claim(parsed, key).files) for key in ("16", "17")] == [
        (2, ("SK.pdf",)),
        (2, ("SK.pdf",)),
    ]


def test_repeated_row_is_told_and_the_first_counts(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, rows([16, "x", 1], [17, "y"], [16, "x", 3]))
    assert claim(parsed, "16").parameter == 1
    assert remarks(parsed) == [("claim.row_repeated", "Indikator!A4", {"used": "Indikator!A2 (baris 2)"})]
    assert parsed.remarks[0].indicator == "16"


def test_unknown_rows_are_told_and_headings_are_not(workbook: Workbook) -> None:
    extra = [[99, "asing", 2], [None, "tanpa nomor", 3], ["A", "Regulasi"], [36, "Jumlah inovasi"]]
    parsed = parse(workbook, PROFILE, [*rows([16, "x", 1]), *extra])
    assert [(code, words["value"]) for code, _, words in remarks(parsed)] == [
        ("claim.row_unknown", "99"),
        ("claim.row_unknown", "tanpa nomor"),
        ("claim.row_unknown", "36"),
    ]


def test_many_unknown_rows_are_one_remark(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, [*rows(), *([n, "x", 1] for n in range(40, 60))])
    assert [code for code, *_ in remarks(parsed)] == ["claim.row_unknown"]
    assert remarks(parsed)[0][2]["value"].startswith("40, 41, 42")


def test_missing_rows_are_listed_in_one_remark(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, [HEADER, *([n, "x", 1] for n in range(16, 34))])
    assert remarks(parsed) == [("claim.row_missing", "Indikator", {"indicators": "34, 35"})]
    assert (claim(parsed, "35").parameter, claim(parsed, "35").address) == (0, "Indikator")


# --- the whole workbook -------------------------------------------------------------------------


def test_old_excel_is_read_and_told() -> None:
    data = xls({"Profil": PROFILE, "Indikator": [[cell for cell in row] for row in rows([16, "x", 2])]})
    parsed = parse_innovation(data, RULES)
    assert (answer(parsed, "name").value, claim(parsed, "16").parameter) == ("SIGAP", 2)
    assert [(code, words["name"]) for code, _, words in remarks(parsed)] == [
        ("submission.repaired", "inovasi.xlsx")
    ]


def test_unreadable_workbook_claims_nothing_and_says_why() -> None:
    parsed = parse_innovation(b"%PDF-1.7", RULES)
    assert parsed.unreadable == "isinya PDF, bukan buku kerja Excel"
    assert (parsed.answers, parsed.remarks) == ((), ())
    assert all(claim == Claim(claim.indicator) for claim in parsed.claims)


def test_empty_sheets_are_sheets_without_header(workbook: Workbook) -> None:
    parsed = parse_innovation(workbook({"Profil": [], "Indikator": []}), RULES)
    assert [code for code, *_ in remarks(parsed)] == ["submission.sheet_missing"] * 2
