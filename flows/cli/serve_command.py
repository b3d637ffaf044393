"""``iid serve``: everything one machine needs, in one process tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from iid.flows.cli.options import (
    AsJson,
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

    from iid.flows.service.desk_service import Desk
    from iid.flows.service.target_service import Keeper
    from iid.flows.settings.load import Settings
    from iid.flows.settings.setting_models import ServeSettings


def serve(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    at: Annotated[str | None, typer.Option("--at", help="Jam penilaian malam di wilayah itu.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Porta laporan; 0: yang mana saja.")
    ] = None,
    desk: Annotated[
        bool, typer.Option("--desk", help="Juga meja tinjauan, di /meja/; akunnya: iid reviewer add.")
    ] = False,
    no_watch: Annotated[bool, typer.Option("--no-watch", help="Tanpa pengamatan share.")] = False,
    quiet_period: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Detik tanpa perubahan sebelum menilai.")
    ] = None,
    direct: Direct = False,
    region: Region = None,
    roster: Roster = None,
    no_feedback: NoFeedback = False,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Nilai menurut jadwal, amati share, tampilkan laporan setiap target, sampai dihentikan."""
    from threading import BoundedSemaphore, Event

    from iid.flows.cli.options import asked
    from iid.flows.cli.watch_command import ends, line_printer
    from iid.flows.service import service
    from iid.flows.service.target_service import Keeper, ServeOptions
    from iid.flows.settings.load import each_target

    options = asked(
        no_feedback,
        share=share,
        store=store,
        cycle=cycle,
        region=region,
        roster=roster,
        endpoint_url=endpoint_url,
    )
    said = asked(at=at, port=port, watch=False if no_watch else None)
    found = list(each_target())
    settings = settled(found[0][1].serve, said)
    given = ServeOptions(options, said, quiet_period, direct)
    stop, gate = Event(), BoundedSemaphore(settings.at_once)
    log_line = line_printer(as_json)
    keepers = [Keeper(name, given, gate, log_line, stop) for name, _ in found]
    if len(keepers) == 1:
        keepers[0].open()  # raises what an assessment would, and may take as long as its share does
    ends(stop)
    service.serve(
        keepers, settings, log_line, stop, _desk(keepers, found[0][1], settings, stop) if desk else None
    )
    log_line("✓ berhenti; tidak ada yang hilang")


def _desk(keepers: list[Keeper], keys: Settings, settings: ServeSettings, stop: Event) -> Desk:
    """Open the desk of all targets; key and log are in the user's folder."""
    from platformdirs import user_state_path

    from iid.flows.service.desk_service import Desk

    return Desk(keepers, keys.desk, settings, user_state_path("iid") / "desk", stop)


def settled(settings: ServeSettings, said: dict[str, Any]) -> ServeSettings:
    """Return the settings with what was *said* over them. UsageError if bad."""
    from pydantic import ValidationError

    from iid.flows.settings.setting_messages import describe
    from iid.flows.settings.setting_models import ServeSettings
    from iid.tasks.values.errors import UsageError

    try:
        return ServeSettings(**{**settings.model_dump(), **said})
    except ValidationError as error:
        raise UsageError(describe(error, "serve", ServeSettings)) from error


def standby(prefect: Annotated[bool, typer.Option("--prefect")] = False) -> int:
    """Load everything, wait for a JSON line of words, run ``iid``; else 0."""
    import json
    import sys

    from iid.flows.cli.main import run
    from iid.flows.service.warm_worker import load

    load(prefect=prefect)
    line = sys.stdin.readline()
    return run(json.loads(line)) if line else 0
