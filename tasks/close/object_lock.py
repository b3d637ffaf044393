"""A request to the store to keep a final run and its evidence."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from iid.tasks.assess.reading_steps import Opened
from iid.tasks.store.closed_cycle import CLOSING, evidence_key
from iid.tasks.store.paths import MANIFEST, run_prefix
from iid.tasks.store.published_run import read_run
from iid.tasks.values.errors import StoreError

#: How long a store that can lock objects keeps a final run from being changed. Ours; no source names it.
RETAIN_YEARS = 5


def lock_run(opened: Opened, run_id: str, kept: Iterable[str], years: int) -> tuple[str, ...]:
    """Lock the run and evidence *kept*, manifest last; return notes."""
    region, cycle, until = opened.marker.region, opened.cycle, datetime.now(UTC) + timedelta(days=365 * years)
    prefix = run_prefix(region, cycle, run_id)
    manifest = prefix + MANIFEST
    try:
        keys = [*opened.store.keys(prefix), *(evidence_key(region, cycle, sha) for sha in sorted(set(kept)))]
        locked = opened.store.lock((key for key in keys if key != manifest), until)
        if locked is None:
            return ("penyimpanan ini tidak mengunci objek; lindungi dengan hak akses dan cadangan",)
        opened.store.lock([manifest], until)  # says from now on that the others are locked
    except StoreError as error:  # the cycle is closed and whole; only the lock is missing
        return (f"objek tidak dikunci: {error}; jalankan iid close sekali lagi",)
    return ()


def lock_again(opened: Opened, run_id: str, years: int) -> tuple[str, ...]:
    """Lock a final run that its closing did not; return failures as notes."""
    region, cycle = opened.marker.region, opened.cycle
    try:
        if opened.store.locked(run_prefix(region, cycle, run_id) + MANIFEST) is not False:
            return ()
        run = read_run(opened.store, region, cycle, run_id)
        closing = run.json(CLOSING) if CLOSING in run.files else {}
    except (StoreError, KeyError) as error:
        return (f"objek tidak dikunci: {error}",)
    kept = {str(item["sha256"]) for part in ("evidence", "workbooks") for item in closing.get(part, [])}
    return lock_run(opened, run_id, kept, years)
