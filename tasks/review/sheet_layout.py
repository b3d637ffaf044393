"""The look of a review workbook: the same bytes for the same content.

Every text is written as a string, so that nothing on a share becomes a formula.
"""

from __future__ import annotations

import io
import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from iid.tasks.review import claim_meaning
from iid.tasks.review.decision_rules import WORDS
from iid.tasks.review.review_cells import Grid, Texts
from iid.tasks.review.review_lines import ENTRIES, HEADER, HISTORY, SHEET
from iid.tasks.review.sheet_content import EVIDENCE, GUIDE, Content
from iid.tasks.score.grid import TOTAL

#: XlsxWriter would write the present moment; the same content must give the same bytes.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
NUMBERS = ("Parameter klaim", "Didukung", "Parameter baru")
WIDTHS = (34, 6, 30, 11, 11, 60, 13, 11, 36, 20, 14, 20)
EVIDENCE_WIDTHS = (34, 6, 60, 10, 14, 9, 10, 22, 66)
MEANING_WIDTHS = (34, 34, 6, 30, 11, 50, 50, 60, 30)
MAX_TIP = 250  # letters; Excel refuses longer ones
LINE_HEIGHT, HEADER_HEIGHT, MAX_HEIGHT = 15, 32, 240  # points; Excel itself does not fit rows in a new file
PROTECT = {"autofilter": True, "sort": True, "format_columns": True, "format_rows": True}

