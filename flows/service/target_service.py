"""One target of ``iid serve``: its nights, watcher and messages."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from threading import BoundedSemaphore, Event
from typing import Any

from iid.flows.service import notify_target
from iid.flows.service.schedule import CLOCK, Clock, Nights, timetable_of
from iid.flows.service.slots import TERMS, Terms
from iid.flows.service.subprocess_run import Ended
from iid.flows.service.watch_share import LogLine, Plan, Watch, planned
from iid.flows.settings import targets
from iid.flows.settings.load import Settings, load_settings
from iid.flows.settings.setting_models import ServeSettings, span
from iid.flows.telemetry import json_logs as logs
from iid.tasks.operate.health.freshness import Attempt, Place
from iid.tasks.operate.watch.watcher import LONGEST_RETRY, RETRY, Change, look
from iid.tasks.store.open_store import open_store
from iid.tasks.text.os_errors import said
from iid.tasks.values.errors import DriveError, IidError, UsageError

PATIENT = 3  # tries to open before people are reported: 3.5 minutes, in which a mount comes up
NOTIFY_EVERY, NOTIFY_AGAIN = 3600.0, 900.0  # seconds between two thoughts of notifying; after a failed one


@dataclass(slots=True)
class ServeOptions:
    """What the command line asks for, for every target."""

    options: dict[str, Any]
    serve: dict[str, Any] = field(default_factory=dict)  # over [serve]
    quiet_period: float | None = None
    direct: bool = False


class Keeper:
    """Serves one target until *stop*; reports faults and retries."""

    def __init__(
        self,
        name: str,
        given: ServeOptions,
        gate: BoundedSemaphore,
        log_line: LogLine,
        stop: Event,
        clock: Clock = CLOCK,
    ) -> None:
        self.name, self.given, self.stop, self.clock = name, given, stop, clock
        self._gate = gate
        self._say = log_line
        self.refused: UsageError | None = None  # a setting that does not heal by itself
        self.place = Place(given.options.get("cycle") or 0, target=name, problem="belum terbuka")
        self._work: _Work | None = None
        self._settings: Settings | None = None
        self._notify_at = float("-inf")
        self._tries = 0
        self._said = ""

    def log_line(self, line: str) -> None:
        """Say a line, with the target's name where it has one."""
        if not logs.wanted():
            self._say(f"{self.name}: {line}" if self.name else line)
            return
        region, cycle = self.place.region or None, self.place.cycle or None
        with logs.about(target=self.name or None, region=region, cycle=cycle):
            self._say(line)

    def open(self) -> None:
        """Settings, share and store. Raises what an assessment would."""
        with targets.choosing(replace(targets.choice(), name=self.name or targets.choice().name)):
            settings = load_settings()
            cycle = self.given.options.get("cycle") or settings.cycle or 0
            self._settings = settings
            self._show_what_is_out(settings, cycle)
            plan = planned(self.given.options, quiet_period=self.given.quiet_period, direct=self.given.direct)
        serve = ServeSettings(**{**settings.serve.model_dump(), **self.given.serve})
        settings = settings.model_copy(update={"serve": serve})
        self.place = Place(plan.request.cycle, plan.store, plan.marker.region, self.name)
        self._work = _Work(self, settings, plan)
        self.refused = None

    def _show_what_is_out(self, settings: Settings, cycle: int) -> None:
        """Show and judge what was published, even without the share."""
        store, url = None, self.given.options.get("store") or settings.store
        with suppress(IidError):
            store = open_store(url, settings.endpoint_url) if url else None
        region = self.given.options.get("region") or settings.region or ""
        self.place = replace(self.place, cycle=cycle, store=store, region=region)

    def run(self) -> None:
        """Until *stop* is set: open, work, and open again after whatever ended it."""
        try:
            while not self.stop.is_set():
                self.stop.wait(self.once())
        finally:
            if self._work:
                self._work.close()

    def once(self) -> float:
        """One step; seconds until the next."""
        try:
            if self._work is None:
                self.open()
            assert self._work is not None  # noqa: S101  (open() raises otherwise)
            pause: float = self._work.step()
        except Exception as error:  # noqa: BLE001  (one region's trouble never stops another)
            return self._failed(error)
        self._tries, self._said = 0, ""
        return pause

    @property
    def plan(self) -> Plan | None:
        """What it watches and assesses, once it is open."""
        return self._work.plan if self._work else None

    def _failed(self, error: Exception) -> float:
        self.refused = error if isinstance(error, UsageError) else None
        wait: float = min(RETRY * 2**self._tries, LONGEST_RETRY)
        self._tries = min(self._tries + 1, 16)
        known = isinstance(error, IidError | OSError)
        words = said(error) if known else f"kesalahan yang tidak terduga ({type(error).__name__}: {error})"
        if words != self._said:
            self._said = words
            self.log_line(f"✗ {words}; dicoba lagi dalam {wait:.0f} detik dan seterusnya")
        if self._work is None:
            self.place = replace(self.place, problem=words)
            if self._tries >= PATIENT:
                self._notify_people(error, words)
        return wait

    def _notify_people(self, error: Exception, words: str) -> None:
        """Report a target that does not open for minutes, as a failed run."""
        steady, settings = self.clock.steady(), self._settings
        if settings is None or not notify_target.wanted(settings) or steady < self._notify_at:
            return
        trouble = (getattr(error, "exit_code", 1), words)
        order = notify_target.Order(
            settings, self.place, trouble=trouble, now=self.clock.now(), wait=self.stop.wait
        )
        self._notify_at = steady + (
            NOTIFY_EVERY if notify_target.notify_quietly(order, self.log_line) else NOTIFY_AGAIN
        )

    def terms(self, ended: Callable[[Ended], None], limit: float) -> Terms:
        """How its assessments share the machine with those of other targets."""
        return Terms(self._gate, limit, ended)


