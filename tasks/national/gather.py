"""Every region of a store as a row: its exact index, compared tables.

A region that is damaged, was never published or is missing is a problem in words;
nothing is dropped in silence.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pandas as pd

from iid.expectations.rulebook.sourced import half_up
from iid.tasks.national.clusters import region_code
from iid.tasks.shares.marker import provinces
from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.earlier_runs import marker_of
from iid.tasks.store.published_run import Run, latest, read_run
from iid.tasks.store.store import Store
from iid.tasks.store.verification import verify
from iid.tasks.values.errors import IidError, StoreError
from iid.tasks.values.tables import REGION_ID

_PLACES = 2  # of the numbers in index.json (contract 5)


@dataclass(frozen=True, slots=True)
class Region:
    """One published region; ``exact``: unrounded percent, ``index``: as shown."""

    code: str
    name: str
    exact: Fraction
    index: str
    category: str
    view: str  # the measure: claimed, supported or verified, the same for all that are compared
    status: str
    reported: int
    eligible: int
    run_id: str
    as_of: datetime
    example: bool = False


@dataclass(frozen=True, slots=True)
class Problem:
    """A region without a rank; ``kind``: damaged, unpublished or missing."""

    code: str
    kind: str
    words: str


def gather(
    store: Store, cycle: int, expected: Collection[str] = (), *, by: str = "supported", deep: bool = False
) -> tuple[tuple[Region, ...], tuple[Problem, ...]]:
    """Return the regions of *cycle* by one measure, and what is wrong.

    *by*: claimed, supported or verified, whatever the status of a region: measures are never mixed.
    *expected* regions that are not there are problems. *deep* re-hashes every file of every run,
    otherwise manifest and the files that are read. Raises StoreError when the store fails as a whole.
    """
    found: dict[str, Region] = {}
    problems: list[Problem] = []
    codes = [code for code in store.folders("") if not code.startswith(".")]

    def read(code: str) -> Region | Problem | None:
        return _read(store, code, cycle, by, deep=deep)

    for row in bounded_map(read, codes, store.workers):
        if isinstance(row, Region):
            found[row.code] = row
        elif row is not None:
            problems.append(row)
    damaged = {problem.code for problem in problems}
    problems += [
        Problem(code, "missing", "belum ada di penyimpanan ini")
        for code in sorted(set(expected) - found.keys() - damaged)
    ]
    return tuple(found[code] for code in sorted(found)), tuple(sorted(problems, key=lambda p: p.code))


def _read(store: Store, code: str, cycle: int, by: str, *, deep: bool) -> Region | Problem | None:
    """The region, its problem, or None where it takes no part in this cycle."""
    try:
        region_code(code)
    except ValueError:
        return None  # no region: another folder that someone keeps in the store
    try:
        if latest(store, code, cycle) is None:
            if str(cycle) in store.folders(f"{code}/"):
                return Problem(code, "unpublished", "belum ada hasil terbit; jalankan iid assess")
            return None
        if deep and (differences := verify(store, code, cycle)):
            return Problem(code, "damaged", f"{len(differences)} perbedaan, antara lain {differences[0]}")
        return _region(read_run(store, code, cycle), by)
    except (IidError, LookupError, TypeError, ValueError, ArithmeticError) as error:
        words = " ".join(str(error).split()) if isinstance(error, IidError) else _unread(error)
        return Problem(code, "damaged", words)


def _unread(error: Exception) -> str:
    return f"isi perhitungan terbit tidak terbaca ({type(error).__name__}); periksa dengan iid verify"


def _region(run: Run, view: str) -> Region:
    index = run.json("index.json")
    level = index[view]
    if index["region"] != run.region or index["cycle"] != run.cycle or index["run_id"] != run.run_id:
        raise StoreError(f"index.json perhitungan {run.run_id} bukan milik {run.region} tahun {run.cycle}")
    exact = _exact(run, view, level)
    marker = marker_of(run)
    return Region(
        code=run.region,
        name=(marker.name if marker else "") or spoken(run.region),
        exact=exact,
        index=str(level["index"]),
        category=str(level["category"]),
        view=view,
        status=str(index["status"]),
        reported=int(index["reported"]),
        eligible=int(index["eligible"]),
        run_id=run.run_id,
        as_of=datetime.fromisoformat(index["as_of"]),
        example=bool(marker and marker.example),
    )


def _exact(run: Run, view: str, level: dict[str, Any]) -> Fraction:
    """Return the unrounded index; it must round to the published one."""
    scores = run.table("scores")
    spd = _sum(scores.loc[scores["innovation_id"] == REGION_ID, f"{view}_score"])
    points = _sum(run.table("innovations")[f"{view}_score"])
    divisor = int(level["divisor"])
    mean = points / divisor if divisor else Fraction(0)
    exact = (spd + mean + Fraction(level["count_score"])) / Fraction(level["maximum"]) * 100
    if half_up(exact, _PLACES) != Decimal(level["index"]):
        raise StoreError(
            f"index.json perhitungan {run.run_id} menyebut {level['index']}, tabelnya memberi "
            f"{half_up(exact, _PLACES)}; periksa dengan iid verify --recompute"
        )
    return exact


def _sum(column: pd.Series) -> Fraction:
    return sum((Fraction(text) for text in column if text), Fraction(0))


def spoken(code: str) -> str:
    """Name a region whose run does not: by its code and its province."""
    province = provinces().get(code[:2], "")
    if not province:
        return code
    return f"Provinsi {province}" if "." not in code else f"{code} ({province})"
