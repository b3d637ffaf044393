"""Every move a region has, and what each brings to the index."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction
from typing import Literal

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match
from iid.tasks.score.formula import count_score_of, divisor_of
from iid.tasks.score.grid import TOTAL
from iid.tasks.score.state import Innovation, State
from iid.tasks.values.tables import REGION_ID

Kind = Literal["mend", "raise", "qualify", "hold", "add"]
KINDS: tuple[Kind, ...] = ("mend", "raise", "qualify", "hold", "add")


@dataclass(frozen=True, slots=True)
class Step:
    """One move; ``gain`` is exact, in index points, for this move alone.

    ``mend``: prove what was claimed; ``raise``: claim and prove parameter 3; ``qualify``: correct
    what makes an innovation ineligible; ``hold``: do not send it; ``add``: report a new eligible
    innovation of which no claim is proven yet, under the basic service ``affair`` ("": any affair).
    ``indicator`` is "" where the move is about an innovation as a whole. ``total``: the SPD score
    that proving the one row of a cycle with ``spd: total`` leads to.
    """

    kind: Kind
    innovation_id: str
    indicator: str
    before: int
    after: int
    gain: Fraction
    effort: str | None = None
    affair: str = ""
    total: Fraction | None = None

    def applied(self, state: State) -> State:
        """*state* once this is done."""
        if self.kind == "qualify":
            return state.qualified(self.innovation_id)
        if self.kind == "hold":
            return state.without(self.innovation_id)
        if self.kind == "add":
            nothing = dict.fromkeys((i.key for i in state.rulebook.sid), 0)
            return state.with_innovation(self.innovation_id, Innovation(nothing, self.affair))
        if self.total is not None:
            return replace(state, spd_total=self.total)
        return state.with_parameter(self.innovation_id, self.indicator, self.after)


Worths = Mapping[str, Sequence[Fraction]]
_NO_WORTH = (Fraction(0),) * 4


def new_name(number: int) -> str:
    """Return the id of the *number*-th new innovation (from 1) of a plan."""
    return f"(inovasi baru {number})"


class Tally:
    """The sums of a state, updated move by move: the exact index at once."""

    def __init__(self, state: State) -> None:
        """The sums of *state*."""
        self._rules, self._state = state.rulebook, state
        self._names = state.rulebook.formula.basic_services.value
        self._found: dict[str, str | None] = {}
        self._spd, self._points = state.spd_points(), Fraction(0)
        self._eligible, self._reported = 0, state.reported
        self._services: Counter[str] = Counter()
        self._index: Fraction | None = None
        for one in state.innovations.values():
            if one.eligible:
                self._count(one, 1)

    def _count(self, one: Innovation, sign: int) -> None:
        self._eligible += sign
        self._points += sign * one.points(self._rules)
        if service := self.service(one.affair):
            self._services[service] += sign

    def service(self, affair: str) -> str | None:
        """The basic service that *affair* is; None for any other."""
        if affair not in self._found:
            self._found[affair] = match(affair, self._names) if affair else None
        return self._found[affair]

    @property
    def missing(self) -> list[str]:
        """Basic services without an eligible innovation, in the rulebook's order."""
        return [name for name in self._names if self._services[name] <= 0]

    @property
    def in_divisor(self) -> int:
        """Innovations that the divisor counts."""
        by_reported = self._rules.formula.divisor_counts.value == "reported"
        return self._reported if by_reported else self._eligible

    @property
    def divisor(self) -> int:
        """What the innovation scores are divided by."""
        return divisor_of(self._rules.formula, self._eligible, self._reported) or 1

    @property
    def index(self) -> Fraction:
        """The exact index."""
        if self._index is None:
            self._index = self._computed()
        return self._index

    @property
    def shown(self) -> Decimal:
        """The index as it is published."""
        return self._rules.rounded(self.index)

    def _computed(self) -> Fraction:
        services = len(self._names) - len(self.missing)
        count = count_score_of(self._rules.formula, self._eligible, services)
        total = self._spd + self._points / self.divisor + count
        return total / Fraction(self._rules.formula.maximum_total.value) * 100

    def add(self, step: Step, sign: int = 1) -> None:
        """Do *step* (sign 1), or take back the step just done (sign -1)."""
        self._index, one = None, self._state.innovations.get(step.innovation_id)
        if step.kind in {"mend", "raise"}:
            self._claim(step, sign)
        elif step.kind == "add":
            self._reported += sign
            self._count(Innovation({}, step.affair), sign)
        elif one is not None and step.kind == "qualify":
            self._reported += sign * one.copy  # a copy is counted as another innovation from then on
            self._count(Innovation(one.dormant, one.affair), sign)
        elif one is not None:
            self._reported -= sign * (not one.copy)
            if one.eligible:
                self._count(one, -sign)

    def _claim(self, step: Step, sign: int) -> None:
        if step.total is not None:
            self._spd += sign * (step.total - self._state.spd_total)
            return
        weight = Fraction(self._rules.by_key[step.indicator].weight.value)
        points = sign * weight * (step.after - step.before)
        if step.innovation_id == REGION_ID:
            self._spd += points
        else:
            self._points += points

    @property
    def worths(self) -> Worths:
        """Exact gain of 0 to 3 more parameters of each indicator.

        A claim moves neither the divisor nor the count score, so the gains of claims add up.
        """
        percent = Fraction(100) / Fraction(self._rules.formula.maximum_total.value)
        return {
            i.key: [
                Fraction(i.weight.value) * percent / (self.divisor if i.aspect == "SID" else 1) * n
                for n in range(4)
            ]
            for i in self._rules.indicators
        }

    def valued(self, step: Step) -> Step:
        """*step* with what it brings from here."""
        before = self.index
        self.add(step)
        gain = self.index - before
        self.add(step, -1)
        self._index = before
        return replace(step, gain=gain)


