"""Columns and colours of the sheets of ``hasil.xlsx``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from iid.tasks.report.sheet_writer import Column, of
from iid.tasks.text.labels import DECISION, SEVERITY, title, unit_type


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


def gained(row: Mapping[str, Any]) -> Any:
    """Return the index gain of a critical finding's fix; empty if unknown."""
    return row["gain"] if row["severity"] == "critical" else Decimal(0)


INNOVATIONS = (
    Column("Nama inovasi", 40, "wrap", of("name")),
    Column("Unit", 34, "wrap", of("unit")),
    Column("Peringkat", 10, "whole", of("rank")),
    Column("Diklaim", 11, "exact", of("claimed")),
    Column("Didukung bukti", 11, "exact", of("supported")),
    Column("Terverifikasi", 12, "exact", of("verified")),
    Column("Memenuhi syarat", 11, "flag", of("eligible")),
    Column("Sebab tidak memenuhi", 34, "wrap", of("reasons")),
    Column("Tahapan", 14, "text", of("stage")),
    Column("Urusan utama", 34, "wrap", of("affair")),
    Column("innovation_id", 40, "text", of("id")),
)
SCORES = (
    Column("Inovasi", 38, "text", of("place")),
    Column("No", 7, "text", of("indicator")),
    Column("Indikator", 40, "text", of("indicator_name")),
    Column("Bobot", 8, "exact", of("weight")),
    Column("Parameter diklaim", 11, "whole", of("claimed_parameter")),
    Column("Parameter didukung", 11, "whole", of("supported_parameter")),
    Column("Parameter terverifikasi", 12, "whole", of("verified_parameter")),
    Column("Nilai diklaim", 10, "exact", of("claimed_score")),
    Column("Nilai didukung", 10, "exact", of("supported_score")),
    Column("Nilai terverifikasi", 12, "exact", of("verified_score")),
    Column("Banyaknya bukti", 10, "whole", of("evidence_items")),
    Column("Keputusan", 13, "text", lambda row: DECISION.get(row["decision"], row["decision"])),
    Column("Sebab", 40, "text", lambda row: "; ".join(map(title, filter(None, row["reasons"].split(";"))))),
    Column("innovation_id", 40, "text", of("innovation_id")),
)
EVIDENCE = (
    Column("Inovasi", 38, "text", of("place")),
    Column("No", 7, "text", of("indicator")),
    Column("Bukti", 70, "text", of("source")),
    Column("Jenis", 9, "text", lambda row: "tautan" if row["kind"] == "link" else row["format"]),
    Column("Ukuran (byte)", 14, "whole", of("size")),
    Column("Halaman", 9, "whole", of("pages")),
    Column("Diubah", 12, "text", of("day")),
    Column("Terbaca", 9, "flag", of("readable")),
    Column("Keterangan", 50, "text", of("detail")),
    Column("SHA-256", 66, "text", of("sha256")),
    Column("innovation_id", 40, "text", of("innovation_id")),
)
FINDINGS = (
    Column("Tingkat", 12, "text", lambda row: SEVERITY.get(row["severity"], row["severity"])),
    Column("Sebab", 30, "wrap", lambda row: title(row["code"])),
    Column("Tambahan indeks", 10, "exact", gained),
    Column("Poin yang tertahan", 10, "exact", of("worth")),
    Column("Unit", 30, "wrap", of("unit")),
    Column("Inovasi", 34, "wrap", of("place")),
    Column("No", 7, "text", of("indicator")),
    Column("Temuan", 60, "wrap", of("message")),
    Column("Cara memperbaiki", 50, "wrap", of("fix")),
    Column("Tempat", 60, "text", of("source")),
    Column("Kode", 28, "text", of("code")),
    Column("innovation_id", 40, "text", of("innovation_id")),
)
UNITS = (
    Column("Unit", 46, "text", of("name")),
    Column("Kode", 16, "text", of("unit_code")),
    Column("Jenis", 24, "text", lambda row: unit_type(row["type"])),
    Column("Sudah melapor", 10, "flag", of("submitted")),
    Column("Inovasi", 9, "whole", of("innovations")),
    Column("Memenuhi syarat", 10, "whole", of("eligible")),
    Column("Rata-rata didukung", 11, "points", of("mean_supported")),
    Column("Temuan kritis", 10, "whole", of("critical")),
    Column("Peringatan", 11, "whole", of("warnings")),
)
RULES = (
    Column("Yang disimpulkan", 40, "wrap", of("label")),
    Column("Baris", 20, "text", of("key")),
    Column("Nilai", 40, "wrap", of("value")),
    Column("Alasan", 90, "wrap", of("reason")),
    Column("Kunci", 44, "text", of("path")),
)