_BASE = {"font_name": "Calibri", "font_size": 11, "valign": "top", "align": "left", "text_wrap": True}
_BOX = {**_BASE, "border": 1, "border_color": "#B8C1CC"}
_STYLES: dict[str, dict[str, Any]] = {
    "header": {**_BOX, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F6C", "valign": "vcenter"},
    "computed": {**_BOX, "bg_color": "#F4F6F8"},
    "critical": {**_BOX, "bg_color": "#FBE3E0"},
    "entry": {**_BOX, "bg_color": "#FFFBE6", "locked": False},
    # A steward's text that begins like a formula must stay text when the cell is edited again.
    "quoted": {**_BOX, "bg_color": "#FFFBE6", "locked": False, "quote_prefix": True},
    "quiet": {**_BOX, "bg_color": "#F4F6F8", "font_color": "#7B8794"},
    "link": {**_BOX, "bg_color": "#F4F6F8", "font_color": "#0B4F6C", "underline": 1},
    "title": {**_BASE, "bold": True, "font_size": 16, "text_wrap": False},
    "text": {**_BASE},
}
_WORD_RULE = {
    "validate": "list",
    "source": list(WORDS),
    "error_title": "Keputusan tidak dikenal",
    "error_message": "Pilih terima, turunkan, atau tolak; kosongkan bila belum diputuskan.",
}
_NUMBER_RULE = {
    "validate": "integer",
    "criteria": "between",
    "minimum": 0,
    "maximum": 2,
    "input_title": "Hanya untuk turunkan",
    "input_message": "0 s.d. 2, lebih rendah daripada Parameter klaim.",
    "error_title": "Parameter baru",
    "error_message": "Angka bulat 0 s.d. 2, lebih rendah daripada Parameter klaim; hanya untuk turunkan.",
}
#: The same where the region's SPD score was entered as one number.
_TOTAL_RULE = _NUMBER_RULE | {
    "validate": "decimal",
    "criteria": ">=",
    "value": 0,
    "input_message": "Angka yang lebih rendah daripada Parameter klaim; desimal boleh, misalnya 62,99.",
    "error_message": "Angka di bawah Parameter klaim, misalnya 62,99; hanya untuk turunkan.",
}


def workbook_bytes(content: Content) -> bytes:
    """The workbook as bytes of an .xlsx file."""
    import xlsxwriter

    buffer = io.BytesIO()
    book = xlsxwriter.Workbook(
        buffer, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    book.set_properties({"title": "Buku tinjauan", "created": CREATED})
    styles = {name: book.add_format(style) for name, style in _STYLES.items()}
    decisions, evidence = book.add_worksheet(SHEET), book.add_worksheet(EVIDENCE)
    _decisions(decisions, content.decisions, styles)
    _claim_links(decisions, content, styles["link"])
    _meaning_links(decisions, content, styles["link"])
    _table(evidence, content.evidence, EVIDENCE_WIDTHS, styles)
    for number, (cells, target) in enumerate(zip(content.evidence, content.targets, strict=False)):
        if target:
            evidence.write_url(number, 2, target, styles["link"], cells[2], "Buka bukti ini")
    _table(book.add_worksheet(claim_meaning.SHEET), content.meanings, MEANING_WIDTHS, styles)
    _guide(book.add_worksheet(GUIDE), content.guide, styles)
    _table(book.add_worksheet(HISTORY), content.history, WIDTHS, styles)
    for name, rows in content.extra.items():
        _own_sheet(book.add_worksheet(name), rows, styles["text"])
    book.close()
    return buffer.getvalue()


def _decisions(sheet: Any, rows: Grid, styles: dict[str, Any]) -> None:
    _frame(sheet, rows, WIDTHS, styles)
    for number, row in enumerate(rows[1:], 1):
        sheet.set_row(number, height_of(row, WIDTHS))
        for place, (column, text) in enumerate(zip(HEADER, row, strict=True)):
            _put(sheet, number, place, column, text, styles)
    last = max(len(rows) - 1, 1)
    of_total = any(row[HEADER.index("No")] == TOTAL for row in rows[1:])
    number_rule = _TOTAL_RULE if of_total else _NUMBER_RULE
    for column, rule in (("Keputusan", _WORD_RULE), ("Parameter baru", number_rule)):
        place = HEADER.index(column)
        sheet.data_validation(1, place, last, place, rule)
    sheet.freeze_panes(1, 2)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _own_sheet(sheet: Any, rows: Grid, style: Any) -> None:
    """A steward's own sheet, as texts."""
    for number, row in enumerate(rows):
        for place, text in enumerate(row):
            write(sheet, number, place, text, style)


def _claim_links(sheet: Any, content: Content, style: Any) -> None:
    """Link column No to the claim's only item, or to its first row in Bukti.

    LibreOffice does not wrap the text of a link, so the long title is none.
    """
    places: dict[Texts, list[int]] = {}
    for row, cells in enumerate(content.evidence[1:], 1):
        places.setdefault(cells[:2], []).append(row)
    column = HEADER.index("No")
    for number, cells in enumerate(content.decisions[1:], 1):
        rows = places.get(cells[:2], [])
        if not rows or not cells[column]:
            continue
        target = content.targets[rows[0]] if len(rows) == 1 and content.targets else ""
        tip = f"{len(rows)} bukti: lihat lembar {EVIDENCE}"
        if target:
            tip = f"Buka {content.evidence[rows[0]][2].rpartition('/')[2]}"[:200]
        target = target or f"internal:'{EVIDENCE}'!A{rows[0] + 1}"
        sheet.write_url(number, column, target, style, cells[column], tip)


def _meaning_links(sheet: Any, content: Content, style: Any) -> None:
    """Link Parameter klaim, with its meaning, to its row in Arti klaim."""
    rows: dict[Texts, int] = {(cells[0], cells[2]): row for row, cells in enumerate(content.meanings[1:], 1)}
    column = HEADER.index("Parameter klaim")
    for number, cells in enumerate(content.decisions[1:], 1):
        row = rows.get(cells[:2])
        if row is None:
            continue
        _, name, _, _, claimed, text, *_ = content.meanings[row]
        tip = f"{name}: {claimed} – {text or f'lihat lembar {claim_meaning.SHEET}'}"[:MAX_TIP]
        sheet.write_url(number, column, f"internal:'{claim_meaning.SHEET}'!A{row + 1}", style, tip=tip)
        write(sheet, number, column, cells[column], style, as_number=True)


def _put(sheet: Any, number: int, place: int, column: str, text: str, styles: dict[str, Any]) -> None:
    if column in ENTRIES:
        style = styles["quoted" if text.startswith(("=", "+", "-", "@")) else "entry"]
    elif column == "Temuan" and text.startswith(("[kritis]", "[inovasi")):
        style = styles["critical"]
    else:
        style = styles["quiet" if column == "Sidik bukti" else "computed"]
    write(sheet, number, place, text, style, as_number=column in NUMBERS)


def write(sheet: Any, number: int, place: int, text: str, style: Any, *, as_number: bool = False) -> None:
    """Write *text* as text, or as a number that shows the same signs."""
    if not text:
        sheet.write_blank(number, place, None, style)
    elif as_number and text.isascii() and text.isdecimal() and str(int(text)) == text and len(text) < 16:
        sheet.write_number(number, place, int(text), style)
    else:
        sheet.write_string(number, place, text, style)


def _table(sheet: Any, rows: Grid, widths: tuple[int, ...], styles: dict[str, Any]) -> None:
    _frame(sheet, rows, widths, styles)
    for number, row in enumerate(rows[1:], 1):
        sheet.set_row(number, height_of(row, widths))
        for place, (title, text) in enumerate(zip(rows[0], row, strict=True)):
            write(sheet, number, place, text, styles["computed"], as_number=title in NUMBERS)
    sheet.freeze_panes(1, 0)


def _frame(sheet: Any, rows: Grid, widths: tuple[int, ...], styles: dict[str, Any]) -> None:
    """Header, widths, filter, protection without a password."""
    sheet.set_row(0, HEADER_HEIGHT)
    for place, (title, width) in enumerate(zip(rows[0], widths, strict=True)):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, styles["header"])
    sheet.autofilter(0, 0, max(len(rows) - 1, 1), len(widths) - 1)
    sheet.ignore_errors({"number_stored_as_text": "A1:L1048576"})
    sheet.protect("", PROTECT)


def height_of(row: Sequence[str], widths: Sequence[int], most: int = MAX_HEIGHT) -> int:
    """Points that the longest text of *row* needs when it is wrapped."""
    lines = (
        sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))
        for text, width in zip(row, widths, strict=True)
    )
    return min(LINE_HEIGHT * max(lines) + 4, most)


def _guide(sheet: Any, rows: Grid, styles: dict[str, Any]) -> None:
    sheet.set_column(0, 0, 110)
    for number, row in enumerate(rows):
        if row:
            sheet.write_string(number, 0, row[0], styles["text" if number else "title"])
    sheet.hide_gridlines(2)
    sheet.protect("", {})
