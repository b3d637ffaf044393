"""``iid doctor``: what works here, what is missing, what to do."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iid.flows.cli.options import AsJson, CycleYear, EndpointUrl, Region, Share, StoreUrl, Target, print_json

if TYPE_CHECKING:
    from iid.flows.settings.load import Settings
    from iid.tasks.operate.health.health_check import Check


def doctor(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    region: Region = None,
    endpoint_url: EndpointUrl = None,
    deep: Annotated[bool, typer.Option("--deep", help="Nyalakan juga server Prefect tertanam.")] = False,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Periksa tiap target (share, penyimpanan, peraturan), server, jam, disk, versi; keluar 1 bila gagal."""
    from iid.flows.cli.options import asked
    from iid.tasks.operate.health.health_check import usable

    given = asked(share=share, store=store, cycle=cycle, region=region, endpoint_url=endpoint_url)
    checks: list[Check] = []
    for check in examined(given, deep=deep):
        checks.append(check)
        if not as_json:
            typer.echo(check.line())
    if as_json:
        from dataclasses import asdict

        answer = {"ok": usable(checks), "checks": [asdict(check) for check in checks]}
        print_json(answer)
    else:
        typer.echo(_next(checks))
    if not usable(checks):
        raise typer.Exit(1)


def _next(checks: list[Check]) -> str:
    """The command that comes after this one."""
    from iid.tasks.operate.health.health_check import UNNAMED, usable

    if any(check.seen == UNNAMED for check in checks):
        return "Lanjutkan: iid init menulis share, penyimpanan, dan siklus ke iid.toml"
    if not usable(checks):
        return "Lanjutkan: kerjakan saran pada baris ✗, lalu ulangi iid doctor"
    return "Lanjutkan: iid assess"


def examined(given: dict[str, Any], *, deep: bool) -> Iterator[Check]:
    """Yield every check in reading order, each as soon as it is known."""
    from iid.flows.prefect_glue.server_check import check_pages, check_server, check_workers
    from iid.tasks.operate.health.machine import check_disk, check_versions
    from iid.tasks.operate.health.programs import check_fonts, check_telemetry, check_tools

    found, check = _settings()
    yield check
    places: dict[Path, None] = {}
    for name, settings in found:
        for one in _target(settings, given, places):
            yield replace(one, name=f"{one.name} [{name}]") if name else one
    settings = found[0][1]
    yield check_server(start=deep)
    yield from filter(None, (check_pages(), check_workers()))
    yield from check_disk([*places, *_homes()])
    yield check_fonts()
    yield from check_tools(reads_scans=getattr(settings, "ocr", False))
    yield check_telemetry(settings.telemetry.endpoint)
    yield from _channels(settings)
    yield check_versions()


def _target(settings: Settings, given: dict[str, Any], places: dict[Path, None]) -> Iterator[Check]:
    """Yield a target's checks; add its store's folder to *places*."""
    from datetime import UTC, datetime

    from iid.tasks.operate.health.machine import check_clock, check_rules, check_zone
    from iid.tasks.operate.health.share_check import check_reviewers, examine_share
    from iid.tasks.operate.health.store_check import examine_store
    from iid.tasks.shares.marker import FALLBACK_ZONE

    said = settings.model_copy(update=given)
    seen_share = examine_share(said.share, said.cycle, feedback=said.feedback)
    yield from seen_share.checks
    if said.review.workbooks:
        yield from check_reviewers(said.share, said.cycle)
    seen_store = examine_store(said.store, said.endpoint_url)
    yield from seen_store.checks
    if seen_store.store and "://" not in seen_store.store.url:
        places[Path(seen_store.store.url)] = None
    if said.cycle:
        yield check_rules(said.cycle, said.rulebook)
    zone = said.zone or (seen_share.marker.zone if seen_share.marker else FALLBACK_ZONE)
    yield check_zone(zone)
    yield check_clock(datetime.now(UTC), zone, {"share": seen_share.ahead, "penyimpanan": seen_store.ahead})


def _settings() -> tuple[list[tuple[str, Settings]], Check]:
    """Return every target's settings; defaults and a fault for a broken file."""
    from iid.flows.settings.load import Settings, each_target, settings_file
    from iid.tasks.operate.health.health_check import Check, first_line
    from iid.tasks.values.errors import UsageError

    file = settings_file()
    try:
        found = list(each_target())
    except UsageError as error:
        advice = "perbaiki, lalu coba: iid config check"
        return [("", Settings.model_construct())], Check("Pengaturan", "failed", first_line(error), advice)
    if file.exists():
        names = ", ".join(name for name, _ in found if name)
        words = f"{file.absolute()} terbaca" + (f", target: {names}" if names else "")
        return found, Check("Pengaturan", "ok", words)
    advice = "buat dengan iid init, atau sebut semuanya pada perintah"
    return found, Check("Pengaturan", "ok", f"{file.absolute()} tidak ada; {advice}")


def _homes() -> Iterator[Path]:
    """Yield folders that fill up besides the stores: Prefect's database."""
    import os

    if home := os.environ.get("PREFECT_HOME"):
        yield Path(home)


def _channels(settings: Settings) -> Iterator[Check]:
    """Whether the channels of notifications can be used; none is sent to."""
    from iid.flows.service.notify_target import known_channels, wanted
    from iid.tasks.operate.health.health_check import Check
    from iid.tasks.values.errors import UsageError

    if not wanted(settings):
        return
    try:
        names = ", ".join(known_channels(settings))
    except UsageError as error:
        yield Check("Pemberitahuan", "warning", str(error), "perbaiki, lalu coba: iid notify --test")
        return
    yield Check("Pemberitahuan", "ok", f"{names or 'hanya kontak unit'}; coba dengan iid notify --test")
