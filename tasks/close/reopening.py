"""A closed cycle: what changed on the share since, and reopening."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from iid.tasks.assess.reading_steps import Opened
from iid.tasks.close.deadline import REOPENING
from iid.tasks.close.kept_evidence import late_since
from iid.tasks.shares.drive import Listing
from iid.tasks.store.closed_cycle import CLOSING, closed_by
from iid.tasks.store.history import record
from iid.tasks.store.lease import hold
from iid.tasks.store.paths import canonical, latest_key, moment
from iid.tasks.store.published_run import Latest, read_pointer, read_run
from iid.tasks.text.indonesian import moment as in_words
from iid.tasks.values.errors import GuardError, StoreError


def closed(opened: Opened) -> Latest | None:
    """The final run that closes this region and cycle now."""
    return closed_by(opened.store, opened.marker.region, opened.cycle)


def mend_pointer(opened: Opened, last: Latest) -> tuple[str, ...]:
    """Point to the final run again where lost or damaged; return notes.

    GuardError when the run is not what was published, or while another run holds the lease.
    """
    store, region, cycle = opened.store, opened.marker.region, opened.cycle
    key = latest_key(region, cycle)
    try:
        raw: bytes | None = store.get(key)
    except KeyError:
        raw = None
    with suppress(StoreError):
        if raw is not None and read_pointer(raw, store.address(key)) == last:
            return ()
    if read_run(store, region, cycle, last.run_id).manifest_sha256 != last.manifest_sha256:
        raise GuardError(f"hasil final {last.run_id} berubah setelah terbit; pulihkan dari cadangan")
    with hold(store, region, cycle, zone=opened.marker.zone) as lease:
        lease.check()
        store.replace(key, canonical(last.as_json()), raw, "application/json")
    return (f"penunjuk {store.address(key)} hilang atau rusak, dan dipulihkan dari riwayat",)


def changed_since(opened: Opened, listing: Listing) -> list[str]:
    """Return the paths that differ from what was closed: they are late."""
    run = read_run(opened.store, opened.marker.region, opened.cycle)
    return late_since(listing, run.json(CLOSING)) if CLOSING in run.files else []


def unused(opened: Opened, last: Latest, as_of: datetime | None) -> tuple[str, ...]:
    """Return a note where *as_of* is not the deadline it was closed with."""
    if as_of is None:
        return ()
    run = read_run(opened.store, opened.marker.region, opened.cycle, last.run_id)
    before = moment(run.json(CLOSING)["deadline"]) if CLOSING in run.files else as_of
    if before == as_of:
        return ()
    zone = opened.marker.zone
    return (
        f"--as-of {in_words(as_of, zone)} tidak dipakai: siklus sudah ditutup dengan batas waktu "
        f"{in_words(before, zone)}. Untuk menutup dengan batas lain, buka dulu: {REOPENING}",
    )


def reopen(opened: Opened, reason: str) -> Latest:
    """Record that the cycle is open again and why; the final run stays.

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
