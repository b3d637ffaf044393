"""The rules of counting (contract 3) on small regions."""

from __future__ import annotations

import pytest
from scored_rows import of, row, scored


def test_a_proven_claim_counts_weight_times_parameter(region):
    region.innovation("1.01/a", {"16": 2})
    got = row(scored(region), "1.01/a", "16")
    assert (got["claimed_score"], got["supported_score"], got["verified_score"]) == ("6.00", "6.00", "0.00")
    assert (got["weight"], got["supported_parameter"], got["evidence_items"], got["reasons"]) == (
        "3.00", 2, 1, "",
    )  # fmt: skip


def test_quarter_weights_keep_their_decimals(region):
    region.region({"5a": 3, "6": 1})
    got = scored(region)
    assert row(got, "pemda", "5a")["supported_score"] == "2.25"
    assert row(got, "pemda", "6")["weight"] == "1.50"
    assert got.index["supported"]["spd"] == "3.75"


@pytest.mark.parametrize(
    "change", [{"readable": False}, {"counted": False}, {"kind": "link", "source": "https://x.id/a"}]
)
def test_a_claim_without_a_usable_item_is_zero_and_says_why(region, change):
    region.innovation("1.01/a", {"16": 2}, proven=False)
    region.item("1.01/a", "16", **change)
    got = row(scored(region), "1.01/a", "16")
    assert (got["supported_score"], got["evidence_items"], got["reasons"]) == ("0.00", 0, "evidence.missing")


def test_a_link_proves_a_claim_where_the_indicator_takes_links(region):
    region.innovation("1.01/a", {"35": 3}, proven=False)
    region.item("1.01/a", "35", kind="link", source="https://video.id/1")
    assert row(scored(region), "1.01/a", "35")["supported_score"] == "12.00"


def test_any_critical_finding_on_a_claim_makes_that_row_zero_and_no_other(region):
    region.innovation("1.01/a", {"16": 3, "17": 3})
    region.fault("evidence.unreadable", "1.01/a", "16")
    region.fault("evidence.empty", "1.01/a", "16")
    region.fault("evidence.empty", "1.01/a", "16")
    got = scored(region)
    assert row(got, "1.01/a", "16")["supported_parameter"] == 0
    assert row(got, "1.01/a", "16")["reasons"] == "evidence.empty;evidence.unreadable"
    assert row(got, "1.01/a", "17")["supported_score"] == "6.00"


@pytest.mark.parametrize("severity", ["warning", "info"])
def test_a_warning_never_changes_a_score(region, severity):
    region.innovation("1.01/a", {"16": 3})
    for code, key in (("evidence.no_text", "16"), ("profile.repetitive_text", ""), ("file.unexpected", "")):
        region.fault(code, "1.01/a", key, severity=severity)
    got = scored(region)
    assert row(got, "1.01/a", "16")["supported_score"] == "9.00"
    assert row(got, "1.01/a", "16")["reasons"] == ""
    assert of(got, "1.01/a")["eligible"]


@pytest.mark.parametrize("code", ["profile.window", "submission.workbook_unreadable", "profile.duplicate"])
def test_an_ineligible_innovation_adds_nothing_and_its_rows_name_the_reason(region, code):
    region.innovation("1.01/a", {"16": 3})
    region.innovation("1.01/b", {"16": 1})
    region.fault(code, "1.01/a")
    got = scored(region)
    assert (of(got, "1.01/a")["eligible"], of(got, "1.01/a")["ineligible_reasons"]) == (False, code)
    assert row(got, "1.01/a", "16")["supported_score"] == "0.00"
    assert row(got, "1.01/a", "16")["reasons"] == code
    assert row(got, "1.01/a", "17")["reasons"] == ""  # nothing was claimed there
    assert (got.index["eligible"], got.index["reported"]) == (1, 2)
    assert got.index["claimed"]["sid_mean"] == "1.00"  # (9 + 3) / 12: all count as eligible
    assert got.index["supported"]["sid_mean"] == "0.25"


def test_an_unknown_unit_bars_every_innovation_of_that_unit(region):
    region.innovation("9.99/a", {"16": 3})
    region.innovation("9.99/b", {"16": 3})
    region.innovation("1.01/c", {"16": 3})
    region.fault("submission.unit_unknown", unit="9.99")
    got = scored(region)
    assert got.index["eligible"] == 1
    assert of(got, "9.99/b")["ineligible_reasons"] == "submission.unit_unknown"


def test_a_critical_finding_of_the_region_bars_no_innovation(region):
    region.innovation("1.01/a", {"16": 3})
    region.fault("evidence.folder_unreadable", "1.01/a", "16")
    region.findings[-1]["innovation_id"] = ""
    assert scored(region).index["eligible"] == 1


