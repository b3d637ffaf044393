"""Of innovations of one name exactly one counts, and no copy costs anybody anything."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest

from iid.tasks.score.same_names import as_published, groups_by_run, one_of_each_name
from iid.tasks.score.scoring import Scored, score

OLD, COPY = "201/Asli", "101/Salinan"


def two(region: Any, old: int | dict[str, int] = 3, copy: int | dict[str, int] = 3) -> Any:
    """An innovation and one of the same name under a lower unit code, both reported as such."""
    for owner, parameters in ((OLD, old), (COPY, copy)):
        region.innovation(owner, parameters)
        region.innovations[-1]["name"] = "Rapor Sungai" if owner == OLD else "RAPOR-SUNGAI"
        region.fault("profile.duplicate", owner)
    region.region(0)
    return region


def counted(region: Any, first: dict[str, str] | None = None) -> tuple[str, Scored]:
    """Which of the two counts, and the scores."""
    innovations, claims, evidence, findings, decisions = region.tables()
    settled = one_of_each_name(
        innovations, claims, evidence, findings, decisions, region.rulebook, lambda groups: first or {}
    )
    warned = settled[(settled["code"] == "profile.duplicate") & (settled["severity"] == "warning")]
    assert len(warned) == 1
    return warned["innovation_id"].iloc[0], score(
        innovations, claims, evidence, settled, decisions, region.rulebook
    )


def test_the_accepted_one_counts_before_the_one_published_first_and_the_better_one(region: Any) -> None:
    two(region, {"16": 1}).decide(OLD, "16", "terima")
    assert counted(region, {COPY: "run-1"})[0] == OLD


def test_the_one_published_first_counts_before_the_better_one(region: Any) -> None:
    assert counted(two(region, {"16": 1}), {OLD: "run-1", COPY: "run-2"})[0] == OLD


def test_of_two_new_ones_the_better_supported_one_counts(region: Any) -> None:
    assert counted(two(region, 3, {"16": 3}))[0] == OLD


def test_of_two_alike_the_lower_unit_code_counts(region: Any) -> None:
    assert counted(two(region))[0] == COPY


def test_one_that_something_else_bars_keeps_no_name(region: Any) -> None:
    two(region).decide(OLD, "16", "terima")
    region.fault("profile.window", OLD)
    assert counted(region, {OLD: "run-1"})[0] == COPY


def test_an_accepted_parameter_of_nothing_is_no_acceptance(region: Any) -> None:
    two(region).decide(OLD, "16", "turunkan", new=0)
    assert counted(region)[0] == COPY


def test_each_finding_says_which_one_counts(region: Any) -> None:
    innovations, claims, evidence, findings, decisions = two(region).tables()
    settled = one_of_each_name(
        innovations, claims, evidence, findings, decisions, region.rulebook, lambda groups: {OLD: "1"}
    )
    said = dict(zip(settled["innovation_id"], settled["message"], strict=True))
    assert said[OLD].endswith("Yang dihitung: inovasi ini.")
    assert said[COPY].endswith(f"Yang dihitung: {OLD}.")
    assert findings["severity"].eq("critical").all(), "the given table stays as it is"


def test_the_one_that_was_copied_keeps_its_score_and_its_accepted_claims(region: Any) -> None:
    two(region, 3, {"16": 3})
    for key in region.rulebook.by_key:
        region.decide(OLD, key, "terima") if key.isdigit() and int(key) > 15 else None
    _, scored = counted(region)
    table = scored.innovations.set_index("innovation_id")
    assert table.loc[OLD, ["supported_score", "verified_score"]].tolist() == ["111.00", "111.00"]
    assert not table.loc[COPY, "eligible"]


@pytest.mark.parametrize("counts", ["eligible", "reported"])
@pytest.mark.parametrize("copied", [0, {"16": 3}, 3])
def test_no_copy_lowers_the_index_of_the_region(
    make_rulebook: Callable[..., Any], make_region: Callable[..., Any], counts: str, copied: Any
) -> None:
    rulebook = make_rulebook(divisor_counts=counts, divisor_min=1)
    index = {}
    for with_copy in (False, True):
        region = make_region(rulebook)
        if with_copy:
            two(region, 3, copied)
        else:
            region.innovation(OLD, 3)
            region.region(0)
        tables = region.tables()
        findings = one_of_each_name(*tables, rulebook, lambda groups: {OLD: "run-1"})
        scored = score(*tables[:3], findings, tables[4], rulebook)
        index[with_copy] = Decimal(scored.index["supported"]["index"])
    assert index[True] == index[False]


def test_the_oldest_run_with_one_of_a_group_decides_and_no_later_one_is_read() -> None:
    def table(**named: str) -> pd.DataFrame:
        return pd.DataFrame({"innovation_id": list(named), "name": list(named.values())})

    def runs() -> Any:
        yield "run-1", table(a="Lain")  # under another name it was not published as this
        yield "run-2", table(a="Rapor Sungai", c="Lain")
        raise AssertionError("run-3 was read")

    groups = [{"a": "RAPOR-SUNGAI", "b": "Rapor Sungai"}]
    assert groups_by_run(groups, runs()) == {"a": "run-2"}


def test_under_other_rules_the_choice_of_the_published_run_comes_first_again(region: Any) -> None:
    innovations, claims, evidence, findings, decisions = two(region).tables()
    settled = one_of_each_name(
        innovations, claims, evidence, findings, decisions, region.rulebook, lambda groups: {OLD: "1"}
    )
    assert as_published(settled)([]) == {OLD: ""}
