"""The exact index after hypothetical changes; nothing is read or written.

A :class:`State` is what one view of a published run says: the parameter of every claim,
which innovations count, and the rules. Every change gives a new state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.expectations.rulebook.words import match
from iid.tasks.score.formula import Index, index_of
from iid.tasks.score.grid import DUPLICATE, TOTAL
from iid.tasks.score.parameters import counting
from iid.tasks.values.tables import REGION_ID


@dataclass(frozen=True, slots=True)
class Innovation:
    """One innovation: its counting parameter by indicator, and if it counts.

    ``dormant`` are the parameters that would count if an ineligible innovation became eligible.
    """

    parameters: Mapping[str, int]
    affair: str = ""
    eligible: bool = True
    dormant: Mapping[str, int] = field(default_factory=dict)
    copy: bool = False  # another innovation of the same name counts for it

    @property
    def accepted(self) -> bool:
        """Whether a claim of it counts."""
        return any(self.parameters.values())

    def points(self, rulebook: Rulebook) -> Fraction:
        """Its score; 0 when it is not eligible."""
        if not self.eligible:
            return Fraction(0)
        return _points(self.parameters, rulebook)


@dataclass(frozen=True, slots=True)
class State:
    """A region: its SPD parameters (or one total), innovations and rules."""

    rulebook: Rulebook
    spd: Mapping[str, int]
    innovations: Mapping[str, Innovation]
    spd_total: Fraction = Fraction(0)

    def index(self) -> Index:
        """The index of this state."""
        counting = [i for i in self.innovations.values() if i.eligible]
        names = self.rulebook.formula.basic_services.value
        services = {name for affair in {i.affair for i in counting} if (name := match(affair, names))}
        return index_of(
            self.rulebook,
            spd=self.spd_points(),
            sids=[i.points(self.rulebook) for i in counting],
            eligible=len(counting),
            reported=self.reported,
            basic_services=len(services),
        )

    @property
    def reported(self) -> int:
        """How many innovations count as reported."""
        return sum(not one.copy for one in self.innovations.values())

    def spd_points(self) -> Fraction:
        """The region's SPD score."""
        return self.spd_total if self.rulebook.spd == "total" else _points(self.spd, self.rulebook)

    def under(self, rulebook: Rulebook) -> State:
        """Return the same region under other rules; an SPD total keeps its points."""
        return replace(self, rulebook=rulebook, spd_total=self.spd_points())

    def with_parameter(self, owner: str, indicator: str, parameter: int) -> State:
        """Set one claim (``pemda``: SPD). Raises KeyError and ValueError."""
        if indicator not in self.rulebook.by_key or not 0 <= parameter <= 3:
            raise ValueError(f"{owner}:{indicator}={parameter} fits no claim of cycle {self.rulebook.cycle}")
        if owner == REGION_ID:
            return replace(self, spd={**self.spd, indicator: parameter})
        one = self.innovations[owner]
        return self.with_innovation(owner, replace(one, parameters={**one.parameters, indicator: parameter}))

    def with_innovation(self, name: str, innovation: Innovation) -> State:
        """One innovation added or replaced."""
        return replace(self, innovations={**self.innovations, name: innovation})

    def without(self, name: str) -> State:
        """One innovation withdrawn: it is no longer reported."""
        return replace(self, innovations={n: i for n, i in self.innovations.items() if n != name})

    def qualified(self, name: str) -> State:
        """Make an innovation eligible; what its evidence proves counts from now."""
        one = self.innovations[name]
        return self.with_innovation(
            name, replace(one, parameters=one.dormant, dormant={}, eligible=True, copy=False)
        )


def what_if(state: State, changes: Iterable[tuple[str, str, int]]) -> State:
    """Apply changes (owner, indicator, parameter) in order; later ones win."""
    for owner, indicator, parameter in changes:
        state = state.with_parameter(owner, indicator, parameter)
    return state


def state_of(
    innovations: pd.DataFrame,
    scores: pd.DataFrame,
    rulebook: Rulebook,
    view: str = "supported",
    dormant: pd.DataFrame | None = None,
) -> State:
    """The state that PUBLISHED_INNOVATIONS and SCORES describe in *view*.

    *dormant*: the barred rows as :func:`iid.tasks.score.scoring.score` gives them; without it nothing can
    be made eligible. ``eligible`` says only that nothing bars an innovation (:func:`settled`).
    """
    parameters = _parameters(scores, view)
    waiting = {} if dormant is None else _parameters(dormant, view)
    total = scores.loc[scores["indicator"] == TOTAL, f"{view}_score"]
    columns = ("innovation_id", "main_affair", "eligible", "ineligible_reasons")
    rows = zip(*(innovations[c].tolist() for c in columns), strict=True)
    built = {
        owner: Innovation(
            parameters=parameters.get(owner, {}),
            affair=affair,
            eligible=bool(eligible) or view == "claimed",
            dormant=waiting.get(owner, {}),
            copy=view != "claimed" and DUPLICATE in reasons.split(";"),
        )
        for owner, affair, eligible, reasons in rows
    }
    return State(
        rulebook, parameters.get(REGION_ID, {}), built, Fraction(total.iloc[-1] if len(total) else 0)
    )


def settled(views: Mapping[str, State]) -> dict[str, State]:
    """Set who counts in each of *views* by ``verified`` (:func:`counting`)."""
    verified = views["verified"]
    counted = {
        owner: replace(one, eligible=counting("verified", one.eligible, one.accepted))
        for owner, one in verified.innovations.items()
    }
    return {**views, "verified": replace(verified, innovations=counted)}


def _parameters(scores: pd.DataFrame, view: str) -> dict[str, dict[str, int]]:
    """Parameters by owner and indicator; a total has none."""
    found: dict[str, dict[str, int]] = {}
    for owner, key, parameter in zip(
        *(scores[c].tolist() for c in ("innovation_id", "indicator", f"{view}_parameter")), strict=True
    ):
        if key != TOTAL:
            found.setdefault(owner, {})[key] = parameter
    return found


def _points(parameters: Mapping[str, int], rulebook: Rulebook) -> Fraction:
    scale, weights = rulebook.scaled_weights
    return Fraction(sum(weights.get(key, 0) * value for key, value in parameters.items()), scale)
