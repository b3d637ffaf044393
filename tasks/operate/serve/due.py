"""When a run is due: nightly by region, denser before the deadline."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

TOGETHER = timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Timetable:
    """The moments at which a region's index is computed.

    ``at`` on the clock of ``zone``, every day: where that time does not exist (a clock that is put
    forward) an hour later, where it comes twice the first time. ``dense``: in so long *before* the
    ``deadline`` (aware), every so often, counted back from it, so that the last one is the deadline.
    """

    zone: str
    at: time
    deadline: datetime | None = None
    dense: tuple[tuple[timedelta, timedelta], ...] = ()

    def due(self, last_run: datetime | None, now: datetime) -> datetime:
        """When the next run is due, in UTC; in the past when one was missed.

        However many were missed, only the last of them is due, once. *last_run* is the time of the
        last run that published, None for never; *now* and it are aware.
        """
        latest = self.last(now)
        return latest if last_run is None or last_run < latest else self.after(now)

    def last(self, now: datetime) -> datetime:
        """The last moment that is not after *now*; in UTC."""
        local = now.astimezone(ZoneInfo(self.zone))
        nights = (self._night(local, days) for days in (1, 0, -1, -2))
        return max(moment for moment in (*nights, *self._before_deadline(now)) if moment <= now)

    def expected(self, now: datetime) -> datetime:
        """Return the moment before the last (UTC): older checks missed two.

        Moments nearer than TOGETHER are one: the run of the first may still be on at the second.
        """
        return self.last(self.last(now) - TOGETHER)

    def after(self, now: datetime) -> datetime:
        """The first moment after *now*; in UTC."""
        local = now.astimezone(ZoneInfo(self.zone))
        nights = (self._night(local, days) for days in (-1, 0, 1, 2))
        return min(moment for moment in (*nights, *self._before_deadline(now)) if moment > now)

    def _night(self, day: datetime, later: int) -> datetime:
        date = day.date() + timedelta(days=later)
        return datetime.combine(date, self.at, ZoneInfo(self.zone)).astimezone(UTC)

    def _before_deadline(self, now: datetime) -> set[datetime]:
        """The moments of the denser timetable on both sides of *now*."""
        if self.deadline is None:
            return set()
        end, found = self.deadline.astimezone(UTC), set()
        for before, every in self.dense:
            most = before // every
            nearest = (end - now) // every  # rounds down: that many steps back is now or later
            found |= {end - every * min(max(steps, 0), most) for steps in range(nearest - 1, nearest + 2)}
        return found
