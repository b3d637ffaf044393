"""``iid status``: how fresh every target and the rest of a store is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import AsJson, EndpointUrl, Region, StoreUrl, Target, aimed, print_json

if TYPE_CHECKING:
    from collections.abc import Iterator

    from iid.flows.settings.load import Settings
    from iid.flows.settings.places import Placed
    from iid.tasks.operate.health.freshness import Place, Standing


def status(
    store: StoreUrl = None,
    cycle: Annotated[
        int | None,
        typer.Option(
            "--cycle",
            metavar="TAHUN",
            help="Hanya tahun penilaian ini; kosong: semua.",
            callback=aimed,
            is_eager=True,
        ),
    ] = None,
    region: Region = None,
    stale: Annotated[
        float | None,
        typer.Option("--stale", min=0, help="Basi setelah sekian jam; kosong: [serve] stale, 36."),
    ] = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Hasil terbit terakhir setiap wilayah dan siklus; keluar 1 bila ada yang basi, rusak, atau belum ada."""
    from iid.tasks.values.errors import FailedError

    rows, where = [], set()
    for url, row in standing_rows(store, cycle, region, stale, endpoint_url):
        where.add(url)
        rows += [row] if row else []
        if row and not as_json:
            typer.echo(typer.style(row.line(), fg="red") if row.problem else row.line())
    ok = bool(rows) and not any(row.problem for row in rows)
    stores = ", ".join(sorted(where))
    if as_json:
        answer = {"ok": ok, "store": stores, "runs": [row.as_json() for row in rows]}
        print_json(answer)
    elif not rows:
        asked = f" untuk wilayah {region}" if region else ""
        raise FailedError(
            f"belum ada hasil terbit{asked} di {stores}; periksa --region dan --cycle (iid status tanpa "
            "keduanya menyebut yang ada), atau jalankan iid assess lebih dulu"
        )
    if not ok:
        raise typer.Exit(1)


def standing_rows(
    store: str | None, cycle: int | None, region: str | None, stale: float | None, endpoint_url: str | None
) -> Iterator[tuple[str, Standing | None]]:
    """Yield rows with stores: each target's, or all of the one store.

    An empty store gives a row None.
    """
    from datetime import UTC, datetime, timedelta

    from iid.flows.settings.load import each_target, load_settings
    from iid.flows.settings.places import place_of
    from iid.tasks.operate.health.freshness import standings
    from iid.tasks.store.open_store import open_store
    from iid.tasks.values.errors import UsageError

    now = datetime.now(UTC)
    named = [] if store else [(name, settings) for name, settings in each_target() if name]
    for name, settings in named:
        place = scheduled(place_of(name, settings), settings)
        hours = stale if stale is not None else settings.serve.stale
        yield (
            place.store.url if place.store else str(settings.store),
            place.standing(now, timedelta(hours=hours)),
        )
    if named:
        return
    settings = load_settings()
    where = store or settings.store
    if where is None:
        raise UsageError("--store belum disebut (pada perintah, IID_STORE, atau iid.toml)")
    opened = open_store(where, endpoint_url or settings.endpoint_url)
    old = timedelta(hours=stale if stale is not None else settings.serve.stale)
    rows: list[Standing | None] = list(standings(opened, now, old, cycle=cycle, region=region))
    if not store and settings.serve.dense and settings.cycle:
        known = scheduled(place_of("", settings), settings).standing(now, old)
        rows = [
            known if row and (row.region, row.cycle) == (known.region, known.cycle) else row for row in rows
        ]
    yield from ((opened.url, row) for row in rows or [None])


def scheduled(placed: Placed, settings: Settings) -> Place:
    """Return the place with the moments of the settings' denser timetable."""
    from dataclasses import replace

    from iid.flows.service.schedule import timetable_of
    from iid.tasks.shares.marker import province_zone

    place = placed.place
    if not settings.serve.dense or not place.region or not place.cycle:
        return place
    zone = placed.marker.zone if placed.marker else province_zone(place.region)
    return replace(place, expected=timetable_of(settings, zone, place.cycle, settings.rulebook).expected)
