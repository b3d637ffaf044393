"""``iid status``: how fresh is what was published."""

from __future__ import annotations

from typing import Annotated

import typer


def status(
    store: Annotated[
        str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")
    ] = None,
    cycle: Annotated[
        int | None, typer.Option("--cycle", help="Hanya tahun penilaian ini; kosong: semua.")
    ] = None,
    region: Annotated[str | None, typer.Option("--region", help="Hanya wilayah ini; kosong: semua.")] = None,
    stale: Annotated[float, typer.Option("--stale", min=0, help="Basi setelah sekian jam.")] = 36,
    endpoint_url: Annotated[str | None, typer.Option(help="Alamat S3 selain AWS.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")] = False,
) -> None:
    """Hasil terbit terakhir setiap wilayah dan siklus; keluar 1 bila ada yang basi, rusak, atau belum ada."""
    from datetime import UTC, datetime, timedelta

    from iid.flows.settings import load_settings
    from iid.tasks.doctoring.freshness import standings
    from iid.tasks.errors import FailedError, UsageError
    from iid.tasks.stores.opening import open_store

    settings = load_settings()
    where = store or settings.store
    if where is None:
        raise UsageError("--store belum disebut (pada perintah, IID_STORE, atau iid.toml)")
    place = open_store(where, endpoint_url or settings.endpoint_url)
    found = standings(place, datetime.now(UTC), timedelta(hours=stale), cycle=cycle, region=region)
    rows = []
    for row in found:
        rows.append(row)
        if not as_json:
            typer.echo(typer.style(row.line(), fg="red") if row.problem else row.line())
    ok = bool(rows) and not any(row.problem for row in rows)
    if as_json:
        import json

        answer = {"ok": ok, "store": place.url, "runs": [row.as_json() for row in rows]}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    elif not rows:
        raise FailedError(f"belum ada hasil terbit di {place.url}; jalankan iid assess lebih dulu")
    if not ok:
        raise typer.Exit(1)
