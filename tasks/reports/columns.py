"""Columns and colours of the sheets of ``hasil.xlsx``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from iid.tasks.reports.sheet import Column
from iid.tasks.reports.wording import DECISION, SEVERITY, title, unit_type

Value = Callable[[Mapping[str, Any]], object]


def _of(key: str) -> Value:
    return lambda row: row[key]


def severe(row: Mapping[str, Any]) -> str:
    """Findings in the colour of their severity."""
    return row["severity"] if row["severity"] in ("critical", "warning") else ""


def lost(row: Mapping[str, Any]) -> str:
    """Claims that a critical finding made 0."""
    return "critical" if row["reasons"] else ""


def unread(row: Mapping[str, Any]) -> str:
    """Evidence that is not there or does not open."""
    return "" if row["readable"] else "critical"


def silent(row: Mapping[str, Any]) -> str:
    """Units that have not reported."""
    return "" if row["submitted"] else "warning"


INNOVATIONS = (
    Column("Nama inovasi", 40, "wrap", _of("name")),
    Column("Unit", 34, "wrap", _of("unit")),
    Column("Peringkat", 10, "whole", _of("rank")),
    Column("Diklaim", 11, "exact", _of("claimed")),
    Column("Didukung bukti", 11, "exact", _of("supported")),
    Column("Terverifikasi", 12, "exact", _of("verified")),
    Column("Memenuhi syarat", 11, "flag", _of("eligible")),
    Column("Sebab tidak memenuhi", 34, "wrap", _of("reasons")),
    Column("Tahapan", 14, "text", _of("stage")),
    Column("Urusan utama", 34, "wrap", _of("affair")),
    Column("innovation_id", 40, "text", _of("id")),
)
SCORES = (
    Column("Inovasi", 38, "text", _of("place")),
    Column("No", 7, "text", _of("indicator")),
    Column("Indikator", 40, "text", _of("indicator_name")),
    Column("Bobot", 8, "exact", _of("weight")),
    Column("Parameter diklaim", 11, "whole", _of("claimed_parameter")),
    Column("Parameter didukung", 11, "whole", _of("supported_parameter")),
    Column("Parameter terverifikasi", 12, "whole", _of("verified_parameter")),
    Column("Nilai diklaim", 10, "exact", _of("claimed_score")),
    Column("Nilai didukung", 10, "exact", _of("supported_score")),
    Column("Nilai terverifikasi", 12, "exact", _of("verified_score")),
    Column("Banyaknya bukti", 10, "whole", _of("evidence_items")),
    Column("Keputusan", 13, "text", lambda row: DECISION.get(row["decision"], row["decision"])),
    Column("Sebab", 40, "text", lambda row: "; ".join(map(title, filter(None, row["reasons"].split(";"))))),
    Column("innovation_id", 40, "text", _of("innovation_id")),
)
EVIDENCE = (
    Column("Inovasi", 38, "text", _of("place")),
    Column("No", 7, "text", _of("indicator")),
    Column("Bukti", 70, "text", _of("source")),
    Column("Jenis", 9, "text", lambda row: "tautan" if row["kind"] == "link" else row["format"]),
    Column("Ukuran (byte)", 14, "whole", _of("size")),
    Column("Halaman", 9, "whole", _of("pages")),
    Column("Diubah", 12, "text", _of("day")),
    Column("Terbaca", 9, "flag", _of("readable")),
    Column("Keterangan", 50, "text", _of("detail")),
    Column("SHA-256", 66, "text", _of("sha256")),
    Column("innovation_id", 40, "text", _of("innovation_id")),
)
FINDINGS = (
    Column("Tingkat", 12, "text", lambda row: SEVERITY.get(row["severity"], row["severity"])),
    Column("Sebab", 30, "wrap", lambda row: title(row["code"])),
    Column("Tambahan indeks", 10, "exact", _of("gain")),
    Column("Unit", 30, "wrap", _of("unit")),
    Column("Inovasi", 34, "wrap", _of("place")),
    Column("No", 7, "text", _of("indicator")),
    Column("Temuan", 60, "wrap", _of("message")),
    Column("Cara memperbaiki", 50, "wrap", _of("fix")),
    Column("Tempat", 60, "text", _of("source")),
    Column("Kode", 28, "text", _of("code")),
    Column("innovation_id", 40, "text", _of("innovation_id")),
)
UNITS = (
    Column("Unit", 46, "text", _of("name")),
    Column("Kode", 16, "text", _of("unit_code")),
    Column("Jenis", 24, "text", lambda row: unit_type(row["type"])),
    Column("Sudah melapor", 10, "flag", _of("submitted")),
    Column("Inovasi", 9, "whole", _of("innovations")),
    Column("Memenuhi syarat", 10, "whole", _of("eligible")),
    Column("Rata-rata didukung", 11, "points", _of("mean_supported")),
    Column("Temuan kritis", 10, "whole", _of("critical")),
    Column("Peringatan", 11, "whole", _of("warnings")),
)
RULES = (
    Column("Yang disimpulkan", 40, "wrap", _of("label")),
    Column("Baris", 20, "text", _of("key")),
    Column("Nilai", 40, "wrap", _of("value")),
    Column("Alasan", 90, "wrap", _of("reason")),
    Column("Kunci", 44, "text", _of("path")),
)
