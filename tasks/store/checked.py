"""Note in the pointer that the published run was looked at again and nothing had changed."""

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
    """Move ``checked_at`` to when *lease* was taken, and nothing else; always later than it was.

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
    """Whether every file of *run* is in the store with its size; ``iid verify`` looks at each byte."""
    sizes = {item.key.removeprefix(run.prefix): item.size for item in run.store.objects(run.prefix)}
    return MANIFEST in sizes and all(sizes.get(name) == digest.size for name, digest in run.files.items())
