"""Remove what no one can see: runs that were never published, and remains of killed writers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from iid.tasks.stores.base import Store
from iid.tasks.stores.bulk import bounded_map
from iid.tasks.stores.history import record, recorded_runs
from iid.tasks.stores.layout import MANIFEST, base, history_prefix, lease_prefix, run_prefix, utc_now
from iid.tasks.stores.lease import hold
from iid.tasks.stores.reading import latest

GRACE = timedelta(hours=24)
#: A temporary file is written in one go; one that is an hour old has no writer any more.
STALE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Pruned:
    """Which runs were removed, and how many temporary files or unfinished uploads."""

    runs: tuple[str, ...]
    remains: int


def prune(
    store: Store,
    region: str,
    cycle: int,
    *,
    now: Callable[[], datetime] = utc_now,
    grace: timedelta = GRACE,
    zone: str = "UTC",
) -> Pruned:
    """Remove runs that no pointer ever named and whose last file is older than *grace*.

    Every published run stays, also those the pointer has left. Holds the lease
    meanwhile: GuardError while someone publishes.
    """
    with hold(store, region, cycle, now=now, zone=zone):
        pointer = latest(store, region, cycle)
        if pointer:
            record(store, region, cycle, "published", pointer)
        removed = _orphans(store, region, cycle, now() - grace, complete_too=True)
        remains = store.sweep(f"{base(region, cycle)}/", (now() - STALE).timestamp())
    return Pruned(removed, remains)


def tidy(store: Store, region: str, cycle: int, now: datetime) -> None:
    """The cheap part, after every publishing: unfinished runs of long ago, temporary files at the top.

    A run with a manifest is left to :func:`prune`, so that a lost history folder never
    costs a published run here.
    """
    _orphans(store, region, cycle, now - GRACE, complete_too=False)
    before = (now - STALE).timestamp()
    for prefix in (f"{base(region, cycle)}/", lease_prefix(region, cycle), history_prefix(region, cycle)):
        store.sweep(prefix, before, deep=False)


def remove_all(store: Store, prefix: str) -> None:
    """Remove every object below *prefix*, a manifest first: half a run must never look whole."""
    keys = sorted(store.keys(prefix), key=lambda key: (not key.endswith(f"/{MANIFEST}"), key))
    for key in keys[:1]:
        store.delete(key)
    for _ in bounded_map(store.delete, keys[1:], store.workers):
        pass
    store.sweep(prefix, float("inf"))


def _orphans(
    store: Store, region: str, cycle: int, before: datetime, *, complete_too: bool
) -> tuple[str, ...]:
    published = recorded_runs(store, region, cycle)
    removed = []
    for run_id in store.folders(f"{base(region, cycle)}/runs/"):
        prefix = run_prefix(region, cycle, run_id)
        if run_id in published or (not complete_too and store.exists(prefix + MANIFEST)):
            continue
        if max((item.modified for item in store.objects(prefix)), default=0.0) < before.timestamp():
            remove_all(store, prefix)
            removed.append(run_id)
    return tuple(removed)
