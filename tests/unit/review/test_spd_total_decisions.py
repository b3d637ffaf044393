"""A region's SPD score that was entered as one number is lowered to an exact number, not a whole one."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook


def lowered(review, new):
    review.decide("pemda", "SPD", Keputusan="turunkan", Parameter_baru=new, Catatan="dua bukti kedaluwarsa")
    return review.assess()


@pytest.fixture
def exact(review_2023):
    review_2023.claims[0]["value"] = "62.995"
    review_2023.run()
    return review_2023


@pytest.mark.parametrize(
    ("new", "value"),
    [
        ("62,99", "62.99"), ("62.994", "62.994"), (62.99, "62.99"), (40, "40"), ("0", "0"),
        ("0,125", "0.125"), ("1.234", "1.234"), (" 41,50 ", "41.5"), (0.1 + 0.2, "0.3"),
    ],
)  # fmt: skip
def test_a_total_is_lowered_exactly_with_dot_or_comma(exact, new, value):
    assessment = lowered(exact, new)
    row = assessment.decisions.iloc[0].to_dict()
    assert (row["in_force"], row["new_value"]) == (True, value)
    assert assessment.findings.empty
    score = assessment.scores.set_index("indicator").loc["SPD"]
    assert float(score["verified_score"]) == float(value)
    assert score["supported_score"] == score["verified_score"]


@pytest.mark.parametrize("new", ["62,995", "63", "-1", "dua", "1.234.567", None, "62,9950"])
def test_what_does_not_lower_a_total_is_a_finding_that_says_what_may_stand_there(exact, new):
    assessment = lowered(exact, new)
    assert not assessment.decisions["in_force"].any()
    [found] = assessment.findings.to_dict("records")
    assert found["code"] == "decision.parameter_unknown"
    assert found["source"].endswith("#Keputusan!H2")
    assert "dari 0 sampai kurang dari 62,995" in found["message"]


def test_a_lowered_total_is_carried_from_workbook_to_workbook(exact):
    lowered(exact, "62,99")
    exact.run()
    (exact.folder / "pemda.xlsx").unlink()
    assessment, _ = exact.run()
    assert assessment.decisions["new_value"].tolist() == ["62.99"]
    assert [row[7] for row in exact.rows("pemda")][1:] == ["62.99"]
    assert exact.assess().decisions["in_force"].tolist() == [True]


def test_two_exact_totals_that_differ_contradict_each_other(exact):
    def twice(sheet):
        sheet["G2"], sheet["H2"], sheet["I2"] = "turunkan", "62,99", "x"
        sheet.append([cell.value for cell in sheet[2]])
        sheet["H3"] = "62,98"

    exact.edit("pemda", twice)
    assessment = exact.assess()
    assert set(assessment.findings["code"]) == {"decision.conflict"}
    assert "turunkan ke 62,99 dan turunkan ke 62,98" in assessment.findings["message"][0]
    assert assessment.index["verified"]["spd"] == "0.00"


def test_the_cell_of_a_total_takes_decimals_and_that_of_a_parameter_does_not(exact, review):
    def rule(place):
        rules = load_workbook(place)["Keputusan"].data_validations.dataValidation
        return next(rule for rule in rules if "H2" in rule.sqref)

    total, parameter = rule(exact.folder / "pemda.xlsx"), rule(review.folder / "1.01.xlsx")
    assert (total.type, parameter.type) == ("decimal", "whole")
    assert "62,99" in total.prompt
    assert "0 s.d. 2" in parameter.prompt


def test_a_parameter_is_still_lowered_to_whole_steps_only(review):
    review.decide("1.01/Siaga", "16", Keputusan="turunkan", Parameter_baru="1,5", Catatan="x")
    table, findings = review.read()
    assert not table["in_force"].any()
    assert "yang boleh: bilangan bulat 0 s.d. 2" in findings["message"][0]


def test_a_run_from_before_exact_totals_still_counts_its_whole_one(review_2023):
    lowered(review_2023, "41")
    old = review_2023.assess().decisions.assign(new_parameter=41)
    review_2023.kept = old.drop(columns="new_value")
    (review_2023.folder / "pemda.xlsx").unlink()
    again = review_2023.assess()
    assert again.index["verified"]["spd"] == "41.00"
