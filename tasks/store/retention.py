"""Removal of what is not seen: unpublished runs, unnamed evidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.closed_cycle import CLOSING, evidence_prefix
from iid.tasks.store.history import history, record, recorded_runs, standing
from iid.tasks.store.lease import Lease, hold
from iid.tasks.store.paths import MANIFEST, base, history_prefix, lease_prefix, parse, run_prefix, utc_now
from iid.tasks.store.published_run import Latest, latest, read_run
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True)
class Named:
    """SHA-256 of every content a run names, and what could not be read."""

    hashes: frozenset[str]
    unclear: tuple[str, ...]


def named_evidence(
    store: Store,
    region: str,
    cycle: int,
    records: Iterable[dict[str, Any]],
    pointer: Latest | None,
    gone: set[str],
) -> Named:
    """What the runs name, published or not, but those in *gone*.

    A final run in *records* (or under the *pointer*) must give its list as it was published; where
    it does not, ``unclear`` says so, and it is unknown which evidence may go.
    """
    final = {str(entry["run_id"]) for entry in records if entry.get("status") == "final"}
    final |= {pointer.run_id} if pointer and pointer.status == "final" else set()
    hashes: set[str] = set()
    unclear = []
    for run_id in sorted(final.union(store.folders(f"{base(region, cycle)}/runs/")) - gone):
        try:
            hashes.update(_named_by(store, region, cycle, run_id, published=run_id in final))
        except (StoreError, UsageError, KeyError, TypeError):
            unclear.append(store.address(run_prefix(region, cycle, run_id) + CLOSING))
    return Named(frozenset(hashes), tuple(unclear))


def _named_by(store: Store, region: str, cycle: int, run_id: str, *, published: bool) -> Iterator[str]:
    if published:
        run = read_run(store, region, cycle, run_id)
        closing = run.json(CLOSING) if CLOSING in run.files else {}
    else:
        key = run_prefix(region, cycle, run_id) + CLOSING
        closing = parse(store.get(key), key) if store.exists(key) else {}
    for part in ("evidence", "workbooks"):
        for item in closing.get(part, []):
            yield str(item["sha256"])


def superseded(
    records: Iterable[dict[str, Any]], pointer: Latest | None, keep: int, zone: str
) -> dict[str, Latest]:
    """Return the published provisional runs but the last *keep*, oldest first.

    Never among them: the run that the pointer names, a final run, and, while the cycle is open, the
    last run of each day on the region's clock, because it proves what was on the share at a deadline.
    """
    known = list(records)
    closing: set[str] = set()  # final runs that were not reopened
    for entry in known:
        if entry["event"] == "reopened":
            closing.discard(entry["run_id"])
        elif entry["status"] == "final":
            closing.add(entry["run_id"])
    withdrawn_too = (entry for entry in known if entry["event"] != "withdrawn")  # their files exist too
    provisional = [one for one in standing(withdrawn_too).values() if one.status != "final"]
    kept = {one.run_id for one in provisional[-keep:]} | ({pointer.run_id} if pointer else set())
    if not closing:
        by_day = {one.published_at.astimezone(ZoneInfo(zone)).date(): one.run_id for one in provisional}
        kept |= set(by_day.values())
    return {one.run_id: one for one in provisional if one.run_id not in kept}


GRACE = timedelta(hours=24)
#: A temporary file is written in one go; one that is an hour old has no writer any more.
STALE = timedelta(hours=1)
#: Where ``iid doctor`` writes its own small objects.
OWN = ".iid/periksa-"


@dataclass(frozen=True, slots=True)
class Pruned:
    """What was removed, or would be.

    ``runs``: never published; ``thinned``: published, and chosen to go; ``evidence``: contents that no
    run names, and their ``evidence_bytes``; ``remains``: temporary files and unfinished uploads (None:
    not counted, because nothing is removed); ``unclear``: files that had to be read to know which
    evidence is named and could not be, so that all evidence stays.
    """

    runs: tuple[str, ...] = ()
    remains: int | None = 0
    thinned: tuple[str, ...] = ()
    evidence: tuple[str, ...] = ()
    evidence_bytes: int = 0
    unclear: tuple[str, ...] = ()


def prune(  # noqa: PLR0913  (one order; all but three by name)
    store: Store,
    region: str,
    cycle: int,
    *,
    now: Callable[[], datetime] = utc_now,
    grace: timedelta = GRACE,
    zone: str = "UTC",
    keep: int | None = None,
    dry_run: bool = False,
) -> Pruned:
    """Remove never published runs and unnamed evidence older than *grace*.

    Every published run stays, also those the pointer has left, unless *keep* says how many of the
    provisional ones are enough (:func:`iid.tasks.store.retention.superseded`). Holds the lease
    meanwhile: GuardError while someone publishes. *dry_run* only looks, and writes nothing.
    """
    if keep is not None and keep < 1:
        raise UsageError("--keep harus paling sedikit 1")
    holding: AbstractContextManager[Lease | None] = (
        nullcontext() if dry_run else hold(store, region, cycle, now=now, zone=zone)
    )
    with holding as lease:
        work = _Work(store, region, cycle, None if dry_run else lease)
        return work.prune(now, grace, zone, keep)


def tidy(store: Store, region: str, cycle: int, now: datetime) -> None:
    """Tidy up after publishing: old unfinished runs, temporary files.

    A run with a manifest is left to :func:`prune`, so that a lost history folder never
    costs a published run here.
    """
    published = recorded_runs(store, region, cycle)
    for run_id in tuple(_orphans(store, region, cycle, published, now - GRACE, complete_too=False)):
        remove_all(store, run_prefix(region, cycle, run_id))
    before = (now - STALE).timestamp()
    for prefix in (f"{base(region, cycle)}/", lease_prefix(region, cycle), history_prefix(region, cycle)):
        store.sweep(prefix, before, deep=False)


def remove_all(store: Store, prefix: str) -> None:
    """Remove every object below *prefix*, manifest first: no half looks whole."""
    keys = sorted(store.keys(prefix), key=lambda key: (not key.endswith(f"/{MANIFEST}"), key))
    for key in keys[:1]:
        store.delete(key)
    _delete(store, keys[1:])
    store.sweep(prefix, float("inf"))


@dataclass(frozen=True, slots=True)
class _Work:
    store: Store
    region: str
    cycle: int
    lease: Lease | None  # None: only look

    def prune(self, now: Callable[[], datetime], grace: timedelta, zone: str, keep: int | None) -> Pruned:
        where, before = (self.store, self.region, self.cycle), now() - grace
        pointer = latest(*where)
        if pointer and self.lease:
            record(*where, "published", pointer)
        records = history(*where)
        thinned = superseded(records, pointer, keep, zone) if keep else {}
        published = (recorded_runs(*where) | ({pointer.run_id} if pointer else set())) - thinned.keys()
        orphans = tuple(_orphans(*where, published | thinned.keys(), before, complete_too=True))
        if self.lease:
            for run_id, old in thinned.items():  # the record first: killed after it, the run is an orphan
                when = max(now(), old.published_at + timedelta(seconds=1)).replace(microsecond=0)
                record(*where, "pruned", old, at=when)
                self._remove_run(run_id)
            for run_id in orphans:
                self._remove_run(run_id)
        named = named_evidence(*where, records, pointer, {*orphans, *thinned})
        evidence = self._evidence(named, before)
        return Pruned(
            runs=orphans,
            remains=self._remains((now() - STALE).timestamp()),
            thinned=tuple(thinned),
            evidence=tuple(sorted(evidence)),
            evidence_bytes=sum(evidence.values()),
            unclear=named.unclear,
        )

    def _remove_run(self, run_id: str) -> None:
        if self.lease:
            self.lease.keep()
            remove_all(self.store, run_prefix(self.region, self.cycle, run_id))

    def _evidence(self, named: Named, before: datetime) -> dict[str, int]:
        """Return SHA-256 and size of contents no run names; remove if allowed."""
        if named.unclear:
            return {}
        found = {
            item.key: item.size
            for item in self.store.objects(evidence_prefix(self.region, self.cycle))
            if item.key.rpartition("/")[2] not in named.hashes and item.modified < before.timestamp()
        }
        if self.lease and found:
            self.lease.check()
            _delete(self.store, sorted(found), self.lease.keep)
        return {key.rpartition("/")[2]: size for key, size in found.items()}

    def _remains(self, before: float) -> int | None:
        if self.lease is None:
            return None
        old = [item.key for item in self.store.objects(OWN) if item.modified < before]
        _delete(self.store, old)
        return len(old) + sum(
            self.store.sweep(prefix, before) for prefix in (f"{base(self.region, self.cycle)}/", ".iid/")
        )


def _delete(store: Store, keys: Iterable[str], each: Callable[[], object] = lambda: None) -> None:
    for _ in bounded_map(store.delete, keys, store.workers):
        each()


def _orphans(
    store: Store, region: str, cycle: int, published: set[str], before: datetime, *, complete_too: bool
) -> Iterator[str]:
    """Yield runs outside *published* with no file newer than *before*.

    Those without a manifest, or all with *complete_too*.
    """
    for run_id in store.folders(f"{base(region, cycle)}/runs/"):
        prefix = run_prefix(region, cycle, run_id)
        if run_id in published or (not complete_too and store.exists(prefix + MANIFEST)):
            continue
        if max((item.modified for item in store.objects(prefix)), default=0.0) < before.timestamp():
            yield run_id
