"""``iid doctor``: what is well on this installation, what is missing, and what to do."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from iid.flows.settings import Settings
    from iid.tasks.doctoring.checks import Check


def doctor(
    share: Annotated[str | None, typer.Option("--share", help="Folder atau alamat berbagi berkas.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")
    ] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")] = None,
    endpoint_url: Annotated[str | None, typer.Option(help="Alamat S3 selain AWS.")] = None,
    deep: Annotated[bool, typer.Option("--deep", help="Nyalakan juga server Prefect tertanam.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")] = False,
) -> None:
    """Periksa share, penyimpanan, server, jam, disk, versi, dan pengaturan; keluar 1 bila ada yang gagal."""
    from iid.tasks.doctoring.checks import usable

    checks: list[Check] = []
    for check in examined(share, store, cycle, endpoint_url, deep=deep):
        checks.append(check)
        if not as_json:
            typer.echo(check.line())
    if as_json:
        import json
        from dataclasses import asdict

        answer = {"ok": usable(checks), "checks": [asdict(check) for check in checks]}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
    if not usable(checks):
        raise typer.Exit(1)


def examined(
    share: str | None, store: str | None, cycle: int | None, endpoint_url: str | None, *, deep: bool
) -> Iterator[Check]:
    """Every check in the order a person reads them, each as soon as it is known."""
    from datetime import UTC, datetime

    from iid.flows.doctor_server import check_server
    from iid.tasks.doctoring.machine import check_clock, check_disk, check_versions, check_zone
    from iid.tasks.doctoring.shares import examine_share
    from iid.tasks.doctoring.stores import examine_store
    from iid.tasks.drives.marker import FALLBACK_ZONE

    settings, check = _settings()
    yield check
    seen_share = examine_share(share or settings.share, cycle or settings.cycle, feedback=settings.feedback)
    yield from seen_share.checks
    seen_store = examine_store(store or settings.store, endpoint_url or settings.endpoint_url)
    yield from seen_store.checks
    yield check_server(start=deep)
    zone = seen_share.marker.zone if seen_share.marker else FALLBACK_ZONE
    yield check_zone(zone)
    ahead = {"share": seen_share.ahead, "penyimpanan": seen_store.ahead}
    yield check_clock(datetime.now(UTC), zone, ahead)
    yield from check_disk(_places(seen_store.store.url if seen_store.store else ""))
    yield check_versions()


def _settings() -> tuple[Settings, Check]:
    """The settings in force; with a broken file, the defaults and what is wrong with it."""
    from iid.flows.settings import Settings, load_settings, settings_file
    from iid.tasks.doctoring.checks import Check, first_line
    from iid.tasks.errors import UsageError

    file = settings_file()
    try:
        settings = load_settings()
    except UsageError as error:
        advice = "perbaiki, lalu coba: iid config check"
        return Settings.model_construct(), Check("Pengaturan", "failed", first_line(error), advice)
    if file.exists():
        return settings, Check("Pengaturan", "ok", f"{file.absolute()} terbaca")
    advice = "buat dengan iid init, atau sebut semuanya pada perintah"
    return settings, Check("Pengaturan", "ok", f"{file.absolute()} tidak ada; {advice}")


def _places(store: str) -> Iterator[Path]:
    """Folders of this machine that fill up: the store's, and where Prefect keeps its database."""
    import os

    if store and "://" not in store:
        yield Path(store)
    if home := os.environ.get("PREFECT_HOME"):
        yield Path(home)
