"""What decisions (contract 7) do to scores, on small regions."""

from __future__ import annotations

import pytest
from scored_rows import of, row, scored


def test_without_decisions_the_verified_index_is_zero(region):
    region.region(3)
    region.innovation("1.01/a", 3)
    got = scored(region).index["verified"]
    assert (got["index"], got["category"], got["count_score"]) == ("0.00", "Tidak Dapat Dinilai", "0.00")


def test_an_accepted_claim_counts_in_verified_at_the_claimed_parameter(region):
    region.innovation("1.01/a", {"16": 3, "17": 2})
    region.decide("1.01/a", "16", "terima")
    got = scored(region)
    assert row(got, "1.01/a", "16")["verified_score"] == "9.00"
    assert row(got, "1.01/a", "16")["decision"] == "terima"
    assert of(got, "1.01/a")["verified_score"] == "9.00"
    assert got.index["verified"]["sid_mean"] == "0.75"


def test_acceptance_overrides_the_machine_when_something_is_there_to_look_at(region):
    region.innovation("1.01/a", {"16": 3}, proven=False)
    region.item("1.01/a", "16", readable=False, problem="encrypted")
    region.fault("evidence.encrypted", "1.01/a", "16")
    region.decide("1.01/a", "16", "terima")
    got = row(scored(region), "1.01/a", "16")
    assert (got["supported_score"], got["verified_score"], got["evidence_items"]) == ("9.00", "9.00", 1)
    assert got["reasons"] == "evidence.encrypted"


@pytest.mark.parametrize("word", ["terima", "turunkan"])
@pytest.mark.parametrize("problem", ["missing", "outside_share", "empty"])
def test_no_decision_gives_points_without_evidence(region, word, problem):
    region.innovation("1.01/a", {"16": 3}, proven=False)
    region.item("1.01/a", "16", readable=False, problem=problem)
    region.decide("1.01/a", "16", word, 1)
    got = row(scored(region), "1.01/a", "16")
    assert (got["supported_score"], got["verified_score"]) == ("0.00", "0.00")
    assert got["reasons"] == "evidence.missing"


def test_a_lowered_claim_counts_at_its_new_parameter(region):
    region.innovation("1.01/a", {"16": 3})
    region.decide("1.01/a", "16", "turunkan", 1)
    got = row(scored(region), "1.01/a", "16")
    assert (got["claimed_parameter"], got["supported_parameter"], got["verified_parameter"]) == (3, 1, 1)


def test_lowering_never_raises(region):
    region.innovation("1.01/a", {"16": 1})
    region.decide("1.01/a", "16", "turunkan", 3)
    assert row(scored(region), "1.01/a", "16")["supported_parameter"] == 1


def test_a_refused_claim_is_zero_in_supported_and_verified(region):
    region.innovation("1.01/a", {"16": 3})
    region.decide("1.01/a", "16", "tolak")
    got = row(scored(region), "1.01/a", "16")
    assert (got["supported_score"], got["verified_score"], got["decision"]) == ("0.00", "0.00", "tolak")


def test_a_decision_not_in_force_changes_nothing(region):
    region.innovation("1.01/a", {"16": 3})
    region.decide("1.01/a", "16", "tolak", in_force=False)
    got = row(scored(region), "1.01/a", "16")
    assert (got["supported_score"], got["decision"]) == ("9.00", "")


def test_decisions_that_contradict_each_other_cancel(region):
    region.innovation("1.01/a", {"16": 3, "17": 3})
    region.decide("1.01/a", "16", "tolak")
    region.decide("1.01/a", "16", "terima")
    region.decide("1.01/a", "17", "terima")
    region.decide("1.01/a", "17", "terima", 2)
    got = scored(region)
    assert row(got, "1.01/a", "16")["decision"] == ""
    assert row(got, "1.01/a", "17")["verified_score"] == "6.00"


def test_verified_counts_only_innovations_with_an_accepted_claim(region, rulebook):
    for n, service in enumerate(rulebook.formula.basic_services.value):
        region.innovation(f"1.{n:02}/a", {"16": 3}, affair=service)
    for n in range(5):
        region.decide(f"1.{n:02}/a", "16", "terima" if n else "turunkan", 1)
    got = scored(region).index["verified"]
    assert (got["basic_services"], got["count_score"]) == (5, "1.90")
    region.decisions.pop()
    assert scored(region).index["verified"]["count_score"] == "0.00"


def test_lowering_to_zero_is_no_acceptance(region):
    region.innovation("1.01/a", {"16": 3}, affair="Pendidikan")
    region.decide("1.01/a", "16", "turunkan", 0)
    assert scored(region).index["verified"]["basic_services"] == 0


def test_a_decision_on_an_ineligible_innovation_gives_nothing(region):
    region.innovation("1.01/a", {"16": 3})
    region.fault("profile.window", "1.01/a")
    region.decide("1.01/a", "16", "terima")
    got = scored(region)
    assert of(got, "1.01/a")["verified_score"] == "0.00"
    assert got.index["verified"]["category"] == "Tidak Dapat Dinilai"
