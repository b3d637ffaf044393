"""Repeated looks at a share; a change is an event and a run."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from typing import Any

from iid.flows.prefect_glue import events
from iid.flows.service import subprocess_run
from iid.flows.service.sent_events import SentEvents
from iid.flows.service.warm_worker import Standby
from iid.flows.settings.load import build_request, load_settings
from iid.tasks.assess.reading_steps import find_roster, open_run
from iid.tasks.assess.request import AssessRequest
from iid.tasks.operate.watch.notices import Notices, reports_changes
from iid.tasks.operate.watch.review_changes import Reviews, reviewed
from iid.tasks.operate.watch.watcher import (
    Change,
    Snapshot,
    Watcher,
    known_units,
    look,
    memory_file,
    recall,
    remember,
    units_of,
)
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.lease import HELD
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import comma
from iid.tasks.text.os_errors import said
from iid.tasks.values.errors import DriveError, FailedError, IidError, UsageError
from iid.tasks.values.region import Marker

BUSY = 20  # a look costs at most this part of the time between two looks
NET = 300.0  # seconds after which we look although no change was reported
ALIVE_S = 300.0  # between two signs of life; automations.yaml misses them after 900 s
IDLE = 0.5  # seconds between two questions whether somebody did
LogLine = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Plan:
    """What is watched and what a change leads to."""

    request: AssessRequest
    drive: Drive
    store: Store
    marker: Marker
    quiet: float  # seconds
    poll: float  # seconds
    emit: bool
    assess: bool
    direct: bool
    state: Path  # folder of this machine
    notices: Path | None = None  # the cycle's folder, where the kernel reports changes


def pause_of(quiet: float) -> float:
    """Return default seconds between looks: quiet / 5, from 0.2 to 5."""
    return min(max(quiet / 5, 0.2), 5.0)


def planned(
    options: dict[str, Any],
    *,
    quiet_period: float | None = None,
    poll: float | None = None,
    emit_only: bool = False,
    direct: bool = False,
) -> Plan:
    """Return what to watch, options over settings; raises as an assessment."""
    from platformdirs import user_state_path

    request = build_request(**options)
    settings = load_settings().watch
    opened = open_run(request)
    server = events.configured()
    if emit_only and not server:
        raise UsageError("--emit-only butuh server Prefect; sebut alamatnya dalam PREFECT_API_URL")
    quiet = settings.quiet_period if quiet_period is None else quiet_period
    return Plan(
        request=request,
        drive=opened.drive,
        store=opened.store,
        marker=opened.marker,
        quiet=quiet,
        poll=poll or settings.poll or pause_of(quiet),
        emit=server,
        assess=not emit_only,
        direct=direct or not server,
        state=user_state_path("iid") / "watch",
        notices=None if poll or settings.poll else noticed(opened.drive, request.cycle),
    )


def noticed(drive: Drive, cycle: int) -> Path | None:
    """Return the cycle's folder, if its disk's kernel reports changes."""
    if not isinstance(drive, FolderDrive):
        return None
    folder = Path(drive.url) / str(cycle)
    return folder if reports_changes(folder) else None


class Watch:
    """Watches one share until *stop* is set."""

    def __init__(self, plan: Plan, log_line: LogLine, stop: Event) -> None:
        self.plan, self.log_line, self.stop = plan, log_line, stop
        self._memory = memory_file(plan.state, plan.drive.url, plan.request.store, plan.request.cycle)
        self._away = ""
        self._took = 0.0
        self._looked = self._alive = float("-inf")
        self._reviews = Reviews(plan.drive, plan.request.cycle)
        self._notices = Notices(plan.notices) if plan.notices else None
        self._standby = Standby(subprocess_run.environment())
        self._emitted: Snapshot | None = None
        self._sent = SentEvents(plan.store, plan.marker.region, plan.request.cycle)
        known = recall(self._memory)
        if known is not None:  # sent before a restart, perhaps, and never answered
            self._sent.sent((), (), datetime.fromtimestamp(self._memory.stat().st_mtime, UTC))
        self.watcher = Watcher(self._look({}) if known is None else known, self._look, plan.quiet)
        if known is None:
            self._remember(self.watcher.baseline)

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
        """Return whether to look: when a change was reported, or none ever is."""
        if self._notices is None:
            return True
        if self._notices.problem:
            self.log_line(f"! inotify tidak dapat dipakai ({self._notices.problem}); share ditengok berkala")
            self.close()
            return True
        moved = self._notices.take()
        late = time.monotonic() - self._looked >= NET
        return moved or late or self.watcher.pending or bool(self._away)

    def step(self) -> bool:
        """One look, where one is due; whether a change was handled well."""
        self._sign()
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

    def _sign(self) -> None:
        """Send the server a sign of life where another process assesses."""
        if self.plan.emit and not self.plan.assess and time.monotonic() >= self._alive + ALIVE_S:
            self._alive = time.monotonic()
            events.watching(self.plan.marker.region, self.plan.request.cycle)
            if lost := self._sent.lost():
                self.log_line("! belum ada perhitungan sejak kejadian terakhir; dikirim lagi")
                with suppress(FailedError):
                    self._emit(*lost)

    def _warm(self) -> None:
        """Load the libraries while the share gets quiet, if a change is left."""
        if self.plan.assess and self.watcher.pending and not self.watcher.failing:
            self._standby.prepare(direct=self.plan.direct)
        else:
            self._standby.close()

    def _missing(self, why: str) -> None:
        """Say once that the share is away, and once that it is back."""
        if why and not self._away:
            self.log_line(f"! {why}; menunggu sampai terlihat lagi")
        elif self._away and not why:
            self.log_line("✓ share terlihat lagi")
        self._away = why

    def _handle(self, change: Change) -> bool:
        try:
            units = self._units(change)
            named = f" pada unit {', '.join(units)}" if units else ""
            self.log_line(f"… {len(change.paths)} berkas berubah{named}")
            if self.plan.emit and change.snapshot != self._emitted:  # a second try is no second event
                self._emit(units, change.paths)
                self._emitted = change.snapshot
                self._sent.sent(units, change.paths)
            if self.plan.assess:
                self._assess(units)
        except IidError as error:
            if self.stop.is_set():
                return False
            wait = self.watcher.failed(time.monotonic())
            sign = "…" if HELD in str(error) else "✗"  # waiting for its turn is no failure
            self.log_line(
                f"{sign} {error}; dicoba lagi dalam {wait:.0f} detik atau setelah perubahan berikutnya"
            )
            return False
        self.done(change)
        return True

    def _emit(self, units: tuple[str, ...], paths: tuple[str, ...]) -> None:
        events.share_changed(self.plan.marker.region, self.plan.request.cycle, units, paths)
        self.log_line("✓ kejadian iid.share.changed dikirim")

    def _units(self, change: Change) -> tuple[str, ...]:
        """Return still present units with changed folders or decisions."""
        cycle = self.plan.request.cycle
        roster = find_roster(self.plan.drive, cycle, self.plan.request.roster)
        codes = {*units_of(change.paths, cycle, roster), *reviewed(change.paths, cycle)}
        return tuple(sorted(codes & known_units(change.snapshot, cycle, roster)))

    def _assess(self, units: tuple[str, ...]) -> None:
        request = self.plan.request.model_copy(update={"units": units})
        ended = subprocess_run.assess(request, self.stop, direct=self.plan.direct, standby=self._standby)
        if ended.held:
            raise FailedError(f"menunggu giliran: {ended.line}")
        if not ended.well:
            raise FailedError(f"penilaian tidak terbit (keluar {ended.status}): {ended.line}")
        self.log_line(f"✓ {ended.line}")

    def done(self, change: Change) -> None:
        """Remember that *change* was handled, and decisions if it has them."""
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


def watch(plan: Plan, log_line: LogLine, stop: Event, *, once: bool = False) -> None:
    """Watch until *stop*; with *once*, until one change is handled."""
    watching = Watch(plan, log_line, stop)
    where = f"{plan.drive.url} siklus {plan.request.cycle}"
    how = "inotify" if plan.notices else f"ditengok setiap {comma(f'{plan.poll:.3g}')} detik"
    log_line(f"✓ mengamati {where} ({plan.marker.region} {plan.marker.name}), {how}")
    try:
        while not stop.is_set():
            if watching.step() and once:
                return
            stop.wait(watching.pause)
    finally:
        watching.close()
