"""``inovasi.xlsx`` and ``pemda.xlsx``, blank or filled for the example.

Same rulebook and answers, same bytes: no clock is in the file. Header rows
are in row 1 of Profil and Indikator, with the contract's column names.
"""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.scaffold import guidance, instructions
from iid.tasks.scaffold.answers import BLANK, Answers, Cell, FilledRow
from iid.tasks.scaffold.choices import Choices, write_choices, write_parameters
from iid.tasks.scaffold.styles import Styles, print_setup, set_height
from iid.tasks.text.indonesian import number

PROFILE_HEADER = ("Isian", "Jawaban", "Petunjuk pengisian")
PROFILE_WIDTHS = (26, 80, 60)
_TALLEST = 25  # lines; Excel knows no row higher than 409 points
_LINES = {"design": 10, "purpose": 3, "benefit": 3, "result": 3}  # room for the long answers
INNOVATION_HEADER = ("No", "Indikator", "Parameter", "Basis", "Bukti", "Tautan", "Keterangan")
REGION_HEADER = ("No", "Indikator", "Nilai", "Parameter", "Bukti", "Tautan", "Keterangan")
GUIDE_HEADER = ("Wajib", "Bobot", "Bukti yang diminta", "Jenis berkas")
_WIDTHS = {
    "No": 6, "Indikator": 34, "Parameter": 30, "Basis": 8, "Nilai": 14, "Bukti": 34, "Tautan": 30,
    "Keterangan": 26, "Wajib": 8, "Bobot": 12, "Bukti yang diminta": 60, "Jenis berkas": 24,
}  # fmt: skip
# Without a password, and with everything a person needs for a comfortable sheet left allowed.
_PROTECTION = {"format_cells": True, "format_columns": True, "format_rows": True, "insert_hyperlinks": True}
_NOT_LISTED = {
    "error_type": "information",
    "error_title": "Di luar daftar",
    "error_message": "Tidak ada dalam daftar. Angka 1, 2, 3 tetap dikenal; yang lain akan dilaporkan.",
}


def innovation_workbook(rulebook: Rulebook, answers: Answers = BLANK) -> bytes:
    """Build ``inovasi.xlsx``: Petunjuk, Profil, Indikator, Parameter, Pilihan."""
    return _workbook(rulebook, answers, "SID")


def region_workbook(rulebook: Rulebook, answers: Answers = BLANK) -> bytes:
    """``pemda.xlsx`` of this cycle: Petunjuk, Indikator, Parameter."""
    return _workbook(rulebook, answers, "SPD")


def _workbook(rulebook: Rulebook, answers: Answers, aspect: str) -> bytes:
    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    workbook = xlsxwriter.Workbook(buffer, options)
    workbook.set_properties(
        {
            "title": f"Indeks Inovasi Daerah {rulebook.cycle}",
            "created": datetime(rulebook.cycle, 1, 1),
        }
    )
    styles = Styles(workbook)
    innovation = aspect == "SID"
    guide = workbook.add_worksheet("Petunjuk")
    profile = workbook.add_worksheet("Profil") if innovation else None
    rows = workbook.add_worksheet("Indikator")
    choices = write_parameters(workbook, styles, rulebook.sid if innovation else rulebook.spd_rows)
    sections = instructions.instructions(rulebook, innovation=innovation)
    _write_guide(guide, styles, rulebook, sections)
    if profile is not None:
        lists = write_choices(workbook, styles, rulebook)
        _write_profile(profile, styles, rulebook, answers, lists)
    _write_rows(rows, styles, rulebook, answers, choices, innovation)
    workbook.close()
    return buffer.getvalue()


def _write_guide(
    sheet: Any, styles: Styles, rulebook: Rulebook, sections: tuple[instructions.Section, ...]
) -> None:
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 110)
    sheet.hide_gridlines(2)
    sheet.write_string(0, 1, f"Petunjuk pengisian, siklus {rulebook.cycle}", styles["title"])
    line = 2
    for heading, sentences in sections:
        sheet.write_string(line, 1, heading, styles["section"])
        for position, sentence in enumerate(sentences, 1):
            sheet.write_number(line + position, 0, position, styles["text"])
            sheet.write_string(line + position, 1, sentence, styles["text"])
            set_height(sheet, line + position, [(sentence, 110)])
        line += len(sentences) + 2
    sheet.protect("", _PROTECTION)
    print_setup(sheet, landscape=False, repeat_header=False)


