"""``iid serve``: nightly runs, the watcher and the report in one process tree.

Own scheduling, not Prefect's ``serve()``: that needs a server that stays up, and after an outage
starts every missed night. Here the store itself says when the last run was, so there is nothing
to lose; with a configured server each run is still a flow run there.
"""

from __future__ import annotations

import time
from contextlib import suppress
from datetime import UTC, datetime
from datetime import time as clock
from threading import Event, Thread

from iid.flows import starting
from iid.flows.settings import ServeSettings
from iid.flows.watching import Plan, Tell, Watch
from iid.tasks.errors import DriveError, IidError, UsageError
from iid.tasks.reports.formatting import moment
from iid.tasks.serving.due import next_due
from iid.tasks.serving.site import Site, server_of
from iid.tasks.stores.base import Store
from iid.tasks.stores.reading import latest
from iid.tasks.watching.snapshots import look
from iid.tasks.watching.watcher import LONGEST_RETRY, RETRY, Change

CHECK = 20.0  # seconds between two questions to the store when the last run was


class Nights:
    """Runs the nightly assessment when it is due; a missed one once."""

    def __init__(self, plan: Plan, store: Store, at: str, tell: Tell, stop: Event) -> None:
        self.plan, self.store, self.tell, self.stop = plan, store, tell, stop
        self.zone = plan.marker.zone
        self.at = clock.fromisoformat(at)
        self._ask_at = float("-inf")
        self._tries = 0
        self._said: datetime | None = None

    def due(self) -> bool:
        """Whether a run is due now; asks the store now and then only."""
        now = time.monotonic()
        if now < self._ask_at:
            return False
        self._ask_at = now + CHECK
        try:
            last = latest(self.store, self.plan.marker.region, self.plan.request.cycle)
        except IidError as error:
            self.tell(f"! {error}")
            return False
        if last is not None and last.status == "final":
            return False  # a closed cycle is only shown
        when = next_due(last.published_at if last else None, datetime.now(UTC), self.zone, self.at)
        self._say(when)
        return when <= datetime.now(UTC)

    def _say(self, when: datetime) -> None:
        if when != self._said:
            self._said = when
            self.tell(f"… penilaian malam berikutnya {moment(when, self.zone)}")

    def run(self) -> bool:
        """The whole share, unchanged files from the ledger; whether it was published."""
        ended = starting.assess(self.plan.request, self.stop, direct=self.plan.direct)
        if ended.well:
            self.tell(f"✓ {ended.line}")
            self._tries, self._ask_at = 0, float("-inf")
            return True
        if not self.stop.is_set():
            wait = min(RETRY * 2**self._tries, LONGEST_RETRY)
            self._tries, self._ask_at = min(self._tries + 1, 16), time.monotonic() + wait
            self.tell(
                f"✗ penilaian malam tidak terbit (keluar {ended.status}): {ended.line}; "
                f"dicoba lagi dalam {wait:.0f} detik"
            )
        return False


def serve(plan: Plan, store: Store, settings: ServeSettings, tell: Tell, stop: Event) -> None:
    """Serve until *stop* is set. UsageError when the port is taken."""
    site = Site(store, plan.marker.region, plan.request.cycle)
    try:
        server = server_of(site.answer, settings.host, settings.port)
    except OSError as error:
        words = f"{settings.host}:{settings.port} tidak dapat dipakai ({error.strerror})"
        raise UsageError(f"alamat laporan {words}; pilih yang lain dengan --port") from error
    thread = Thread(target=server.serve_forever, name="laporan", daemon=True)
    thread.start()
    tell(f"✓ laporan di http://{settings.host}:{server.server_address[1]}/")
    try:
        _work(plan, Nights(plan, store, settings.at, tell, stop), settings, tell, stop)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _work(plan: Plan, nights: Nights, settings: ServeSettings, tell: Tell, stop: Event) -> None:
    watching = Watch(plan, tell, stop) if settings.watch else None
    if watching:
        tell(f"✓ mengamati {plan.drive.url} siklus {plan.request.cycle}")
    while not stop.is_set():
        if nights.due():
            _night(plan, nights, watching)
        elif watching:
            watching.step()
        stop.wait(watching.pause if watching else 1.0)


def _night(plan: Plan, nights: Nights, watching: Watch | None) -> None:
    """Run; what lay there before it began needs no run of its own afterwards."""
    before = None
    with suppress(DriveError, OSError):  # the run itself says what is wrong with the share
        before = look(plan.drive, plan.request.cycle, watching.watcher.baseline if watching else {})
    if nights.run() and watching and before is not None:
        watching.done(Change((), before))
