"""The index after hypothetical changes, exact; nothing is read, written or published.

A :class:`State` is what one view of a published run says: the parameter of every claim,
which innovations count, and the rules. Every change gives a new state.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pandas as pd

from iid.expectations.rulebook import Rulebook
from iid.expectations.words import match
from iid.tasks.scoring.formula import Index, index_of
from iid.tasks.scoring.grid import TOTAL
from iid.tasks.tables import REGION_ID


@dataclass(frozen=True, slots=True)
class Innovation:
    """One innovation: the parameter that counts for each indicator, and whether it counts at all.

    ``dormant`` are the parameters that would count if an ineligible innovation became eligible.
    """

    parameters: Mapping[str, int]
    affair: str = ""
    eligible: bool = True
    dormant: Mapping[str, int] = field(default_factory=dict)

    def points(self, rulebook: Rulebook) -> Fraction:
        """Its score; 0 when it is not eligible."""
        if not self.eligible:
            return Fraction(0)
        return _points(self.parameters, rulebook)


@dataclass(frozen=True, slots=True)
class State:
    """A region: its SPD parameters (or one SPD total), its innovations, the rules."""

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
            reported=len(self.innovations),
            basic_services=len(services),
        )

    def spd_points(self) -> Fraction:
        """The region's SPD score."""
        return self.spd_total if self.rulebook.spd == "total" else _points(self.spd, self.rulebook)

    def under(self, rulebook: Rulebook) -> State:
        """The same region under other rules. A cycle with one SPD total keeps the points it has."""
        return replace(self, rulebook=rulebook, spd_total=self.spd_points())

    def with_parameter(self, owner: str, indicator: str, parameter: int) -> State:
        """One claim (``pemda`` for an SPD row) at another parameter. KeyError, ValueError."""
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
        """An ineligible innovation made eligible; what its evidence proves counts from then on."""
        one = self.innovations[name]
        return self.with_innovation(name, replace(one, parameters=one.dormant, dormant={}, eligible=True))


def what_if(state: State, changes: Iterable[tuple[str, str, int]]) -> State:
    """*state* after changes (owner, indicator, parameter), in order; later ones win."""
    for owner, indicator, parameter in changes:
        state = state.with_parameter(owner, indicator, parameter)
    return state


def state_of(
    innovations: pd.DataFrame, scores: pd.DataFrame, rulebook: Rulebook, view: str = "supported"
) -> State:
    """The state that PUBLISHED_INNOVATIONS and SCORES describe in *view*."""
    parameters: dict[str, dict[str, int]] = {REGION_ID: {}}
    dormant: dict[str, dict[str, int]] = {}
    barring = dict(zip(innovations["innovation_id"].tolist(), _barring(innovations), strict=True))
    total = Fraction(0)
    names = ("innovation_id", "indicator", f"{view}_parameter", f"{view}_score", "claimed_parameter")
    columns = (*names, "evidence_items", "reasons", "decision")
    for owner, key, counted, points, claimed, items, reasons, word in zip(
        *(scores[c].tolist() for c in columns), strict=True
    ):
        if key == TOTAL:
            total = Fraction(points)
            continue
        parameters.setdefault(owner, {})[key] = counted
        own = set(filter(None, reasons.split(";"))) - barring.get(owner, set())
        dormant.setdefault(owner, {})[key] = claimed if _proves(word, items, own) else 0
    rows = zip(*(innovations[c].tolist() for c in ("innovation_id", "main_affair", "eligible")), strict=True)
    built = {
        owner: Innovation(
            parameters=parameters.get(owner, {}),
            affair=affair,
            eligible=bool(eligible) or view == "claimed",
            dormant=dormant.get(owner, {}),
        )
        for owner, affair, eligible in rows
    }
    return State(rulebook, parameters[REGION_ID], built, total)


def _proves(word: str, items: int, own_reasons: set[str]) -> bool:
    """Whether a claim of an ineligible innovation would count at its claimed parameter.

    A lowered one counts as nothing here: the published scores do not say to what it was lowered.
    """
    if word == "terima":
        return "evidence.missing" not in own_reasons
    return not word and items > 0 and not own_reasons


def _barring(innovations: pd.DataFrame) -> list[set[str]]:
    return [set(filter(None, text.split(";"))) for text in innovations["ineligible_reasons"].tolist()]


def _points(parameters: Mapping[str, int], rulebook: Rulebook) -> Fraction:
    scale, weights = rulebook.scaled_weights
    return Fraction(sum(weights.get(key, 0) * value for key, value in parameters.items()), scale)
