"""The target, the fewest steps to it, and what all steps together would give. Pure."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from iid.expectations.rulebook import Rulebook
from iid.tasks.errors import UsageError
from iid.tasks.scoring.categories import gap_to_next
from iid.tasks.scoring.grid import TOTAL
from iid.tasks.scoring.nextsteps import Plan, Step, next_steps, smallest_plan
from iid.tasks.scoring.whatif import State
from iid.tasks.tables import REGION_ID

_NUMBER = re.compile(r"[0-9]{1,3}(?:[.,][0-9]{1,9})?")

Owners = Collection[str] | None


@dataclass(frozen=True, slots=True)
class Target:
    """An index to reach, as people see it (rounded), and the category it lies in."""

    value: Decimal
    category: str
    chosen: bool  # by the user; else the next category's lower end

    def exact(self, rulebook: Rulebook) -> Fraction:
        """The smallest exact index that is shown as this target (half is rounded up)."""
        return Fraction(self.value) - Fraction(1, 2 * 10**rulebook.formula.places.value)


def target_of(text: str | None, rulebook: Rulebook, now: Fraction) -> Target | None:
    """The target a user typed (``60,01`` or ``60.01``), else the next category's lower end.

    None in the best category. UsageError for anything that is no index.
    """
    if text is None:
        gap = gap_to_next(rulebook, now)
        return Target(gap.lower, gap.category, chosen=False) if gap else None
    cleaned = text.strip().removesuffix("%").strip()
    value = Decimal(cleaned.replace(",", ".")) if _NUMBER.fullmatch(cleaned) else None
    if value is None or not 0 < value <= 100:
        raise UsageError(f'--target "{text}" bukan indeks; yang boleh: 0,01 s.d. 100, misalnya 60,01')
    rounded = rulebook.rounded(Fraction(value))
    if rounded != value:
        raise UsageError(
            f"--target {cleaned} lebih teliti daripada indeks yang terbit "
            f"({rulebook.formula.places.value} angka di belakang koma); misalnya {rounded}".replace(".", ",")
        )
    return Target(rounded, rulebook.category(rounded), chosen=True)


def open_steps(supported: State, claimed: State, owners: Owners = None) -> list[Step]:
    """Every open step, the most valuable first; also an unproven SPD total."""
    steps = next_steps(supported, claimed, owners)
    total = total_step(supported, claimed, owners)
    return sorted([total, *steps], key=lambda s: -s.gain) if total else steps


def total_step(supported: State, claimed: State, owners: Owners = None) -> Step | None:
    """Proving the region's SPD score where the cycle has only one total; None where nothing is open."""
    missing = claimed.spd_total - supported.spd_total
    if supported.rulebook.spd != "total" or missing <= 0 or (owners is not None and REGION_ID not in owners):
        return None
    gain = missing / Fraction(supported.rulebook.formula.maximum_total.value) * 100
    return Step("mend", REGION_ID, TOTAL, 0, 1, gain)


def apply(step: Step, state: State, claimed: State) -> State:
    """*state* once *step* is done."""
    if step.indicator == TOTAL:
        return replace(state, spd_total=claimed.spd_total)
    return step.applied(state)


def plan_of(
    supported: State, claimed: State, target: Fraction, owners: Owners = None, *, raising: bool = True
) -> Plan | None:
    """The fewest steps to the exact index *target*; None where all of them do not reach it.

    Not *raising*: only what is claimed already is proven, or an innovation made eligible.
    """
    kinds = ("mend", "raise", "qualify") if raising else ("mend", "qualify")
    without = smallest_plan(supported, claimed, target, kinds, owners)
    total = total_step(supported, claimed, owners)
    if total is None:
        return without
    rest = smallest_plan(apply(total, supported, claimed), claimed, target, kinds, owners)
    if rest is None:
        return without
    plan = Plan((total, *rest.steps), rest.index, rest.exact)
    return plan if without is None or _size(plan) < _size(without) else without


def _size(plan: Plan) -> tuple[int, Fraction]:
    return len(plan.steps), -plan.index


def everything(
    supported: State, claimed: State, owners: Owners = None, *, raising: bool = True
) -> tuple[State, int]:
    """*supported* once every step of *owners* is done, also those that open on the way; how many."""
    count = 0
    for kinds in ({"qualify"}, {"mend", "raise"} if raising else {"mend"}):
        for step in open_steps(supported, claimed, owners):
            if step.kind in kinds:
                supported, count = apply(step, supported, claimed), count + 1
    return supported, count
