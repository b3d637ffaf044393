"""One look at the share after the other; a change becomes an event and an assessment."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from iid.flows import events, starting
from iid.flows.request import AssessRequest
from iid.tasks.drives.base import Drive
from iid.tasks.errors import DriveError, FailedError, IidError
from iid.tasks.model import Marker
from iid.tasks.steps import find_roster
from iid.tasks.watching.memory import memory_file, recall, remember
from iid.tasks.watching.snapshots import Snapshot, look, units_of
from iid.tasks.watching.watcher import Change, Watcher

BUSY = 20  # a look costs at most this part of the time between two looks
Tell = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched and what a change leads to."""

    request: AssessRequest
    drive: Drive
    marker: Marker
    quiet: float  # seconds
    poll: float  # seconds
    emit: bool
    assess: bool
    direct: bool
    state: Path  # folder of this machine


def pause_of(quiet: float) -> float:
    """Seconds between two looks when nobody said how many: a fifth of the quiet period, 0.2 to 5."""
    return min(max(quiet / 5, 0.2), 5.0)


class Watch:
    """Watches one share until it is told to stop."""

    def __init__(self, plan: Plan, tell: Tell, stop: Event) -> None:
        self.plan, self.tell, self.stop = plan, tell, stop
        self._memory = memory_file(plan.state, plan.drive.url, plan.request.store, plan.request.cycle)
        self._away = ""
        self._took = 0.0
        self._emitted: Snapshot | None = None
        known = recall(self._memory)
        first = known if known is not None else self._look({})
        self.watcher = Watcher(first, self._look, plan.quiet)
        self._remember(first)

    @property
    def pause(self) -> float:
        """Seconds until the next look; longer on a share that is slow to list."""
        return max(self.plan.poll, BUSY * self._took)

    def _look(self, before: Snapshot) -> Snapshot:
        started = time.monotonic()
        seen = look(self.plan.drive, self.plan.request.cycle, before)
        self._took = time.monotonic() - started
        return seen

    def step(self) -> bool:
        """One look; whether a change was handled well."""
        try:
            change = self.watcher.poll(time.monotonic())
        except (DriveError, OSError) as error:
            self._missing(str(error))
            return False
        self._missing("")
        return change is not None and self._handle(change)

    def _missing(self, why: str) -> None:
        """Say once that the share is away, and once that it is back."""
        if why and not self._away:
            self.tell(f"! {why}; menunggu sampai terlihat lagi")
        elif self._away and not why:
            self.tell("✓ share terlihat lagi")
        self._away = why

    def _handle(self, change: Change) -> bool:
        try:
            units = self._units(change)
            named = f" pada unit {', '.join(units)}" if units else ""
            self.tell(f"… {len(change.paths)} berkas berubah{named}")
            if self.plan.emit and change.snapshot != self._emitted:  # a second try is no second event
                events.share_changed(self.plan.marker.region, self.plan.request.cycle, units, change.paths)
                self._emitted = change.snapshot
                self.tell("✓ kejadian iid.share.changed dikirim")
            if self.plan.assess:
                self._assess(units)
        except IidError as error:
            if self.stop.is_set():
                return False
            wait = self.watcher.failed(time.monotonic())
            self.tell(f"✗ {error}; dicoba lagi dalam {wait:.0f} detik atau setelah perubahan berikutnya")
            return False
        self.done(change)
        return True

    def _units(self, change: Change) -> tuple[str, ...]:
        cycle = self.plan.request.cycle
        return units_of(change.paths, cycle, find_roster(self.plan.drive, cycle, self.plan.request.roster))

    def _assess(self, units: tuple[str, ...]) -> None:
        request = self.plan.request.model_copy(update={"units": units})
        ended = starting.assess(request, self.stop, direct=self.plan.direct)
        if not ended.well:
            raise FailedError(f"penilaian tidak terbit (keluar {ended.status}): {ended.line}")
        self.tell(f"✓ {ended.line}")

    def done(self, change: Change) -> None:
        """Remember that *change* was handled."""
        self.watcher.handled(change)
        self._remember(change.snapshot)

    def _remember(self, snapshot: Snapshot) -> None:
        with suppress(OSError):  # a restart then begins anew; the nightly run finds what was missed
            remember(self._memory, snapshot)


def watch(plan: Plan, tell: Tell, stop: Event, *, once: bool = False) -> None:
    """Watch until *stop* is set; with *once*, until the first change was handled."""
    watching = Watch(plan, tell, stop)
    where = f"{plan.drive.url} siklus {plan.request.cycle}"
    tell(f"✓ mengamati {where} ({plan.marker.region} {plan.marker.name})")
    while not stop.is_set():
        if watching.step() and once:
            return
        stop.wait(watching.pause)
