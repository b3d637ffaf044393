"""``iid decisions``: what stewards decided, when, why, if it counts."""

from __future__ import annotations

from typing import Annotated

import typer

from iid.flows.cli.options import (
    AsJson,
    EndpointUrl,
    NeededCycle,
    NeededStore,
    PublishedRegion,
    Target,
    print_json,
    print_lines,
)


def decisions(
    store: NeededStore,
    cycle: NeededCycle,
    region: PublishedRegion = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Hanya unit ini (kode; pemda: baris SPD).")
    ] = None,
    state: Annotated[
        str | None,
        typer.Option("--state", help="Hanya: berlaku, gugur, belum-jelas, diganti, atau dicabut."),
    ] = None,
    log: Annotated[bool, typer.Option("--log", help="Setiap perubahan menurut waktu.")] = False,
    run: Annotated[str | None, typer.Option("--run", help="Perhitungan ini; kosong: yang terbit.")] = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Semua keputusan peninjau: siapa, kapan, apa, mengapa, dan apakah masih berlaku."""
    from iid.tasks.review.decision_log_text import ledger_lines, ledger_of
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region, read_run

    place = open_store(store, endpoint_url)
    found = read_run(place, pick_region(place, cycle, region), cycle, run)
    record = ledger_of(found, unit=unit, state=state, events=log)
    if as_json:
        print_json(record)
        return
    print_lines(ledger_lines(record))
