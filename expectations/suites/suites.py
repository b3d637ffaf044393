"""Great Expectations suites of one cycle, built in code from its rulebook.

One suite a long table (units, innovations, fields, claims, evidence), few
expectations over many rows: the time GX takes grows with the square of the
number of expectations and hardly with the rows.

An expectation states the rule over facts of the *judged* table, which the validation
step derives from the long table (:mod:`iid.tasks.validate.validation`). Where a rule
does not apply to a row, the fact is missing there, and GX leaves the row out. That is
the scope, and not ``row_condition``: GX filters the whole table once an expectation
for it, which took 14 times as long over 600,000 rows (docs/dev/architecture.md). The
rulebook's numbers are in the expectation's arguments, so a suite written out
as JSON says what the cycle demands. ``meta`` carries the finding's code, its
severity and texts, ``about`` (Indonesian, for Data Docs) and ``check``: the code,
or ``code/what`` where several expectations raise the same one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.model import Rulebook
from iid.expectations.suites import demands
from iid.expectations.suites.custom import (
    IGNORE_MISSING,
    ExpectColumnPairValuesToBeAllowedForKey,
    ExpectColumnPairValuesToBeProvenForKey,
    ExpectColumnPairValuesToBeWithinLimitsForKey,
)
from iid.expectations.suites.quiet_gx import gx, gxe

#: Problems of an item that the reader or the inspector has seen, and what each check is about.
ITEM_PROBLEMS = {
    "missing": "Berkas yang disebut di kolom Bukti ada di folder indikatornya.",
    "empty": "Berkas bukti tidak kosong.",
    "unreadable": "Berkas bukti dapat dibuka.",
    "encrypted": "Berkas bukti tidak terkunci kata sandi.",
    "shortcut": "Bukti adalah berkasnya sendiri, bukan pintasan.",
    "outside_share": "Berkas bukti berada di dalam folder inovasi.",
    "still_changing": "Berkas bukti tidak berubah selagi dibaca.",
    "timeout": "Berkas bukti selesai diperiksa dalam batas waktu.",
    "link_malformed": "Tautan bukti adalah alamat web yang lengkap.",
}
#: The same for profile fields and for claims.
FIELD_PROBLEMS = {
    "date_unreadable": "Isian tanggal dapat dibaca sebagai tanggal.",
    "choice_unknown": "Isian pilihan diambil dari daftarnya.",
    "formula_uncalculated": "Isian tidak berisi rumus yang belum dihitung.",
}
CLAIM_PROBLEMS = {
    "parameter_unknown": "Parameter diambil dari daftarnya.",
    "value_disagrees": "Parameter sesuai dengan Nilai.",
    "value_unreadable": "Nilai adalah angka.",
    "value_missing": "Nilai diisi bila indikatornya mempunyai ambang angka.",
    "value_ignored": "Nilai tanpa Parameter hanya pada indikator yang mempunyai ambang angka.",
    "formula_uncalculated": "Sel klaim tidak berisi rumus yang belum dihitung.",
}

Suite = gx.ExpectationSuite


def suites(rulebook: Rulebook) -> dict[str, Suite]:
    """The suites of *rulebook* by the name of the table they judge."""
    makers: dict[str, Callable[[Rulebook], Iterator[Any]]] = {
        "units": _units,
        "innovations": _innovations,
        "fields": _fields,
        "claims": _claims,
        "evidence": _evidence,
    }
    return {name: Suite(name=name, expectations=list(make(rulebook))) for name, make in makers.items()}


def columns_of(suite: Suite) -> set[str]:
    """The columns a judged table must have for *suite*."""
    arguments = [e.configuration.kwargs for e in suite.expectations]
    return {a[name] for a in arguments for name in ("column", "column_A", "column_B") if name in a}


@dataclass(frozen=True, slots=True)
class _Check:
    """Builds the expectations of one finding code."""

    code: str
    about: str
    what: str = ""

    def __call__(self, kind: Any, **arguments: Any) -> Any:
        finding = catalogue()[self.code]
        check = f"{self.code}/{self.what}" if self.what else self.code
        texts = {"severity": finding.severity, "sentence": finding.sentence, "fix": finding.fix}
        meta = {"check": check, "code": self.code, "about": self.about, **texts}
        return kind(meta=meta, severity=finding.severity, **arguments)

    def is_(self, column: str, *values: Any) -> Any:
        return self(gxe.ExpectColumnValuesToBeInSet, column=column, value_set=list(values))

    def is_not(self, column: str, *values: str) -> Any:
        return self(gxe.ExpectColumnValuesToNotBeInSet, column=column, value_set=list(values))

    def at_least(self, column: str, number: int) -> Any:
        return self(gxe.ExpectColumnValuesToBeBetween, column=column, min_value=number)

    def days(self, column: str, first: date, last: date) -> Any:
        kind = gxe.ExpectColumnValuesToBeBetween
        lower, upper = (datetime.combine(day, time()) for day in (first, last))
        return self(kind, column=column, min_value=lower, max_value=upper)

    def allowed(self, column: str, by: dict[str, list[str]]) -> Any:
        kind = ExpectColumnPairValuesToBeAllowedForKey
        return self(kind, column_A="indicator", column_B=column, allowed=by, ignore_row_if=IGNORE_MISSING)

    def limits(self, column: str, key: str = "indicator", **by: dict[str, int]) -> Any:
        kind = ExpectColumnPairValuesToBeWithinLimitsForKey
        return self(kind, column_A=key, column_B=column, ignore_row_if=IGNORE_MISSING, **by)


def _units(_: Rulebook) -> Iterator[Any]:
    about = "Setiap unit dalam daftar mempunyai paling sedikit satu folder inovasi."
    yield _Check("unit.nothing_submitted", about).is_("submitted", True)


def _innovations(rulebook: Rulebook) -> Iterator[Any]:
    rules = rulebook.eligibility
    yield _Check("profile.stage", "Tahapan inovasi adalah tahapan yang dinilai.").is_(
        "stage_given", rules.stage.value
    )
    about = "Penerapan (atau pengembangannya, bila diakui) jatuh dalam kurun siklus."
    yield _Check("profile.window", about).days(
        "counting_date", rules.applied_from.value, rules.applied_to.value
    )
    about = "Rancang Bangun cukup panjang."
    yield _Check("profile.too_short", about).at_least("words_given", rules.min_words.value)
    about = (
        "Nama inovasi (tanpa huruf besar, spasi, dan tanda baca) hanya dipakai satu inovasi di daerah ini."
    )
    yield _Check("profile.duplicate", about)(gxe.ExpectColumnValuesToBeUnique, column="name_key")
    about = "Nama inovasi belum dilaporkan pada siklus sebelumnya (jumlah siklus)."
    yield _Check("profile.reported_before", about).is_("cycles_before", 0)
    about = "Nama inovasi tidak hanya berbeda urutan (singkatan dan kepanjangannya) dari inovasi lain."
    yield _Check("profile.duplicate_likely", about).is_("earlier_like_name", 0)
    about = "Rancang Bangun tidak mengulang-ulang kata (persen kata yang berbeda)."
    yield _Check("profile.repetitive_text", about).at_least("distinct_percent", demands.REPETITIVE_PERCENT)


def _fields(_: Rulebook) -> Iterator[Any]:
    yield _Check("profile.field_missing", "Isian wajib tidak kosong.").is_not("required_answer", "")
    for problem, about in FIELD_PROBLEMS.items():
        yield _Check(f"profile.{problem}", about).is_not("field_problem", problem)


def _claims(rulebook: Rulebook) -> Iterator[Any]:
    for problem, about in CLAIM_PROBLEMS.items():
        yield _Check(f"claim.{problem}", about)(
            gxe.ExpectColumnValuesToNotMatchRegex, column="claim_problem", regex=rf"\b{problem}\b"
        )
    about = "Parameter adalah 0, 1, 2, atau 3."
    yield _Check("claim.parameter_unknown", about, "range").is_("claim_parameter", 0, 1, 2, 3)
    about = "Klaim pada indikator dengan beberapa basis menyebut salah satu basisnya."
    yield _Check("claim.basis_missing", about).allowed("claim_basis", demands.basis_letters(rulebook))
    about = "Indikator wajib diklaim."
    yield _Check("claim.mandatory_missing", about).at_least("mandatory_parameter", 1)
    about = "Klaim mempunyai paling sedikit satu berkas atau tautan."
    yield _Check("evidence.missing", about, "claim").at_least("items", 1)
    about = "Klaim yang dibuktikan dengan berkas tidak hanya berisi tautan."
    yield _Check("evidence.link_instead_of_file", about).at_least("files_present", 1)
    about = "Klaim mempunyai bukti yang membuktikan Parameternya, bukan hanya yang menyertainya."
    yield _Check("evidence.supporting_only", about)(
        ExpectColumnPairValuesToBeProvenForKey,
        column_A="proof_key",
        column_B="kinds_shown",
        proves=demands.proving_kinds(rulebook),
        accompanies=demands.accompanying_kinds(rulebook),
        ignore_row_if=IGNORE_MISSING,
    )
    about = "Jumlah dokumen yang berbeda sesuai dengan Parameter."
    yield _Check("evidence.fewer_than_expected", about).limits(
        "documents", key="indicator_parameter", minimum=demands.expected_items(rulebook)
    )
    about = "Nama inovasi ditemukan dalam dokumen indikator yang memintanya."
    yield _Check("evidence.name_absent", about).is_("names_innovation", True)


def _evidence(rulebook: Rulebook) -> Iterator[Any]:
    for problem, about in ITEM_PROBLEMS.items():
        yield _Check(f"evidence.{problem}", about).is_not("item_problem", problem)
    about = "Jenis berkas, menurut isinya, diterima indikatornya."
    yield _Check("evidence.kind_not_allowed", about).allowed("item_format", demands.allowed_kinds(rulebook))
    about = "Ukuran berkas (byte) tidak melebihi batas pedoman."
    yield _Check("evidence.too_large", about).limits(
        "item_size", maximum=demands.size_limits(rulebook, "read")
    )
    about = "Ukuran berkas (byte) tidak melebihi batas yang disimpulkan."
    inferred = demands.size_limits(rulebook, "inferred")
    yield _Check("evidence.over_inferred_limit", about).limits("item_size", maximum=inferred)
    about = "Video (detik) tidak melebihi batas pedoman."
    yield _Check("evidence.too_long", about).limits(
        "item_seconds", maximum=demands.length_limits(rulebook, "read")
    )
    about = "Video (detik) tidak melebihi batas yang disimpulkan."
    inferred = demands.length_limits(rulebook, "inferred")
    yield _Check("evidence.over_inferred_length", about).limits("item_seconds", maximum=inferred)
    about = "Setiap berkas di folder bukti menjadi bukti sebuah klaim."
    yield _Check("evidence.unclaimed", about).is_("used", True)
    about = "Tautan hanya diberikan pada indikator yang menerimanya."
    yield _Check("evidence.link_not_counted", about).is_("link_accepted", True)
    about = "Tautan yang menjadi bukti video adalah alamat videonya sendiri."
    yield _Check("evidence.link_without_film", about).is_not("film_form", *demands.NO_FILM)
    yield _Check("evidence.link_closed", "Tautan yang diperiksa dapat dibuka tanpa masuk (login).").is_not(
        "link_status", "closed"
    )
    yield _Check("evidence.link_gone", "Tautan yang diperiksa masih ada.").is_not("link_status", "gone")
    yield from _content(rulebook)


def _content(rulebook: Rulebook) -> Iterator[Any]:
    """What the files' contents show; warnings only."""
    about = "Dokumen, gambar, atau tautan ini tidak dipakai lagi di inovasi atau indikator lain."
    yield _Check("evidence.duplicate", about).is_("shared_elsewhere", 0)
    yield _Check("evidence.no_text", "PDF mempunyai lapisan teks.").is_("pages_without_text", 0)
    yield _Check("evidence.read_by_ocr", "Teks PDF tidak berasal dari OCR.").is_("text_from_ocr", False)
    about = "Dokumen yang menyebut daerah lain juga menyebut daerah sendiri."
    yield _Check("evidence.other_region", about).is_("other_region", "")
    yield _Check("evidence.damaged", "Berkas terbuka tanpa bagian yang hilang atau rusak.").is_(
        "damaged", False
    )
    yield _Check("evidence.macro", "Berkas tidak berisi makro atau skrip.").is_("macros", False)
    about = "Berkas bukan arsip."
    yield _Check("evidence.archive", about).is_not("archive_format", *demands.ARCHIVES)
    yield _Check("evidence.blank", "Berkas menampilkan sesuatu.").is_("blank", False)
    about = "Tanggal penetapan dokumen jatuh dalam kurun siklus atau sampai akhir tahunnya."
    yield _Check("evidence.date_outside", about).days("signed_on", *demands.document_window(rulebook))
