"""``iid serve``: everything one machine needs, in one process tree."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from iid.flows.options import (
    AsJson,
    CycleYear,
    Direct,
    EndpointUrl,
    NoFeedback,
    Region,
    Roster,
    Share,
    StoreUrl,
)

if TYPE_CHECKING:
    from iid.flows.setting_keys import ServeSettings


def serve(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    at: Annotated[str | None, typer.Option("--at", help="Jam penilaian malam di wilayah itu.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Porta laporan; 0: yang mana saja.")
    ] = None,
    no_watch: Annotated[bool, typer.Option("--no-watch", help="Tanpa pengamatan share.")] = False,
    quiet_period: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Detik tanpa perubahan sebelum menilai.")
    ] = None,
    direct: Direct = False,
    region: Region = None,
    roster: Roster = None,
    no_feedback: NoFeedback = False,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Nilai menurut jadwal, amati share, tampilkan laporan setiap target, sampai dihentikan."""
    from threading import BoundedSemaphore

    from iid.flows import serving
    from iid.flows.keeping import Keeper, Wish
    from iid.flows.options import asked
    from iid.flows.settings import each_target
    from iid.flows.watch_cli import stopping, teller

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
    wish = Wish(options, said, quiet_period, direct)
    stop, gate = stopping(), BoundedSemaphore(settings.at_once)
    tell = teller(as_json)
    keepers = [Keeper(name, wish, gate, tell, stop) for name, _ in found]
    serving.serve(keepers, settings, tell, stop)
    tell("✓ berhenti; tidak ada yang hilang")


def settled(settings: ServeSettings, said: dict[str, Any]) -> ServeSettings:
    """The settings with what was *said* over them. UsageError naming what is allowed."""
    from pydantic import ValidationError

    from iid.flows.mistakes import describe
    from iid.flows.setting_keys import ServeSettings
    from iid.tasks.errors import UsageError

    try:
        return ServeSettings(**{**settings.model_dump(), **said})
    except ValidationError as error:
        raise UsageError(describe(error, "serve", ServeSettings)) from error