class _Work:
    """What an opened target does, step by step."""

    def __init__(self, keeper: Keeper, settings: Settings, plan: Plan) -> None:
        self.keeper, self.settings, self.plan = keeper, settings, plan
        store = keeper.place.store
        assert store is not None  # noqa: S101  (given by open())
        asked = plan.request
        table = timetable_of(settings, plan.marker.zone, asked.cycle, asked.rulebook)
        keeper.place = replace(keeper.place, expected=table.expected)
        self.nights = Nights(plan, store, table, keeper.log_line, keeper.stop, clock=keeper.clock)
        self.watching = Watch(plan, keeper.log_line, keeper.stop) if settings.serve.watch else None
        self._greeted = False
        self._ended: Ended | None = None
        self._notify_at = float("-inf")

    def step(self) -> float:
        """Do a due run or one look at the share; then send due messages."""
        self._greet()
        limit = span(self.settings.serve.limit).total_seconds()
        token = TERMS.set(self.keeper.terms(self._heard, limit))
        try:
            if self.nights.due():
                self._night()
            elif self.watching:
                self.watching.step()
        finally:
            TERMS.reset(token)
        self._notify()
        return self.watching.pause if self.watching else 1.0

    def close(self) -> None:
        """End what runs beside."""
        if self.watching:
            self.watching.close()

    def _greet(self) -> None:
        if self.watching and not self._greeted:
            self.keeper.log_line(f"✓ mengamati {self.plan.drive.url} siklus {self.plan.request.cycle}")
        self._greeted = True

    def _heard(self, ended: Ended) -> None:
        self._ended = ended
        if not ended.held:  # its turn comes
            attempt = Attempt(self.keeper.clock.now(), ended.status)
            self.keeper.place = replace(self.keeper.place, attempt=attempt)

    def _night(self) -> None:
        """Run; what was there before it began needs no run of its own afterwards."""
        before, watching = None, self.watching
        with suppress(DriveError, OSError):  # the run itself says what is wrong with the share
            before = look(
                self.plan.drive, self.plan.request.cycle, watching.watcher.baseline if watching else {}
            )
        if self.nights.run() and watching and before is not None:
            watching.done(Change((), before))

    def _notify(self) -> None:
        ended, self._ended = self._ended, None
        steady = self.keeper.clock.steady()
        quiet = ended is None or ended.held or self.keeper.stop.is_set()
        if not notify_target.wanted(self.settings) or (quiet and steady < self._notify_at):
            return
        trouble = (ended.status, ended.line) if ended and not quiet and not ended.well else None
        order = notify_target.Order(
            self.settings,
            self.keeper.place,
            self.plan.marker,
            trouble=trouble,
            now=self.keeper.clock.now(),
            wait=self.keeper.stop.wait,
            drive=self.plan.drive,
        )
        well = notify_target.notify_quietly(order, self.keeper.log_line)
        self._notify_at = steady + (NOTIFY_EVERY if well else NOTIFY_AGAIN)
