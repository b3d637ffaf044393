"""When a cycle ends, and what that means for a change on the share.

A day that was *read* in a source cuts: what changed later does not count. A day that was
*inferred* only warns, as an inferred size limit does; ``--as-of`` says it exactly, and cuts.
"""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from iid.expectations.rulebook import Rulebook
from iid.tasks.errors import GuardError
from iid.tasks.model import Marker

READ, INFERRED, GIVEN, EARLY = "read", "inferred", "given", "early"
SKEW = timedelta(minutes=5)  # clocks of two machines differ by less
REOPENING = 'iid close --reopen --reason "alasan"'


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment whose changes belong to the cycle (aware, whole seconds, UTC).

    ``status``: read or inferred (the rulebook), given (``--as-of``), early (closed before the
    rulebook's day, with a reason).
    """

    moment: datetime
    status: str

    @property
    def cuts(self) -> bool:
        """Whether later changes do not count; else they are only reported."""
        return self.status != INFERRED


def rulebook_deadline(rulebook: Rulebook, zone: str) -> Deadline | None:
    """The last second of the day, or of the month, that the timetable names; None without one."""
    fact = rulebook.timetable.reporting_to
    if not fact.value:
        return None
    year, month, *day = (int(part) for part in fact.value.split("-"))
    last = date(year, month, day[0] if day else calendar.monthrange(year, month)[1])
    midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone))
    exact = bool(day) and fact.status == READ
    return Deadline(midnight.astimezone(UTC) - timedelta(seconds=1), READ if exact else INFERRED)


def deadline_of(
    rulebook: Rulebook, marker: Marker, as_of: datetime | None, early: str | None, now: datetime
) -> Deadline:
    """The deadline of this closing. GuardError before it, unless *early* gives a reason.

    *as_of* is the moment of the closing where somebody named it, else *now* is.
    """
    from iid.tasks.reports.formatting import moment as in_words

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
            f"batas waktu siklus {rulebook.cycle} belum diketahui di buku aturan; "
            "sebutkan dengan --as-of, misalnya --as-of 2027-08-31T23:59:59+08:00"
        )
    return known


def ahead(as_of: datetime, now: datetime, zone: str, *, final: bool) -> tuple[str, ...]:
    """A note where *as_of* is still to come: what is seen is the share of now, and a closing is for good."""
    from iid.tasks.reports.formatting import moment as in_words

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
