"""Runs due by the clock: nightly, and denser before the deadline."""

from __future__ import annotations

import time as steady_time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from threading import Event
from zoneinfo import ZoneInfo

from iid.flows.service import subprocess_run
from iid.flows.service.subprocess_run import Ended
from iid.flows.service.watch_share import LogLine, Plan
from iid.flows.settings.setting_models import Keys, span
from iid.tasks.assess.request import AssessRequest
from iid.tasks.operate.serve.due import Timetable
from iid.tasks.operate.watch.watcher import LONGEST_RETRY, RETRY
from iid.tasks.store.published_run import latest
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import moment
from iid.tasks.values.errors import IidError

CHECK = 20.0  # seconds between two questions to the store when the last run was


@dataclass(frozen=True, slots=True)
class Clock:
    """``now`` is aware; ``steady`` gives seconds of a clock that nobody sets."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    steady: Callable[[], float] = steady_time.monotonic


CLOCK = Clock()


def timetable_of(settings: Keys, zone: str, cycle: int, rulebook: str | None = None) -> Timetable:
    """Return when runs are due, by the settings' deadline or rulebook's."""
    from iid.expectations.rulebook.loading import load
    from iid.tasks.values.timetable import rulebook_deadline

    zone = settings.zone or zone
    deadline = settings.deadline
    if deadline is None:
        book = load(cycle, Path(rulebook) if rulebook else None).rulebook
        known = rulebook_deadline(book, zone)
        deadline = known.moment if known else None
    elif deadline.tzinfo is None:
        deadline = deadline.replace(tzinfo=ZoneInfo(zone))
    dense = tuple((timedelta(days=one.days), span(one.every)) for one in settings.serve.dense)
    return Timetable(zone, time.fromisoformat(settings.serve.at), deadline, dense)


class Nights:
    """Runs due assessments, a missed one once; the store has the last."""

    def __init__(
        self,
        plan: Plan,
        store: Store,
        timetable: Timetable,
        log_line: LogLine,
        stop: Event,
        *,
        clock: Clock = CLOCK,
        start: Callable[..., Ended] = subprocess_run.assess,
    ) -> None:
        self.plan, self.store, self.log_line, self.stop = plan, store, log_line, stop
        self.timetable, self.clock, self._start = timetable, clock, start
        self._ask_at = float("-inf")
        self._tries = 0
        self._said: datetime | None = None

    def due(self) -> bool:
        """Whether a run is due now; asks the store now and then only."""
        steady = self.clock.steady()
        if steady < self._ask_at:
            return False
        self._ask_at = steady + CHECK
        try:
            last = latest(self.store, self.plan.marker.region, self.plan.request.cycle)
        except IidError as error:
            self.log_line(f"! {error}")
            return False
        if last is not None and last.status == "final":
            return False  # a closed cycle is only shown
        now = self.clock.now()
        when = self.timetable.due(last.checked_at if last else None, now)
        self._say(when)
        return when <= now

    def _say(self, when: datetime) -> None:
        if when != self._said:
            self._said = when
            self.log_line(f"… penilaian terjadwal berikutnya {moment(when, self.timetable.zone)}")

    def run(self) -> bool:
        """Run the whole share, reusing the ledger; return whether it published."""
        request: AssessRequest = self.plan.request
        ended = self._start(request, self.stop, direct=self.plan.direct)
        if ended.well:
            self.log_line(f"✓ {ended.line}")
            self._tries, self._ask_at = 0, float("-inf")
            return True
        if not self.stop.is_set():
            wait = min(RETRY * 2**self._tries, LONGEST_RETRY)
            self._tries = min(self._tries + 1, 16)
            if ended.held:  # nothing is wrong: the other run sees the same share
                wait, self._tries = RETRY, 0
            self._ask_at = self.clock.steady() + wait
            self.log_line(f"{_failed(ended)}; dicoba lagi dalam {wait:.0f} detik")
        return False


def _failed(ended: Ended) -> str:
    if ended.held:
        return f"… menunggu giliran: {ended.line}"
    return f"✗ penilaian terjadwal tidak terbit (keluar {ended.status}): {ended.line}"
