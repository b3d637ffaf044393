"""When a cycle ends, and what that means for a change on the share.

A day that was *read* in a source cuts: what changed later does not count. A day that was
*inferred* only warns, as an inferred size limit does; ``--as-of`` says it exactly, and cuts.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import Marker
from iid.tasks.values.timetable import EARLY, GIVEN, READ, Deadline, rulebook_deadline

SKEW = timedelta(minutes=5)  # clocks of two machines differ by less
REOPENING = 'iid close --reopen --reason "alasan"'


def deadline_of(
    rulebook: Rulebook, marker: Marker, as_of: datetime | None, early: str | None, now: datetime
) -> Deadline:
    """Return the deadline. GuardError before it, unless *early* says why.

    *as_of* is the moment of the closing where somebody named it, else *now* is.
    """
    from iid.tasks.text.indonesian import moment as in_words

    known, closing = rulebook_deadline(rulebook, marker.zone), as_of or now
    if known and closing < known.moment:
        if early:
            return Deadline(closing, EARLY)
        asked = f"--as-of menyebut {in_words(as_of, marker.zone)}, " if as_of else ""
        raise GuardError(
            f"siklus {rulebook.cycle} baru dapat ditutup setelah {in_words(known.moment, marker.zone)} "
            f"(batas waktu {'menurut sumber' if known.status == READ else 'yang disimpulkan'}); "
            f'{asked}sekarang {in_words(now, marker.zone)}. Bila memang lebih awal: --early "alasan"'
        )
    if as_of:
        return Deadline(as_of, GIVEN)
    if known is None:
        raise GuardError(
            f"batas waktu siklus {rulebook.cycle} belum diketahui di peraturan; "
            "sebutkan dengan --as-of, misalnya --as-of 2027-08-31T23:59:59+08:00"
        )
    return known


def ahead(as_of: datetime, now: datetime, zone: str, *, final: bool) -> tuple[str, ...]:
    """Return a note where *as_of* is still to come: a closing is for good."""
    from iid.tasks.text.indonesian import moment as in_words

    if as_of <= now + SKEW:
        return ()
    named = f"--as-of {in_words(as_of, zone)} masih akan datang"
    if not final:
        return (
            f"{named}; yang dinilai adalah isi share sekarang, {in_words(now, zone)}. Periksa tanggalnya",
        )
    return (
        f"{named}: siklus dibekukan SEKARANG, {in_words(now, zone)}; yang masuk sesudah ini tidak dihitung. "
        f"Tunggu sampai saat itu, atau buka lagi dengan {REOPENING}, lalu tutup lagi setelah saat itu",
    )
