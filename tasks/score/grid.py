"""The long tables as arrays with one cell for each owner and indicator.

An owner is an innovation, or the region (last) for its SPD rows. Text keys become
whole numbers once; everything after that is arithmetic on numpy arrays, which is
what keeps 600,000 claims under two seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from iid.expectations.findings.catalogue import bars_innovation
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.tables import REGION_ID

Whole = NDArray[np.int64]
Flags = NDArray[np.bool_]

TOTAL = "SPD"  # the single SPD indicator of a cycle with ``spd: total``

#: What an innovation has that does not count because another one of its name does.
DUPLICATE = "profile.duplicate"

#: Problems of an evidence row that means: there is nothing a steward could have looked at.
ABSENT = ("missing", "outside_share", "link_malformed")


def nothing_there(evidence: pd.DataFrame) -> Flags:
    """Flag rows of EVIDENCE that cannot score: absent, or files of 0 bytes."""
    hollow = evidence["problem"].isin((*ABSENT, "empty")).to_numpy(dtype=bool)
    no_bytes = (evidence["size"] == 0).to_numpy(dtype=bool, na_value=False)
    return np.asarray(hollow | (no_bytes & (evidence["kind"] != "link").to_numpy(dtype=bool, na_value=True)))


def positions(values: pd.Series, wanted: pa.Array) -> Whole:
    """Place of each of *values* in *wanted*; -1 for those that are not there."""
    texts = pa.array(values, type=pa.large_string(), from_pandas=True)
    return np.asarray(pc.fill_null(pc.index_in(texts, value_set=wanted), -1), dtype=np.int64)


@dataclass(frozen=True, slots=True)
class Grid:
    """The axes: owners (sorted ids, then the region) and indicators."""

    owners: pa.Array
    indicators: pa.Array

    @classmethod
    def of(cls, innovation_ids: pd.Series, rulebook: Rulebook) -> Grid:
        """The axes of one region. ValueError for an innovation that occurs twice."""
        ids = sorted(innovation_ids.tolist())
        if len(set(ids)) != len(ids):
            raise ValueError("an innovation_id occurs twice in the innovations table")
        keys = [indicator.key for indicator in rulebook.indicators]
        return cls(
            owners=pa.array([*ids, REGION_ID], type=pa.large_string()),
            indicators=pa.array(keys, type=pa.large_string()),
        )

    @property
    def region(self) -> int:
        """Owner number of the region itself."""
        return len(self.owners) - 1

    @property
    def total(self) -> int | None:
        """Cell of the region's SPD total, where the cycle has one."""
        place = self.indicators.index(TOTAL).as_py()
        return None if place < 0 else self.region * len(self.indicators) + int(place)

    @property
    def size(self) -> int:
        """Number of cells."""
        return len(self.owners) * len(self.indicators)

    def cells(self, table: pd.DataFrame) -> Whole:
        """Return the cell of each row by owner and ``indicator``; -1 if outside."""
        owner = positions(table["innovation_id"], self.owners)
        indicator = positions(table["indicator"], self.indicators)
        cell = owner * len(self.indicators) + indicator
        return np.where((owner < 0) | (indicator < 0), -1, cell)


@dataclass(frozen=True, slots=True)
class Items:
    """Items by cell: proving ones (``usable``), any content (``present``)."""

    usable: Whole
    present: Whole

    @property
    def exists(self) -> Flags:
        """Whether anything is there that a reviewer could have accepted."""
        flags: Flags = self.present > 0
        return flags


def evidence_items(grid: Grid, evidence: pd.DataFrame, rulebook: Rulebook) -> Items:
    """Count the evidence rows of each claim.

    Usable is a row of the claim that is readable, a link only where the indicator takes links.
    The claim of ``spd: total`` has no parameter, so its rows are known by ``listed`` instead.
    """
    cell = grid.cells(evidence)
    width = len(grid.indicators)
    takes_links = np.array([indicator.accepts_links for indicator in rulebook.indicators], dtype=bool)
    is_total = np.array([indicator.key == TOTAL for indicator in rulebook.indicators], dtype=bool)
    indicator = np.where(cell < 0, 0, cell % width)
    listed = evidence["listed"].isin(("named", "folder")).to_numpy(dtype=bool)
    counted = evidence["counted"].to_numpy(dtype=bool, na_value=False) | (listed & is_total[indicator])
    counted &= cell >= 0
    is_file = (evidence["kind"] != "link").to_numpy(dtype=bool, na_value=True)
    readable = evidence["readable"].to_numpy(dtype=bool, na_value=False)
    usable = counted & readable & (is_file | takes_links[indicator])
    present = counted & ~nothing_there(evidence)
    return Items(
        usable=np.bincount(cell[usable], minlength=grid.size).astype(np.int64),
        present=np.bincount(cell[present | usable], minlength=grid.size).astype(np.int64),
    )


@dataclass(frozen=True, slots=True)
class Faults:
    """Critical findings as bit masks of ``codes``, by claim and by owner."""

    codes: tuple[str, ...]
    on_claim: Whole
    on_owner: Whole

    def texts(self, masks: Whole) -> tuple[list[str], Whole]:
        """Return the code lists (``a;b``) in *masks*, and the list of each mask."""
        which, values = pd.factorize(masks)
        bits = list(enumerate(self.codes))
        return [";".join(c for bit, c in bits if int(v) >> bit & 1) for v in values], which


def critical_faults(
    grid: Grid, findings: pd.DataFrame, innovations: pd.DataFrame, extra: tuple[str, ...] = ()
) -> Faults:
    """Sort the critical findings onto claims and owners.

    A finding of scope innovation or submission bars its innovation; a submission finding that
    names only a unit bars every innovation of that unit. *extra* codes get a bit of their own.
    """
    critical = findings[(findings["severity"] == "critical").to_numpy(dtype=bool, na_value=False)]
    codes = tuple(sorted({*critical["code"].tolist(), *extra}))
    if len(codes) > 62:
        raise ValueError(f"{len(codes)} different critical codes do not fit into a bit mask")
    bits = np.left_shift(1, positions(critical["code"], pa.array(codes, type=pa.large_string())))
    owner = positions(critical["innovation_id"], grid.owners)
    cell = grid.cells(critical)
    on_whole = bars_innovation(critical).to_numpy(dtype=bool)
    on_claim = np.zeros(grid.size, dtype=np.int64)
    on_owner = np.zeros(len(grid.owners), dtype=np.int64)
    here = ~on_whole & (cell >= 0)
    np.bitwise_or.at(on_claim, cell[here], bits[here])
    here = on_whole & (owner >= 0)
    np.bitwise_or.at(on_owner, owner[here], bits[here])
    _bar_units(grid, on_owner, innovations, critical, on_whole, bits)
    return Faults(codes, on_claim, on_owner)


def _bar_units(
    grid: Grid,
    on_owner: Whole,
    innovations: pd.DataFrame,
    critical: pd.DataFrame,
    on_whole: Flags,
    bits: Whole,
) -> None:
    nameless = on_whole & (critical["innovation_id"] == "").to_numpy(dtype=bool, na_value=True)
    if not nameless.any():
        return
    owner = positions(innovations["innovation_id"], grid.owners)
    units = innovations["unit_code"].to_numpy(dtype=object, na_value="")
    for unit, bit in zip(critical["unit_code"][nameless].tolist(), bits[nameless], strict=True):
        if unit == REGION_ID:
            on_owner[grid.region] |= bit
        elif unit:
            on_owner[owner[units == unit]] |= bit
