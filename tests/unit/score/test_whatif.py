"""What-if and next steps against scoring again and against brute force."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.tasks.score.moves import next_steps, selection_steps
from iid.tasks.score.scoring import score
from iid.tasks.score.state import Innovation, state_of, what_if

KEYS = ("16", "17")
RULES = {"divisor_min": 2, "basic_services_min": 2, "count_weight": Decimal(5), "count_cap": 4}
VIEWS = ("claimed", "supported", "verified")

innovations = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 3), st.integers(0, 3)),  # claimed
        st.tuples(st.booleans(), st.booleans()),  # proven
        st.booleans(),  # barred
        st.sampled_from(["Pendidikan", "Sosial", "Kearsipan"]),
    ),
    max_size=4,
)
some = settings(deadline=None, max_examples=20)  # each example scores a region


@pytest.fixture(scope="module")
def build(make_region, make_rulebook):
    @cache
    def rules_with(**rules):
        weights = {"spd_weights": {"1": "0.75"}, "sid_weights": {"16": "3", "17": "2"}}
        return make_rulebook(**weights, **{**RULES, **rules})

    def build(spec, **rules):
        rulebook = rules_with(**rules)
        region = make_region(rulebook)
        region.claim("pemda", "1", 2, proven=False)
        for n, (claimed, proven, barred, affair) in enumerate(spec):
            name = f"1.01/{n}"
            region.innovations.append({"innovation_id": name, "unit_code": "1.01", "main_affair": affair})
            for key, parameter, has in zip(KEYS, claimed, proven, strict=True):
                region.claim(name, key, parameter, proven=has)
            if barred:
                region.fault("profile.window", name)
        return region

    return build


def both(region, rulebook=None):
    got = score(*region.tables(), region.rulebook)
    states = [
        state_of(got.innovations, got.scores, rulebook or region.rulebook, view, got.dormant)
        for view in VIEWS
    ]
    return got, states


@some
@given(innovations)
def test_a_state_has_the_published_index(build, spec):
    got, (claimed, supported, _) = both(build(spec))
    assert supported.index() == got.exact["supported"]
    assert claimed.index() == got.exact["claimed"]


@some
@given(innovations, st.data())
def test_a_changed_parameter_gives_what_scoring_again_gives(build, spec, data):
    _, (claimed, _, _) = both(build(spec))
    changes = [(f"1.01/{n}", key, data.draw(st.integers(0, 3))) for n in range(len(spec)) for key in KEYS]
    changed = what_if(claimed, [*changes, ("pemda", "1", 3)])
    again = [(tuple(c[2] for c in changes[2 * n : 2 * n + 2]), *one[1:]) for n, one in enumerate(spec)]
    region = build(again)
    region.claims[0]["parameter"] = 3
    assert changed.index() == both(region)[0].exact["claimed"]


@some
@given(innovations)
def test_a_qualified_innovation_counts_as_if_it_had_never_been_barred(build, spec):
    _, (_, supported, _) = both(build(spec))
    for name in list(supported.innovations):
        if not supported.innovations[name].eligible:
            supported = supported.qualified(name)
    free = [(claimed, proven, False, affair) for claimed, proven, _, affair in spec]
    assert supported.index() == both(build(free))[0].exact["supported"]


@some
@given(innovations)
def test_every_gain_is_the_difference_of_two_indices(build, spec):
    _, (claimed, supported, _) = both(build(spec))
    now = supported.index().index
    for steps in (next_steps(supported, claimed), selection_steps(supported)):
        assert [s.gain for s in steps] == [s.applied(supported).index().index - now for s in steps]
        assert [s.gain for s in steps] == sorted((s.gain for s in steps), reverse=True)


def test_other_rules_on_the_same_evidence(build, make_rulebook):
    spec = [((3, 3), (True, True), False, "Pendidikan"), ((3, 2), (True, True), False, "Sosial")]
    region = build(spec)
    _, (_, supported, _) = both(region)
    stricter = build(spec, divisor_min=14, basic_services_min=3)
    assert supported.under(stricter.rulebook).index() == both(stricter)[0].exact["supported"]
    assert supported.under(stricter.rulebook).index().index < supported.index().index


def test_points_of_spd_stay_under_a_cycle_with_one_total(build, make_rulebook):
    region = build([])
    region.item("pemda", "1")
    _, (_, supported, _) = both(region)
    assert supported.under(make_rulebook(spd="total")).index().spd == Fraction(3, 2)


def test_innovations_can_be_added_and_withdrawn(build):
    _, (_, supported, _) = both(build([((3, 3), (True, True), False, "Pendidikan")]))
    more = supported.with_innovation("1.02/baru", Innovation({"16": 3}, affair="Sosial"))
    assert more.index().basic_services == 2
    assert more.without("1.02/baru").index() == supported.index()


@pytest.mark.parametrize(("key", "parameter"), [("99", 1), ("16", 4), ("16", -1)])
def test_an_impossible_change_is_refused(build, key, parameter):
    _, (_, supported, _) = both(build([((3, 3), (True, True), False, "Pendidikan")]))
    with pytest.raises(ValueError, match="fits no claim"):
        supported.with_parameter("1.01/0", key, parameter)
