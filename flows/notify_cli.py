"""``iid notify``: tell people what is due, show what would be told, try the channels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.options import AsJson, CycleYear, EndpointUrl, Region, Share, StoreUrl

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from iid.flows.notifying import Order
    from iid.tasks.notifying.telling import Sent


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
    failed: Annotated[
        str | None, typer.Option("--failed", help="Sampaikan kegagalan ini (dari skrip atau otomasi).")
    ] = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Kirim pemberitahuan yang sudah waktunya; keluar 1 bila ada kanal yang gagal."""
    from iid.flows import notifying
    from iid.flows.options import asked
    from iid.flows.settings import load_settings
    from iid.tasks.errors import UsageError

    if test:
        sent = notifying.try_channels(load_settings())
        if not sent:
            raise UsageError(NO_CHANNEL)
    else:
        options = asked(share=share, store=store, cycle=cycle, region=region, endpoint_url=endpoint_url)
        asked_for = list(orders(options, dry_run, failed))
        if not asked_for and not as_json:
            typer.echo(NO_CHANNEL)
            return
        sent = [one for order in asked_for for one in notifying.notify(order)]
    if as_json:
        import json

        rows = [
            {"to": o.to, "title": o.letter.title, "body": o.letter.body, "problem": o.problem} for o in sent
        ]
        typer.echo(json.dumps({"dry_run": dry_run, "sent": rows}, ensure_ascii=False, indent=2))
    else:
        _say(sent, dry_run)
    if any(one.problem for one in sent):
        raise typer.Exit(1)


def orders(options: dict[str, Any], dry: bool, failed: str | None) -> Iterator[Order]:
    """One order a target; a share that is away leaves the store's facts."""
    import time

    from iid.flows.notifying import Order, wanted
    from iid.flows.placing import place_of
    from iid.flows.settings import each_target

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
        )


def _say(sent: list[Sent], dry: bool) -> None:
    from iid.flows.notifying import line

    if not sent:
        typer.echo("tidak ada yang perlu diberitahukan")
    for one in sent:
        if dry and not one.problem:
            typer.echo(f"→ {one.to}\n  {one.letter.title}\n")
            typer.echo("\n".join(f"  {row}" for row in one.letter.body.splitlines()) + "\n")
        else:
            typer.echo(line(one), err=bool(one.problem))
