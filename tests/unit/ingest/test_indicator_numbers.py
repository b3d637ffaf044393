"""Numbers of indicators, in the column No and in front of folder names."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.tasks.values.indicator_numbers import folder_key, indicator_key

SID = frozenset(map(str, range(16, 36)))
SPD = frozenset({"1", "2a", "2b", "3", "5a", "10a", "SPD"})


@pytest.mark.parametrize(
    "cell",
    [
        *("16", "16.", " 16 ", "16.0", "016", "No 16", "No. 16", "Indikator 16", "16)"),
        *("#16", "'16", '"16"', "16,", "no:16", "indikator ke-16", "16 -"),
    ],
)
def test_number_cells_are_read(cell: str) -> None:
    assert indicator_key(cell, SID) == "16"


@pytest.mark.parametrize("cell", ["2a", "2 a", "2.a", "2-A", "2A.", "Indikator 2a"])
def test_lettered_cells_are_read(cell: str) -> None:
    assert indicator_key(cell, SPD) == "2a"


@pytest.mark.parametrize("cell", ["", "36", "1", "16a", "16 Regulasi", "x", "16-17", "#REF!", "SPD", "16/35"])
def test_other_cells_are_no_indicator(cell: str) -> None:
    assert indicator_key(cell, SID) == ""


@pytest.mark.parametrize(
    "name",
    [
        "16 Regulasi",
        "16. Regulasi",
        "16_Regulasi",
        "16-Regulasi",
        "16Regulasi",
        "16",
        "Indikator 16 Regulasi",
        "INDIKATOR_16",
        "No. 16 SK",
        "016 Regulasi",
        " 16  Regulasi",
        "16 a b",
        "16. 2024 SK",
        "16 (2 berkas)",
    ],
)
def test_folders_begin_with_their_indicator(name: str) -> None:
    assert folder_key(name, SID) == "16"


@pytest.mark.parametrize("name", ["2a x", "2 a x", "2.a APBD", "2A-APBD", "2a"])
def test_lettered_folders_are_read(name: str) -> None:
    assert folder_key(name, SPD) == "2a"


@pytest.mark.parametrize("name", ["SPD", "SPD skor", "spd_skor", "SPD-2023"])
def test_total_has_a_folder_of_its_own(name: str) -> None:
    assert folder_key(name, SPD) == "SPD"
    assert folder_key(name, SID) == ""


@pytest.mark.parametrize(
    "name",
    [
        "Regulasi",
        "2024 foto",
        "36 x",
        "1 Visi",
        "16-17 Regulasi",
        "16 & 17",
        "16 dan 17",
        "16,17",
        "SPDX",
        "x16",
        "",
        "160",
    ],
)
def test_other_folders_belong_to_no_indicator(name: str) -> None:
    assert folder_key(name, SID) == ""


def test_number_without_its_letter_is_no_indicator() -> None:
    assert folder_key("2 APBD", SPD) == ""
    assert folder_key("3 a Perizinan", SPD) == "3"


@given(st.text(max_size=80))
def test_any_name_gives_a_key_or_nothing(name: str) -> None:
    assert folder_key(name, SID) in SID | {""}
    assert indicator_key(name, SPD) in SPD | {""}
