"""A cycle that is closed: what changed on the share since, and how it is opened again."""

from __future__ import annotations

from datetime import UTC, datetime

from iid.tasks.closing.evidence import late_since
from iid.tasks.drives.base import Listing
from iid.tasks.errors import GuardError
from iid.tasks.steps import Opened
from iid.tasks.stores.frozen import CLOSING, closed_by
from iid.tasks.stores.history import record
from iid.tasks.stores.lease import hold
from iid.tasks.stores.reading import Latest, read_run


def closed(opened: Opened) -> Latest | None:
    """The final run that closes this region and cycle now."""
    return closed_by(opened.store, opened.marker.region, opened.cycle)


def changed_since(opened: Opened, listing: Listing) -> list[str]:
    """Paths of the share that differ from what was closed: they are late, and do not count."""
    run = read_run(opened.store, opened.marker.region, opened.cycle)
    return late_since(listing, run.json(CLOSING)) if CLOSING in run.files else []


def reopen(opened: Opened, reason: str) -> Latest:
    """Record that the cycle is open again, and why. The final run stays published until a new one is.

    GuardError when it is not closed, or while another run holds the lease.
    """
    region, cycle = opened.marker.region, opened.cycle
    with hold(opened.store, region, cycle, zone=opened.marker.zone):
        last = closed(opened)
        if last is None:
            raise GuardError(f"siklus {cycle} wilayah {region} tidak sedang ditutup; tidak ada yang dibuka")
        now = datetime.now(UTC).replace(microsecond=0)
        record(opened.store, region, cycle, "reopened", last, at=now, reason=reason)
    return last