def _write_profile(
    sheet: Any, styles: Styles, rulebook: Rulebook, answers: Answers, lists: dict[str, str]
) -> None:
    # Not protected: operators paste whole answers from Word or an older workbook, and pasting
    # carries the lock of the source cell along; nothing on this sheet breaks when a cell changes.
    for column, (title, width) in enumerate(zip(PROFILE_HEADER, PROFILE_WIDTHS, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, styles["header"])
    for line, field in enumerate(rulebook.profile, 1):
        sheet.write_string(
            line, 0, field.label, styles["label_required" if field.required.value else "label"]
        )
        help_text = guidance.profile_help(field, rulebook)
        sheet.write_string(line, 2, help_text, styles["help"])
        answer = answers.profile.get(field.label)
        _write_cell(sheet, line, 1, answer, styles, is_date=field.type == "date")
        set_height(
            sheet,
            line,
            [(help_text, PROFILE_WIDTHS[2]), (str(answer or ""), PROFILE_WIDTHS[1])],
            lowest=_LINES.get(field.key, 1),
            highest=_TALLEST,
        )
        if field.type == "choice" and field.key in lists:
            sheet.data_validation(line, 1, line, 1, _list(f"={lists[field.key]}", field.label))
        elif field.type == "date":
            sheet.data_validation(line, 1, line, 1, _date(field.label))
    sheet.freeze_panes(1, 1)
    print_setup(sheet, landscape=True, repeat_header=True)


def _write_rows(
    sheet: Any, styles: Styles, rulebook: Rulebook, answers: Answers, choices: Choices, innovation: bool
) -> None:
    header = (INNOVATION_HEADER if innovation else REGION_HEADER) + GUIDE_HEADER
    for column, title in enumerate(header):
        sheet.set_column(column, column, _WIDTHS[title])
        sheet.write_string(0, column, title, styles["header"])
    for line, indicator in enumerate(rulebook.sid if innovation else rulebook.spd_rows, 1):
        row = answers.rows.get(indicator.key, FilledRow())
        label = styles["label_required" if indicator.mandatory.value else "label"]
        if indicator.key.isdigit():
            sheet.write_number(line, 0, int(indicator.key), label)
        else:
            sheet.write_string(line, 0, indicator.key, label)
        sheet.write_string(line, 1, indicator.name, label)
        cells = (row.parameter, row.basis) if innovation else (row.value, row.parameter)
        for column, cell in enumerate((*cells, row.files, row.links, row.note), 2):
            _write_cell(sheet, line, column, cell, styles)
        guides = _guide_cells(indicator)
        for column, text in enumerate(guides, len(header) - len(GUIDE_HEADER)):
            sheet.write_string(line, column, text, styles["help"])
        long_cells = [(indicator.name, "Indikator"), (row.files, "Bukti"), (row.links, "Tautan")]
        long_cells += zip(guides, GUIDE_HEADER, strict=True)
        set_height(sheet, line, [(text, _WIDTHS[title]) for text, title in long_cells], lowest=2)
        _add_dropdowns(sheet, line, indicator, choices, innovation)
    sheet.freeze_panes(1, 2)
    sheet.protect("", _PROTECTION)
    print_setup(sheet, landscape=True, repeat_header=True)


def _guide_cells(indicator: Indicator) -> tuple[str, str, str, str]:
    if indicator.key == "SPD":
        thresholds, weight = "", "skor"
    else:
        thresholds = f" Ambang: {'; '.join(guidance.bands(indicator))}." if indicator.thresholds else ""
        weight = number(indicator.weight.value) + guidance.mark(indicator.weight)
    return (
        f"Wajib{guidance.mark(indicator.mandatory)}" if indicator.mandatory.value else "",
        weight,
        f"{guidance.demanded(indicator)}{thresholds}",
        "; ".join(part for part in (guidance.kinds(indicator), guidance.limits(indicator)) if part),
    )


def _add_dropdowns(sheet: Any, line: int, indicator: Indicator, choices: Choices, innovation: bool) -> None:
    column = 2 if innovation else 3
    if indicator.bases:
        letters = [basis.code for basis in indicator.bases]
        legend = "; ".join(f"{basis.code} = {basis.name}" for basis in indicator.bases)
        sheet.data_validation(line, 3, line, 3, {**_list(letters, "Basis"), "input_message": legend[:255]})
        # The list follows the letter in the Basis cell of the same row.
        source = f'=INDIRECT("{choices.basis_prefix}"&LOWER(LEFT($D${line + 1},1)))'
        sheet.data_validation(line, column, line, column, _list(source, "Parameter"))
    elif indicator.key in choices.parameters:
        sheet.data_validation(
            line, column, line, column, _list(f"={choices.parameters[indicator.key]}", "Parameter")
        )
    if indicator.thresholds is not None:
        text = f"Satuan: {indicator.thresholds.unit}. {'; '.join(guidance.bands(indicator))}"
        sheet.data_validation(
            line, 2, line, 2, {"validate": "any", "input_title": "Nilai", "input_message": text[:255]}
        )


def _list(source: Any, title: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "ignore_blank": True,
        "input_title": title[:32],
        **_NOT_LISTED,
    }


def _date(title: str) -> dict[str, Any]:
    return {
        "validate": "date",
        "criteria": ">=",
        "value": date(1990, 1, 1),
        "ignore_blank": True,
        "input_title": title[:32],
        "input_message": "hari/bulan/tahun, misalnya 14/12/2024; boleh juga ditulis 14 Desember 2024",
        "error_type": "information",
        "error_title": "Bukan tanggal Excel",
        "error_message": "Tetap disimpan. Pastikan terbaca seperti 14/12/2024 atau 14 Desember 2024.",
    }


def _write_cell(
    sheet: Any, line: int, column: int, value: Cell, styles: Styles, is_date: bool = False
) -> None:
    if value is None or value == "":
        sheet.write_blank(line, column, None, styles["input_date" if is_date else "input"])
    elif isinstance(value, date):
        sheet.write_datetime(line, column, value, styles["input_date"])
    elif isinstance(value, int | float):
        sheet.write_number(line, column, value, styles["input_number"])
    else:
        sheet.write_string(line, column, value, styles["input_date" if is_date else "input"])
