"""The fewest moves to a target, and all moves that can be done together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import lcm

from iid.tasks.score.moves import Step, Tally, Worths, new_name, open_claims, open_total
from iid.tasks.score.plan_board import Board, Choice, PlanRow
from iid.tasks.score.plan_bound import UNREACHED, cheapest, reach
from iid.tasks.score.plan_order import done, in_order
from iid.tasks.score.plan_search import affordable, exhaustive
from iid.tasks.score.state import Innovation, State
from iid.tasks.values.tables import REGION_ID

Allowed = Callable[[Step], bool]


@dataclass(frozen=True, slots=True)
class Plan:
    """Moves that reach the target; ``exact``: proven that no plan has fewer.

    ``falls``: places (from 1) of the steps after which the published index is lower than before them.
    """

    steps: tuple[Step, ...]
    index: Fraction
    exact: bool
    falls: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class PlanAnswer:
    """A plan, or none. ``unreachable``: it is proven that no moves suffice.

    ``reach``: the highest exact index that the allowed moves lead to.
    """

    plan: Plan | None
    unreachable: bool
    reach: Fraction


def fewest_steps(
    supported: State, claimed: State, target: Fraction, allowed: Allowed | None = None
) -> PlanAnswer:
    """Find the fewest *allowed* moves that bring the exact index to *target*.

    Of claims either what was claimed is proven or parameter 3 at once, never both. Up to
    :func:`~iid.tasks.score.formula.most_new` new innovations are considered.
    """
    moves = _Moves(supported, claimed, allowed or (lambda _: True))
    if moves.index >= target:
        return PlanAnswer(Plan((), moves.index, exact=True), unreachable=False, reach=reach(moves.board))
    board = moves.board
    choice, bound = cheapest(board, target)
    most = choice.steps - 1 if choice else 0
    if choice and not choice.exact and affordable(board, most):
        choice = exhaustive(board, target, most) or replace(choice, exact=True)
    plan, highest = moves.plan(choice, target) if choice else None, reach(board)
    return PlanAnswer(plan, plan is None and (bound >= UNREACHED or highest < target), highest)


def all_of(supported: State, claimed: State, allowed: Allowed) -> list[Step]:
    """Return all allowed moves that can be done together, without gains.

    Every ineligible innovation is made eligible, every claim brought as far as allowed; nothing is
    held back and nothing added.
    """
    moves = _Moves(supported, claimed, allowed)
    steps = moves.best_claims(REGION_ID, supported.spd)
    for name, one in supported.innovations.items():
        qualify = Step("qualify", name, "", 0, 1, Fraction(0))
        if one.eligible:
            steps += moves.best_claims(name, one.parameters)
        elif allowed(qualify):
            steps += [qualify, *moves.best_claims(name, one.dormant)]
    return steps


class _Moves:
    """The allowed moves of a region for the search; its choice as steps."""

    def __init__(self, supported: State, claimed: State, allowed: Allowed) -> None:
        self._state, self._claimed, self._allowed = supported, claimed, allowed
        self._tally = Tally(supported)
        self._names = supported.rulebook.formula.basic_services.value
        self._scale, self._weights = self._units()
        self._mends: dict[tuple[str, str], Step] = {}
        self.index = self._tally.index
        self._nothing = Innovation(dict.fromkeys((i.key for i in supported.rulebook.sid), 0))

    def _units(self) -> tuple[int, dict[str, int]]:
        rules, (scale, weights) = self._state.rulebook, self._state.rulebook.scaled_weights
        totals = (self._state.spd_total, self._claimed.spd_total)
        others = (Fraction(rules.formula.count_weight.value), *totals)
        more = lcm(2 * scale, *(value.denominator for value in others)) // scale
        return scale * more, {key: weight * more for key, weight in weights.items()}

    @property
    def board(self) -> Board:
        """The region in whole numbers."""
        state = self._state
        rows = [self._row(name, one) for name, one in state.innovations.items() if not one.copy]
        reported = state.rulebook.formula.divisor_counts.value == "reported"
        region = self._gains(REGION_ID, state.spd)
        return Board(
            rows=tuple(row for row in rows if row.counts or row.may_qualify or reported),
            new=self._new(),
            spd=int(state.spd_points() * self._scale),
            region=region,
            scale=self._scale,
            formula=state.rulebook.formula,
        )

    def _row(self, name: str, one: Innovation) -> PlanRow:
        parameters = one.parameters if one.eligible else one.dormant
        service = self._tally.service(one.affair)
        return PlanRow(
            name=name,
            points=sum(self._weights.get(key, 0) * value for key, value in parameters.items()),
            gains=self._gains(name, parameters),
            service=self._names.index(service) if service else -1,
            counts=one.eligible,
            may_hold=self._allowed(Step("hold", name, "", 1, 0, Fraction(0))),
            may_qualify=not one.eligible and self._allowed(Step("qualify", name, "", 0, 1, Fraction(0))),
        )

    def _new(self) -> PlanRow | None:
        if not self._allowed(Step("add", new_name(1), "", 0, 0, Fraction(0))):
            return None
        return PlanRow("", 0, self._gains(new_name(1), self._nothing.parameters), -1, counts=False)

    def _gains(self, name: str, parameters: Mapping[str, int]) -> tuple[int, ...]:
        """Return the points of each open claim's best move in units, descending."""
        return tuple(sorted(map(self._points, self.best_claims(name, parameters)), reverse=True))

    def _points(self, step: Step) -> int:
        if step.total is not None:
            return int((step.total - self._state.spd_total) * self._scale)
        return self._weights[step.indicator] * (step.after - step.before)

    def best_claims(self, name: str, parameters: Mapping[str, int]) -> list[Step]:
        """Of every open claim the allowed move that brings the most."""
        best: dict[str, Step] = {}
        if name == REGION_ID:
            best = {
                step.indicator: step for step in open_total(self._state, self._claimed) if self._allowed(step)
            }
        for step in open_claims(name, parameters, self._claimed):
            if self._allowed(step):
                if step.kind == "mend":
                    self._mends[name, step.indicator] = step
                best[step.indicator] = step  # a raise comes after the fix of the same claim
        return list(best.values())

    def plan(self, choice: Choice, target: Fraction) -> Plan:
        """Return *choice* and its best claims as steps in a good order."""
        tally, selection = self._tally, self._selection(choice)
        counting = {step.innovation_id for step in selection if step.kind != "hold"} - set(choice.held)
        counting |= {n for n, one in self._state.innovations.items() if one.eligible and n not in choice.held}
        with done(tally, selection):
            index, worths, divisor = tally.index, tally.worths, tally.divisor
        claims: list[Step] = []
        for step in self._by_points(counting, divisor):
            if index >= target:
                break
            gain = step.gain if step.total is not None else worths[step.indicator][step.after - step.before]
            claims.append(replace(step, gain=gain))
            index += claims[-1].gain
        claims, index = self._eased(claims, index, target, worths)
        order = in_order(tally, selection, claims, self._sent)
        return Plan(order.steps, index, choice.exact, order.falls)

    def _by_points(self, counting: set[str], divisor: int) -> list[Step]:
        """Rank the best moves of open claims of *counting* and of the region."""
        nothing = dict.fromkeys((i.key for i in self._state.rulebook.sid), 0)
        found = self.best_claims(REGION_ID, self._state.spd)
        for name in counting:
            one = self._state.innovations.get(name)
            found += self.best_claims(
                name, nothing if one is None else one.parameters if one.eligible else one.dormant
            )

        def order(step: Step) -> tuple[int, bool, str]:
            times = divisor if step.innovation_id == REGION_ID else 1
            return -self._points(step) * times, step.kind == "raise", step.innovation_id

        return sorted(found, key=order)

    def _selection(self, choice: Choice) -> list[Step]:
        """Return the selecting moves; additions go to the services still missing."""
        affairs = [*self._uncovered(choice), *[""] * choice.added]
        return [
            *(Step("hold", name, "", 1, 0, Fraction(0)) for name in choice.held),
            *(Step("qualify", name, "", 0, 1, Fraction(0)) for name in choice.qualified),
            *(
                Step("add", new_name(n), "", 0, 0, Fraction(0), affair=affair)
                for n, affair in zip(range(1, choice.added + 1), affairs, strict=False)
            ),
        ]

    def _sent(self, step: Step) -> Fraction:
        """The points of the innovation that *step* is about, once it is eligible."""
        one = self._state.innovations.get(step.innovation_id)
        if one is None:
            return Fraction(0)
        counted = one if one.eligible else Innovation(one.dormant, one.affair)
        return counted.points(self._state.rulebook)

    def _uncovered(self, choice: Choice) -> list[str]:
        """Return the services left to new innovations, those missing now first."""
        own = self._state.innovations
        sent = {name for name, one in own.items() if one.eligible} | set(choice.qualified)
        covered = {self._tally.service(own[name].affair) for name in sent - set(choice.held)}
        now = self._tally.missing
        return sorted((name for name in self._names if name not in covered), key=lambda name: name not in now)

    def _eased(
        self, claims: list[Step], index: Fraction, target: Fraction, worths: Worths
    ) -> tuple[list[Step], Fraction]:
        """Replace raises by proofs, claim by claim, as far as *target* allows."""
        eased = list(claims)
        for place, step in sorted(enumerate(claims), key=lambda found: found[1].gain):
            mend = self._mends.get((step.innovation_id, step.indicator))
            if mend and step.kind == "raise":
                lighter = replace(mend, gain=worths[mend.indicator][mend.after - mend.before])
                if index - step.gain + lighter.gain >= target:
                    index, eased[place] = index - step.gain + lighter.gain, lighter
        return sorted(eased, key=lambda s: (-s.gain, s.innovation_id)), index
