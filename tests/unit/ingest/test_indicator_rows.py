"""The rows of sheet Indikator as they stand in real workbooks."""

from __future__ import annotations

import openpyxl
import pytest
from innovation_rows import HEADER, PROFILE, RULES, Workbook, claim, parse, remarks, rows


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
        *(
            (text, 2, "")
            for text in ("2 (dua)", "(2)", "'2", "Param. 2", "Skor 2", "nilai 2", "Parameter ke-2")
        ),
        *((text, 2, "") for text in ("dua", "Parameter dua", "2 - dua", "II", "Parameter II", "Level 2")),
        *(
            (text, 2, "")
            for text in ("Parameter (2)", "2 –", "2;", "2 ✓", "+2", "2 poin", "2 dari 3", "ke-2")
        ),
        *((text, 0, "parameter_unknown") for text in ("2 (tiga)", "-2", "2 atau 3", "22", "2 dokumen")),
        ("2 (Peraturan Kepala Daerah)", 2, ""),
        ("2 Peraturan Kepala Daerah", 2, ""),
        ("3 Peraturan Kepala Daerah", 0, "parameter_unknown"),
        *((text, 0, "parameter_unknown") for text in ("2-3", "2/3", "2?", ">2", "IV", "dua tiga")),
        (0, 0, ""),
        ("-", 0, ""),
        ("2" + "." * 32_000 + "x", 0, "parameter_unknown"),
        (True, 0, "parameter_unknown"),
        ("=1+1", 0, "formula_uncalculated"),
    ],
)
def test_parameter_cells(workbook: Workbook, cell: object, parameter: int, problem: str) -> None:
    found = claim(parse(workbook, PROFILE, rows([16, "x", cell])), "16")
    assert (found.parameter, found.problem) == (parameter, problem)


@pytest.mark.parametrize(
    "title", ["Nilai Parameter", "Param", "PARAMETER YANG DIKLAIM :", "Parameter dipilih"]
)
def test_column_parameter_is_found_under_other_titles(workbook: Workbook, title: str) -> None:
    header = [title if name == "Parameter" else name for name in HEADER]
    parsed = parse(workbook, PROFILE, [header, *rows([16, "x", 2])[1:]])
    assert (claim(parsed, "16").parameter, parsed.remarks) == (2, ())


def test_error_value_in_a_parameter_is_unknown_not_empty(workbook: Workbook) -> None:
    def break_cell(book: openpyxl.Workbook) -> None:
        book["Indikator"]["C2"].value = "#REF!"
        book["Indikator"]["C2"].data_type = "e"

    found = claim(parse(workbook, PROFILE, rows([16, "x", 1]), break_cell), "16")
    assert (found.raw, found.parameter, found.problem) == ("#REF!", 0, "parameter_unknown")


@pytest.mark.parametrize("error", ["#REF!", "#N/A"])
def test_an_error_value_in_bukti_is_a_text_that_names_no_file(workbook: Workbook, error: str) -> None:
    def break_cell(book: openpyxl.Workbook) -> None:
        book["Indikator"]["E2"].value = error
        book["Indikator"]["E2"].data_type = "e"

    found = claim(parse(workbook, PROFILE, rows([16, "x", 2, None, "SK.pdf"]), break_cell), "16")
    assert found.files == (error,)


