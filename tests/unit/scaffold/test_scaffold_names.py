"""Folder names that Windows, SMB and the reader accept."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.tasks.values.folder_names import evidence_folders, safe_name, unit_folder


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("UPT Puskesmas: Aluh-Aluh?", "UPT Puskesmas Aluh-Aluh"),
        ("  Perahu   Sehat.. ", "Perahu Sehat"),
        ("_Contoh", "Contoh"),
        ("~$kunci", "kunci"),
        ("...", "Tanpa nama"),
        ("CON", "Inovasi CON"),
        ("Desa Bi'ih", "Desa Bi'ih"),
        ("Sekolah & Rumah (SERU)", "Sekolah & Rumah (SERU)"),
        ("Cafe\u0301", "Caf\u00e9"),
    ],
)
def test_a_name_keeps_all_that_a_drive_accepts(text: str, name: str) -> None:
    assert safe_name(text, 80) == name


def test_a_long_name_is_cut_at_a_word() -> None:
    assert safe_name("Pelayanan administrasi kependudukan keliling", 30) == "Pelayanan administrasi"
    assert safe_name("x" * 50, 30) == "x" * 30


@given(st.text(), st.integers(12, 80))
def test_any_text_becomes_one_visible_folder_name(text: str, limit: int) -> None:
    name = safe_name(text, limit)
    assert name
    assert name == name.strip()
    assert not name.startswith(("_", ".", "~$"))
    assert not name.endswith(".")
    assert not set(name) & set('<>:"/\\|?*\n\t\0')
    assert unicodedata.is_normalized("NFC", name)
    assert len(name) <= max(limit, len("Tanpa nama")) + len("Inovasi ")


def test_the_first_word_of_a_unit_folder_is_its_code() -> None:
    assert unit_folder("63.03.06.2009", "Desa Bi'ih") == "63.03.06.2009 Desa Bi'ih"


@pytest.mark.parametrize("cycle", [2023, 2024, 2026, 2027])
def test_every_indicator_has_an_evidence_folder_that_begins_with_its_number(cycle: int) -> None:
    rulebook = load(cycle).rulebook
    for aspect in ("SID", "SPD"):
        folders = evidence_folders(rulebook, aspect)
        for path, indicator in folders.items():
            assert path.startswith(f"bukti/{indicator.key} ")
            assert len(path) < 60
    assert len(evidence_folders(rulebook, "SID")) == 20
