"""``iid serve``: runs, watchers and reports of all targets together.

Own scheduling, not Prefect's ``serve()``: that needs a server that stays up, and after an outage
starts every missed night. Here the store itself says when the last run was, so there is nothing
to lose; with a configured server each run is still a flow run there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import Event

from iid.flows.service.desk_service import Desk
from iid.flows.service.side_by_side import leave, start
from iid.flows.service.target_service import Keeper
from iid.flows.service.watch_share import LogLine
from iid.flows.settings.setting_models import ServeSettings
from iid.tasks.operate.serve.report_server import Site
from iid.tasks.operate.serve.web_server import LOOPBACK, WebServer, application
from iid.tasks.shares.folder_listing import why
from iid.tasks.values.errors import UsageError


def serve(
    keepers: Sequence[Keeper],
    settings: ServeSettings,
    log_line: LogLine,
    stop: Event,
    desk: Desk | None = None,
) -> None:
    """Serve until *stop* is set, with the review *desk* where asked for.

    Each target that is not open yet opens by itself; UsageError only when all of them are set up
    wrongly, or when the port is taken.
    """
    with _shown(keepers, settings, log_line, desk):
        threads = start({one.name: one.run for one in keepers})
        try:
            while not stop.wait(0.5):
                _give_up(keepers)
        except UsageError:
            stop.set()
            leave(threads, log_line)
            raise
        leave(threads, log_line)  # not when asked twice to end: KeyboardInterrupt


def _give_up(keepers: Sequence[Keeper]) -> None:
    refused = [one.refused for one in keepers]
    if all(refused):
        first = next(error for error in refused if error)
        raise UsageError(f"tidak satu target pun dapat dilayani; {keepers[0].name}: {first}")


@contextmanager
def _shown(
    keepers: Sequence[Keeper], settings: ServeSettings, log_line: LogLine, desk: Desk | None
) -> Iterator[None]:
    """Serve the reports, and the desk if asked for, during the block."""
    site = Site(lambda: [one.place for one in keepers], timedelta(hours=settings.stale))
    hosts = LOOPBACK | desk.hosts if desk else LOOPBACK
    app = application(
        site.answer, desk.routes() if desk else (), hosts if settings.host in LOOPBACK else None
    )
    try:
        server = WebServer(app, settings.host, settings.port)
    except OSError as error:
        words = f"{settings.host}:{settings.port} tidak dapat dipakai ({why(error)})"
        raise UsageError(f"alamat laporan {words}; pilih yang lain dengan --port") from error
    server.start()
    log_line(f"✓ laporan di http://{settings.host}:{server.port}/")
    if desk:
        log_line(f"✓ meja tinjauan di http://{settings.host}:{server.port}/meja/")
        desk.warm()
    try:
        yield
    finally:
        server.stop()
        if desk:
            desk.close()
