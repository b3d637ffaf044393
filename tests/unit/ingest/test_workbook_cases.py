"""Workbooks as real programs and people leave them: each reads as the sound one, with what is said of it.

``workbooks/base.xlsx`` is an innovation of 102.00 points; every other file differs in one trait
(E03 ``<sheetData />``, C02 Strict Open XML, E08 a macro sheet, E06 sheets without a relation, C08
UTF-16 parts, ...). The documents are made up.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from iid.expectations.rulebook.model import Rulebook

WORKBOOKS = Path(__file__).parent / "workbooks"
EVIDENCE = {
    "16": ("SK penetapan inovasi 1.pdf",),
    "17": ("Surat tugas tim pengelola.pdf",),
    "18": ("DPA 2024.pdf", "DPA 2025.pdf", "DPA 2026.pdf"),
    "19": ("Alat kerja.png",),
    "20": ("Bimtek 1.pdf", "Bimtek 2.pdf", "Bimtek 3.pdf"),
    "21": ("RKPD 2024.pdf", "RKPD 2025.pdf", "RKPD 2026.pdf"),
    "22": ("Perjanjian kerja sama 1.pdf",),
    "23": ("SK pelaksana.pdf",),
    "24": ("Surat penugasan lintas perangkat daerah.pdf",),
    "25": ("Foto sosialisasi 1.jpg",),
    "26": ("Buku manual.pdf",),
    "27": tuple(f"Tangkapan layar layanan {n}.png" for n in (1, 2, 3)),
    "28": ("SOP.pdf",),
    "29": ("Rekap pengaduan.jpg",),
    "30": ("Beranda terintegrasi.png",),
    "31": ("Pernyataan Maros.pdf",),
    "32": ("Laporan penciptaan inovasi.pdf",),
    "33": ("Daftar penerima manfaat.pdf",),
    "34": ("Laporan monev.pdf",),
    "35": ("Video inovasi.mp4",),
}
CODES = {
    "C33": {"submission.two_candidates"},
    "C40": {"submission.folder_too_deep"},
    "C51": {"submission.two_candidates"},
    "C53": {"submission.two_candidates"},
    "C67": {"submission.two_candidates"},
    "C72": {"claim.label_mismatch"},
    "D02": {"claim.note_instead_of_files"},
    "D10": {"profile.date_incomplete"},
    "E12": {"claim.note_instead_of_files"},
}
CASES = sorted({path.stem.partition("-")[0] for path in WORKBOOKS.glob("*.xlsx")})


@pytest.mark.parametrize("case", CASES)
def test_each_workbook_claims_what_the_sound_one_claims(case: str, share: Any, rulebook: Rulebook) -> None:
    folder = "01 Dinas/GEBRAKS/GEBRAKS" if case == "C40" else "01 Dinas/GEBRAKS"
    for path in WORKBOOKS.glob(f"{case}*.xlsx"):
        share.put(f"{folder}/inovasi{path.stem.removeprefix(case)}.xlsx", path.read_bytes())
    for key, names in EVIDENCE.items():
        if key == "35" and case in {"C95", "C98"}:
            continue  # the link alone proves it
        for name in names:
            share.put(f"{folder}/bukti/{_folder(key, rulebook)}/{name}")
    read = share.read()
    claims = read.claims[read.claims["innovation_id"] == "01/GEBRAKS"]
    weights = {row.key: row.weight.value for row in rulebook.sid}
    score = sum(
        Decimal(str(weights[key])) * int(parameter)
        for key, parameter in zip(claims["indicator"], claims["parameter"], strict=True)
    )
    assert score == 102
    counted = read.evidence[read.evidence["counted"]]
    assert set(counted["indicator"]) == set(EVIDENCE)
    assert set(counted["problem"]) == {""}
    fields = read.fields.set_index("field")
    assert set(fields["problem"]) == {""}
    assert fields.loc["stage", "value"] == "Penerapan"
    assert {*read.findings["code"]} == CODES.get(case, set())
    assert len(read.findings) == len(CODES.get(case, set()))
    if case in {"C95", "C98"}:
        assert counted.loc[counted["indicator"] == "35", "source"].str.startswith("https://").all()


def _folder(key: str, rulebook: Rulebook) -> str:
    return {"18": "18 Dukungan anggaran", "19": "19 Alat Kerja"}.get(
        key, f"{key} {rulebook.by_key[key].name}"
    )
