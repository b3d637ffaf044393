"""``iid recalculate``: read units again, publish, say what moved."""

from __future__ import annotations

from typing import Annotated

import typer

from iid.flows.cli.options import (
    AsJson,
    AsOf,
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
    print_json,
    print_lines,
)

SHOWN = 20  # claims where --limit says nothing


def recalculate(
    unit: Annotated[
        list[str], typer.Option("--unit", help="Kode unit yang dibaca ulang (pemda: SPD); boleh diulang.")
    ],
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    region: Region = None,
    roster: Roster = None,
    as_of: AsOf = None,
    direct: Direct = False,
    no_feedback: NoFeedback = False,
    endpoint_url: EndpointUrl = None,
    limit: Annotated[int, typer.Option("--limit", min=0, help="Klaim yang ditampilkan; 0: semua.")] = SHOWN,
    target: Target = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Baca ulang bukti beberapa unit; hasil seluruh daerah terbit lengkap, dan yang bergeser disebut."""

    from iid.flows import recalculate as page
    from iid.flows.cli.assess_command import moment
    from iid.flows.settings.load import build_request
    from iid.flows.telemetry.progress import Reporter
    from iid.tasks.report.summary import summary_lines

    request = build_request(
        share=share,
        store=store,
        cycle=cycle,
        region=region,
        roster=roster,
        units=tuple(dict.fromkeys(unit)),
        as_of=moment(as_of),
        feedback=False if no_feedback else None,
        endpoint_url=endpoint_url,
    )
    reporter = Reporter(quiet=as_json)
    if direct:
        done = page.run_recalculation(request, reporter)
    else:
        from iid.flows import assess
        from iid.flows.prefect_glue.page_flow import run_here

        done = page.recalculate_units(request, lambda wanted: run_here(assess.assess, wanted, reporter))
    if as_json:
        print_json(done.as_json())
        return
    for note in done.outcome.notes:
        typer.echo(f"Catatan: {note}", err=True)
    lines = (*done.outcome.said_unchanged(), *summary_lines(done.outcome.assessment))
    print_lines((*lines, "", *page.moved_lines(done, request.units, limit)))
    typer.echo(f"Laporan: {done.outcome.report}   Indeks: {done.outcome.index}")
