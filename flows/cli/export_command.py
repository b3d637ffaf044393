"""``iid export``: what to enter at the ministry, with a rehearsal."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from iid.flows.cli.options import (
    AsJson,
    EndpointUrl,
    NeededCycle,
    NeededStore,
    PublishedRegion,
    Target,
    aimed,
    print_json,
    print_lines,
)

SHOWN = 10  # refusals that are named on the screen; all are in the list


def export(
    store: NeededStore,
    cycle: NeededCycle,
    out: Annotated[Path, typer.Option("--out", help="Folder baru untuk hasilnya; tidak pernah menimpa.")],
    share: Annotated[
        str | None,
        typer.Option(
            "--share",
            metavar="ALAMAT",
            help="Share buktinya; tidak perlu bila siklus sudah ditutup.",
            show_default=False,
            callback=aimed,
            is_eager=True,
        ),
    ] = None,
    region: PublishedRegion = None,
    run: Annotated[str | None, typer.Option("--run", help="Perhitungan ini; kosong: yang terbit.")] = None,
    zipped: Annotated[bool, typer.Option("--zip", help="Satu berkas ZIP untuk setiap inovasi.")] = False,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Formulir dan bukti setiap inovasi menurut urutan kementerian, dan daftar yang akan ditolak."""
    from iid.flows.telemetry.progress import Reporter
    from iid.tasks.answers.run_view import Picture
    from iid.tasks.export.copy_evidence import origin_of
    from iid.tasks.export.export_plan import plan_of
    from iid.tasks.export.preflight import rehearse, source_record
    from iid.tasks.export.preflight_page import head_of
    from iid.tasks.export.write_export import write_export
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region, read_run

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    picture = Picture.of(read_run(place, code, cycle, run))
    plan = plan_of(picture)
    reporter = Reporter(quiet=as_json)
    checks = reporter.run(
        "Menyalin bukti dan menulis formulir",
        lambda: write_export(
            picture,
            plan,
            rehearse(picture, plan),
            out,
            origin_of(place, plan, share, code, cycle),
            zipped=zipped,
            progress=reporter.progress,
        ),
    )
    head = head_of(picture, plan, checks)
    if as_json:
        record = head | {"out": str(out), "checks": [source_record(c, picture.names) for c in checks]}
        print_json(record)
    else:
        _print(head, [source_record(c, picture.names) for c in checks], out)
    if head["counts"]["berkas"]:
        raise typer.Exit(4)


def _print(head: dict[str, Any], checks: list[dict[str, Any]], out: Path) -> None:
    from iid.tasks.export.preflight_page import VIEWS
    from iid.tasks.text.indonesian import number, size
    from iid.tasks.text.terminal import wrapped

    index = number(head["index"], 2)
    for text in (
        f"Entri kementerian, wilayah {head['region']}, siklus {head['cycle']}: {VIEWS[head['view']]}, indeks "
        f"{index} ({head['category']})",
        f"{number(head['innovations'])} inovasi dan SPD, {number(head['files'])} berkas "
        f"({size(head['bytes'])}) di {out}",
    ):
        print_lines(wrapped(text))
    counts = ", ".join(f"{number(count)} {kind}" for kind, count in head["counts"].items() if count)
    typer.echo(f"Gladi kirim: {counts}" if counts else "Gladi kirim: tidak ada yang perlu diperbaiki")
    grave = [check for check in checks if check["kind"] in {"berkas", "ditolak"}]
    for check in grave[:SHOWN]:
        where = " · ".join(text for text in (check["name"], check["indicator"]) if text)
        print_lines(wrapped(f"{where + ': ' if where else ''}{check['what']}", "  ", "    "))
    if len(grave) > SHOWN:
        typer.echo(f"  … dan {number(len(grave) - SHOWN)} lagi")
    typer.echo(f"Daftar lengkap: {out / 'gladi-kirim.html'}")
