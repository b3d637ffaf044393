"""Until when units may report: the deadline of a cycle."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from iid.expectations.rulebook.model import Rulebook

READ, INFERRED, GIVEN, EARLY = "read", "inferred", "given", "early"


@dataclass(frozen=True, slots=True)
class Deadline:
    """The last moment of changes for a cycle (aware, whole seconds, UTC).

    ``status``: read or inferred (the rulebook), given (``--as-of``), early (closed before the
    rulebook's day, with a reason).
    """

    moment: datetime
    status: str

    def days_left(self, as_of: datetime, zone: str) -> int:
        """Return the days to the last day on *zone*'s clock; negative when over."""
        last, today = (when.astimezone(ZoneInfo(zone)).date() for when in (self.moment, as_of))
        return (last - today).days

    @property
    def cuts(self) -> bool:
        """Whether later changes do not count; else they are only reported."""
        return self.status != INFERRED


def rulebook_deadline(rulebook: Rulebook, zone: str) -> Deadline | None:
    """Return the last second of the timetable's day or month, if it has one."""
    fact = rulebook.timetable.reporting_to
    if not fact.value:
        return None
    year, month, *day = (int(part) for part in fact.value.split("-"))
    last = date(year, month, day[0] if day else calendar.monthrange(year, month)[1])
    midnight = datetime.combine(last + timedelta(days=1), time(), ZoneInfo(zone))
    exact = bool(day) and fact.status == READ
    return Deadline(midnight.astimezone(UTC) - timedelta(seconds=1), READ if exact else INFERRED)
