"""How many claims a group still needs: against adding gains one by one, at the very edge of the target."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from iid.expectations.loading import load
from iid.tasks.scoring.groups import EXACT_QUALIFY, Groups
from iid.tasks.scoring.whatif import Innovation, State

RULES = load(2026).rulebook
KEYS = ("16", "17", "20", "33")  # weights 3, 2, 1, 2
AFFAIRS = ("Pendidikan", "Kesehatan", "Sosial", "Kearsipan")

regions = st.lists(
    st.tuples(st.tuples(*[st.integers(0, 3)] * len(KEYS)), st.booleans(), st.sampled_from(AFFAIRS)),
    max_size=5,
)


def build(spec, spd=1):
    innovations = {}
    for n, (parameters, eligible, affair) in enumerate(spec):
        counted = dict(zip(KEYS, parameters, strict=True))
        zeros = dict.fromkeys(KEYS, 0)
        innovations[f"1/{n}"] = Innovation(counted if eligible else zeros, affair, eligible, counted)
    return State(RULES, {"1": spd, "8": 0}, innovations)


def opened(_, counted):
    return [(key, 3 - value) for key, value in counted.items() if value < 3]


def one_by_one(state, group, target):
    """Claims won in order of worth until the exact index is there."""
    for name in group:
        state = state.qualified(name)
    count = 0
    while state.index().index < target:
        options = [("pemda", key) for key in state.spd if state.spd[key] < 3]
        options += [
            (n, k) for n, i in state.innovations.items() if i.eligible for k in KEYS if i.parameters[k] < 3
        ]
        if not options:
            return None
        state = max((state.with_parameter(*option, 3) for option in options), key=lambda s: s.index().index)
        count += 1
    return count, state.index().index


@settings(deadline=None, max_examples=40)
@given(regions, st.integers(0, 12), st.sampled_from([Fraction(0), Fraction(1, 10**9), Fraction(-1, 10**9)]))
def test_needed_is_what_winning_one_by_one_needs_also_at_the_edge(spec, steps, nudge):
    state = build(spec)
    barred = tuple(name for name, one in state.innovations.items() if not one.eligible)
    for group in (g for size in range(len(barred) + 1) for g in combinations(barred, size)):
        reached = one_by_one(state, group, Fraction(steps, 10)) or (0, Fraction(3))
        target = reached[1] + nudge  # exactly an index that can be reached, or a hair off
        assert Groups(state, opened).needed(group, target) == one_by_one(state, group, target)


def test_with_very_many_barred_innovations_a_plan_is_found_but_not_called_exact():
    spec = [((2, 2, 2, 2), False, AFFAIRS[n % 4]) for n in range(EXACT_QUALIFY + 8)]
    state = build(spec)
    names = list(state.innovations)
    everything = Groups(state, opened).needed(names, Fraction(0))
    assert everything is not None
    group, exact = Groups(state, opened).best(names, everything[1])
    assert not exact
    assert len(group) <= len(names)
    assert Groups(state, opened).best(names, Fraction(101)) is None
