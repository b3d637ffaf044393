"""A note in the pointer: the published run was checked and is unchanged."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta

from iid.tasks.store.lease import Lease
from iid.tasks.store.paths import MANIFEST, canonical, latest_key
from iid.tasks.store.published_run import Latest, Run, read_pointer
from iid.tasks.store.retention import tidy
from iid.tasks.store.store import Store
from iid.tasks.values.errors import FailedError, GuardError, StoreError


def mark_checked(store: Store, region: str, cycle: int, run_id: str, lease: Lease) -> Latest | None:
    """Move only ``checked_at``, to when *lease* was taken, always forward.

    None, and nothing written, where the pointer is missing or damaged, or names another run.
    GuardError: the lease was lost, or the pointer was changed meanwhile.
    """
    key = latest_key(region, cycle)
    try:
        raw = store.get(key)
    except KeyError:
        return None
    try:
        before = read_pointer(raw, store.address(key))
    except StoreError:
        return None
    if before.run_id != run_id:
        return None
    after = replace(before, checked=max(lease.since, before.checked_at + timedelta(seconds=1)))
    lease.check()
    if not store.replace(key, canonical(after.as_json()), raw, "application/json"):
        raise GuardError(f"penunjuk {store.address(key)} diubah proses lain saat memeriksa; ulangi")
    with suppress(FailedError):  # it was checked; the next run tidies up
        tidy(store, region, cycle, lease.now())
    return after


def is_whole(run: Run) -> bool:
    """Return whether every file of *run* is in the store with its size."""
    sizes = {item.key.removeprefix(run.prefix): item.size for item in run.store.objects(run.prefix)}
    return MANIFEST in sizes and all(sizes.get(name) == digest.size for name, digest in run.files.items())
