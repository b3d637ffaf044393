"""What fixing is worth in points: ``iid next-steps`` of a run in memory."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cached_property

from iid.tasks.answers.causes import Causes
from iid.tasks.answers.plans import PAPERS, Menu
from iid.tasks.answers.run_view import Picture
from iid.tasks.score.exact import published
from iid.tasks.score.fewest_moves import all_of
from iid.tasks.score.moves import Step, Tally, next_steps
from iid.tasks.score.plan_order import together
from iid.tasks.text.indonesian import number
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import REGION_ID

PLACES = 3  # decimals of a gain: one claim is worth a few hundredths of the index


@dataclass(frozen=True)
class Worths:
    """Every open step of one assessment with its gain, by whom it belongs to."""

    picture: Picture

    @classmethod
    def of(cls, assessment: Assessment) -> Worths:
        """The worths in *assessment*; nothing is read from a store."""
        return cls(Picture.of(assessment))

    @cached_property
    def causes(self) -> Causes:
        """Why a claim does not count, and what to do."""
        return Causes(self.picture)

    @cached_property
    def steps(self) -> dict[tuple[str, str], Step]:
        """Open steps by owner and indicator ("": eligibility), most worth first."""
        found = next_steps(self.picture.states["supported"], self.picture.states["claimed"])
        fixed = {(step.innovation_id, step.indicator) for step in found if step.kind != "raise"}
        kept = [s for s in found if s.kind != "raise" or (s.innovation_id, s.indicator) not in fixed]
        return {(step.innovation_id, step.indicator): step for step in kept}

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
        """What the unit adds to the index once all it claims is fixed, exact."""
        return together(self._tally, self._fixed_claims.get(code, [])) - self._tally.index

    @cached_property
    def _tally(self) -> Tally:
        return Tally(self.picture.states["supported"])

    @cached_property
    def _fixed_claims(self) -> dict[str, list[Step]]:
        """Fixes that papers alone make, by unit: claims made, eligibility."""
        states, found = self.picture.states, dict[str, list[Step]]()
        allowed = Menu(self.picture).planned(None, PAPERS)
        for step in all_of(states["supported"], states["claimed"], allowed):
            found.setdefault(self.picture.unit_of.get(step.innovation_id, REGION_ID), []).append(step)
        return found


def shown(gain: Fraction) -> str:
    """Write a gain: ``+0,123``; ``< 0,001`` if it would round to nothing."""
    if 0 < gain < Fraction(1, 10**PLACES):
        return f"< {number(Decimal(1).scaleb(-PLACES))}"
    return f"{'+' if gain > 0 else ''}{number(published(gain, PLACES), PLACES)}"
