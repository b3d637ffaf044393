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
from iid.tasks.stepping.plans import everything, open_steps
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
        owners = self._owners(code)
        return {key: step for key, step in self.steps.items() if key[0] in owners}

    def all_mended(self, code: str) -> Fraction:
        """What the unit adds to the index once all it claims is mended, exact."""
        owners = {o for o in self._owners(code) if not self._repeats(o)}
        state, claimed = self.picture.states["supported"], self.picture.states["claimed"]
        return everything(state, claimed, owners, raising=False)[0].index().index - self._now

    @cached_property
    def _now(self) -> Fraction:
        return self.picture.states["supported"].index().index

    @cached_property
    def _of_units(self) -> dict[str, set[str]]:
        owners: dict[str, set[str]] = {REGION_ID: {REGION_ID}}
        for owner, unit in self.picture.unit_of.items():
            owners.setdefault(unit, set()).add(owner)
        return owners

    def _owners(self, code: str) -> set[str]:
        return self._of_units.get(code, set())

    def _repeats(self, owner: str) -> bool:
        return any(row["code"] == DUPLICATE for row in self.picture.critical.get((owner, ""), ()))


def shown(gain: Fraction) -> str:
    """A gain for people: ``+0,123``; what would round to nothing is ``< 0,001``."""
    if 0 < gain < Fraction(1, 10**PLACES):
        return f"< {number(Decimal(1).scaleb(-PLACES))}"
    return f"{'+' if gain > 0 else ''}{number(published(gain, PLACES), PLACES)}"
