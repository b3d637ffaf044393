"""The fewest moves against brute force over every end that any moves lead to, with its own arithmetic."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from itertools import product

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.tasks.score.fewest_moves import _Moves, fewest_steps
from iid.tasks.score.moves import KINDS, Step, new_name
from iid.tasks.score.plan_board import Choice
from iid.tasks.score.plan_bound import cheapest
from iid.tasks.score.plan_order import _needs
from iid.tasks.score.plan_search import exhaustive
from iid.tasks.score.state import Innovation, State
from iid.tasks.values.tables import REGION_ID

WEIGHTS = {"16": 3, "17": 1}
SERVICES = ("Pendidikan", "Sosial")
MOST = 4  # steps that brute force looks at

innovations = st.lists(
    st.tuples(
        st.tuples(st.integers(0, 3), st.integers(0, 3)),  # claimed
        st.tuples(st.booleans(), st.booleans()),  # proven
        st.booleans(),  # eligible
        st.sampled_from([*SERVICES, "Kearsipan"]),
    ),
    max_size=3,
)
formulas = st.fixed_dictionaries(
    {
        "divisor_counts": st.sampled_from(["eligible", "reported"]),
        "divisor_min": st.integers(1, 3),
        "basic_services_min": st.integers(0, 2),
        "count_weight": st.sampled_from(["0.38", "2", "5"]),
        "count_cap": st.sampled_from([1, 2, 5]),
    }
)
kinds = st.sampled_from([KINDS, KINDS, ("mend", "hold", "qualify"), ("raise", "add"), ("mend", "raise")])


@dataclass
class Case:
    supported: State
    claimed: State


@pytest.fixture(scope="module")
def build(make_rulebook):
    @cache
    def rules(**formula):
        formula["count_weight"] = Decimal(formula["count_weight"])
        weights = {"spd_weights": {"1": "0.75"}, "sid_weights": {k: str(w) for k, w in WEIGHTS.items()}}
        return make_rulebook(**weights, maximum_total=Decimal(40), **formula)

    def build(spec, spd, formula):
        rulebook, real, asked = rules(**formula), {}, {}
        for n, (claimed, proven, eligible, affair) in enumerate(spec):
            wanted = dict(zip(WEIGHTS, claimed, strict=True))
            counted = {k: v if has else 0 for (k, v), has in zip(wanted.items(), proven, strict=True)}
            nothing = dict.fromkeys(WEIGHTS, 0)
            real[f"1/{n}"] = Innovation(
                counted if eligible else nothing, affair, eligible, {} if eligible else counted
            )
            asked[f"1/{n}"] = Innovation(wanted, affair)
        return Case(State(rulebook, {"1": spd[0]}, real), State(rulebook, {"1": max(spd)}, asked))

    return build


def ends(case, allowed):
    """Every end of one innovation, of the SPD row and of a new innovation: (steps, points, what it is)."""

    def claims(counted, asked):
        options = [
            [(0, now)]
            + [(1, claim) for claim in [asked[key]] if claim > now and "mend" in allowed]
            + [(1, 3) for _ in [0] if max(now, asked[key]) < 3 and "raise" in allowed]
            for key, now in counted.items()
        ]
        for chosen in product(*options):
            points = sum(WEIGHTS[key] * value for key, (_, value) in zip(counted, chosen, strict=True))
            yield sum(steps for steps, _ in chosen), points

    def innovation(name, one):
        if one.eligible:
            yield from (
                (n, p, "counts") for n, p in claims(one.parameters, case.claimed.innovations[name].parameters)
            )
        else:
            yield 0, 0, "waits"
            if "qualify" in allowed:
                asked = case.claimed.innovations[name].parameters
                yield from ((n + 1, p, "counts") for n, p in claims(one.dormant, asked))
        if "hold" in allowed:
            yield 1, 0, "gone"

    nothing = dict.fromkeys(WEIGHTS, 0)
    new = [(n + 1, p, "counts") for n, p in claims(nothing, nothing)] if "add" in allowed else []
    own = {name: list(innovation(name, one)) for name, one in case.supported.innovations.items()}
    now, asked = case.supported.spd["1"], case.claimed.spd["1"]
    spd = [(0, now)]
    spd += [(1, asked)] if asked > now and "mend" in allowed else []
    spd += [(1, 3)] if max(now, asked) < 3 and "raise" in allowed else []
    return own, new, spd


def brute_force(case, allowed, target):
    """The fewest steps, up to MOST; None where no end with so few reaches *target*."""
    own, new, spd = ends(case, allowed)
    affairs = [case.supported.innovations[name].affair for name in own]
    rules, best = case.supported.rulebook.formula, MOST + 1
    for added in range(MOST + 1 if new else 1):
        for chosen in product(spd, *own.values(), *[new] * added):
            steps = sum(option[0] for option in chosen)
            if steps < best and index_of(rules, chosen, affairs, added) >= target:
                best = steps
    return best if best <= MOST else None


def index_of(rules, chosen, affairs, added):
    """The index of one end, written down from the contract; a new innovation covers what is missing."""
    (_, spd), *ends = chosen
    counting = [end for end in ends if end[2] == "counts"]
    reported = sum(end[2] != "gone" for end in ends)
    n = reported if rules.divisor_counts.value == "reported" else len(counting)
    covered = {a for end, a in zip(ends, affairs, strict=False) if end[2] == "counts"} & set(SERVICES)
    services = len(covered) + added
    number = min(len(counting), rules.count_cap.value) if services >= rules.basic_services_min.value else 0
    total = Fraction(3, 4) * spd + Fraction(sum(e[1] for e in counting), max(n, rules.divisor_min.value))
    return (total + number * Fraction(rules.count_weight.value)) / 40 * 100


#: Two that do not count divide; the target is just above what all moves on the third lead to.
JUST_BEYOND = {
    "spec": [((0, 0), (False, False), False, "Pendidikan")] * 2
    + [((0, 0), (False, False), True, "Pendidikan")],
    "spd": (0, 0),
    "formula": {
        "divisor_counts": "reported",
        "divisor_min": 1,
        "basic_services_min": 0,
        "count_weight": "0.38",
        "count_cap": 2,
    },
    "allowed": ("mend", "raise"),
    "more": 63,
}


def from_nothing(more, **formula):
    """A region without an innovation; one new one counts for the number, two divide."""
    rules = {"divisor_counts": "eligible", "divisor_min": 2, "count_cap": 1, **formula}
    return {"spec": [], "spd": (0, 0), "formula": rules, "allowed": KINDS, "more": more}


@settings(deadline=None, max_examples=320)
@given(
    spec=innovations,
    spd=st.tuples(st.integers(0, 3), st.integers(0, 3)),
    formula=formulas,
    allowed=kinds,
    more=st.integers(1, 120),
)
@example(**JUST_BEYOND)
@example(**from_nothing(92, divisor_min=1, basic_services_min=2, count_weight="10"))  # two cover the services
@example(**from_nothing(103, basic_services_min=0, count_weight="2"))  # two are in the divisor
def test_no_better_plan_exists(build, spec, spd, formula, allowed, more):
    case = build(spec, spd, formula)
    target = case.supported.index().index + Fraction(more, 4)
    found = fewest_steps(case.supported, case.claimed, target, lambda step: step.kind in allowed)
    fewest = brute_force(case, allowed, target)
    if fewest is not None:
        assert found.plan
        assert len(found.plan.steps) == fewest
    elif found.plan:
        assert len(found.plan.steps) > MOST
    if found.plan:
        assert found.plan.exact
        replayed(case, found.plan, target)
        assert not found.unreachable
        assert found.reach >= target
    else:
        assert found.unreachable
        assert found.reach < target


def replayed(case, plan, target):
    """Every step brings exactly what it says, and no claim is moved twice."""
    state = case.supported
    for step in plan.steps:
        before = state.index().index
        state = step.applied(state)
        assert state.index().index - before == step.gain
    assert state.index().index == plan.index >= target
    places = Counter((s.innovation_id, s.indicator) for s in plan.steps)
    assert set(places.values()) <= {1}


@settings(deadline=None, max_examples=60)
@given(innovations, formulas, kinds, st.integers(1, 60))
def test_the_exhaustive_search_never_beats_the_bound(build, spec, formula, allowed, more):
    case = build(spec, (0, 2), formula)
    target = case.supported.index().index + Fraction(more, 4)
    board = _Moves(case.supported, case.claimed, lambda step: step.kind in allowed).board
    choice, bound = cheapest(board, target)
    found = exhaustive(board, target, 8)
    assert found is None or bound <= found.steps <= (choice.steps if choice else 99)


def wide(number):
    """A region of the real rules: two thirds of the claims are proven, in every fourth innovation none."""
    rules = load(2026).rulebook
    names = (*rules.formula.basic_services.value, "Kearsipan")
    keys = [i.key for i in rules.sid]
    real, asked = {}, {}
    for n in range(number):
        wanted = {key: (n + place) % 4 for place, key in enumerate(keys)}
        proven = {
            key: value if (n + place) % 3 and n % 4 else 0
            for place, (key, value) in enumerate(wanted.items())
        }
        eligible = n % 5 > 0
        nothing = dict.fromkeys(keys, 0)
        real[f"1/{n}"] = Innovation(
            proven if eligible else nothing, names[n % 7], eligible, {} if eligible else proven
        )
        asked[f"1/{n}"] = Innovation(wanted, names[n % 7])
    spd = dict.fromkeys((i.key for i in rules.spd_rows), 1)
    return Case(State(rules, spd, real), State(rules, spd, asked))


@pytest.mark.parametrize("number", [8, 60, 1000])
def test_plans_of_real_sizes_are_proven_and_add_up(number):
    case = wide(number)
    for more in (1, 15):
        target = case.supported.index().index + more
        plan = fewest_steps(case.supported, case.claimed, target).plan
        assert plan
        assert plan.exact
        assert plan.index >= target
        if number < 100:
            replayed(case, plan, target)


def test_weak_innovations_are_held_back_where_that_is_shorter_than_proving():
    case = wide(60)
    target = case.supported.index().index + 8
    free = fewest_steps(case.supported, case.claimed, target, lambda s: s.kind not in {"raise", "add"}).plan
    bound = fewest_steps(case.supported, case.claimed, target, lambda s: s.kind in {"mend", "qualify"}).plan
    assert free
    assert "hold" in {step.kind for step in free.steps}
    assert bound is None or len(free.steps) < len(bound.steps)


def test_a_plan_holds_back_and_qualifies_in_an_order_in_which_the_index_never_falls(build):
    weak, weaker = (((3, 1), (False, shown), True, "Kearsipan") for shown in (True, False))
    strong = ((3, 3), (True, True), False, "Kearsipan")
    case = build([weak, weaker, strong, strong], (0, 0), {"divisor_counts": "eligible", "divisor_min": 1,
                 "basic_services_min": 0, "count_weight": "2", "count_cap": 5})  # fmt: skip
    moves = _Moves(case.supported, case.claimed, lambda step: True)
    choice = Choice(held=("1/0", "1/1"), qualified=("1/2", "1/3"), added=0, steps=4, exact=True)
    plan = moves.plan(choice, Fraction(0))
    assert {step.kind for step in plan.steps} == {"hold", "qualify"}
    assert plan.steps[0].kind == "qualify"
    assert [step.innovation_id for step in plan.steps if step.kind == "hold"] == ["1/1", "1/0"]
    assert all(step.gain >= 0 for step in plan.steps)


def test_a_target_already_reached_needs_no_step_and_one_above_100_has_no_plan(build):
    case = build([], (1, 1), {"divisor_counts": "eligible", "divisor_min": 1, "basic_services_min": 0,
                              "count_weight": "2", "count_cap": 5})  # fmt: skip
    assert fewest_steps(case.supported, case.claimed, Fraction(0)).plan.steps == ()
    out = fewest_steps(case.supported, case.claimed, Fraction(101))
    assert out.plan is None
    assert out.unreachable


def test_a_plan_is_found_where_fewer_new_innovations_count_than_services_are_missing(build):
    waiting = ((0, 0), (False, False), False, "Sosial")
    case = build([waiting], (3, 3), {"divisor_counts": "eligible", "divisor_min": 2, "count_weight": "2",
                                     "basic_services_min": 2, "count_cap": 1})  # fmt: skip
    target = case.supported.index().index + 5
    plan = fewest_steps(case.supported, case.claimed, target).plan
    assert len(plan.steps) == brute_force(case, KINDS, target)


def test_an_spd_total_is_proven_in_one_step():
    rules = load(2024).rulebook
    state, asked = State(rules, {}, {}, Fraction(0)), State(rules, {}, {}, Fraction(549, 100))
    found = fewest_steps(state, asked, Fraction(2), lambda step: step.kind == "mend")
    assert [(s.innovation_id, s.total) for s in found.plan.steps] == [(REGION_ID, Fraction(549, 100))]
    assert found.plan.steps[0].applied(state).index().index == found.plan.index


def orders(steps):
    """All orders of *steps* that can be followed: claims after their innovation, new ones by number."""
    if not steps:
        yield ()
    for place, step in enumerate(steps):
        rest = [*steps[:place], *steps[place + 1 :]]
        made = [other for other in rest if other.kind in {"qualify", "add"}]
        late = step.indicator and any(other.innovation_id == step.innovation_id for other in made)
        early = step.kind == "add" and any(
            o.kind == "add" and o.innovation_id < step.innovation_id for o in rest
        )
        if not late and not early:
            yield from ((step, *others) for others in orders(rest))


def falls(case, steps):
    """Places (from 1) after which the published index is lower than before."""
    state, shown, found = case.supported, [], []
    for step in (None, *steps):
        state = step.applied(state) if step else state
        shown.append(state.rulebook.rounded(state.index().index))
        if len(shown) > 1 and shown[-1] < shown[-2]:
            found.append(len(shown) - 1)
    return tuple(found)


@settings(deadline=None, max_examples=150)
@given(
    innovations,
    formulas,
    st.sampled_from([KINDS, ("add", "raise"), ("hold", "add", "qualify")]),
    st.integers(1, 60),
)
def test_a_plan_in_which_the_index_falls_has_no_order_in_which_it_does_not(
    build, spec, formula, allowed, more
):
    case = build(spec, (0, 2), formula)
    target = case.supported.index().index + Fraction(more, 4)
    plan = fewest_steps(case.supported, case.claimed, target, lambda step: step.kind in allowed).plan
    if plan and len(plan.steps) <= 6:
        assert plan.falls == falls(case, plan.steps)
        if plan.falls:
            assert all(falls(case, order) for order in orders(plan.steps))


@pytest.mark.parametrize(
    ("spec", "counts", "services", "weight", "more"),
    [
        ([((0, 0), "Pendidikan"), ((0, 3), "Pendidikan")], "eligible", 0, "0.38", 46),
        ([((0, 2), "Sosial"), ((2, 0), ""), ((0, 3), "Sosial")], "reported", 0, "2", 78),
    ],
    ids=["held back last", "found by search"],
)
def test_a_strong_innovation_is_held_back_once_the_others_are_raised(
    build, spec, counts, services, weight, more
):
    """Held back at once it takes the index down; after the claims of the others it does not."""
    claims = [(claim, (True, True), bool(affair), affair or "Sosial") for claim, affair in spec]
    case = build(claims, (0, 0), {"divisor_counts": counts, "divisor_min": 1,
                 "basic_services_min": services, "count_weight": weight, "count_cap": 2})  # fmt: skip
    target = case.supported.index().index + Fraction(more, 4)
    plan = fewest_steps(case.supported, case.claimed, target).plan
    assert [step.kind for step in plan.steps][-1] == "hold"
    assert falls(case, plan.steps) == plan.falls == ()


def test_in_a_search_claims_wait_for_their_innovation_and_new_ones_come_by_number():
    add, another = (Step("add", new_name(n), "", 0, 0, Fraction(0)) for n in (1, 2))
    claim = Step("raise", new_name(1), "16", 0, 3, Fraction(0))
    qualify, proof = (
        Step("qualify", "1/0", "", 0, 1, Fraction(0)),
        Step("mend", "1/0", "16", 0, 1, Fraction(0)),
    )
    assert _needs([claim, add, another, proof, qualify]) == [0b10, 0, 0b10, 0b10000, 0]
