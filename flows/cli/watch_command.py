"""``iid watch``: a changed share becomes an event and a new index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import (
    CycleYear,
    Direct,
    EndpointUrl,
    LogFormat,
    NoFeedback,
    Region,
    Roster,
    Share,
    StoreUrl,
    Target,
)

if TYPE_CHECKING:
    from threading import Event


def watch(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    quiet_period: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Detik tanpa perubahan sebelum menilai.")
    ] = None,
    poll: Annotated[
        float | None,
        typer.Option(min=0.05, max=3600, help="Tengok share setiap sekian detik; kosong: inotify bila bisa."),
    ] = None,
    once: Annotated[
        bool, typer.Option("--once", help="Selesai setelah perubahan pertama ditangani.")
    ] = False,
    emit_only: Annotated[
        bool, typer.Option("--emit-only", help="Hanya kirim kejadian; otomasi Prefect yang menilai.")
    ] = False,
    direct: Direct = False,
    region: Region = None,
    roster: Roster = None,
    no_feedback: NoFeedback = False,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    log_format: LogFormat = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON untuk setiap baris.")] = False,
) -> None:
    """Amati share; setiap perubahan menjadi kejadian iid.share.changed dan penilaian unit yang berubah."""
    from functools import partial
    from threading import Event

    from iid.flows.service.side_by_side import watch_targets
    from iid.flows.service.watch_share import planned
    from iid.flows.service.watch_share import watch as keep_watching
    from iid.flows.settings import targets
    from iid.flows.settings.load import read_file

    plan = partial(
        planned,
        {
            "share": share,
            "store": store,
            "cycle": cycle,
            "region": region,
            "roster": roster,
            "feedback": False if no_feedback else None,
            "endpoint_url": endpoint_url,
        },
        quiet_period=quiet_period,
        poll=poll,
        emit_only=emit_only,
        direct=direct,
    )
    names = () if share else targets.meant(read_file())
    stop, log_line = Event(), line_printer(as_json)
    if len(names) > 1:
        ends(stop)
        watch_targets(names, plan, log_line, stop, once=once)
    else:
        opened = plan()
        ends(stop)
        keep_watching(opened, log_line, stop, once=once)
    if stop.is_set():
        log_line("✓ berhenti; tidak ada yang hilang")


def ends(stop: Event) -> None:
    """Set *stop* on SIGTERM, SIGHUP and Ctrl-C; a second one ends at once."""
    import signal

    def end(*_: object) -> None:
        if stop.is_set():
            raise KeyboardInterrupt
        stop.set()

    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, end)


def line_printer(as_json: bool) -> Callable[[str], None]:
    """Return a function that prints lines at once, with time or as JSON."""
    import json
    import sys
    from datetime import UTC, datetime

    from iid.flows.telemetry import json_logs as logs

    if logs.wanted():
        return logs.line_printer

    def log_line(line: str) -> None:
        now = datetime.now(UTC).astimezone()
        if as_json:
            text = json.dumps({"at": now.isoformat(timespec="seconds"), "say": line}, ensure_ascii=False)
        else:
            text = f"{now:%d/%m %H.%M.%S} {' '.join(line.split())}"
        typer.echo(text)
        sys.stdout.flush()

    return log_line
