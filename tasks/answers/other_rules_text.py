"""A run under other rules (``other_rules``) in plain words."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.answers.run_view import Record
from iid.tasks.text.indonesian import comma, number, signed
from iid.tasks.text.labels import title
from iid.tasks.text.terminal import heading, line, wrapped

_CONSTANTS = {
    "divisor_min": "pembagi paling kecil",
    "divisor_counts": "pembagi menghitung inovasi",
    "count_weight": "bobot jumlah inovasi",
    "count_cap": "batas jumlah inovasi",
    "basic_services_min": "syarat urusan wajib pelayanan dasar",
    "maximum_total": "nilai maksimum",
}
_WORDS = {"reported": "yang dilaporkan", "eligible": "yang memenuhi syarat"}
_PARTS = {
    "formula": "rumus",
    "weights": "bobot",
    "eligibility": "syarat inovasi (kurun, tahapan, panjang uraian, isian)",
    "evidence": "aturan bukti dan ambang nilai",
}
SHOWN = 20


def other_rules_lines(under: Record, index: str, rulebook: Rulebook) -> Iterator[str]:
    """Yield what *under* does to the supported *index*, group by group."""
    standing = " (baru diumumkan, pedomannya belum terbit)" if under["standing"] == "announced" else ""
    yield from heading(f"Dengan aturan siklus {under['cycle']}{standing}")
    yield from wrapped(_constants(under["formula"]), "  ")
    yield from wrapped(
        f"Indeks didukung bukti dari {comma(index)} menurut aturan siklus {rulebook.cycle}:", "  "
    )
    before = Decimal(index)
    for part in under["parts"]:
        after = Decimal(part["index"])
        start = f"    {signed(after - before):>7} → {comma(part['index'])}  "
        yield from wrapped(f"setelah {_PARTS[part['part']]}", start)
        before = after
    yield from _eligibility(under["eligibility"])
    yield from _claims(under["claims_moved"])
    yield "  Yang tidak dinilai ulang:"
    for text in under["not_judged"]:
        yield from wrapped(text, "    - ")


def _constants(formula: Record) -> str:
    moved = [
        f"{name} {_constant(formula['before'][key])} → {_constant(formula['after'][key])}"
        for key, name in _CONSTANTS.items()
        if formula["before"][key] != formula["after"][key]
    ]
    return f"Rumus: {'; '.join(moved)}." if moved else "Rumus: tetap."


def _constant(value: object) -> str:
    return _WORDS.get(str(value)) or number(value)


def _eligibility(rows: list[Record]) -> Iterator[str]:
    for eligible, words in ((False, "tidak lagi memenuhi syarat"), (True, "menjadi memenuhi syarat")):
        by_cause: defaultdict[str, list[str]] = defaultdict(list)
        for row in rows:
            if row["eligible"] is eligible:
                cause = ", ".join(title(code).lower() for code in row["reasons"])
                by_cause[cause].append(line(row["innovation_id"]))
        for cause, owners in sorted(by_cause.items(), key=lambda item: (-len(item[1]), item[0])):
            start = f"{number(len(owners))} inovasi {words} ({'hilang: ' if eligible else ''}{cause}): "
            yield from wrapped(start + _some(owners), "  ", "    ")


def _claims(rows: list[Record]) -> Iterator[str]:
    if rows:
        places = [
            f"{line(row['innovation_id'])}:{row['indicator']} {row['before']} → {row['after']}"
            for row in rows
        ]
        yield from wrapped(f"{number(len(rows))} klaim berubah: {_some(places)}", "  ", "    ")


def _some(items: list[str]) -> str:
    rest = len(items) - SHOWN
    return ", ".join(items[:SHOWN]) + (f" dan {number(rest)} lagi" if rest > 0 else "")
