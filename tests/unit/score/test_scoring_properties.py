"""What holds for every region: bounds, monotony, order, exactness against plain fractions."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.tasks.score.scoring import score

KEYS = ("16", "17", "35")
FAULTS = ("", "", "", "evidence.empty", "evidence.no_text")
some = settings(deadline=None, max_examples=30)  # each example scores a region
WORDS = ("", "", "terima", "turunkan", "tolak")

claim = st.fixed_dictionaries(
    {
        "parameter": st.integers(0, 3),
        "item": st.sampled_from(["file", "file", "link", "unreadable", "empty", "missing", "none"]),
        "fault": st.sampled_from(FAULTS),
        "word": st.sampled_from(WORDS),
        "new": st.integers(0, 2),
        "in_force": st.booleans(),
    }
)
innovation = st.fixed_dictionaries(
    {
        "claims": st.lists(claim, min_size=len(KEYS), max_size=len(KEYS)),
        "affair": st.sampled_from(["Pendidikan", "Kesehatan", "Sosial", "Kearsipan"]),
        "barred": st.sampled_from(["", "", "", "profile.window"]),
    }
)
regions = st.fixed_dictionaries(
    {
        "spd": st.lists(claim, min_size=2, max_size=2),
        "innovations": st.lists(innovation, max_size=6),
        "counts": st.sampled_from(["eligible", "reported"]),
    }
)


@pytest.fixture(scope="module")
def build(make_region, make_rulebook):
    """A region of few indicators with divisor 3, cap 4 and 2 of 6 basic services."""

    def add(region, owner, key, claim):
        region.claim(owner, key, claim["parameter"], proven=False)
        if claim["item"] != "none" and claim["parameter"]:
            region.item(
                owner,
                key,
                kind="link" if claim["item"] == "link" else "file",
                readable=claim["item"] in {"file", "link"},
                problem=claim["item"] if claim["item"] in {"unreadable", "empty", "missing"} else "",
            )
        if claim["fault"]:
            region.fault(claim["fault"], owner, key, "warning" if "no_text" in claim["fault"] else "critical")
        if claim["word"]:
            region.decide(owner, key, claim["word"], claim["new"], claim["in_force"])

    rules = {
        counts: make_rulebook(
            spd_weights={"1": "0.75", "2a": "1.5"},
            sid_weights={"16": "3", "17": "0.25", "35": "4"},
            divisor_min=3,
            divisor_counts=counts,
            count_cap=4,
            basic_services_min=2,
        )
        for counts in ("eligible", "reported")
    }

    def build(spec):
        region = make_region(rules[spec["counts"]])
        for key, item in zip(("1", "2a"), spec["spd"], strict=True):
            add(region, "pemda", key, item)
        for n, one in enumerate(spec["innovations"]):
            name = f"1.0{n % 3}/i{n}"
            region.innovations.append(
                {"innovation_id": name, "unit_code": name[:4], "main_affair": one["affair"]}
            )
            for key, item in zip(KEYS, one["claims"], strict=True):
                add(region, name, key, item)
            if one["barred"]:
                region.fault(one["barred"], name)
        return region

    return build


def reference(spec):
    """The contract, written again without arrays: exact index of each view."""
    weights = {
        "1": Fraction(3, 4),
        "2a": Fraction(3, 2),
        "16": Fraction(3),
        "17": Fraction(1, 4),
        "35": Fraction(4),
    }

    def parameters(key, claim, barred):
        claimed, kind = claim["parameter"], claim["item"]
        usable = claimed > 0 and (kind == "file" or (kind == "link" and key == "35"))
        there = claimed > 0 and kind in {"file", "link", "unreadable"}
        word = claim["word"] if claim["in_force"] else ""
        accepted = {"terima": claimed, "turunkan": min(claim["new"], claimed)}.get(word, 0) if there else 0
        machine = claimed if usable and claim["fault"] != "evidence.empty" else 0
        supported = machine if word == "" else accepted
        return (claimed, 0, 0) if barred else (claimed, supported, accepted)

    def points(key, claim, barred=""):
        return [weights[key] * p for p in parameters(key, claim, barred)]

    spd = [points(k, c) for k, c in zip(("1", "2a"), spec["spd"], strict=True)]
    sids, counts = [], []
    for one in spec["innovations"]:
        rows = [points(k, c, one["barred"]) for k, c in zip(KEYS, one["claims"], strict=True)]
        sids.append([sum(column) for column in zip(*rows, strict=True)])
        counts.append([True, not one["barred"], not one["barred"] and sids[-1][2] > 0])
    result = []
    for view in range(3):
        counting = [one["affair"] for one, c in zip(spec["innovations"], counts, strict=True) if c[view]]
        n = len(spec["innovations"]) if spec["counts"] == "reported" else len(counting)
        services = len(set(counting) & {"Pendidikan", "Kesehatan", "Sosial"})
        extra = Fraction(38, 100) * min(len(counting), 4) if services >= 2 else 0
        total = sum(row[view] for row in spd) + sum((s[view] for s in sids), Fraction(0)) / max(3, n) + extra
        result.append(total / 250 * 100)
    return result


@some
@given(regions)
def test_all_three_views_equal_an_independent_count_in_fractions(build, spec):
    region = build(spec)
    got = score(*region.tables(), region.rulebook)
    assert [got.exact[view].index for view in ("claimed", "supported", "verified")] == reference(spec)


@some
@given(regions)
def test_published_rows_add_up_to_the_innovations_and_the_index(build, spec):
    region = build(spec)
    got = score(*region.tables(), region.rulebook)
    for view in ("claimed", "supported", "verified"):
        sums: Counter[str] = Counter()
        for owner, text, parameter, weight in zip(
            got.scores["innovation_id"], got.scores[f"{view}_score"], got.scores[f"{view}_parameter"],
            got.scores["weight"], strict=True,
        ):  # fmt: skip
            assert Fraction(text) == Fraction(weight) * int(parameter)
            sums[owner] += Fraction(text)
        for owner, text in zip(
            got.innovations["innovation_id"], got.innovations[f"{view}_score"], strict=True
        ):
            assert Fraction(text) == sums[owner]
        exact = got.exact[view]
        assert exact.spd == sums.pop("pemda")
        assert exact.sid_mean == sum(sums.values(), Fraction(0)) / exact.divisor


@some
@given(regions)
def test_no_score_stands_without_the_evidence_row_that_carries_it(build, spec):
    region = build(spec)
    _, _, evidence, _, _ = region.tables()
    got = score(*region.tables(), region.rulebook)
    there = evidence[~evidence["problem"].isin(["missing", "empty"])]
    carried = set(zip(there["innovation_id"], there["indicator"], strict=True))
    for view in ("supported", "verified"):
        rows = got.scores[got.scores[f"{view}_score"] != "0.00"]
        assert set(zip(rows["innovation_id"], rows["indicator"], strict=True)) <= carried
        assert (rows["evidence_items"] >= 1).all()


@some
@given(regions, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(build, spec, random):
    region = build(spec)
    before = score(*region.tables(), region.rulebook)
    for table in (region.innovations, region.claims, region.evidence, region.findings, region.decisions):
        random.shuffle(table)
    after = score(*region.tables(), region.rulebook)
    assert after.index == before.index
    assert after.scores.equals(before.scores)
    assert after.innovations.equals(before.innovations)


@some
@given(regions, st.data())
def test_a_higher_parameter_never_lowers_claimed_or_supported(build, spec, data):
    region = build(spec)
    before = score(*region.tables(), region.rulebook)
    claims = [*spec["spd"], *(c for one in spec["innovations"] for c in one["claims"])]
    chosen = data.draw(st.sampled_from(claims))
    chosen["parameter"] = min(3, chosen["parameter"] + 1)
    after = score(*(region := build(spec)).tables(), region.rulebook)
    for view in ("claimed", "supported", "verified"):
        assert after.exact[view].index >= before.exact[view].index


@some
@given(regions)
def test_views_stay_within_the_maxima_and_supported_never_exceeds_claimed(build, spec):
    region = build(spec)
    got = score(*region.tables(), region.rulebook)
    supported, verified = (got.scores[f"{v}_parameter"].tolist() for v in ("supported", "verified"))
    claimed = got.scores["claimed_parameter"].tolist()
    assert all(0 <= s <= c and 0 <= v <= c for s, v, c in zip(supported, verified, claimed, strict=True))
    for index in got.exact.values():
        assert 0 <= index.index <= 100


@settings(deadline=None, max_examples=25)
@given(st.lists(st.integers(0, 3), min_size=1, max_size=12), st.integers(0, 3))
def test_real_weights_are_bounded_by_the_stated_maxima(make_region, make_rulebook, parameters, spd):
    rulebook = make_rulebook()
    region = make_region(rulebook)
    region.region(spd)
    for n, parameter in enumerate(parameters):
        region.innovation(f"1.01/{n}", parameter)
    index = score(*region.tables(), rulebook).exact["supported"]
    assert index.spd <= 63
    assert index.sid_mean <= 111
    assert index.count_score <= 76
    assert index.total <= 250


def test_a_full_region_reaches_the_stated_maxima_of_63_111_76_and_250(make_region, rulebook):
    region = make_region(rulebook)
    region.region(3)
    services = rulebook.formula.basic_services.value
    for n in range(200):
        region.innovation(f"1.01/{n}", 3, affair=services[n % 6])
    got = score(*region.tables(), rulebook)
    assert [got.index["supported"][k] for k in ("spd", "sid_mean", "count_score", "total", "index")] == [
        "63.00", "111.00", "76.00", "250.00", "100.00",
    ]  # fmt: skip
    assert set(got.innovations["supported_score"]) == {"111.00"}
