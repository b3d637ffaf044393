import io
import zipfile
from dataclasses import replace
from decimal import Decimal
from types import ModuleType

import openpyxl
import pytest
import xlsxwriter

from iid.tasks.report import result_workbook as workbook
from iid.tasks.report.book import open_book
from iid.tasks.report.result_workbook import result_workbook
from iid.tasks.report.sheet_writer import Column, Styles, as_double, write_table
from iid.tasks.values.assessment import Assessment

SHEETS = ["Ringkasan", "Inovasi", "Skor", "Bukti", "Temuan", "Unit", "Peraturan"]


def read(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def rows(book: openpyxl.Workbook, sheet: str) -> list[dict[str, object]]:
    head, *body = book[sheet].iter_rows(values_only=True)
    return [dict(zip(head, row, strict=True)) for row in body]


@pytest.fixture(scope="module")
def data(assessment: Assessment) -> bytes:
    return result_workbook(open_book(assessment))


@pytest.fixture(scope="module")
def book(data: bytes) -> openpyxl.Workbook:
    return read(data)


def test_the_workbook_has_all_tables_with_every_row(book: openpyxl.Workbook, assessment: Assessment) -> None:
    assert book.sheetnames == SHEETS
    assert len(rows(book, "Inovasi")) == len(assessment.innovations)
    assert len(rows(book, "Skor")) == len(assessment.scores)
    assert len(rows(book, "Bukti")) == len(assessment.evidence)
    assert len(rows(book, "Temuan")) == len(assessment.findings)
    assert len(rows(book, "Unit")) == len(assessment.units)
    assert len(rows(book, "Peraturan")) == sum(1 for _ in assessment.rulebook.inferred())


@pytest.mark.parametrize("sheet", SHEETS[1:])
def test_every_table_has_a_frozen_head_and_a_filter_over_all_rows(
    book: openpyxl.Workbook, sheet: str
) -> None:
    table = book[sheet]
    assert table.freeze_panes == "B2"
    assert table.auto_filter.ref == f"A1:{table.cell(table.max_row, table.max_column).coordinate}"


def test_scores_are_exact_numbers(book: openpyxl.Workbook, assessment: Assessment) -> None:
    shown = [Decimal(str(row["Nilai didukung"])) for row in rows(book, "Skor")]
    assert shown == [Decimal(text) for text in assessment.scores["supported_score"]]


def test_text_of_the_share_is_never_a_formula_or_a_link(data: bytes, book: openpyxl.Workbook) -> None:
    names = [row["Nama inovasi"] for row in rows(book, "Inovasi")]
    assert '=HYPERLINK("http://jahat.example","klik")' in names
    for sheet in book:
        assert all(cell.data_type != "f" and cell.hyperlink is None for row in sheet for cell in row)
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert not any(b"<f>" in parts.read(name) for name in parts.namelist() if "worksheets" in name)


def test_a_folder_that_is_not_in_the_roster_is_named_so(strange: Assessment) -> None:
    book = read(result_workbook(open_book(strange)))
    (row,) = (row for row in rows(book, "Unit") if row["Kode"] == "BPP-02")
    assert row["Jenis"] == "Folder tak dikenal"
    assert "20 dari 26 unit sudah melapor, dan 1 folder tak dikenal" in str(book["Ringkasan"]["A4"].value)


def test_critical_rows_are_coloured(book: openpyxl.Workbook) -> None:
    for row in book["Temuan"].iter_rows(min_row=2):
        colour = row[0].fill.fgColor.rgb
        assert colour == {"Kritis": "FFFBE3E0", "Peringatan": "FFFBF1DC"}.get(row[0].value, "00000000")


def test_the_first_sheet_says_index_status_and_run(book: openpyxl.Workbook, assessment: Assessment) -> None:
    values = {str(cell.value) for row in book["Ringkasan"] for cell in row}
    assert "Indeks Inovasi Daerah 2026 Kabupaten Banjar (CONTOH)" in values
    assert {assessment.run_id, "Sementara", "24 November 2026 16.30 WITA", "34.69"} <= values


def test_names_of_reviewers_are_left_out(data: bytes, made: ModuleType) -> None:
    parts = zipfile.ZipFile(io.BytesIO(data))
    assert not any(made.REVIEWER.encode() in parts.read(name) for name in parts.namelist())


def test_same_assessment_gives_the_same_bytes(made: ModuleType, data: bytes) -> None:
    assert result_workbook(open_book(made.sample())) == data


def test_a_large_run_is_written_row_by_row_with_the_same_content(
    assessment: Assessment, book: openpyxl.Workbook, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workbook, "LARGE", 0)
    large = result_workbook(open_book(assessment))
    assert large == result_workbook(open_book(assessment))
    again = read(large)
    for sheet in SHEETS:
        assert list(again[sheet].values) == list(book[sheet].values)


def test_an_empty_region_has_a_workbook(made: ModuleType) -> None:
    book = read(result_workbook(open_book(made.sample(made=(), roster=(), decided=False))))
    assert book.sheetnames == SHEETS
    assert rows(book, "Inovasi") == []


def test_names_that_no_file_can_hold_are_fixed_not_lost(assessment: Assessment) -> None:
    findings = assessment.findings.copy()
    findings.loc[0, "message"] = "berkas \x01" + "x" * 40_000
    book = read(result_workbook(open_book(replace(assessment, findings=findings))))
    longest = max((str(row["Temuan"]) for row in rows(book, "Temuan")), key=len)
    assert longest.startswith("berkas �xxx") and longest.endswith("x…")
    assert len(longest) == 32_767


@pytest.mark.parametrize(("count", "sheets"), [(0, 1), (4, 1), (5, 1), (6, 2), (11, 3)])
def test_rows_beyond_the_limit_go_on_in_the_next_sheet(count: int, sheets: int) -> None:
    target, numbers = io.BytesIO(), ({"n": n} for n in range(count))
    column = Column("Angka", 10, "whole", lambda row: row["n"])
    with xlsxwriter.Workbook(target, {"in_memory": True}) as made:
        written = write_table(made, Styles(made), "Bukti", (column,), numbers, limit=5)
    book = read(target.getvalue())
    shown = [row["Angka"] for sheet in book.sheetnames for row in rows(book, sheet)]
    assert (written, len(book.sheetnames)) == (count, sheets)
    assert shown == list(range(count))


def test_a_number_a_double_cannot_hold_stays_text() -> None:
    assert as_double("0.1") == 0.1
    assert as_double("12.3456789012345678901") is None
    assert as_double("sepuluh") is None
    assert as_double("NaN") is None
