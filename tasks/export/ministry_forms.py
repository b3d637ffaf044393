"""The export's workbooks, in the order and words of the ministry's lists.

Columns: copies of the ministry's application (list view and indicator sheet) in public code; the
ministry's own file was not found. What no workbook of ours holds stays empty and is named.
Every text is written as text: nothing from a share becomes a formula.
"""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.export.export_plan import Entry, IndicatorAnswer, Plan
from iid.tasks.review.sheet_layout import CREATED, height_of, write
from iid.tasks.score.grid import TOTAL
from iid.tasks.text.indonesian import clean, day, number
from iid.tasks.values.tables import REGION_ID

LIST = (
    "No", "Nama Pemda", "Nama Akun", "Nama Inovasi", "Tahapan", "Nama Inisiator", "Koordinat",
    "Urusan Pemerintahan Utama", "Waktu Uji Coba", "Waktu Penerapan", "Waktu Pengembangan",
    "Estimasi Skor Kematangan", "File Penghargaan",
)  # fmt: skip
SHEET = (
    "No", "Indikator", "Keterangan", "Informasi", "Bobot", "Parameter", "Data Pendukung", "Jenis",
)  # fmt: skip
NOTES = (
    "Urutan kolom mengikuti salinan daftar dan lembar indikator aplikasi kementerian dalam kode terbuka; "
    "berkas aslinya tidak ditemukan.",
    "Nama Akun dan File Penghargaan tidak ada dalam buku kerja, jadi kosong.",
    "Informasi kosong: bunyinya tidak terpisah dari Keterangan dalam sumber yang terbaca.",
    "Isian lain persis seperti dalam buku kerja unit; yang tidak dapat dibaca sebagai tanggal kosong.",
)
_CELL = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B8C1CC"}
_HEAD = {**_CELL, "bold": True, "font_color": "#FFFFFF", "bg_color": "#0B4F6C"}
HEADER_HEIGHT, MAX_HEIGHT = 34, 400  # points

Rows = Iterable[Sequence[object]]
Sheet = tuple[str, Sequence[str], Sequence[int], Rows]  # name, header, widths in characters, rows


def list_workbook(plan: Plan, rulebook: Rulebook, region: str) -> bytes:
    """Build ``daftar-inovasi.xlsx``: a row an innovation, as in their list."""
    rows = [
        (
            place, region, "", entry.name, *_profile(entry, "stage", "initiator_name", "coordinates"),
            entry.profile.get("main_affair", ""), *_days(entry), number(entry.score, 2), "",
        )
        for place, entry in enumerate((e for e in plan.entries if e.owner != REGION_ID), 1)
    ]  # fmt: skip
    widths = (5, 20, 14, 40, 14, 24, 22, 30, 18, 18, 18, 14, 16)
    title = f"Daftar inovasi {region}, siklus {rulebook.cycle}"
    return workbook(title, [("Daftar Inovasi", LIST, widths, rows), _notes()])


def form_workbook(entry: Entry, rulebook: Rulebook) -> bytes:
    """Build ``Formulir.xlsx``: a profile and 20 indicators, or the SPD rows."""
    sheets: list[Sheet] = []
    if entry.owner != REGION_ID:
        rows = [
            (place, field.label, day(text) if field.type == "date" and text else text)
            for place, field in enumerate(rulebook.profile, 1)
            for text in [entry.profile.get(field.key, "")]
        ]
        sheets.append(("Profil", ("No", "Isian", "Jawaban"), (5, 24, 100), rows))
    with_value = entry.owner == REGION_ID
    header = (*SHEET[:5], "Nilai", *SHEET[5:]) if with_value else SHEET
    widths = (6, 30, 44, 14, 8, *((12,) if with_value else ()), 40, 44, 18)
    answers = [_row(answer, with_value) for answer in entry.answers]
    sheets += [("Indikator", header, widths, answers), _notes()]
    return workbook(f"Formulir {entry.name}", sheets)


def _row(answer: IndicatorAnswer, with_value: bool) -> tuple[object, ...]:
    indicator = answer.indicator
    chosen = indicator.parameter_text(answer.parameter, answer.basis)
    basis = f" (basis {answer.basis})" if answer.basis else ""
    parameter = f"{answer.parameter} – {chosen}{basis}" if answer.parameter else "–"
    proof = [item.name for item in answer.files] + list(answer.links)
    return (
        indicator.key,
        indicator.name,
        indicator.description or "",
        "",
        number(indicator.weight.value) if indicator.key != TOTAL else "",
        *((number(answer.value) if answer.value else "",) if with_value else ()),
        parameter,
        "\n".join(proof) or "–",
        ", ".join(kind.upper() if kind != "link" else "tautan" for kind in indicator.kinds.value or ()),
    )


def _profile(entry: Entry, *keys: str) -> tuple[str, ...]:
    return tuple(entry.profile.get(key, "") for key in keys)


def _days(entry: Entry) -> tuple[str, ...]:
    days = _profile(entry, "trial_date", "applied_date", "developed_date")
    return tuple(day(text) if text else "" for text in days)


def _notes() -> Sheet:
    return "Catatan", ("Catatan",), (110,), [(text,) for text in NOTES]


def workbook(title: str, sheets: Iterable[Sheet]) -> bytes:
    """An .xlsx file of tables."""
    import xlsxwriter

    buffer = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(buffer, options)
    book.set_properties({"title": clean(title), "created": CREATED})
    head, cell = book.add_format(_HEAD), book.add_format(_CELL)
    for name, header, widths, rows in sheets:
        sheet = book.add_worksheet(name)
        for place, (text, width) in enumerate(zip(header, widths, strict=True)):
            sheet.set_column(place, place, width)
            sheet.write_string(0, place, text, head)
        for number_of, row in enumerate(rows, 1):
            texts = [clean(value)[:32_000] for value in row]
            sheet.set_row(number_of, height_of(texts, widths, MAX_HEIGHT))
            for place, text in enumerate(texts):
                write(sheet, number_of, place, text, cell)
        sheet.set_row(0, HEADER_HEIGHT)
        sheet.freeze_panes(1, 0)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)
    book.close()
    return buffer.getvalue()
