"""``temuan.xlsx``: a unit's work list, scores, further claims, receipt."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from iid.tasks.feedback.unit_feedback import Feedback
from iid.tasks.feedback.work_list import UNCHOSEN
from iid.tasks.report.sheet_writer import Column, Styles, of, write_table
from iid.tasks.text.indonesian import clean, moment, seen_day
from iid.tasks.text.labels import SEVERITY

NAME = "temuan.xlsx"
#: XlsxWriter would write the present moment; the same content must give the same bytes.
CREATED = datetime(2000, 1, 1)


def _worth(row: Mapping[str, Any]) -> str:
    return str(row["worth"] or row["without"])


def _level(row: Mapping[str, Any]) -> str:
    return SEVERITY.get(row["severity"], row["severity"]) if row["found"] else "Bukan temuan"


LINES = (
    Column("Urutan", 8, "whole", of("place")),
    Column("Nilai (poin indeks)", 13, "wrap", _worth),
    Column("Nilai (poin inovasi)", 13, "text", of("points")),
    Column("Tingkat", 12, "text", _level),
    Column("Inovasi", 28, "wrap", of("innovation")),
    Column("No", 6, "text", of("indicator")),
    Column("Indikator", 28, "wrap", of("indicator_name")),
    Column("Apa", 26, "wrap", of("title")),
    Column("Mengapa", 52, "wrap", of("why")),
    Column("Akibatnya", 24, "wrap", of("stake")),
    Column("Cara memperbaiki", 46, "wrap", of("fix")),
    Column("Tempat", 46, "wrap", of("where")),
    Column("Catatan nilai", 28, "wrap", of("remark")),
    Column("Kode", 28, "text", of("code")),
)
CHANCES = (
    Column("Nilai (poin indeks)", 13, "text", of("worth")),
    Column("Inovasi", 28, "wrap", of("innovation")),
    Column("No", 6, "text", of("indicator")),
    Column("Indikator", 34, "wrap", of("indicator_name")),
    Column("Parameter sekarang", 11, "whole", of("before")),
    Column("Parameter yang mungkin", 12, "whole", of("after")),
    Column("Yang diminta pedoman", 80, "wrap", of("demands")),
    Column("Ingat", 40, "wrap", of("caution")),
)
SCORES = (
    Column("Inovasi", 44, "wrap", of("name")),
    Column("Diklaim", 11, "points", of("claimed")),
    Column("Didukung bukti", 11, "points", of("supported")),
    Column("Terverifikasi", 12, "points", of("verified")),
    Column("Memenuhi syarat", 11, "flag", of("eligible")),
    Column("innovation_id", 44, "text", of("innovation_id")),
)
SEEN = (
    Column("Berkas", 70, "wrap", of("path")),
    Column("Ukuran (byte)", 13, "whole", of("size")),
    Column("Diubah", 12, "text", of("day")),
    Column("Dipakai sebagai", 26, "wrap", of("used")),
    Column("SHA-256", 66, "text", of("sha256")),
)


def findings_book(feedback: Feedback, since: str) -> bytes:
    """Build the workbook; *since* (ISO, UTC) is when it was first reported."""
    import xlsxwriter

    target = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(target, options) as book:
        book.set_properties({"title": clean(f"Temuan {feedback.name}"), "created": CREATED})
        styles = Styles(book)
        _cover(book.add_worksheet("Ringkasan"), styles, feedback, since)
        lines = [{**asdict(line), "place": place} for place, line in enumerate(feedback.lines, 1)]
        write_table(book, styles, "Temuan", LINES, lines, _tone)
        write_table(book, styles, "Nilai inovasi", SCORES, map(asdict, feedback.scores))
        write_table(book, styles, "Bisa dinaikkan", CHANCES, map(asdict, feedback.chances))
        seen = ({**asdict(one), "day": seen_day(one.modified, feedback.zone)} for one in feedback.seen)
        write_table(book, styles, "Tanda terima", SEEN, seen)
        book.get_worksheet_by_name("Temuan" if feedback.lines else "Ringkasan").activate()
    return target.getvalue()


def _tone(row: Mapping[str, Any]) -> str:
    return row["severity"] if row["severity"] in {"critical", "warning"} else ""


def _cover(sheet: Any, styles: Styles, feedback: Feedback, since: str) -> None:
    sheet.set_column(0, 0, 100)
    sheet.hide_gridlines(2)
    sheet.set_landscape()
    sheet.set_paper(9)  # A4
    sheet.fit_to_pages(1, 0)
    sheet.set_row(0, 26)
    wrapped = styles.cell("wrap")
    sheet.write_string(0, 0, clean(f"Umpan balik {feedback.name}"), styles.title)
    for place, text in enumerate(summary(feedback, since), 1):
        sheet.set_row(place, 15 * (1 + len(text) // 95))
        sheet.write_string(place, 0, clean(text), wrapped)


def summary(feedback: Feedback, since: str) -> list[str]:
    """What the unit must know first, in sentences."""
    critical = sum(line.severity == "critical" and line.found for line in feedback.lines)
    unproven = sum(not line.found for line in feedback.lines)
    warnings = sum(line.severity == "warning" for line in feedback.lines) + feedback.for_reviewers
    theirs = f" ({feedback.for_reviewers} untuk peninjau)" if feedback.for_reviewers else ""
    when = moment(datetime.fromisoformat(since), feedback.zone)
    said = [
        f"Indeks Inovasi Daerah {feedback.cycle}, {feedback.region}"
        + (" (CONTOH: data buatan untuk peragaan)" if feedback.example else ""),
        f"Keadaan folder bersama seperti terlihat {when}. Ditulis ulang hanya bila ada yang berubah.",
        f"{critical} temuan kritis, {warnings} peringatan{theirs}, {len(feedback.seen)} berkas terlihat."
        + (f" Selain itu {unproven} klaim ditolak, diturunkan, atau tanpa bukti." if unproven else ""),
    ]
    said[1:1] = [line.why for line in feedback.lines if line.code == "unit.held"]
    if feedback.all_mended:
        more = feedback.all_mended.removeprefix("+")
        unchosen = sum(line.code == UNCHOSEN for line in feedback.lines)
        beside = f" (belum termasuk {unchosen} klaim yang Parameternya harus dipilih)" if unchosen else ""
        said.append(
            f"Bila semua temuan kritis unit ini diperbaiki, indeks daerah bertambah {more} poin{beside}."
        )
    if feedback.status == "final":
        return [
            *said,
            "Siklus ini sudah ditutup: perbaikan tidak lagi mengubah hasilnya. "
            "Temuan di bawah berguna untuk siklus berikutnya.",
        ]
    said += [
        "Nilai adalah poin indeks daerah yang bertambah bila hanya temuan itu yang diperbaiki; "
        "kerjakan dari atas. Peringatan dan keterangan tidak mengubah nilai.",
        "Perbaiki di buku kerja dan folder bukti unit sendiri. Folder _umpan-balik ini ditulis oleh "
        "sistem: jangan menyimpan pekerjaan di sini, karena berkasnya akan ditimpa.",
    ]
    return said
