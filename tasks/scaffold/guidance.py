"""Sentences that explain a rulebook to operators (plain Indonesian)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from iid.expectations.rulebook.model import Basis, Indicator, Parameter, ProfileField, Rulebook
from iid.tasks.text.indonesian import day, number

#: Marks what no source says explicitly; the legend is on sheet Petunjuk.
INFERRED = "*simpulan"
_TYPE_HELP = {
    "date": "Tanggal, misalnya 14/12/2024 atau 14 Desember 2024 (hari lebih dulu).",
    "choice": "Pilih dari daftar di sel itu.",
    "choices": "Boleh lebih dari satu; pisahkan dengan titik koma (;).",
    "coordinate": "Lintang, bujur; misalnya -3.4107, 114.8371.",
    "money": "Rupiah, misalnya 25.000.000.",
}


def mark(fact: Any) -> str:
    """`` *simpulan`` behind anything whose status is *inferred*, else nothing."""
    return f" {INFERRED}" if getattr(fact, "status", "read") == "inferred" else ""


def kinds(indicator: Indicator) -> str:
    """The kinds of evidence an indicator accepts, in words."""
    accepted = indicator.kinds.value
    if accepted is None:
        return f"semua jenis berkas; tautan saja tidak cukup{mark(indicator.kinds)}"
    words = ["tautan" if kind == "link" else kind for kind in accepted]
    return ", ".join(words) + mark(indicator.kinds)


def limits(indicator: Indicator) -> str:
    """Size and length limits, "" where the sources name none."""
    parts = []
    if indicator.max_size_mb.value is not None:
        parts.append(f"paling besar {number(indicator.max_size_mb.value)} MB{mark(indicator.max_size_mb)}")
    minutes = indicator.max_minutes
    if minutes is not None and minutes.value is not None:
        parts.append(f"paling lama {number(minutes.value)} menit{mark(minutes)}")
    return "; ".join(parts)


def choice(parameter: Parameter) -> str:
    """One entry of the dropdown: ``2 – Peraturan Kepala Daerah``."""
    return f"{parameter.value} – {parameter.text}"


def demanded(indicator: Indicator, parameter: Parameter | None = None, basis: Basis | None = None) -> str:
    """The evidence asked for, the most precise text first."""
    if parameter is not None and parameter.evidence:
        return parameter.evidence
    if basis is not None and basis.evidence:
        return basis.evidence
    if indicator.evidence.value is None:
        return "Tidak disebut dalam sumber; lampirkan dokumen resmi yang membuktikannya."
    return f"{indicator.evidence.value}{mark(indicator.evidence)}"


def bands(indicator: Indicator) -> list[str]:
    """``3: ≥ 8,17`` for every band of an SPD indicator, best last."""
    texts = []
    for band in sorted(
        indicator.thresholds.bands if indicator.thresholds else (), key=lambda item: item.parameter
    ):
        if band.lower is None and band.upper is not None:
            span = f"≤ {number(band.upper)}"
        elif band.upper is None and band.lower is not None:
            span = f"≥ {number(band.lower)}"
        elif band.lower == band.upper and band.lower is not None:
            span = number(band.lower)
        else:
            span = " s.d. ".join(number(edge) for edge in (band.lower, band.upper) if edge is not None)
        texts.append(f"{band.parameter}: {span}")
    return texts


def profile_help(field: ProfileField, rulebook: Rulebook) -> str:
    """What to write into one row of sheet *Profil*."""
    parts = [f"Wajib diisi{mark(field.required)}." if field.required.value else "Boleh kosong."]
    help_text = field.help or _TYPE_HELP.get(field.type, "")
    if "boleh kosong" in help_text.lower() and not field.required.value:
        parts.clear()
    parts.append(help_text)
    if field.type == "choices":
        parts.append("Pilihannya ada di lembar Pilihan.")
    return " ".join(part for part in parts + _rule_of(field.key, rulebook) if part)


def _rule_of(key: str, rulebook: Rulebook) -> list[str]:
    rules = rulebook.eligibility
    window = f"{day(rules.applied_from.value)} s.d. {day(rules.applied_to.value)}{mark(rules.applied_from)}"
    developed = " atau Waktu Pengembangan ada dalam kurun itu" if rules.developed_counts.value else ""
    texts = {
        "stage": f"Yang dinilai hanya tahap {rules.stage.value}{mark(rules.stage)}.",
        "applied_date": f"Dinilai bila jatuh pada {window}{developed}.",
        "design": f"Batas {rules.min_words.value} kata{mark(rules.min_words)}; teks berulang dilaporkan.",
    }
    return [texts[key]] if texts.get(key) else []


def listed(items: Iterable[str]) -> str:
    """``a, b, dan c``."""
    words = list(items)
    return ", ".join(words[:-1]) + f", dan {words[-1]}" if len(words) > 2 else " dan ".join(words)
