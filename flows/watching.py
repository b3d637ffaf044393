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
from iid.flows.standby import Standby
from iid.tasks.drives.base import Drive
from iid.tasks.drives.reasons import said
from iid.tasks.errors import DriveError, FailedError, IidError
from iid.tasks.model import Marker
from iid.tasks.steps import find_roster
from iid.tasks.watching.memory import memory_file, recall, remember
from iid.tasks.watching.notices import Notices
from iid.tasks.watching.reviews import Reviews, reviewed
from iid.tasks.watching.snapshots import Snapshot, known_units, look, units_of
from iid.tasks.watching.watcher import Change, Watcher

BUSY = 20  # a look costs at most this part of the time between two looks
NET = 300.0  # seconds after which we look although nobody told of a change
IDLE = 0.5  # seconds between two questions whether somebody did
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
    notices: Path | None = None  # the cycle's folder, where the kernel tells of changes


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
        self._looked = float("-inf")
        self._reviews = Reviews(plan.drive, plan.request.cycle)
        self._notices = Notices(plan.notices) if plan.notices else None
        self._standby = Standby(starting.environment())
        self._emitted: Snapshot | None = None
        known = recall(self._memory)
        first = known if known is not None else self._look({})
        self.watcher = Watcher(first, self._look, plan.quiet)
        self._remember(first)

    @property
    def pause(self) -> float:
        """Seconds until the next step; longer on a share that is slow to list."""
        if self._notices and not self.watcher.pending and not self._away:
            return IDLE
        return max(self.plan.poll, BUSY * self._took)

    def _look(self, before: Snapshot) -> Snapshot:
        started = time.monotonic()
        seen = look(self.plan.drive, self.plan.request.cycle, before)
        self._looked = time.monotonic()
        self._took = self._looked - started
        return {**seen, **self._reviews.look(before)}

    def _due(self) -> bool:
        """Whether to look now: always where nobody tells of changes, else when somebody did."""
        if self._notices is None:
            return True
        if self._notices.problem:
            self.tell(f"! inotify tidak dapat dipakai ({self._notices.problem}); share ditengok berkala")
            self.close()
            return True
        moved = self._notices.take()
        late = time.monotonic() - self._looked >= NET
        return moved or late or self.watcher.pending or bool(self._away)

    def step(self) -> bool:
        """One look, where one is due; whether a change was handled well."""
        if not self._due():
            return False
        try:
            change = self.watcher.poll(time.monotonic())
        except (DriveError, OSError) as error:
            self._missing(said(error))
            return False
        self._missing("")
        self._warm()
        return change is not None and self._handle(change)

    def _warm(self) -> None:
        """Load the libraries while the share gets quiet; not for a change that came to nothing."""
        if self.plan.assess and self.watcher.pending and not self.watcher.failing:
            self._standby.prepare(direct=self.plan.direct)
        else:
            self._standby.close()

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
        """Units whose folders or decisions changed and that still are there to be looked at again."""
        cycle = self.plan.request.cycle
        roster = find_roster(self.plan.drive, cycle, self.plan.request.roster)
        codes = {*units_of(change.paths, cycle, roster), *reviewed(change.paths, cycle)}
        return tuple(sorted(codes & known_units(change.snapshot, cycle, roster)))

    def _assess(self, units: tuple[str, ...]) -> None:
        request = self.plan.request.model_copy(update={"units": units})
        ended = starting.assess(request, self.stop, direct=self.plan.direct, standby=self._standby)
        if not ended.well:
            raise FailedError(f"penilaian tidak terbit (keluar {ended.status}): {ended.line}")
        self.tell(f"✓ {ended.line}")

    def done(self, change: Change) -> None:
        """Remember that *change* was handled. A snapshot without decisions leaves those as they were."""
        decided = {p: f for p, f in self.watcher.baseline.items() if self._reviews.holds(p)}
        if not any(map(self._reviews.holds, change.snapshot)):
            change = Change(change.paths, {**decided, **change.snapshot})
        self.watcher.handled(change)
        self._remember(change.snapshot)

    def close(self) -> None:
        """End what runs beside; looking stays possible."""
        self._standby.close()
        if self._notices:
            self._notices.close()
        self._notices = None

    def _remember(self, snapshot: Snapshot) -> None:
        with suppress(OSError):  # a restart then begins anew; the nightly run finds what was missed
            remember(self._memory, snapshot)


def watch(plan: Plan, tell: Tell, stop: Event, *, once: bool = False) -> None:
    """Watch until *stop* is set; with *once*, until the first change was handled."""
    watching = Watch(plan, tell, stop)
    where = f"{plan.drive.url} siklus {plan.request.cycle}"
    how = "inotify" if plan.notices else f"ditengok setiap {plan.poll:.3g} detik".replace(".", ",")
    tell(f"✓ mengamati {where} ({plan.marker.region} {plan.marker.name}), {how}")
    try:
        while not stop.is_set():
            if watching.step() and once:
                return
            stop.wait(watching.pause)
    finally:
        watching.close()