def next_steps(supported: State, claimed: State, owners: Collection[str] | None = None) -> list[Step]:
    """Return the open moves on what is reported, the most valuable first.

    *claimed*: the run in that view. Claims to prove or raise, and ineligible innovations; see
    :func:`selection_steps` for the others. *owners*: only the moves of these innovations (``pemda`` for the
    SPD rows). Claims of an ineligible innovation bring nothing until it is eligible, so only its
    ``qualify`` is listed.
    """
    tally = Tally(supported)
    steps = [tally.valued(step) for step in _qualify(supported, owners)]
    steps += _claims(supported, claimed, owners, tally.worths)
    return _sorted(steps, supported.rulebook)


def selection_steps(supported: State, owners: Collection[str] | None = None) -> list[Step]:
    """Return the moves that change the selection, the most valuable first.

    One addition for every basic service that is missing, or one of any affair where none is.
    Holding back an ineligible innovation is a move only where the divisor counts it.
    """
    tally = Tally(supported)
    steps = [tally.valued(step) for step in _hold(supported, owners)]
    if owners is None or set(owners) - {REGION_ID}:
        affairs = tally.missing or [""]
        steps += [tally.valued(Step("add", new_name(1), "", 0, 0, Fraction(0), affair=a)) for a in affairs]
    return _sorted(steps, supported.rulebook)


def _sorted(steps: Collection[Step], rulebook: Rulebook) -> list[Step]:
    places = {i.key: n for n, i in enumerate(rulebook.indicators)}
    ranks = {gain: n for n, gain in enumerate(sorted({step.gain for step in steps}, reverse=True))}
    return sorted(steps, key=lambda s: (ranks[s.gain], s.innovation_id, places.get(s.indicator, -1), s.kind))


def _claims(
    supported: State, claimed: State, owners: Collection[str] | None, worths: Worths
) -> Iterator[Step]:
    counting = [(REGION_ID, supported.spd)]
    counting += [(name, one.parameters) for name, one in supported.innovations.items() if one.eligible]
    for name, counted in counting:
        if owners is None or name in owners:
            yield from open_claims(name, counted, claimed, worths)
    yield from open_total(supported, claimed, owners)


def open_total(supported: State, claimed: State, owners: Collection[str] | None = None) -> Iterator[Step]:
    """Proving the region's SPD score where the cycle has only one total."""
    missing = claimed.spd_total - supported.spd_total
    if supported.rulebook.spd == "total" and missing > 0 and (owners is None or REGION_ID in owners):
        gain = missing / Fraction(supported.rulebook.formula.maximum_total.value) * 100
        yield Step("mend", REGION_ID, TOTAL, 0, 1, gain, total=claimed.spd_total)


def open_claims(
    name: str, counted: Mapping[str, int], claimed: State, worths: Worths | None = None
) -> Iterator[Step]:
    """Yield the open claims of one owner; without *worths* their gain is 0.

    *counted*: the parameters that count. A claim that is not proven has two: prove what was claimed, and
    prove parameter 3 at once.
    """
    region = name == REGION_ID
    known = claimed.innovations.get(name)
    wanted = claimed.spd if region else known.parameters if known else {}
    for indicator in claimed.rulebook.spd_rows if region else claimed.rulebook.sid:
        key = indicator.key
        before, asked = counted.get(key, 3), wanted.get(key, 0)
        if key == TOTAL or max(before, 0) >= 3:
            continue
        effort = indicator.effort.value if indicator.effort else None
        worth = worths[key] if worths else _NO_WORTH
        if before < asked:
            yield Step("mend", name, key, before, asked, worth[asked - before], effort)
        if asked < 3:
            yield Step("raise", name, key, before, 3, worth[3 - before], effort)


def _qualify(state: State, owners: Collection[str] | None) -> Iterator[Step]:
    for name, one in state.innovations.items():
        if not one.eligible and (owners is None or name in owners):
            yield Step("qualify", name, "", 0, 1, Fraction(0))


def _hold(state: State, owners: Collection[str] | None) -> Iterator[Step]:
    all_count = state.rulebook.formula.divisor_counts.value == "reported"
    for name, one in state.innovations.items():
        if (one.eligible or (all_count and not one.copy)) and (owners is None or name in owners):
            yield Step("hold", name, "", 1, 0, Fraction(0))
