"""``iid notify``: send what is due, preview it, try the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import AsJson, CycleYear, EndpointUrl, Region, Share, StoreUrl, Target, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from iid.flows.service.notify_target import Order
    from iid.tasks.operate.notify.letters import Sent


NO_CHANNEL = "belum ada kanal; sebut [notify] urls di iid.toml atau IID_NOTIFY_URLS"


def notify(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    region: Region = None,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Cetak apa yang akan dikirim kepada siapa; tidak mengirim.")
    ] = False,
    test: Annotated[bool, typer.Option("--test", help="Kirim pesan percobaan lewat setiap kanal.")] = False,
    text: Annotated[
        bool, typer.Option("--text", help="Cetak pesan siap salin untuk setiap unit; tidak mengirim.")
    ] = False,
    failed: Annotated[
        str | None, typer.Option("--failed", help="Sampaikan kegagalan ini (dari skrip atau otomasi).")
    ] = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Kirim pemberitahuan yang sudah waktunya; keluar 1 bila ada kanal yang gagal."""
    from iid.flows.cli.options import asked
    from iid.flows.service import notify_target
    from iid.flows.settings.load import load_settings
    from iid.tasks.values.errors import UsageError

    options = asked(share=share, store=store, cycle=cycle, region=region, endpoint_url=endpoint_url)
    if text:
        _print_texts(options, as_json)
        return
    if test:
        sent = notify_target.try_channels(load_settings())
        if not sent:
            raise UsageError(NO_CHANNEL)
    else:
        asked_for = list(orders(options, dry_run, failed))
        if not asked_for and not as_json:
            typer.echo(NO_CHANNEL)
            return
        sent = [one for order in asked_for for one in notify_target.notify(order)]
    if as_json:
        rows = [
            {"to": o.to, "title": o.letter.title, "body": o.letter.body, "problem": o.problem} for o in sent
        ]
        print_json({"dry_run": dry_run, "sent": rows})
    else:
        _say(sent, dry_run)
    if any(one.problem for one in sent):
        raise typer.Exit(1)


def orders(options: dict[str, Any], dry: bool, failed: str | None) -> Iterator[Order]:
    """One order a target; a share that is away leaves the store's facts."""
    import time

    from iid.flows.service.notify_target import Order, wanted
    from iid.flows.settings.load import each_target
    from iid.flows.settings.places import place_of

    server = True  # of all targets the first says what is wrong there
    for name, settings in each_target():
        if not wanted(settings):
            continue
        seen = place_of(name, settings.model_copy(update=options))
        trouble = (1, failed) if failed else None
        yield Order(
            settings.model_copy(update=options),
            seen.place,
            seen.marker,
            trouble=trouble,
            wait=time.sleep,
            dry=dry,
            drive=seen.drive,
            server=server,
        )
        server = False


def _print_texts(options: dict[str, Any], as_json: bool) -> None:
    """Print the messages of all units of each target. UsageError if none."""
    from dataclasses import asdict

    from iid.flows.settings.load import each_target
    from iid.flows.settings.places import place_of
    from iid.tasks.report.unit_message import messages
    from iid.tasks.store.published_run import read_run
    from iid.tasks.values.errors import UsageError

    found = []
    for name, settings in each_target():
        place = place_of(name, settings.model_copy(update=options)).place
        if place.store is None or not place.region:
            raise UsageError(place.problem)
        found += messages(read_run(place.store, place.region, place.cycle))
    if as_json:
        print_json([asdict(one) for one in found])
    else:
        typer.echo("\n\n".join(one.text for one in found))


def _say(sent: list[Sent], dry: bool) -> None:
    from iid.flows.service.notify_target import line

    if not sent:
        typer.echo("tidak ada yang perlu diberitahukan")
    for one in sent:
        if dry and not one.problem:
            typer.echo(f"→ {one.to}\n  {one.letter.title}\n")
            typer.echo("\n".join(f"  {row}" for row in one.letter.body.splitlines()) + "\n")
        else:
            typer.echo(line(one), err=bool(one.problem))