@pytest.mark.parametrize(
    ("parameter", "basis", "expected"),
    [
        (2, "c", (2, "c", "", "C")),
        (2, "Efisiensi belanja", (2, "c", "", "C")),
        (2, "Basis: c", (2, "c", "", "C")),
        (2, '"c";', (2, "c", "", "C")),
        (2, "c (Efisiensi belanja)", (2, "c", "", "C")),
        (2, "a/c", (2, "", "basis_unknown", "D")),
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


def test_a_row_whose_number_is_none_is_the_indicator_of_its_name(workbook: Workbook) -> None:
    name = RULES.by_key["19"].name
    lines = [["19/35", name, 2] if key == 19 else [key] for key in range(16, 36)]
    parsed = parse(workbook, PROFILE, [HEADER, *lines])
    assert claim(parsed, "19").parameter == 2
    assert [(code, words["used"]) for code, _, words in remarks(parsed)] == [("claim.label_mismatch", "19")]


def test_one_number_copied_down_to_all_rows_leaves_the_names(workbook: Workbook) -> None:
    lines = [[16, RULES.by_key[str(key)].name, key % 3 + 1] for key in range(16, 36)]
    parsed = parse(workbook, PROFILE, [HEADER, *lines])
    assert [found.parameter for found in parsed.claims] == [key % 3 + 1 for key in range(16, 36)]
    assert [code for code, *_ in remarks(parsed)] == ["claim.label_mismatch"]


@pytest.mark.parametrize(
    ("cell", "files", "links"),
    [
        ("Video di https://youtu.be/abc ya", ("Video di   ya",), ("https://youtu.be/abc",)),
        ("SK.pdf dan youtu.be/abc", ("SK.pdf dan",), ("https://youtu.be/abc",)),
        ("Poster www.desa.id.pdf", ("Poster www.desa.id.pdf",), ()),
        ("bukti/16 x/SK.pdf", ("bukti/16 x/SK.pdf",), ()),
        ("file:///D:/bukti/SK.pdf", ("file:///D:/bukti/SK.pdf",), ()),
        ("<ul><li>SK.pdf</li><li>A&amp;B.pdf</li></ul>", ("SK.pdf", "A&B.pdf"), ()),
        ("SK.pdf<br>Perbup.pdf&nbsp;", ("SK.pdf", "Perbup.pdf"), ()),
    ],
)
def test_addresses_and_tags_among_the_words_of_bukti(
    workbook: Workbook, cell: str, files: tuple[str, ...], links: tuple[str, ...]
) -> None:
    found = claim(parse(workbook, PROFILE, rows([16, "x", 2, None, cell])), "16")
    assert (found.files, found.links) == (files, links)


def test_a_note_in_tautan_is_reported_at_its_cell(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, rows([16, "x", 2, None, None, "Terlampir"]))
    assert [(code, cell) for code, cell, _ in remarks(parsed)] == [
        ("claim.note_instead_of_link", "Indikator!F2")
    ]


def test_evidence_names_and_links_are_split_and_taken_once(workbook: Workbook) -> None:
    files = ' SK.pdf ;"Perbup 2.pdf"\n\nSK.pdf\r\nhttps://youtu.be/abc; - '
    links = "https://a.go.id/x https://b.go.id/y\nhttps://youtu.be/abc;ada di Drive"
    found = claim(parse(workbook, PROFILE, rows([16, "x", 2, None, files, links])), "16")
    assert found.files == ("SK.pdf", "Perbup 2.pdf")
    assert found.links == ("https://a.go.id/x", "https://b.go.id/y", "https://youtu.be/abc")


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


def test_repeated_row_is_reported_and_the_first_counts(workbook: Workbook) -> None:
    parsed = parse(workbook, PROFILE, rows([16, "x", 1], [17, "y"], [16, "x", 3]))
    assert claim(parsed, "16").parameter == 1
    assert remarks(parsed) == [("claim.row_repeated", "Indikator!A4", {"used": "Indikator!A2 (baris 2)"})]
    assert parsed.remarks[0].indicator == "16"


def test_unknown_rows_are_reported_and_headings_are_not(workbook: Workbook) -> None:
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


@pytest.mark.parametrize(
    ("column", "title"),
    [
        (2, "Parameter (1-3)"), (2, "Parameter\n(pilih)"), (2, "Parameter [wajib]"),
        (4, "Bukti (nama berkas)"), (4, "Lampiran"), (0, "No."), (0, "#"),
    ],
)  # fmt: skip
def test_a_remark_in_brackets_is_no_part_of_a_title(workbook: Workbook, column: int, title: str) -> None:
    head, *below = rows([16, "x", 2, None, "SK.pdf"])
    parsed = parse(workbook, PROFILE, [[*head[:column], title, *head[column + 1 :]], *below])
    assert (claim(parsed, "16").parameter, claim(parsed, "16").files) == (2, ("SK.pdf",))
    assert remarks(parsed) == []
