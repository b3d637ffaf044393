"""The first sheet of ``hasil.xlsx``: the region's place on one page."""

from __future__ import annotations

from typing import Any

from iid.tasks.report.book import Book
from iid.tasks.report.overview import levels, parts
from iid.tasks.report.sheet_writer import Styles, write
from iid.tasks.report.summary import summary_lines
from iid.tasks.text.indonesian import clean, moment
from iid.tasks.text.labels import STATUS

_ROWS = (
    ("Indeks", "index"),
    ("Kategori", "category"),
    ("SPD", "spd"),
    ("Rata-rata SID", "sid_mean"),
    ("Jumlah inovasi", "count_score"),
    ("Jumlah poin", "total"),
    ("Poin paling tinggi", "maximum"),
)


def write_cover(workbook: Any, styles: Styles, book: Book) -> None:
    """Write sheet *Ringkasan*: summary, ways of counting, sum and run."""
    a, head = book.assessment, book.headline
    sheet = workbook.add_worksheet("Ringkasan")
    sheet.set_column(0, 0, 44)
    sheet.set_column(1, 3, 20)
    sheet.set_paper(9)  # A4
    sheet.set_landscape()
    sheet.fit_to_pages(1, 1)
    sheet.set_row(0, 26)
    first, *rest = summary_lines(a)
    heading, _, outcome = first.partition(": ")
    sheet.write_string(0, 0, heading, styles.title)
    sheet.write_string(1, 0, outcome, styles.strong)
    for row, line in enumerate(rest, 2):
        sheet.write_string(row, 0, line, styles.note)
    row = _block(
        sheet,
        styles,
        len(rest) + 3,
        ("Cara menghitung", *(level.title for level in levels(a))),
        [(label, *(level.values[key] for level in levels(a))) for label, key in _ROWS],
    )
    row = _block(
        sheet,
        styles,
        row + 1,
        (f"Susunan poin, {head.title.lower()}", "Poin", "Paling tinggi", "Bobot (%)"),
        [(p.title, p.points, p.maximum, p.weight) for p in parts(a.rulebook, head)],
    )
    facts = (
        ("Status", STATUS.get(a.status, a.status)),
        ("Data per", moment(a.as_of, a.marker.zone)),
        ("Wilayah", f"{a.marker.region} {clean(a.marker.name)}"),
        ("Perhitungan", a.run_id),
        ("Aturan", f"siklus {a.rulebook.cycle}, sha256 {a.rulebook_sha256}"),
        ("Angka yang disimpulkan", f"{sum(1 for _ in a.rulebook.inferred())}, lihat lembar Peraturan"),
    )
    _block(sheet, styles, row + 1, ("Keterangan", "", "", ""), facts)


def _block(sheet: Any, styles: Styles, row: int, head: tuple[str, ...], rows: Any) -> int:
    """Write a small labelled table from *row* on; return the row below."""
    for column, text in enumerate(head):
        sheet.write_string(row, column, text, styles.head)
    for label, *values in rows:
        row += 1
        sheet.write_string(row, 0, label, styles.cell("text"))
        for column, value in enumerate(values, 1):
            write(sheet, row, column, value, "points", styles.cell("points"))
    return row + 1