def test_count_score_counts_eligible_innovations_in_supported_and_all_in_claimed(region, rulebook):
    for n, service in enumerate(rulebook.formula.basic_services.value):
        region.innovation(f"1.{n:02}/a", {"16": 1}, affair=service)
    region.fault("profile.stage", "1.05/a")
    got = scored(region).index
    assert (got["claimed"]["basic_services"], got["claimed"]["count_score"]) == (6, "2.28")
    assert (got["supported"]["basic_services"], got["supported"]["count_score"]) == (5, "1.90")
    region.fault("profile.stage", "1.04/a")
    got = scored(region).index
    assert (got["supported"]["basic_services"], got["supported"]["count_score"]) == (4, "0.00")


def test_basic_services_match_whatever_their_spelling(region):
    region.innovation("1.01/a", affair="ketentraman, ketertiban umum & pelindungan masyarakat")
    region.innovation("1.01/b", affair="PENDIDIKAN ")
    region.innovation("1.01/c", affair="Pendidikan dan Pelatihan")
    region.innovation("1.01/d", affair="")
    assert scored(region).index["supported"]["basic_services"] == 2


def test_the_divisor_of_reported_innovations_punishes_ineligible_ones(make_rulebook, make_region):
    region = make_region(make_rulebook(divisor_min=2, divisor_counts="reported"))
    for n in range(4):
        region.innovation(f"1.0{n}/a", {"16": 2})
    region.fault("profile.window", "1.00/a")
    got = scored(region).index["supported"]
    assert (got["divisor"], got["sid_mean"]) == (4, "4.50")


def test_equal_scores_share_a_rank_and_ineligible_ones_have_none(region):
    for name, parameter in (("a", 3), ("b", 2), ("c", 2), ("d", 1), ("e", 3)):
        region.innovation(f"1.01/{name}", {"16": parameter})
    region.fault("profile.window", "1.01/e")
    ranks = scored(region).innovations["rank"].tolist()
    assert ranks[:4] == [1, 2, 2, 4]
    assert scored(region).innovations["rank"].isna().tolist() == [False] * 4 + [True]


def test_an_entered_spd_total_counts_as_it_stands(make_rulebook, make_region):
    region = make_region(make_rulebook(spd="total"))
    region.claim("pemda", "SPD", 0, value="41.123456789012345678")
    got = scored(region)
    assert row(got, "pemda", "SPD")["supported_score"] == "41.123456789012345678"
    assert got.scores["supported_parameter"].isna().all()
    assert (got.index["claimed"]["spd"], got.index["verified"]["spd"]) == ("41.12", "0.00")
    region.decide("pemda", "SPD", "turunkan", 40)
    assert scored(region).index["verified"]["spd"] == "40.00"


@pytest.mark.parametrize("value", ["", "63.01", "-1"])
def test_an_impossible_spd_total_counts_nothing(make_rulebook, make_region, value):
    region = make_region(make_rulebook(spd="total"))
    region.claim("pemda", "SPD", 0, value=value)
    assert scored(region).index["claimed"]["spd"] == "0.00"


def test_an_spd_total_without_proof_is_claimed_but_not_supported(make_rulebook, make_region):
    region = make_region(make_rulebook(spd="total"))
    region.claim("pemda", "SPD", 0, value="50", proven=False)
    got = scored(region)
    assert (got.index["claimed"]["spd"], got.index["supported"]["spd"]) == ("50.00", "0.00")
    assert row(got, "pemda", "SPD")["reasons"] == "evidence.missing"


def test_an_empty_region_is_scored(region):
    got = scored(region)
    assert (got.index["claimed"]["index"], got.index["reported"]) == ("0.00", 0)
    assert (len(got.scores), len(got.innovations)) == (0, 0)


def test_rows_come_spd_first_then_by_innovation_in_the_rulebooks_order(region):
    region.innovation("zz/z", 1)
    region.innovation("1.01/a", 1)
    region.region(1)
    owners = scored(region).scores["innovation_id"].drop_duplicates().tolist()
    assert owners == ["pemda", "1.01/a", "zz/z"]
    assert scored(region).scores["indicator"].tolist()[20:23] == ["16", "17", "18"]


@pytest.mark.parametrize("what", ["double claim", "claim of nobody", "parameter 4", "double innovation"])
def test_tables_that_contradict_each_other_are_our_mistake_and_raise(region, what):
    region.innovation("1.01/a", {"16": 3})
    if what == "double claim":
        region.claim("1.01/a", "16", 1)
    elif what == "claim of nobody":
        region.claim("1.01/b", "16", 1)
    elif what == "parameter 4":
        region.claims[0]["parameter"] = 4
    else:
        region.innovations.append(region.innovations[0])
    with pytest.raises(ValueError, match=r"twice|fits no|parameter"):
        scored(region)
