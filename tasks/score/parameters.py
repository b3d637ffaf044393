"""Which parameter each claim gets: as claimed, as supported, as verified."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

import numpy as np
import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.score.grid import TOTAL, Faults, Flags, Grid, Items, Whole
from iid.tasks.values.tables import REGION_ID

#: Words of column Keputusan; their place plus one is the number used in the arrays.
WORDS = ("terima", "turunkan", "tolak")
ACCEPT, LOWER, REFUSE = 1, 2, 3


Flag = TypeVar("Flag", bool, Flags)


def counting(view: str, eligible: Flag, accepted: Flag) -> Flag:
    """Flag who counts in *view* (contract 3): all, the eligible, or accepted.

    *accepted*: at least one claim counts in ``verified``. Both are one flag, or an array of flags.
    """
    if view == "claimed":
        return eligible | True
    return eligible if view == "supported" else eligible & accepted


@dataclass(frozen=True, slots=True)
class Claimed:
    """The cells of what was claimed, in order, and the parameter in each.

    ``total`` is the region's SPD score in a cycle with ``spd: total``; there the cell's
    parameter only says whether there is one (1) or not (0).
    """

    rows: Whole
    parameter: Whole
    total: Fraction


def claimed_parameters(grid: Grid, claims: pd.DataFrame, rulebook: Rulebook) -> Claimed:
    """Read the claims. ValueError for a row outside the grid, or a double one."""
    cell = grid.cells(claims)
    if (cell < 0).any():
        row = claims[cell < 0].iloc[0]
        raise ValueError(f"claim {row['innovation_id']} {row['indicator']} fits no innovation or indicator")
    rows = np.sort(cell)
    if (rows[1:] == rows[:-1]).any():
        raise ValueError("a claim occurs twice in the claims table")
    parameter = np.zeros(grid.size, dtype=np.int64)
    parameter[cell] = claims["parameter"].to_numpy(dtype=np.int64, na_value=0)
    if ((parameter < 0) | (parameter > 3)).any():
        raise ValueError("a parameter is not 0, 1, 2 or 3")
    total = _total(claims, rulebook)
    if grid.total is not None:
        parameter[grid.total] = 1 if total else 0
    return Claimed(rows, parameter, total)


def _total(claims: pd.DataFrame, rulebook: Rulebook) -> Fraction:
    """Return the SPD total as entered; 0 when empty or outside 0..maximum."""
    if rulebook.spd != "total":
        return Fraction(0)
    row = claims[(claims["innovation_id"] == REGION_ID) & (claims["indicator"] == TOTAL)]
    value = Fraction(row["value"].iloc[0] or 0) if len(row) else Fraction(0)
    return value if 0 <= value <= Fraction(rulebook.formula.maximum_spd.value) else Fraction(0)


@dataclass(frozen=True, slots=True)
class Decided:
    """The decision on each cell (0 or 1 + place in WORDS), its new parameter.

    ``total`` is the new SPD score where one entered as a single number was lowered.
    """

    word: Whole
    lowered: Whole
    total: Fraction = Fraction(0)


def decided(grid: Grid, decisions: pd.DataFrame) -> Decided:
    """Read the decisions in force; contradicting ones cancel each other."""
    word = np.zeros(grid.size, dtype=np.int64)
    lowered = np.zeros(grid.size, dtype=np.int64)
    active = decisions[decisions["in_force"].to_numpy(dtype=bool, na_value=False)]
    table = pd.DataFrame(
        {
            "cell": grid.cells(active),
            "word": active["decision"]
            .map({w: n for n, w in enumerate(WORDS, 1)})
            .to_numpy(dtype=np.int64, na_value=0),
            "new": active["new_parameter"].to_numpy(dtype=np.int64, na_value=-1),
        }
    )
    exact = active["new_value"] if "new_value" in active else pd.Series("", index=active.index)
    table["value"] = exact.to_numpy(dtype=object, na_value="")  # runs from before it have none
    # A lowered total counts in its cell like a parameter of 1, unless it was lowered to nothing.
    table.loc[table["value"] != "", "new"] = (table["value"].str.strip("0.") != "").astype("int64")
    table.loc[table["word"] != LOWER, ["new", "value"]] = 0, ""
    table = table[(table["cell"] >= 0) & (table["word"] > 0) & (table["new"] >= 0)].drop_duplicates()
    table = table[~table["cell"].duplicated(keep=False)]
    word[table["cell"]] = table["word"]
    lowered[table["cell"]] = table["new"]
    of_total = table[(table["cell"] == grid.total) & (table["word"] == LOWER)]
    return Decided(word, lowered, Fraction(0) if of_total.empty else _lowered(of_total.iloc[0]))


def _lowered(row: pd.Series) -> Fraction:
    return Fraction(row["value"] or int(row["new"]))


def three_views(
    grid: Grid, claimed: Whole, items: Items, faults: Faults, decision: Decided
) -> dict[str, Whole]:
    """Apply the rules of counting and decisions (contract 3, 7) by view."""
    counts = np.where((items.usable > 0) & (faults.on_claim == 0), claimed, 0)
    accepted = np.select(
        [decision.word == ACCEPT, decision.word == LOWER],
        [claimed, np.minimum(decision.lowered, claimed)],
        default=0,
    )
    accepted = np.where(items.exists, accepted, 0)
    supported = np.where(decision.word == 0, counts, accepted)
    barred = np.repeat(faults.on_owner != 0, len(grid.indicators))
    supported, verified = np.where(barred, 0, supported), np.where(barred, 0, accepted)
    if (((supported > 0) | (verified > 0)) & ~items.exists).any():
        raise AssertionError("a score without the evidence row that carries it")
    return {"claimed": claimed, "supported": supported, "verified": verified}
