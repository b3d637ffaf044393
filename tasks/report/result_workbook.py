"""``hasil.xlsx``: the run as a workbook for people who filter and sort.

Same assessment, same bytes: the creation time is the run's ``as_of``. Large runs are
written row by row (``constant_memory``), so memory does not grow with the evidence.
"""

from __future__ import annotations

import io
import tempfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from iid.tasks.report import workbook_columns
from iid.tasks.report.book import Book
from iid.tasks.report.cover_sheet import write_cover
from iid.tasks.report.sheet_writer import Styles, write_table
from iid.tasks.text.indonesian import clean, seen_day
from iid.tasks.text.labels import path_label, rule_value, title
from iid.tasks.values.row_groups import stream

LARGE = 50_000  # rows of evidence from which the workbook is written row by row

Value = Callable[[Mapping[str, Any]], object]


def result_workbook(book: Book) -> bytes:
    """Return the bytes of the workbook, from Ringkasan to Peraturan."""
    import xlsxwriter

    assessment = book.assessment
    large = len(assessment.evidence) + len(assessment.scores) > LARGE
    target = io.BytesIO()
    with tempfile.TemporaryDirectory() as scratch:
        options = {
            "in_memory": not large,
            "constant_memory": large,
            "tmpdir": scratch,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
        }
        with xlsxwriter.Workbook(target, options) as workbook:
            workbook.set_properties(
                {
                    "title": clean(f"Hasil IID {assessment.cycle} {assessment.marker.name}"),
                    "comments": assessment.run_id,
                    "created": assessment.as_of.replace(tzinfo=None),
                }
            )
            _write(workbook, book)
    return target.getvalue()


def _write(workbook: Any, book: Book) -> None:
    styles = Styles(workbook)
    write_cover(workbook, styles, book)
    write_table(workbook, styles, "Inovasi", workbook_columns.INNOVATIONS, _innovations(book))
    write_table(workbook, styles, "Skor", workbook_columns.SCORES, _scores(book), workbook_columns.lost)
    write_table(
        workbook, styles, "Bukti", workbook_columns.EVIDENCE, _evidence(book), workbook_columns.unread
    )
    write_table(
        workbook,
        styles,
        "Temuan",
        workbook_columns.FINDINGS,
        _findings(book),
        workbook_columns.severe,
    )
    write_table(workbook, styles, "Unit", workbook_columns.UNITS, _units(book), workbook_columns.silent)
    write_table(workbook, styles, "Peraturan", workbook_columns.RULES, _rules(book))


def _innovations(book: Book) -> Iterator[Mapping[str, Any]]:
    for entry in book.innovations:
        yield {
            "id": entry.id,
            "name": entry.name,
            "unit": entry.unit_name,
            "stage": entry.stage,
            "affair": entry.affair,
            "eligible": entry.eligible,
            "reasons": "; ".join(title(code) for code in entry.reasons),
            "claimed": entry.claimed,
            "supported": entry.supported,
            "verified": entry.verified,
            "rank": entry.rank,
        }


def _named(book: Book, rows: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for row in rows:
        yield {**row, "place": book.place(row["innovation_id"])[0] if row["innovation_id"] else ""}


def _scores(book: Book) -> Iterator[Mapping[str, Any]]:
    by_key = book.assessment.rulebook.by_key
    for row in _named(book, stream(book.assessment.scores)):
        indicator = by_key.get(row["indicator"])
        yield {**row, "indicator_name": indicator.name if indicator else ""}


def _evidence(book: Book) -> Iterator[Mapping[str, Any]]:
    zone = book.assessment.marker.zone
    for row in _named(book, stream(book.assessment.evidence)):
        yield {**row, "day": seen_day(row["modified_at"], zone) if row["modified_at"] else ""}


def _findings(book: Book) -> Iterator[Mapping[str, Any]]:
    names = {unit.code: unit.name for unit in book.units}
    for page in book.finding_pages(5_000):
        for row in page:
            yield {**row, "unit": names.get(row["unit_code"], row["unit_code"])}


def _units(book: Book) -> Iterator[Mapping[str, Any]]:
    types = book.unit_types
    for row in stream(book.assessment.units):
        yield {**row, "type": types[row["unit_code"]]}


def _rules(book: Book) -> Iterator[Mapping[str, Any]]:
    rulebook = book.assessment.rulebook
    fields = {field.key: field.label for field in rulebook.profile}
    for path, value, reason in rulebook.inferred():
        key, label = path_label(path)
        shown = rule_value(path, value)
        yield {"label": label, "key": fields.get(key, key), "value": shown, "reason": reason, "path": path}
