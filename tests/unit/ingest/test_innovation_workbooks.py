"""``inovasi.xlsx``: profile and indicator rows, in every mess operators make of them."""

from __future__ import annotations

import pickle

import openpyxl
import pytest
from innovation_rows import HEADER, PROFILE, RULES, Workbook, answer, claim, parse, remarks, rows

from iid.tasks.demo.biff_writer import xls
from iid.tasks.ingest.parse_workbook import parse_innovation
from iid.tasks.ingest.parsed import Claim, ProfileAnswer


def test_every_field_and_every_indicator_comes_back_with_its_cell(workbook: Workbook) -> None:
    parsed = parse(
        workbook, PROFILE, rows([16, "Regulasi", 2, None, "SK.pdf; Perbup.pdf", "https://a.go.id/x", "ok"])
    )
    assert [answer.field for answer in parsed.answers] == [field.key for field in RULES.profile]
    assert [claim.indicator for claim in parsed.claims] == [row.key for row in RULES.sid]
    assert answer(parsed, "name") == ProfileAnswer("name", "Nama Inovasi", "SIGAP", "SIGAP", "Profil!B2")
    assert answer(parsed, "stage") == ProfileAnswer("stage", "Tahapan", address="Profil")
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


def test_missing_sheet_is_reported_with_those_that_are_there(workbook: Workbook) -> None:
    parsed = parse_innovation(workbook({"Profil": PROFILE, "Catatan": [["x"]]}), RULES)
    assert remarks(parsed) == [
        (
            "submission.sheet_missing",
            "",
            {
                "sheet": "Indikator",
                "name": "inovasi.xlsx",
                "found": "lembar itu tidak ada; yang ada: Profil, Catatan",
                "advice": 'Beri nama lembarnya Indikator, dengan judul kolom "No" dan "Parameter" seperti '
                "buku kerja asli",
            },
        )
    ]
    assert all(claim.parameter == 0 and not claim.address for claim in parsed.claims)
    parsed = parse_innovation(workbook({"Profil": [["Nama", "x"]], "Indikator": rows([16, "x", 1])}), RULES)
    assert parsed.answers == ()
    assert 'tanpa judul kolom "Isian" dan "Jawaban"' in remarks(parsed)[0][2]["found"]
    assert claim(parsed, "16").parameter == 1


@pytest.mark.parametrize(
    ("title", "found", "advice"),
    [
        ("Paramater", 'mungkin maksudnya "Parameter"', 'Ganti judul kolom itu menjadi "Parameter"'),
        ("Skor", 'yang ada di baris 1: "No", "Indikator", "Skor"', 'Tulis judul kolom "Parameter"'),
    ],
)
def test_a_wrong_title_is_shown_with_its_cell_beside_those_expected(
    workbook: Workbook, title: str, found: str, advice: str
) -> None:
    header = [title if name == "Parameter" else name for name in HEADER]
    ((code, cell, words),) = remarks(parse(workbook, PROFILE, [header, *rows([16, "x", 2])[1:]]))
    assert (code, cell) == (
        "submission.sheet_missing",
        "Indikator!C1" if title == "Paramater" else "Indikator!A1",
    )
    assert found in words["found"]
    assert advice in words["advice"]


def test_a_misspelt_title_of_a_column_that_may_be_missing_is_offered(workbook: Workbook) -> None:
    header = ["Tatuan" if name == "Tautan" else name for name in HEADER]
    lines = [header, *rows([16, "x", 2, None, None, "https://a.id/1"])[1:]]
    ((code, cell, words),) = remarks(parse(workbook, PROFILE, lines))
    assert (code, cell) == ("submission.column_unknown", "Indikator!F1")
    assert words["columns"] == 'Kolom "Tatuan" (Indikator!F1), mungkin maksudnya "Tautan"'


def test_sheets_and_columns_that_are_set_aside_with_a_line_are_not_read(workbook: Workbook) -> None:
    lines = [
        [*line, extra] for line, extra in zip(rows([16, "x", 2]), ["_Parameter", *[1] * 20], strict=True)
    ]
    sheets = {"Profil": PROFILE, "_Indikator": rows([16, "x", 3]), "Indikator": lines}
    parsed = parse_innovation(workbook(sheets), RULES)
    assert (claim(parsed, "16").parameter, parsed.remarks) == (2, ())


def test_repeated_header_rows_and_headings_are_no_rows(workbook: Workbook) -> None:
    def merge(book: openpyxl.Workbook) -> None:
        book["Indikator"].merge_cells("A2:G2")

    lines = [HEADER, ["A. Variabel Regulasi"], *rows([16, "x", 2])[1:3], HEADER, *rows([16, "x", 2])[3:]]
    parsed = parse(workbook, PROFILE, lines, merge)
    assert claim(parsed, "16").parameter == 2
    assert parsed.remarks == ()


def test_old_excel_is_read_and_reported() -> None:
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


def test_another_workbook_in_its_place_is_one_remark(workbook: Workbook) -> None:
    ((code, _, words),) = remarks(parse_innovation(workbook({"Rekap": [["a", 1]]}), RULES))
    assert (code, words["sheet"]) == ("submission.sheet_missing", "Profil dan Indikator")
    assert "yang ada: Rekap" in words["found"]
