"""What mending is worth in points of the index: the numbers of ``iid next-steps``, from a run in memory."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast

from iid.tasks.assessment import Assessment
from iid.tasks.reports.formatting import number
from iid.tasks.scoring.exact import published
from iid.tasks.scoring.nextsteps import Step
from iid.tasks.stepping.causes import DUPLICATE, Causes
from iid.tasks.stepping.picture import Picture
from iid.tasks.stepping.plans import apply, open_steps
from iid.tasks.tables import REGION_ID

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.stores.reading import Run

PLACES = 3  # decimals of a gain: one claim is worth a few hundredths of the index


@dataclass(frozen=True, slots=True)
class _Unstored:
    """An assessment where :class:`Picture` expects a published run."""

    assessment: Assessment

    @property
    def region(self) -> str:
        return self.assessment.marker.region

    def json(self, _name: str) -> Any:
        return self.assessment.index

    def table(self, name: str) -> pd.DataFrame:
        names = {"evidence_all": "evidence"}
        return cast("pd.DataFrame", getattr(self.assessment, names.get(name, name)))


@dataclass(frozen=True)
class Worths:
    """Every open step of one assessment with its gain, by whom it belongs to."""

    picture: Picture

    @classmethod
    def of(cls, assessment: Assessment) -> Worths:
        """The worths in *assessment*; nothing is read from a store."""
        return cls(Picture(cast("Run", _Unstored(assessment)), assessment.rulebook))

    @cached_property
    def causes(self) -> Causes:
        """Why a claim does not count, and what to do."""
        return Causes(self.picture)

    @cached_property
    def steps(self) -> dict[tuple[str, str], Step]:
        """Open steps by innovation (``pemda``) and indicator ("": making it eligible), most worth first."""
        found = open_steps(self.picture.states["supported"], self.picture.states["claimed"])
        return {(step.innovation_id, step.indicator): step for step in found}

    def of_unit(self, code: str) -> dict[tuple[str, str], Step]:
        """The steps of one unit (``pemda``: the SPD rows)."""
        return self._by_unit.get(code, {})

    @cached_property
    def _by_unit(self) -> dict[str, dict[tuple[str, str], Step]]:
        found: dict[str, dict[tuple[str, str], Step]] = {}
        for key, step in self.steps.items():
            unit = REGION_ID if key[0] == REGION_ID else self.picture.unit_of[key[0]]
            found.setdefault(unit, {})[key] = step
        return found

    def all_mended(self, code: str) -> Fraction:
        """What the unit adds to the index once all it claims is mended, exact."""
        steps = [s for s in self.of_unit(code).values() if s.kind != "raise" and not self._repeats(s)]
        barred = [step for step in steps if step.kind == "qualify"]
        if not barred:  # claims move neither the divisor nor the count score: their gains add up
            return sum((step.gain for step in steps), Fraction(0))
        state, claimed = self.picture.states["supported"], self.picture.states["claimed"]
        for step in barred:
            state = step.applied(state)
        owners = {step.innovation_id for step in steps}
        for step in open_steps(state, claimed, owners):  # also those that this opened
            if step.kind == "mend":
                state = apply(step, state, claimed)
        return state.index().index - self._now

    @cached_property
    def _now(self) -> Fraction:
        return self.picture.states["supported"].index().index

    def _repeats(self, step: Step) -> bool:
        """Whether the step is about an innovation that only repeats another one."""
        found = self.picture.critical.get((step.innovation_id, ""), ())
        return any(row["code"] == DUPLICATE for row in found)


def shown(gain: Fraction) -> str:
    """A gain for people: ``+0,123``; what would round to nothing is ``< 0,001``."""
    if 0 < gain < Fraction(1, 10**PLACES):
        return f"< {number(Decimal(1).scaleb(-PLACES))}"
    return f"{'+' if gain > 0 else ''}{number(published(gain, PLACES), PLACES)}"
