"""Suites built from a rulebook: few, meaningful, and each failing row can say what is wrong."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from iid.expectations.findings.catalogue import catalogue
from iid.expectations.rulebook.loading import available, load
from iid.expectations.suites import demands
from iid.expectations.suites.suites import columns_of, suites

ALL = [pytest.param(load(cycle).rulebook, id=str(cycle)) for cycle in available()]


@pytest.mark.parametrize("rulebook", ALL)
def test_every_shipped_rulebook_gives_one_small_suite_a_table(rulebook):
    made = suites(rulebook)
    assert list(made) == ["units", "innovations", "fields", "claims", "evidence"]
    assert all(1 <= len(suite.expectations) <= 30 for suite in made.values())


@pytest.mark.parametrize("rulebook", ALL)
def test_suite_as_json_documents_the_demands(rulebook):
    made = suites(rulebook)
    rules = rulebook.eligibility
    exported = {name: json.loads(json.dumps(suite.to_json_dict())) for name, suite in made.items()}
    by_check = {e["meta"]["check"]: e["kwargs"] for suite in exported.values() for e in suite["expectations"]}
    assert by_check["profile.stage"]["value_set"] == [rules.stage.value]
    assert by_check["profile.window"]["min_value"].startswith(rules.applied_from.value.isoformat())
    assert by_check["profile.window"]["max_value"].startswith(rules.applied_to.value.isoformat())
    assert by_check["profile.too_short"]["min_value"] == rules.min_words.value
    assert by_check["evidence.kind_not_allowed"]["allowed"] == demands.allowed_kinds(rulebook)


@pytest.mark.parametrize("rulebook", ALL)
def test_every_expectation_carries_its_finding(rulebook):
    checks = []
    for suite in suites(rulebook).values():
        for expectation in suite.expectations:
            meta, kind = expectation.meta, catalogue()[expectation.meta["code"]]
            checks.append(meta["check"])
            assert meta["check"].partition("/")[0] == meta["code"]
            assert (meta["severity"], meta["sentence"], meta["fix"]) == (
                kind.severity,
                kind.sentence,
                kind.fix,
            )
            assert expectation.severity == kind.severity
            assert meta["about"].endswith(".")
    assert len(checks) == len(set(checks))


def test_every_expectation_has_words_for_its_finding_and_no_words_are_idle():
    from iid.tasks.validate.finding_rows import WORDS

    checks = {e.meta["check"] for suite in suites(load(2026).rulebook).values() for e in suite.expectations}
    assert checks == set(WORDS)


def test_columns_of_a_suite_are_those_its_expectations_read():
    assert columns_of(suites(load(2026).rulebook)["units"]) == {"submitted"}


@pytest.mark.parametrize("rulebook", ALL)
def test_demands_are_plain_values(rulebook):
    plain = {
        "kinds": demands.allowed_kinds(rulebook),
        "read": demands.size_limits(rulebook, "read"),
        "inferred": demands.size_limits(rulebook, "inferred"),
        "length": demands.length_limits(rulebook, "read"),
        "items": demands.expected_items(rulebook),
        "bases": demands.basis_letters(rulebook),
    }
    assert json.loads(json.dumps(plain)) == plain
    assert not set(plain["read"]) & set(plain["inferred"])


def test_indicators_that_ask_for_the_name_and_for_other_regions_come_from_the_rulebooks_words():
    rulebook = load(2026).rulebook
    assert demands.naming_innovation(rulebook) == ["16"]
    assert demands.replication(rulebook) == ["31"]


def test_judging_leaves_the_suite_as_it_was_without_an_id_made_by_chance():
    from iid.tasks.validate.run_suites import judge

    suite = suites(load(2026).rulebook)["units"]
    before = json.dumps(suite.to_json_dict())
    answers = judge(
        {"units": suite}, {"units": pd.DataFrame({"submitted": pd.array([True, None, False], "boolean")})}
    )
    assert [(answer.failing, answer.checked) for answer in answers] == [([2], 2)]
    assert json.dumps(suite.to_json_dict()) == before


def judged(expectation, rows):
    from iid.expectations.suites.quiet_gx import gx, quiet_context

    table = pd.DataFrame(rows, columns=["key", "value"]).astype({"key": "string"})
    source = quiet_context().data_sources.add_pandas("p").add_dataframe_asset("t")
    batch = source.add_batch_definition_whole_dataframe("b").get_batch(batch_parameters={"dataframe": table})
    suite = gx.ExpectationSuite(name="s", expectations=[expectation])
    answer = batch.validate(suite, result_format={"result_format": "COMPLETE"}).results[0]
    return answer.result["unexpected_index_list"]


def test_value_must_be_one_of_those_allowed_for_its_key():
    from iid.expectations.suites.custom import IGNORE_MISSING, ExpectColumnPairValuesToBeAllowedForKey

    expectation = ExpectColumnPairValuesToBeAllowedForKey(
        column_A="key",
        column_B="value",
        allowed={"16": ["pdf"], "25": ["jpg", "png"], "35": []},
        ignore_row_if=IGNORE_MISSING,
    )
    rows = [
        ("16", "pdf"),
        ("16", "jpg"),
        ("25", "png"),
        ("99", "exe"),
        ("16", None),
        (None, "jpg"),
        ("35", "mp4"),
    ]
    assert judged(expectation, rows) == [1, 6]


def test_value_must_lie_within_the_limits_of_its_key():
    from iid.expectations.suites.custom import IGNORE_MISSING, ExpectColumnPairValuesToBeWithinLimitsForKey

    expectation = ExpectColumnPairValuesToBeWithinLimitsForKey(
        column_A="key",
        column_B="value",
        minimum={"a": 2},
        maximum={"a": 4, "b": 1},
        ignore_row_if=IGNORE_MISSING,
    )
    rows = [("a", 1), ("a", 2), ("a", 4), ("a", 5), ("b", 0), ("b", 2), ("c", 9), ("a", None), (None, 9)]
    assert judged(expectation, rows) == [0, 3, 5]


def test_no_rule_at_all_accepts_everything():
    from iid.expectations.suites.custom import IGNORE_MISSING, ExpectColumnPairValuesToBeWithinLimitsForKey

    expectation = ExpectColumnPairValuesToBeWithinLimitsForKey(
        column_A="key", column_B="value", maximum={}, ignore_row_if=IGNORE_MISSING
    )
    assert judged(expectation, [("a", 1), ("b", 2)]) == []
