"""``iid deploy``: work pools, deployments, automations in one command."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import AsJson, Target, print_json

if TYPE_CHECKING:
    from iid.flows.settings.load import Settings


def deploy(
    file: Annotated[
        Path, typer.Option(help="Berkas deployment; automations.yaml di sebelahnya ikut dipasang.")
    ] = Path("deployments/prefect.yaml"),
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Pasang kumpulan kerja, deployment, dan automasi di server Prefect; diulang tidak mengubah apa pun."""
    from iid.flows.prefect_glue.events import configured
    from iid.flows.settings.load import each_target
    from iid.tasks.values.errors import UsageError

    if not configured():
        raise UsageError(
            "server Prefect belum disebut: atur PREFECT_API_URL, misalnya http://server:4200/api"
        )
    targets = list(each_target())
    done = _applied(file, targets)
    if as_json:
        print_json(done)
        return
    for one in done:
        typer.echo(
            f"{'·' if one['what'] == 'tidak berubah' else '✓'} {one['kind']} {one['name']}: {one['what']}"
        )


def _applied(file: Path, targets: list[tuple[str, Settings]]) -> list[dict[str, str]]:
    from dataclasses import asdict

    import httpx
    from prefect.client.orchestration import get_client

    from iid.flows.prefect_glue import deploy_server
    from iid.flows.prefect_glue.deployment_manifest import place_of, wanted
    from iid.flows.settings.targets import Choice, choice

    places = [place_of(found, f"-{name}" if name else "") for name, found in targets]
    want = wanted(file, file.with_name("automations.yaml"), places)
    whole = choice() == Choice()  # a part of the file says nothing about what the other parts have made
    notify = _block(places[0].settings.notify.urls)
    if notify is None:
        typer.echo(
            '! tidak ada blok pemberitahuan ([notify] urls = ["block:<jenis>/<nama>"]): '
            "automasi tercatat di server, tetapi tidak mengirim pesan",
            err=True,
        )
    try:
        with get_client(sync_client=True) as client:
            return [asdict(one) for one in deploy_server.apply(client, want, notify, whole)]
    except (httpx.HTTPError, RuntimeError) as error:
        raise deploy_server.refused(error) from error


def _block(urls: tuple[str, ...]) -> str | None:
    """The first Prefect block among the addresses of ``[notify]``."""
    return next((url.removeprefix("block:") for url in urls if url.startswith("block:")), None)
