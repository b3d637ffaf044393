"""What to mend first: every open claim with what it brings, and the fewest steps to a target."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Literal

from iid.tasks.scoring.formula import divisor_of
from iid.tasks.scoring.groups import Groups
from iid.tasks.scoring.whatif import State
from iid.tasks.tables import REGION_ID


@dataclass(frozen=True, slots=True)
class Step:
    """One thing to do. ``gain`` is in points of the index, exact, for this step alone.

    ``mend``: prove what was claimed; ``raise``: claim and prove the best parameter;
    ``qualify``: put right what makes an innovation ineligible (``indicator`` is "").
    """

    kind: Literal["mend", "raise", "qualify"]
    innovation_id: str
    indicator: str
    before: int
    after: int
    gain: Fraction
    effort: str | None = None

    def applied(self, state: State) -> State:
        """*state* once this is done."""
        if self.kind == "qualify":
            return state.qualified(self.innovation_id)
        return state.with_parameter(self.innovation_id, self.indicator, self.after)


def next_steps(supported: State, claimed: State, owners: Collection[str] | None = None) -> list[Step]:
    """Every open step, the most valuable first; *claimed* is the same run in the view ``claimed``.

    *owners*: only the steps of these innovations (``pemda`` for the SPD rows).

    Claims of an ineligible innovation bring nothing until it is eligible, so only its
    ``qualify`` step is listed.
    """
    now, values = supported.index().index, _values(supported)
    steps = [
        *_qualify(supported, now, owners),
        *(_valued(step, supported, values) for step in _claims(supported, claimed, owners)),
    ]
    places = {i.key: n for n, i in enumerate(supported.rulebook.indicators)}
    return sorted(steps, key=lambda s: (-s.gain, s.innovation_id, places.get(s.indicator, -1)))


def _claims(supported: State, claimed: State, owners: Collection[str] | None) -> Iterator[Step]:
    counting = [(REGION_ID, supported.spd)]
    counting += [(name, one.parameters) for name, one in supported.innovations.items() if one.eligible]
    for name, counted in counting:
        if owners is None or name in owners:
            yield from _open(name, counted, claimed)


def _open(name: str, counted: Mapping[str, int], claimed: State) -> Iterator[Step]:
    """The open claims of one owner of whose parameters *counted* count."""
    wanted = claimed.spd if name == REGION_ID else claimed.innovations[name].parameters
    aspect = "SPD" if name == REGION_ID else "SID"
    for key in (i.key for i in claimed.rulebook.indicators if i.aspect == aspect and i.key in counted):
        before, asked = counted[key], wanted.get(key, 0)
        if before < asked:
            yield Step("mend", name, key, before, asked, Fraction(0))
        elif before < 3:
            yield Step("raise", name, key, before, 3, Fraction(0))


def _qualify(state: State, now: Fraction, owners: Collection[str] | None) -> Iterator[Step]:
    """Making an innovation eligible moves the divisor, the count score, the services: the whole formula."""
    for name, one in state.innovations.items():
        if not one.eligible and (owners is None or name in owners):
            yield Step("qualify", name, "", 0, 1, state.qualified(name).index().index - now)


def _values(state: State) -> dict[str, Fraction]:
    """Points of the index that one parameter more of each indicator brings.

    A claim moves neither the divisor nor the count score, so this is exact.
    """
    formula = state.rulebook.formula
    eligible = sum(one.eligible for one in state.innovations.values())
    divisor = divisor_of(formula, eligible, len(state.innovations))
    percent = Fraction(100) / Fraction(formula.maximum_total.value)
    return {
        i.key: Fraction(i.weight.value) * percent / ((divisor or 1) if i.aspect == "SID" else 1)
        for i in state.rulebook.indicators
    }


def _valued(step: Step, state: State, values: Mapping[str, Fraction]) -> Step:
    """*step* with its gain and the rulebook's hint of effort."""
    effort = state.rulebook.by_key[step.indicator].effort
    gain = values[step.indicator] * (step.after - step.before)
    return replace(step, gain=gain, effort=effort.value if effort else None)


@dataclass(frozen=True, slots=True)
class Plan:
    """A set of steps that reaches the target together; ``exact``: no smaller one exists."""

    steps: tuple[Step, ...]
    index: Fraction
    exact: bool


def smallest_plan(
    supported: State,
    claimed: State,
    target: Fraction,
    kinds: Iterable[str] = ("mend", "raise", "qualify"),
    owners: Collection[str] | None = None,
) -> Plan | None:
    """The fewest steps of *kinds* that bring the index to *target*; None when all of them do not.

    A claim is one step: what was claimed and not proven is mended, not raised beyond that.
    *owners*: only the steps of these innovations (``pemda`` for the SPD rows).

    Once it is settled which innovations are made eligible, the divisor and the count score are
    fixed and claims simply add up, so the largest gains are the fewest. All groups of
    ineligible innovations are tried; where there are very many, only a choice of them.
    """
    chosen = set(kinds)

    def opened(name: str, counted: Mapping[str, int]) -> Iterator[tuple[str, int]]:
        if owners is None or name in owners:
            found = (step for step in _open(name, counted, claimed) if step.kind in chosen)
            yield from ((step.indicator, step.after - step.before) for step in found)

    barred = [n for n, one in supported.innovations.items() if not one.eligible and "qualify" in chosen]
    best = Groups(supported, opened).best([n for n in barred if owners is None or n in owners], target)
    return _completed(supported, claimed, *best, target, chosen, owners) if best else None


def _completed(
    state: State,
    claimed: State,
    group: tuple[str, ...],
    exact: bool,
    target: Fraction,
    kinds: Collection[str],
    owners: Collection[str] | None,
) -> Plan:
    """The fewest claims that reach *target* once the innovations of *group* are eligible."""
    steps: list[Step] = []
    for name in group:
        before = state.index().index
        step = Step("qualify", name, "", 0, 1, state.qualified(name).index().index - before)
        state, steps = step.applied(state), [*steps, step]
    index = state.index().index
    values = _values(state)
    open_claims = (_valued(s, state, values) for s in _claims(state, claimed, owners) if s.kind in kinds)
    for step in sorted(open_claims, key=lambda s: (-s.gain, s.innovation_id)):
        if index >= target:
            break
        index, steps = index + step.gain, [*steps, step]
    return Plan(tuple(steps), index, exact)
