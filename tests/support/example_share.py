"""Some units of the example share: whole runs of them take a fraction of the time of the whole."""

from __future__ import annotations

from pathlib import Path

from iid.expectations.rulebook.loading import load
from iid.tasks.demo.build_share import DEMO_CYCLE, build_share, demo_recipe

#: Two agencies and three health centres with twelve innovations; with documents of every kind.
FEW = ("101", "102", "103", "104", "203", "204")


def build_units(path: Path, *codes: str) -> Path:
    """Build the example share at *path* with only these units, and what belongs to them."""
    whole = demo_recipe()
    some = {
        "units": tuple(
            unit.model_copy(update={} if unit.parent in codes else {"parent": ""})
            for unit in whole.units
            if unit.code in codes
        ),
        "innovations": tuple(one for one in whole.innovations if one.unit in codes),
        "extra": {place: file for place, file in whole.extra.items() if place.split()[0] in codes},
    }
    build_share(path, whole.model_copy(update=some), load(DEMO_CYCLE).rulebook)
    return path
