"""A cycle's earlier published runs, an input for the report's history.

Only runs that were published, not withdrawn, and assessed before this one count. Their ids go into
the digest of the run (:attr:`Earlier.digest`): another past is another run. Every report carries the
points in ``riwayat.json``, so the next run reads one small file and not all runs of the cycle.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iid.expectations.rulebook.words import plain
from iid.tasks.values.assessment import Earlier, Point, RunTables
from iid.tasks.values.errors import StoreError, UsageError
from iid.tasks.values.peers import Peers, peers_in
from iid.tasks.values.region import Marker

if TYPE_CHECKING:
    import pandas as pd

    from iid.tasks.store.published_run import Run
    from iid.tasks.store.store import Store

#: How many cycles back an innovation of the same name is looked for.
YEARS_BEFORE = 5

HISTORY_FILE = "riwayat.json"  # below ``report/``


def ranking_key(cycle: int) -> str:
    """Where the national ranking of *cycle* is in a store, beside its regions."""
    return f".national/{cycle}.json"


def read_peers(store: Store, region: str, cycle: int) -> tuple[Peers, ...]:
    """Return the region among its peers by the last national ranking, or none.

    A ranking that cannot be read is left out like an earlier run: it keeps no region from publishing.
    """
    try:
        return peers_in(json.loads(store.get(ranking_key(cycle))), region)
    except (KeyError, StoreError, ValueError):
        return ()


def history_file(marker: Marker, points: Iterable[Point]) -> bytes:
    """``riwayat.json``: whose runs they are, and the points, one a line."""
    region = json.dumps({"region": asdict(marker)}, ensure_ascii=False)
    rows = ",\n".join(json.dumps(p.as_json(), ensure_ascii=False) for p in points)
    return f'{region[:-1]}, "points": [\n{rows}\n]}}\n'.encode()


def marker_of(run: RunTables) -> Marker | None:
    """Return whose run it is by its report; None for older reports."""
    try:
        return Marker(**json.loads(run.bytes(f"report/{HISTORY_FILE}"))["region"])
    except (StoreError, ValueError, TypeError, KeyError):
        return None


def read_earlier(store: Store, region: str, cycle: int, as_of: datetime) -> Earlier:
    """The runs of *region* and *cycle* that were published before *as_of*.

    A run that cannot be read any more is left out: it must not keep the next one from being published
    (``iid verify`` says what is wrong with it).
    """
    ids = [run for run in _standing(store, region, cycle) if _time(run) < as_of]
    years = {year: run for year in range(cycle - YEARS_BEFORE, cycle) if (run := _last(store, region, year))}
    whole = Earlier(
        before=_before(years),
        cycles=tuple(_indices(years.values())),
        peers=read_peers(store, region, cycle),
    )
    if not ids:
        return whole
    last = _run(store, region, cycle, ids[-1])
    known = _known(last) if last else {}
    points = [known.get(run) or _point(_run(store, region, cycle, run)) for run in ids]
    return replace(whole, points=tuple(p for p in points if p is not None), last=last, unread=last is None)


def _standing(store: Store, region: str, cycle: int) -> list[str]:
    """Return the published runs not withdrawn, by time, from record names.

    Those of one time in the order of their publication.
    """
    from iid.tasks.store.paths import history_prefix
    from iid.tasks.store.withdrawal import standing

    names = (
        key.rpartition("/")[2].removesuffix(".json") for key in store.keys(history_prefix(region, cycle))
    )
    parts = (name.split("-", 2) for name in names if name.count("-") >= 2)
    found = standing({"event": event, "run_id": run} for _, event, run in parts)
    return sorted((run for run in found if _dated(run)), key=_time)


def innovations_by_run(
    store: Store, region: str, cycle: int, as_of: datetime
) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield id and innovations of each readable run to *as_of*, oldest first.

    Also those assessed as of the same time, in the order of their publication: which of two innovations
    of one name was there first does not depend on how a run is dated.
    """
    for run_id in (one for one in _standing(store, region, cycle) if _time(one) <= as_of):
        if (run := _run(store, region, cycle, run_id)) and "innovations.parquet" in run.files:
            yield run_id, run.table("innovations")


def _indices(runs: Iterable[Run]) -> Iterator[dict[str, Any]]:
    """``index.json`` of each of *runs* that has a whole one."""
    for run in runs:
        if _point(run):
            yield run.json("index.json")


def _before(years: Mapping[int, Run]) -> dict[str, tuple[str, ...]]:
    """Return where earlier cycles reported a plain name (``2025: 203/ABC``)."""
    found: dict[str, tuple[str, ...]] = {}
    for year, run in years.items():
        if "innovations.parquet" not in run.files:
            continue
        table = run.table("innovations")
        for owner, name in sorted(zip(table["innovation_id"].tolist(), table["name"].tolist(), strict=True)):
            if key := plain(name):
                found[key] = (*found.get(key, ()), f"{year}: {owner}")
    return found


def _last(store: Store, region: str, cycle: int) -> Run | None:
    """Return the run of another cycle's pointer; None without a readable one."""
    from iid.tasks.store.published_run import latest

    try:
        pointer = latest(store, region, cycle)
    except StoreError:
        return None
    return _run(store, region, cycle, pointer.run_id) if pointer else None


def _dated(run_id: str) -> bool:
    try:
        _time(run_id)
    except ValueError:
        return False
    return True


def _time(run_id: str) -> datetime:
    return datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _run(store: Store, region: str, cycle: int, run_id: str) -> Run | None:
    from iid.tasks.store.published_run import read_run

    try:
        return read_run(store, region, cycle, run_id)
    except (StoreError, UsageError):
        return None


def _known(run: Run) -> dict[str, Point]:
    """Return the points that *run*'s report carries; none in older reports."""
    try:
        rows = json.loads(run.bytes(f"report/{HISTORY_FILE}"))["points"]
        return {row["run_id"]: Point(**row) for row in rows}
    except (StoreError, ValueError, TypeError, KeyError):
        return {}


def _point(run: Run | None) -> Point | None:
    try:
        return Point.of(run.json("index.json")) if run else None
    except (StoreError, ValueError, TypeError, KeyError):
        return None
