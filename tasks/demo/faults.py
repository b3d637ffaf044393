"""The faults planted in the example share, with the finding each must lead to.

They stand beside the innovations in ``contoh.yaml``, so that list and share cannot drift apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from iid.tasks.demo.building import demo_recipe
from iid.tasks.demo.planning import unit_and_folder
from iid.tasks.demo.recipe import Recipe
from iid.tasks.tables import REGION_ID


@dataclass(frozen=True, slots=True)
class Fault:
    """One planted fault; ``code`` is "" for a real-life shape that must lead to no finding."""

    code: str
    unit: str  # "" for the whole share, "pemda" for SPD
    innovation: str  # innovation_id, "pemda" for SPD, "" where it concerns none
    indicator: str  # "" where it concerns none, or many
    description: str


def planted(recipe: Recipe) -> Iterator[Fault]:
    """Every fault that *recipe* notes, in its order."""
    for find in recipe.finds:
        yield Fault(find.code, "", "", "", find.why)
    for key, claim in recipe.pemda.items():
        for find in claim.finds:
            yield Fault(find.code, REGION_ID, REGION_ID, key, find.why)
    for spec in recipe.each_innovation():
        unit, folder = unit_and_folder(spec)
        for find in spec.finds:
            yield Fault(find.code, unit, f"{unit}/{folder}", "", find.why)
        for key, claim in spec.claims.items():
            for find in claim.finds:
                indicator = "" if key == "all" else key
                yield Fault(find.code, unit, f"{unit}/{folder}", indicator, find.why)


FAULTS = tuple(planted(demo_recipe()))
