"""Workbooks as they arrive: titles, merged cells, odd labels, formulas."""

from __future__ import annotations

import io
from datetime import date, datetime
from typing import Any

import xlsxwriter

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.demo.biff_writer import Grid, xls
from iid.tasks.scaffold.answers import Answers, Cell
from iid.tasks.scaffold.blank_workbooks import INNOVATION_HEADER
from iid.tasks.text.indonesian import day

_PHANTOM_ROW = 9000  # one coloured cell far below makes Excel believe in 9,000 rows


def messy_workbook(rulebook: Rulebook, answers: Answers) -> bytes:
    """Build ``inovasi.xlsx`` as if retyped from a Word form, same answers.

    Sheet names in capitals, headers in rows 5 and 4, one column to the right, answers in merged
    cells, labels shouted and with colons, texts that begin with ``=`` as formulas nobody calculated.
    """
    buffer = io.BytesIO()
    workbook = xlsxwriter.Workbook(buffer, {"in_memory": True})
    workbook.set_properties({"created": datetime(rulebook.cycle, 1, 1)})
    wrap = workbook.add_format({"text_wrap": True})
    dated = workbook.add_format({"num_format": "dd/mm/yyyy"})
    _profile(workbook.add_worksheet("PROFIL"), rulebook, answers, wrap, dated)
    rows = workbook.add_worksheet("INDIKATOR ")
    _rows(rows, rulebook, answers, wrap)
    rows.write_blank(_PHANTOM_ROW, 0, None, workbook.add_format({"bg_color": "#FFFF00"}))
    workbook.close()
    return buffer.getvalue()


def old_workbook(rulebook: Rulebook, answers: Answers) -> bytes:
    """Build the same answers as an Excel 97 file, as if renamed to ``.xlsx``."""
    profile: list[list[Any]] = [["Isian", "Jawaban"]]
    profile += [[field.label, _plain(answers.profile.get(field.label))] for field in rulebook.profile]
    rows: list[list[Any]] = [list(INNOVATION_HEADER)]
    for indicator in rulebook.sid:
        row = answers.rows[indicator.key]
        number: Cell = int(indicator.key) if indicator.key.isdigit() else indicator.key
        rows.append([number, indicator.name, row.parameter, row.basis, row.files, row.links, row.note])
    sheets: dict[str, Grid] = {"Profil": profile, "Indikator": rows}
    return xls(sheets)


def _profile(sheet: Any, rulebook: Rulebook, answers: Answers, wrap: Any, dated: Any) -> None:
    sheet.merge_range("A1:D1", f"FORMULIR INOVASI DAERAH TAHUN {rulebook.cycle}", wrap)
    sheet.write_string("A2", "Diisi oleh unit, dikembalikan kepada sekretariat", wrap)
    sheet.write_string("B5", "ISIAN :", wrap)
    sheet.merge_range("C5:D5", "jawaban", wrap)
    for line, field in enumerate(rulebook.profile, 5):
        sheet.write_string(line, 1, f"  {field.label.upper()} : ", wrap)
        answer = answers.profile.get(field.label)
        if isinstance(answer, date):
            sheet.merge_range(line, 2, line, 3, "", dated)
            sheet.write_datetime(line, 2, answer, dated)
        elif isinstance(answer, str) and answer.startswith("="):
            sheet.write_formula(line, 2, answer, wrap, "")
        else:
            sheet.merge_range(line, 2, line, 3, "-" if answer is None else answer, wrap)


def _rows(sheet: Any, rulebook: Rulebook, answers: Answers, wrap: Any) -> None:
    sheet.merge_range("A1:H1", "PENILAIAN MANDIRI", wrap)
    for column, title in enumerate(INNOVATION_HEADER, 1):
        sheet.write_string(3, column, f"{title.lower()} ", wrap)
    line = 4
    for indicator in rulebook.sid:
        row = answers.rows[indicator.key]
        cells = (
            f"{indicator.key}.",
            indicator.name,
            row.parameter,
            row.basis,
            row.files,
            row.links,
            row.note,
        )
        for column, cell in enumerate(cells, 1):
            if isinstance(cell, str) and cell.startswith("="):
                sheet.write_formula(line, column, cell, wrap, "")
            elif cell not in {None, ""}:
                sheet.write(line, column, cell, wrap)
        line += 2 if indicator.key.endswith("0") else 1  # an empty row between groups


def _plain(answer: Cell) -> str | int | float | None:
    return day(answer) if isinstance(answer, date) else answer
