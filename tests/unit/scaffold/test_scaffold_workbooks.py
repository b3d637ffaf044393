"""The workbooks as openpyxl, and our own reader, see them."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.ingest.parameter_cells import read_parameter
from iid.tasks.scaffold.answers import Answers, FilledRow
from iid.tasks.scaffold.blank_workbooks import innovation_workbook, region_workbook

FIELDS = [
    *("Nama Inovasi", "Tahapan", "Inisiator", "Nama Inisiator", "Klasifikasi", "Jenis", "Bentuk", "Tematik"),
    *("Urusan Utama", "Urusan Beririsan", "Waktu Uji Coba", "Waktu Penerapan", "Waktu Pengembangan"),
    *("Rancang Bangun", "Tujuan", "Manfaat", "Hasil", "Koordinat", "Anggaran"),
]
SINCE_2026 = ["Asta Cita", "PKPN"]
CYCLES = pytest.mark.parametrize("cycle", [2023, 2024, 2026, 2027, 2028, 2029])


def opened(data: bytes) -> Any:
    return openpyxl.load_workbook(io.BytesIO(data))


def column(sheet: Any, letter: str) -> list[Any]:
    return [cell.value for cell in sheet[letter]]


def dropdown(book: Any, sheet: Any, cell: str) -> list[Any]:
    """What the list of *cell* offers, following ranges and defined names."""
    for rule in sheet.data_validations.dataValidation:
        if rule.type == "list" and cell in rule.sqref:
            return entries(book, rule.formula1)
    raise AssertionError(f"no list on {cell}")


def entries(book: Any, formula: str) -> list[Any]:
    if formula.startswith('"'):
        return formula.strip('"').split(",")
    name, area = formula.split("!")
    return [row[0].value for row in book[name][area.replace("$", "")]]


@CYCLES
def test_profil_has_the_fields_of_the_contract_in_its_order(cycle: int) -> None:
    sheet = opened(innovation_workbook(load(cycle).rulebook))["Profil"]
    assert (sheet["A1"].value, sheet["B1"].value) == ("Isian", "Jawaban")
    assert column(sheet, "A")[1:] == FIELDS + (SINCE_2026 if cycle >= 2026 else [])
    assert {cell.value for cell in sheet["B"][1:]} == {None}


@CYCLES
def test_indikator_has_the_columns_and_rows_of_the_contract(cycle: int) -> None:
    sheet = opened(innovation_workbook(load(cycle).rulebook))["Indikator"]
    header = [cell.value for cell in sheet[1]][:7]
    assert header == ["No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan"]
    assert column(sheet, "A")[1:] == list(range(16, 36))


def test_pemda_has_one_row_for_every_spd_indicator(rulebook: Rulebook) -> None:
    sheet = opened(region_workbook(rulebook))["Indikator"]
    header = [cell.value for cell in sheet[1]][:7]
    assert header == ["No", "Indikator", "Nilai", "Parameter", "Bukti", "Tautan", "Keterangan"]
    assert [str(key) for key in column(sheet, "A")[1:]] == [i.key for i in rulebook.spd_rows]


@pytest.mark.parametrize("cycle", [2023, 2024])
def test_pemda_of_a_total_cycle_has_the_one_row_spd(cycle: int) -> None:
    sheet = opened(region_workbook(load(cycle).rulebook))["Indikator"]
    assert column(sheet, "A") == ["No", "SPD"]


def choices_of(book: Any, indicator: Indicator, line: int) -> dict[str, list[Any]]:
    """Entries of the Parameter list by basis ("" where the indicator has none)."""
    if not indicator.bases:
        return {"": dropdown(book, book["Indikator"], f"C{line}")}
    names = {basis.code: f"basis_{basis.code}" for basis in indicator.bases}
    return {code: entries(book, book.defined_names[name].attr_text) for code, name in names.items()}


@CYCLES
def test_every_choice_of_a_dropdown_is_read_as_its_parameter(cycle: int) -> None:
    rulebook = load(cycle).rulebook
    book = opened(innovation_workbook(rulebook))
    for line, indicator in enumerate(rulebook.sid, 2):
        for basis, offered in choices_of(book, indicator, line).items():
            claimed = [read_parameter(entry, indicator, basis) for entry in offered]
            assert [(c.parameter, c.problem) for c in claimed] == [(1, ""), (2, ""), (3, "")], indicator.key


def test_the_parameter_list_of_indicator_33_follows_its_basis(rulebook: Rulebook) -> None:
    book = opened(innovation_workbook(rulebook))
    sheet = book["Indikator"]
    rules = {str(rule.sqref): rule for rule in sheet.data_validations.dataValidation}
    assert dropdown(book, sheet, "D19") == ["a", "b", "c", "d", "e", "f"]
    assert rules["C19"].formula1 == 'INDIRECT("basis_"&LOWER(LEFT($D$19,1)))'
    assert entries(book, book.defined_names["basis_"].attr_text) == [1, 2, 3]


def test_choices_of_the_profile_come_from_the_rulebook(rulebook: Rulebook) -> None:
    book = opened(innovation_workbook(rulebook))
    for line, field in enumerate(rulebook.profile, 2):
        if field.type == "choice":
            assert dropdown(book, book["Profil"], f"B{line}") == list(field.choices)


@CYCLES
def test_excel_accepts_every_validation(cycle: int) -> None:
    rulebook = load(cycle).rulebook
    for data in (innovation_workbook(rulebook), region_workbook(rulebook)):
        for sheet in opened(data):
            for rule in sheet.data_validations.dataValidation:
                assert len(rule.formula1 or "") <= 255
                assert len(rule.prompt or "") <= 255
                assert len(rule.promptTitle or "") <= 32
                assert rule.errorStyle in {None, "information"}  # texts and pasted values stay possible


def test_only_input_cells_are_open_on_indikator_and_profil_is_free(rulebook: Rulebook) -> None:
    book = opened(innovation_workbook(rulebook))
    sheet = book["Indikator"]
    assert sheet.protection.sheet
    assert sheet.protection.password is None
    assert all(
        not sheet.cell(line, place).protection.locked for line in range(2, 22) for place in range(3, 8)
    )
    assert sheet["A2"].protection.locked
    assert not book["Profil"].protection.sheet


def test_petunjuk_names_the_page_that_reports_the_results(rulebook: Rulebook) -> None:
    text = "\n".join(str(c.value) for row in opened(innovation_workbook(rulebook))["Petunjuk"] for c in row)
    assert "muncul di folder unit Anda: buka _umpan-balik/umpan-balik.html." in text
    assert "_umpan-balik dan setiap nama yang diawali garis bawah diabaikan saat menghitung" in text


def test_petunjuk_reports_the_rules_of_this_cycle(rulebook: Rulebook) -> None:
    text = "\n".join(str(c.value) for row in opened(innovation_workbook(rulebook))["Petunjuk"] for c in row)
    for word in ("1 Januari 2024 s.d. 31 Desember 2025", "300 kata", "16, 17, 32, 33, dan 35", "*simpulan"):
        assert word in text


def test_inferred_texts_are_marked_where_they_stand(rulebook: Rulebook) -> None:
    sheet = opened(innovation_workbook(rulebook))["Parameter"]
    marks = {
        (row[0].value, row[3].value[:1]): row[5].value for row in sheet.iter_rows(min_row=2) if row[5].value
    }
    expected = {
        (i.key, str(p.value)): "*simpulan" if p.status == "inferred" else "terbaca"
        for i in rulebook.sid
        if not i.bases
        for p in i.parameters
    }
    assert {key: marks[key] for key in expected} == expected
    assert "*simpulan" in expected.values()


def test_answers_stand_where_an_operator_would_write_them(rulebook: Rulebook) -> None:
    answers = Answers(
        {"Nama Inovasi": "=Perahu", "Waktu Penerapan": date(2024, 5, 6), "Anggaran": "500.000"},
        {"16": FilledRow(2, None, "a.pdf; b.pdf", "https://x.example", "catatan"), "33": FilledRow("1", "e")},
    )
    book = opened(innovation_workbook(rulebook, answers))
    profile, rows = book["Profil"], book["Indikator"]
    assert profile["B2"].value == "=Perahu"
    assert profile["B2"].data_type == "s"  # a text that begins with = is no formula
    assert profile["B13"].value.date() == date(2024, 5, 6)
    assert [c.value for c in rows[2]][2:7] == [2, None, "a.pdf; b.pdf", "https://x.example", "catatan"]
    assert [c.value for c in rows[19]][2:4] == ["1", "e"]


def test_the_same_rulebook_gives_the_same_bytes(rulebook: Rulebook) -> None:
    assert innovation_workbook(rulebook) == innovation_workbook(rulebook)
    assert region_workbook(rulebook) == region_workbook(rulebook)
