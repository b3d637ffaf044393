"""What a Parameter or Basis cell claims; nothing is ever guessed."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.parameter_cells import read_basis, read_parameter
from iid.tasks.text.cell_values import CellError, Uncalculated

RULES = load(2026).rulebook


@pytest.mark.parametrize("cell", [None, "", "-", "–", 0, 0.0, "0", "0,0"])
def test_empty_and_zero_claim_nothing(cell: object) -> None:
    claimed = read_parameter(cell, RULES.by_key["17"])  # type: ignore[arg-type]
    assert (claimed.parameter, claimed.problem) == (0, "")


@pytest.mark.parametrize(
    "cell",
    [2, 2.0, "2", " 2 ", "2,0", "2.0", "P2", "p 2", "Parameter 2", "PARAMETER: 2", "2.", "２", '"2"', "“2”"],
)
def test_numbers_one_to_three_claim_that_step(cell: object) -> None:
    claimed = read_parameter(cell, RULES.by_key["17"])  # type: ignore[arg-type]
    assert (claimed.parameter, claimed.problem) == (2, "")


def test_texts_that_begin_with_a_number_mean_their_own_step() -> None:
    rows = RULES.by_key["17"]
    assert [parameter.text for parameter in rows.parameters][:2] == ["1-10 SDM", "11-30 SDM"]
    assert read_parameter("1-10 SDM", rows).parameter == 1
    assert read_parameter("11-30 SDM", rows).parameter == 2
    assert read_parameter("11 – 30 sdm.", rows).parameter == 2
    assert read_parameter("2 – 11-30 SDM", rows).parameter == 2
    assert read_parameter("1 – 11-30 SDM", rows).problem == "parameter_unknown"


@pytest.mark.parametrize(
    "indicator", [row for row in RULES.indicators if row.parameters], ids=lambda row: row.key
)
def test_every_text_and_dropdown_entry_of_the_rulebook_is_understood(indicator: object) -> None:
    rows = [("", indicator.parameters)]  # type: ignore[attr-defined]
    rows += [(basis.code, basis.parameters) for basis in indicator.bases]  # type: ignore[attr-defined]
    for basis, parameters in rows:
        for parameter in parameters:
            forms = (parameter.text, parameter.text.upper(), f"{parameter.value} – {parameter.text}")
            for cell in (*forms, f"  {parameter.value}. {parameter.text} "):
                assert read_parameter(cell, indicator, basis).parameter == parameter.value, cell  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "cell",
    [
        "4",
        4,
        -1,
        2.5,
        "2,5",
        "abc",
        "2 atau 3",
        "ya",
        "3 – teks siklus lain",
        "1-10",
        "30",
        "2%",
        "P",
        True,
        False,
        date(2026, 2, 1),
        CellError("#REF!"),
        float("nan"),
        10**30,
        "9" * 500,
        "x" * 32767,
    ],
)
def test_everything_else_is_unknown_and_claims_nothing(cell: object) -> None:
    claimed = read_parameter(cell, RULES.by_key["17"])  # type: ignore[arg-type]
    assert (claimed.parameter, claimed.problem) == (0, "parameter_unknown")


def test_comparison_signs_are_not_lost() -> None:
    rows = RULES.by_key["29"]
    assert rows.parameters[2].text == "≥ 91%"
    assert read_parameter(">= 91 %", rows).parameter == 3
    assert read_parameter("91", rows).problem == "parameter_unknown"
    assert read_parameter("≤ 91%", rows).problem == "parameter_unknown"


def test_formula_without_result_is_its_own_problem() -> None:
    claimed = read_parameter(Uncalculated("=1+1"), RULES.by_key["17"])
    assert (claimed.parameter, claimed.problem) == (0, "formula_uncalculated")


def test_text_of_a_basis_names_the_basis() -> None:
    rows = RULES.by_key["33"]
    text = rows.bases[2].parameters[1].text
    assert (read_parameter(text, rows).parameter, read_parameter(text, rows).basis) == (2, "c")
    assert read_parameter(text, rows, "c").parameter == 2
    assert read_parameter(text, rows, "a").problem == "parameter_unknown"


@pytest.mark.parametrize(
    "cell",
    [
        "c",
        "C",
        "c.",
        "c)",
        "(c)",
        "Basis c",
        "c – Efisiensi belanja",
        "c = efisiensi belanja",
        "Efisiensi Belanja",
        "belanja",
    ],
)
def test_basis_is_a_letter_a_name_or_an_alias(cell: str) -> None:
    assert read_basis(cell, RULES.by_key["33"]) == ("c", True)


@pytest.mark.parametrize("cell", ["z", "1", 1, "ab", "c – Tren kinerja", "jumlah", True, CellError("#N/A")])
def test_other_bases_are_unknown(cell: object) -> None:
    assert read_basis(cell, RULES.by_key["33"]) == ("", False)  # type: ignore[arg-type]


def test_basis_is_ignored_where_the_indicator_has_none() -> None:
    assert read_basis("z", RULES.by_key["17"]) == ("", True)
    assert read_basis("-", RULES.by_key["33"]) == ("", True)


CELLS = st.one_of(st.none(), st.text(), st.integers(), st.floats(), st.booleans(), st.dates())
KEYS = st.sampled_from(sorted(RULES.by_key))


@given(CELLS, KEYS, st.sampled_from(["", "a", "f"]))
def test_any_cell_gives_a_step_of_the_form_or_a_problem(cell: object, key: str, basis: str) -> None:
    claimed = read_parameter(cell, RULES.by_key[key], basis)  # type: ignore[arg-type]
    assert claimed.parameter in {0, 1, 2, 3}
    assert claimed.parameter == 0 or not claimed.problem
    read_basis(cell, RULES.by_key[key])  # type: ignore[arg-type]


def test_bases_of_other_cycles_are_left_alone(totals: Rulebook) -> None:
    for row in totals.sid:
        assert read_parameter(3, row).parameter == 3
