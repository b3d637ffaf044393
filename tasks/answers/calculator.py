"""The formula as a calculator: numbers in, steps in Indonesian out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

from iid.expectations.rulebook.model import Formula, Rulebook
from iid.expectations.rulebook.sourced import inferred_in
from iid.tasks.answers.typed_numbers import Mistakes, file_numbers
from iid.tasks.score.exact import published
from iid.tasks.score.formula import Index, gap_to_next, index_of
from iid.tasks.text.indonesian import number, points
from iid.tasks.values.errors import UsageError


@dataclass(frozen=True, slots=True)
class Typed:
    """What the user typed; None is an option that was not given."""

    spd: str | None
    sids: Sequence[str]
    sid_file: Path | None
    basic_services: str | None
    reported: str | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """The same as numbers: points, innovations and basic services."""

    spd: Fraction
    sids: tuple[Fraction, ...]
    basic_services: int
    reported: int


def numbers_of(typed: Typed, rulebook: Rulebook) -> Numbers:
    """Check everything at once. UsageError naming every mistake."""
    mistakes = Mistakes()
    numbers = _checked(typed, rulebook.formula, mistakes)
    if mistakes.found:
        raise UsageError(mistakes.short())
    return numbers


def mistakes_of(typed: Typed) -> list[str]:
    """Return the mistakes in *typed* that need no rules to be seen."""
    mistakes = Mistakes()
    _checked(typed, None, mistakes)
    return mistakes.found


def _checked(typed: Typed, formula: Formula | None, mistakes: Mistakes) -> Numbers:
    """The numbers, checked against the maxima of *formula* where there is one."""
    spd_text = _given("--spd", typed.spd, mistakes)
    services_text = _given("--basic-services", typed.basic_services, mistakes)
    spd = mistakes.number("--spd", spd_text, formula.maximum_spd.value if formula else None)
    highest = formula.maximum_sid_innovation.value if formula else None
    sids = [mistakes.number("--sid", text, highest) for text in typed.sids]
    if typed.sid_file is not None:
        found = file_numbers(typed.sid_file, mistakes)
        sids += [mistakes.number(where, text, highest) for where, text in found]
    most = len(formula.basic_services.value) if formula else None
    services = mistakes.whole("--basic-services", services_text, most)
    return Numbers(spd, tuple(sids), services, _reported(typed, len(sids), mistakes))


def _given(name: str, text: str | None, mistakes: Mistakes) -> str:
    if text is None:
        mistakes.found.append(f"{name} belum diisi")
        return "0"
    return text


def _reported(typed: Typed, sids: int, mistakes: Mistakes) -> int:
    if typed.reported is None:
        return sids
    before = len(mistakes.found)
    reported = mistakes.whole("--reported", typed.reported)
    if reported < sids and len(mistakes.found) == before:
        mistakes.found.append(f"--reported {reported} lebih kecil daripada jumlah SID yang diisi ({sids})")
    return reported


def calculated(numbers: Numbers, rulebook: Rulebook) -> Index:
    """The index of *numbers*."""
    eligible = len(numbers.sids)
    return index_of(rulebook, numbers.spd, numbers.sids, eligible, numbers.reported, numbers.basic_services)


def _points(value: Fraction) -> str:
    return points(published(value))


def _up(value: Fraction) -> Fraction:
    """Round *value* up to 2 decimals, so that the gap shown is enough."""
    return Fraction(math.ceil(value * 100), 100)


def narrated(numbers: Numbers, index: Index, rulebook: Rulebook) -> Iterator[str]:
    """The calculation step by step, one line each."""
    formula, n = rulebook.formula, len(numbers.sids)
    counts = "dilaporkan" if formula.divisor_counts.value == "reported" else "memenuhi syarat"
    counted = numbers.reported if formula.divisor_counts.value == "reported" else n
    sids = sum(numbers.sids, Fraction(0))
    yield f"Siklus {rulebook.cycle}: {rulebook.title}"
    yield f"1. SPD = {_points(index.spd)} (paling tinggi {number(formula.maximum_spd.value)})"
    yield (
        f"2. Rata-rata SID = {_points(sids)} (jumlah skor {n} inovasi) / {index.divisor}"
        f" = {_points(index.sid_mean)}"
    )
    yield (
        f"   Pembagi {index.divisor}: jumlah inovasi {counts} ({counted}), "
        f"paling sedikit {formula.divisor_min.value}"
    )
    yield f"3. Skor jumlah inovasi = {_count(index, n, rulebook)}"
    yield f"4. SID = {_points(index.sid_mean)} + {_points(index.count_score)} = {_points(index.sid)}"
    yield f"5. Jumlah = SPD {_points(index.spd)} + SID {_points(index.sid)} = {_points(index.total)}"
    yield (
        f"6. Indeks = {_points(index.total)} / {number(formula.maximum_total.value)} x 100"
        f" = {_points(Fraction(index.rounded))}"
    )
    yield f"Predikat: {index.category}"
    yield from _missing(index, rulebook)
    yield "Hitungan memakai angka eksak; pembulatan 2 angka (setengah ke atas) hanya saat ditampilkan."
    yield from _inferred(rulebook)


def _count(index: Index, n: int, rulebook: Rulebook) -> str:
    formula = rulebook.formula
    services, of = index.basic_services, len(formula.basic_services.value)
    minimum, cap = formula.basic_services_min.value, formula.count_cap.value
    if services < minimum:
        return f"0,00: baru {services} dari {of} urusan wajib pelayanan dasar, paling sedikit {minimum}"
    capped = f" (paling banyak {cap})" if n > cap else ""
    condition = f"; {services} dari {of} urusan wajib pelayanan dasar" if minimum else ""
    product = f"{number(formula.count_weight.value)} x {min(n, cap)}{capped}"
    return f"{product} = {_points(index.count_score)}{condition}"


def _missing(index: Index, rulebook: Rulebook) -> Iterator[str]:
    gap = gap_to_next(rulebook, index.index)
    if gap is None:
        yield "Ini predikat tertinggi."
        return
    yield (
        f"Ke predikat berikutnya, {gap.category} (mulai {_points(Fraction(gap.lower))}):"
        f" kurang {_points(Fraction(gap.index_points))}"
        f" poin indeks, yaitu {_points(_up(gap.score_points))} poin nilai."
    )


def _inferred(rulebook: Rulebook) -> Iterator[str]:
    names = [path for path, _, _ in inferred_in(rulebook.formula)]
    if names:
        listed = ", ".join(names)
        yield f"Disimpulkan, bukan dibaca dalam sumber: {listed} (iid rulebook show {rulebook.cycle})."
