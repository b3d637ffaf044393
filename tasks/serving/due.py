"""When the nightly run is due, on the region's clock. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo


def next_due(last_run: datetime | None, now: datetime, zone: str, at: time) -> datetime:
    """When the next nightly run is due, in UTC; in the past when one was missed.

    However many nights were missed, only the last of them is due, once. *last_run* is the time of
    the last run that published, None for never; *now* and it are aware.
    """
    latest = last_due(now, zone, at)
    if last_run is None or last_run < latest:
        return latest
    return _on(latest.astimezone(ZoneInfo(zone)), 1, zone, at)


def last_due(now: datetime, zone: str, at: time) -> datetime:
    """The last moment, not after *now*, at which the region's clock showed *at*; in UTC."""
    local = now.astimezone(ZoneInfo(zone))
    today = _on(local, 0, zone, at)
    return today if today <= now else _on(local, -1, zone, at)


def _on(day: datetime, later: int, zone: str, at: time) -> datetime:
    date = day.date() + timedelta(days=later)
    return datetime.combine(date, at, ZoneInfo(zone)).astimezone(UTC)
