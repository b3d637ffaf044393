"""Change events until a run answers them, for a server may lose one.

Prefect holds events in memory until an automation took them, and an automation whose run could not be
made (the server was restarted in between, its database was locked) makes no second try. The store says
whether a run began after the event; where none did, the event is sent again.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta

from iid.tasks.store.published_run import latest
from iid.tasks.store.store import Store
from iid.tasks.values.errors import IidError

AGAIN = timedelta(minutes=10)  # until an event that no run answered is sent again; doubled each time
MOST = 3  # times; then a run fails again and again, which others report, and the night makes it up
Sent = tuple[tuple[str, ...], tuple[str, ...]]  # units and paths


class SentEvents:
    """What was sent about *region* and *cycle*, whose runs are in *store*."""

    def __init__(
        self, store: Store, region: str, cycle: int, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._where, self._now = (store, region, cycle), now
        self._units: set[str] = set()
        self._paths: set[str] = set()
        self._first: datetime | None = None
        self._last = self._due = now()
        self._tries = 0

    def sent(self, units: Sequence[str], paths: Sequence[str], when: datetime | None = None) -> None:
        """An event was sent now, or before a restart at *when*."""
        self._last = when or self._now()
        self._units |= set(units)
        self._paths |= set(paths)
        if self._first is None:
            self._first, self._due, self._tries = self._last, self._now() + AGAIN, 0

    def lost(self) -> Sent | None:
        """Return what to send again now; None while there is no need."""
        if self._first is None or self._now() < self._due:
            return None
        self._due = self._now() + AGAIN * 2**self._tries
        try:
            found = latest(*self._where)
        except IidError:
            return None  # a store that is away is asked later
        looked = found and found.looked_at
        if (looked and looked >= self._last) or self._tries >= MOST:
            self._units, self._paths, self._first = set(), set(), None
            return None
        if looked and looked >= self._first:
            self._first, self._due = self._last, self._last + AGAIN
            return None
        self._tries += 1
        return tuple(sorted(self._units)), tuple(sorted(self._paths))
