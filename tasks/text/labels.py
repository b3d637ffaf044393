"""Indonesian words for codes: what people read where tables hold a code.

Sentences and fixes of findings are in ``expectations/findings/findings.yaml``; here is only
the short title under which the same cause is counted. An unknown code shows itself.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

from iid.tasks.text.indonesian import DASH, clean, day, number

#: Column of index.json, title, what it means (said once, on the first page).
LEVELS = (
    ("claimed", "Diklaim", "Parameter seperti dipilih unit; semua inovasi dianggap memenuhi syarat."),
    (
        "supported",
        "Didukung bukti",
        "Hanya klaim yang buktinya ada, dapat dibuka dan sesuai aturan; keputusan peninjau ikut berlaku.",
    ),
    ("verified", "Terverifikasi", "Hanya klaim yang sudah diterima peninjau, pada parameter yang diterima."),
)

STATUS = {"provisional": "Sementara", "final": "Final"}
SEVERITY = {"critical": "Kritis", "warning": "Peringatan", "info": "Keterangan"}
DECISION = {"terima": "Diterima", "turunkan": "Diturunkan", "tolak": "Ditolak"}
ASPECT = {"SPD": "Satuan Pemerintah Daerah", "SID": "Satuan Inovasi Daerah"}

UNKNOWN = "unknown"  # shown as the type of a folder that the roster does not have
UNIT_TYPES = {
    "opd": "OPD",
    "puskesmas": "Puskesmas",
    "sekolah": "Sekolah",
    "bpp": "Balai Penyuluhan Pertanian",
    "kecamatan": "Kecamatan",
    "kelurahan": "Kelurahan",
    "desa": "Desa",
    "masyarakat": "Masyarakat",
    "": "Jenis tidak disebut",
    UNKNOWN: "Folder tak dikenal",
}

PROBLEMS = {
    "missing": "tidak ada",
    "empty": "kosong",
    "unreadable": "tidak dapat dibuka",
    "encrypted": "terkunci kata sandi",
    "shortcut": "hanya pintasan",
    "outside_share": "di luar folder inovasi",
    "still_changing": "masih berubah",
    "timeout": "pemeriksaan dihentikan",
    "link_malformed": "alamat tidak lengkap",
}

TITLES = {
    "evidence.missing": "Bukti tidak ada",
    "evidence.empty": "Berkas kosong",
    "evidence.unreadable": "Berkas tidak dapat dibuka",
    "evidence.encrypted": "Berkas terkunci kata sandi",
    "evidence.damaged": "Berkas rusak sebagian",
    "evidence.shortcut": "Pintasan, bukan berkasnya",
    "evidence.supporting_only": "Hanya bukti penyerta",
    "evidence.kind_not_allowed": "Jenis berkas tidak diterima",
    "evidence.too_large": "Berkas melebihi batas ukuran",
    "evidence.over_inferred_limit": "Berkas di atas batas ukuran simpulan",
    "evidence.too_long": "Video terlalu panjang",
    "evidence.over_inferred_length": "Video di atas batas durasi simpulan",
    "evidence.link_instead_of_file": "Tautan sebagai pengganti berkas",
    "evidence.link_malformed": "Alamat tautan tidak lengkap",
    "evidence.link_not_counted": "Tautan tidak dinilai",
    "evidence.link_without_film": "Tautan tidak menunjukkan video",
    "evidence.link_closed": "Tautan tertutup bagi orang lain",
    "evidence.link_gone": "Tautan sudah tidak ada",
    "evidence.read_by_ocr": "Teks dibaca dari gambar",
    "evidence.outside_share": "Berkas di luar folder inovasi",
    "evidence.still_changing": "Berkas masih berubah",
    "evidence.timeout": "Pemeriksaan berkas dihentikan",
    "evidence.duplicate": "Bukti yang sama dipakai berulang",
    "evidence.no_text": "PDF hasil pindai tanpa teks",
    "evidence.name_absent": "Nama inovasi tidak tercantum dalam bukti",
    "evidence.unclaimed": "Berkas tidak dipakai",
    "evidence.folder_unknown": "Folder bukti tanpa nomor indikator",
    "evidence.fewer_than_expected": "Dokumen lebih sedikit daripada lazimnya",
    "evidence.other_region": "Bukti dokumen daerah lain",
    "evidence.macro": "Berkas berisi makro",
    "evidence.blank": "Berkas tidak menampilkan apa pun",
    "evidence.date_outside": "Tanggal dokumen di luar kurun",
    "evidence.archive": "Isi berkas arsip tidak dinilai",
    "evidence.folder_unreadable": "Folder tidak dapat dibaca",
    "claim.parameter_unknown": "Parameter tidak dikenal",
    "claim.basis_missing": "Basis pengukuran kosong atau tidak dikenal",
    "claim.value_disagrees": "Parameter berbeda dengan Nilai",
    "claim.value_unreadable": "Nilai tidak dapat dibaca",
    "claim.value_missing": "Nilai kosong",
    "claim.value_ignored": "Nilai diisi, Parameter kosong",
    "claim.mandatory_missing": "Indikator wajib tidak diklaim",
    "claim.label_mismatch": "No dan nama indikator tidak cocok",
    "claim.note_instead_of_files": "Catatan di kolom Bukti",
    "claim.note_instead_of_link": "Catatan di kolom Tautan",
    "claim.row_missing": "Baris indikator hilang",
    "claim.row_repeated": "Baris indikator berulang",
    "claim.row_unknown": "Baris bukan indikator siklus ini",
    "claim.formula_uncalculated": "Rumus pada klaim belum dihitung",
    "profile.field_missing": "Isian profil kosong",
    "profile.stage": "Tahapan belum dinilai",
    "profile.window": "Waktu penerapan di luar kurun",
    "profile.too_short": "Rancang Bangun terlalu pendek",
    "profile.date_incomplete": "Tanggal tidak lengkap",
    "profile.date_unreadable": "Tanggal tidak dapat dibaca",
    "profile.reported_before": "Sudah dilaporkan pada siklus lalu",
    "profile.duplicate_likely": "Inovasi tampaknya dilaporkan dua kali",
    "profile.duplicate": "Inovasi dilaporkan ganda",
    "profile.choice_unknown": "Isian di luar pilihan",
    "profile.repetitive_text": "Rancang Bangun berulang-ulang",
    "profile.field_repeated": "Isian profil berulang",
    "profile.field_unknown": "Isian di luar formulir siklus",
    "profile.formula_uncalculated": "Rumus pada profil belum dihitung",
    "innovation.folder_repeated": "Folder inovasi bernama sama",
    "submission.blank": "Buku kerja belum diisi",
    "submission.two_candidates": "Dua versi isian",
    "submission.column_unknown": "Kolom tidak dikenal",
    "submission.workbook_name": "Nama buku kerja lain",
    "submission.workbook_in_unit_folder": "Buku kerja di folder unit",
    "submission.folder_too_deep": "Satu folder terlalu dalam",
    "submission.workbook_missing": "Buku kerja tidak ada",
    "submission.workbook_unreadable": "Buku kerja tidak dapat dibaca",
    "submission.sheet_missing": "Lembar kerja tidak ditemukan",
    "submission.unit_unknown": "Kode unit tidak dikenal",
    "submission.late": "Berubah setelah batas waktu",
    "submission.workbook_late": "Buku kerja berubah setelah batas waktu",
    "submission.repaired": "Buku kerja dibaca dengan cara cadangan",
    "unit.nothing_submitted": "Unit belum melaporkan inovasi",
    "unit.held": "Unit ditahan: bukti hilang",
    "unit.evidence_gone": "Kehilangan bukti dihitung",
    "unit.folder_repeated": "Folder unit lebih dari satu",
    "file.unexpected": "Berkas tidak pada tempatnya",
    "decision.lapsed": "Keputusan gugur",
    "decision.note_missing": "Keputusan tanpa catatan",
    "decision.unclear": "Isian keputusan belum jelas",
    "decision.unknown": "Keputusan tidak dikenal",
    "decision.parameter_unknown": "Parameter baru tidak berlaku",
    "decision.claim_unknown": "Keputusan menunjuk klaim yang tidak ada",
    "decision.conflict": "Keputusan bertentangan",
    "decision.no_evidence": "Keputusan tanpa bukti",
    "decision.date_unreadable": "Tanggal keputusan tidak terbaca",
    "decision.workbook_unreadable": "Buku tinjauan tidak dapat dibaca",
    "decision.other_unit": "Keputusan di buku unit lain",
    "decision.vanished": "Keputusan tidak ditemukan lagi",
    "decision.withdrawn": "Keputusan dicabut",
}

#: What moved between two runs: parts of the index, innovations, files.
CHANGE_PARTS = {
    "spd": "Skor SPD",
    "innovations": "Nilai inovasi",
    "divisor": "Pembagi rata-rata SID",
    "count": "Jumlah inovasi",
    "rules": "Aturan lain",
}
CHANGE_GROUPS = {
    "new": "Inovasi baru",
    "gone": "Tidak ada lagi",
    "became_eligible": "Menjadi memenuhi syarat",
    "became_ineligible": "Tidak lagi memenuhi syarat",
}
FILE_CHANGES = {"added": "baru", "removed": "hilang", "changed": "diganti", "renamed": "berganti nama"}

#: Decisions that are the cause of a loss; they are no findings.
DECIDED = {"decision.tolak": "Ditolak peninjau", "decision.turunkan": "Diturunkan peninjau"}

_PATHS = {
    "formula.divisor_min": "Pembagi paling kecil",
    "formula.divisor_counts": "Inovasi yang masuk hitungan pembagi",
    "formula.count_weight": "Bobot jumlah inovasi",
    "formula.count_cap": "Batas jumlah inovasi yang dihitung",
    "formula.basic_services_min": "Syarat urusan wajib pelayanan dasar",
    "formula.basic_services": "Daftar urusan wajib pelayanan dasar",
    "formula.maximum_spd": "Nilai SPD paling tinggi",
    "formula.maximum_sid_innovation": "Nilai satu inovasi paling tinggi",
    "formula.maximum_count": "Nilai jumlah inovasi paling tinggi",
    "formula.maximum_total": "Nilai seluruhnya paling tinggi",
    "formula.places": "Angka di belakang koma",
    "threshold_rule": "Aturan ambang yang tumpang-tindih",
    "eligibility.stage": "Tahapan yang dinilai",
    "eligibility.stages": "Daftar tahapan",
    "eligibility.applied_from": "Awal kurun penerapan",
    "eligibility.applied_to": "Akhir kurun penerapan",
    "eligibility.developed_counts": "Pembaharuan dalam kurun ikut dihitung",
    "eligibility.entries_max": "Berapa kali satu inovasi boleh dilaporkan",
    "eligibility.min_words": "Jumlah kata Rancang Bangun",
    "limits.bytes_per_mb": "Besar satu MB",
    "timetable.reporting_from": "Awal pelaporan",
    "timetable.reporting_to": "Akhir pelaporan",
}

_CODED = frozenset({"formula.divisor_counts", "threshold_rule"})
_RULE_WORDS = {
    "reported": "yang dilaporkan",
    "eligible": "yang memenuhi syarat",
    "better_parameter": "parameter yang lebih baik berlaku",
    "link": "tautan",
}

_FIELDS = {
    "weight": "Bobot indikator",
    "mandatory": "Tanda wajib",
    "parameters": "Bunyi parameter",
    "evidence": "Bukti yang diminta",
    "kinds": "Jenis berkas yang diterima",
    "proofs": "Jenis berkas yang membuktikan",
    "max_size_mb": "Batas ukuran berkas (MB)",
    "max_minutes": "Batas durasi video (menit)",
    "expected_items": "Jumlah dokumen yang lazim (parameter 1, 2, 3)",
    "effort": "Tingkat upaya",
    "outcome": "Ditentukan keadaan, bukan berkas",
    "thresholds": "Ambang nilai (satuannya)",
    "bases": "Nama basis",
}


def title(code: str) -> str:
    """Return the short title of a finding or decision *code*, else the code."""
    return TITLES.get(code) or DECIDED.get(code, code)


def unit_type(code: str) -> str:
    """Indonesian name of a type of unit."""
    return UNIT_TYPES.get(code, code)


def kind_of_file(code: str) -> str:
    """A kind of evidence as people call it: ``tautan``, ``pdf``."""
    return _RULE_WORDS.get(code, code)


def rule_value(path: str, value: object) -> str:
    """Return a rulebook *value* for people: ``ya``, ``1.024``, ``–``."""
    if isinstance(value, bool):
        return "ya" if value else "tidak"
    if isinstance(value, Decimal | int):
        return number(value)
    if isinstance(value, date):
        return day(value)
    items = value if isinstance(value, tuple) else (value,)
    # Only codes are translated: a text of the guideline may be any word.
    words = _RULE_WORDS if path in _CODED or path.endswith(".kinds") or ".proofs[" in path else {}
    return ", ".join(words.get(clean(item), clean(item)) for item in items) or DASH


def path_label(path: str) -> tuple[str, str]:
    """Return the row and part of a path: ``("16", "Bobot indikator")``."""
    if path in _PATHS:
        return "", _PATHS[path]
    indicator = re.match(r"indicators\[(\w+)\]\.(\w+)(?:\[(\w+)\])?(?:\.parameters\[(\d)\])?", path)
    if indicator:
        key, part, item, step = indicator.groups()
        if part == "parameters":
            return f"{key} parameter {item}", _FIELDS[part]
        if part == "bases":
            return (
                (f"{key}{item} parameter {step}", _FIELDS["parameters"])
                if step
                else (key + item, _FIELDS[part])
            )
        return key, _FIELDS.get(part, part)
    field = re.match(r"profile\[(\w+)\](?:\.(\w+))?", path)
    if field:
        return (field[1], "Isian profil yang wajib") if field[2] else ("", "Isian profil")
    predicate = re.match(r"predicates\[(.+)\]", path)
    return (predicate[1], "Batas kategori") if predicate else ("", path)
