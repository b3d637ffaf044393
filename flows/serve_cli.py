"""``iid serve``: everything one machine needs, in one process tree."""

from __future__ import annotations

from typing import Annotated

import typer


def serve(
    share: Annotated[str | None, typer.Option("--share", help="Folder atau alamat berbagi berkas.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")
    ] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Jam penilaian malam di wilayah itu.")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Porta laporan; 0: yang mana saja.")
    ] = None,
    no_watch: Annotated[bool, typer.Option("--no-watch", help="Tanpa pengamatan share.")] = False,
    quiet_period: Annotated[
        float | None, typer.Option(min=0, max=3600, help="Detik tanpa perubahan sebelum menilai.")
    ] = None,
    direct: Annotated[bool, typer.Option("--direct", help="Menilai tanpa Prefect.")] = False,
    region: Annotated[str | None, typer.Option(help="Kode wilayah; kosong: menurut iid-share.toml.")] = None,
    roster: Annotated[str | None, typer.Option(help="Daftar unit, CSV code,name,type,parent.")] = None,
    no_feedback: Annotated[bool, typer.Option("--no-feedback", help="Jangan menulis ke share.")] = False,
    endpoint_url: Annotated[str | None, typer.Option(help="Alamat S3 selain AWS.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Satu objek JSON untuk setiap baris.")] = False,
) -> None:
    """Nilai setiap malam, amati share, dan tampilkan laporan di mesin ini, sampai dihentikan."""
    from pydantic import ValidationError

    from iid.flows.mistakes import describe
    from iid.flows.serving import serve as keep_serving
    from iid.flows.settings import ServeSettings, load_settings
    from iid.flows.watch_cli import planned, stopping, teller
    from iid.tasks.errors import UsageError
    from iid.tasks.stores.opening import open_store

    given = {"at": at, "port": port, "watch": False if no_watch else None}
    said = {name: value for name, value in given.items() if value is not None}
    try:
        settings = ServeSettings(**{**load_settings().serve.model_dump(), **said})
    except ValidationError as error:
        raise UsageError(describe(error, "serve", ServeSettings)) from error
    options = {
        "share": share,
        "store": store,
        "cycle": cycle,
        "region": region,
        "roster": roster,
        "feedback": False if no_feedback else None,
        "endpoint_url": endpoint_url,
    }
    plan = planned(options, quiet_period=quiet_period, direct=direct)
    stop, tell = stopping(), teller(as_json)
    keep_serving(plan, open_store(plan.request.store, plan.request.endpoint_url), settings, tell, stop)
    tell("✓ berhenti; tidak ada yang hilang")
