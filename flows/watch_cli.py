"""``iid watch``: a changed share becomes an event and a new index."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from pathlib import Path
    from threading import Event

    from iid.flows.watching import Plan
    from iid.tasks.drives.base import Drive


def watch(
    share: Annotated[str | None, typer.Option("--share", help="Folder atau alamat berbagi berkas.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")
    ] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")] = None,
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
    direct: Annotated[bool, typer.Option("--direct", help="Menilai tanpa Prefect.")] = False,
    region: Annotated[str | None, typer.Option(help="Kode wilayah; kosong: menurut iid-share.toml.")] = None,
    roster: Annotated[str | None, typer.Option(help="Daftar unit, CSV code,name,type,parent.")] = None,
    no_feedback: Annotated[bool, typer.Option("--no-feedback", help="Jangan menulis ke share.")] = False,
    endpoint_url: Annotated[str | None, typer.Option(help="Alamat S3 selain AWS.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON untuk setiap baris.")] = False,
) -> None:
    """Amati share; setiap perubahan menjadi kejadian iid.share.changed dan penilaian unit yang berubah."""
    from iid.flows.watching import watch as keep_watching

    plan = planned(
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
    stop, tell = stopping(), teller(as_json)
    keep_watching(plan, tell, stop, once=once)
    if stop.is_set():
        tell("✓ berhenti; tidak ada yang hilang")


def planned(
    options: dict[str, Any],
    *,
    quiet_period: float | None = None,
    poll: float | None = None,
    emit_only: bool = False,
    direct: bool = False,
) -> Plan:
    """What to watch, from options over settings. Raises what an assessment would for a wrong one."""
    from platformdirs import user_state_path

    from iid.flows import events
    from iid.flows.settings import build_request, load_settings
    from iid.flows.watching import Plan, pause_of
    from iid.tasks.errors import UsageError
    from iid.tasks.steps import open_run

    request = build_request(**options)
    settings = load_settings().watch
    names = ("share", "store", "cycle", "region", "roster", "rulebook", "endpoint_url")
    opened = open_run(**{name: getattr(request, name) for name in names})
    server = events.configured()
    if emit_only and not server:
        raise UsageError("--emit-only butuh server Prefect; sebut alamatnya dalam PREFECT_API_URL")
    quiet = settings.quiet_period if quiet_period is None else quiet_period
    return Plan(
        request=request,
        drive=opened.drive,
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
    """The cycle's folder, where it lies on a disk of this machine whose kernel tells of changes."""
    from pathlib import Path

    from iid.tasks.drives.folder import FolderDrive
    from iid.tasks.watching.mounts import tells

    if not isinstance(drive, FolderDrive):
        return None
    folder = Path(drive.url) / str(cycle)
    return folder if tells(folder) else None


def stopping() -> Event:
    """An event that SIGTERM and Ctrl-C set, so that what runs can end cleanly."""
    import signal
    from threading import Event

    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return stop


def teller(as_json: bool) -> Callable[[str], None]:
    """Says a line at once, with its time, or as JSON; as all lines are, where ``log_format`` is json."""
    import json
    import sys
    from datetime import UTC, datetime

    from iid.flows import telemetry_logs as logs

    if logs.wanted():
        return logs.teller

    def tell(line: str) -> None:
        now = datetime.now(UTC).astimezone()
        if as_json:
            text = json.dumps({"at": now.isoformat(timespec="seconds"), "say": line}, ensure_ascii=False)
        else:
            text = f"{now:%d/%m %H.%M.%S} {' '.join(line.split())}"
        typer.echo(text)
        sys.stdout.flush()

    return tell
