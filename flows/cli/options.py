"""Options that several commands share, and how commands print."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

import typer

from iid.flows.settings import targets
from iid.flows.telemetry import json_logs


def aimed(ctx: typer.Context, param: typer.CallbackParam, value: Any) -> Any:
    """Note the command line's target before settings are read for others."""
    if value is not None and str(ctx.get_parameter_source(param.name or "")).endswith("COMMANDLINE"):
        targets.aim(param.name or "", value)
    return value


def _log_format(value: str | None) -> str | None:
    if value is not None and value not in json_logs.FORMATS:
        raise typer.BadParameter(f"yang boleh: {', '.join(json_logs.FORMATS)}")
    json_logs.choose(value)
    return value


Target = Annotated[
    str | None,
    typer.Option("--target", metavar="NAMA", help=targets.HELP, callback=aimed, is_eager=True),
]
LogFormat = Annotated[
    str | None,
    typer.Option("--log-format", metavar="BENTUK", help=json_logs.HELP, callback=_log_format, is_eager=True),
]

_STORE = typer.Option(
    "--store", metavar="ALAMAT", help="Folder atau s3://… tempat hasil terbit.", show_default=False
)
_CYCLE = typer.Option(
    "--cycle",
    metavar="TAHUN",
    help="Tahun penilaian, misalnya 2026.",
    show_default=False,
    callback=aimed,
    is_eager=True,
)

Share = Annotated[
    str | None,
    typer.Option(
        "--share",
        metavar="ALAMAT",
        help="Folder atau alamat share.",
        show_default=False,
        callback=aimed,
        is_eager=True,
    ),
]
StoreUrl = Annotated[str | None, _STORE]
NeededStore = Annotated[str, _STORE]
CycleYear = Annotated[int | None, _CYCLE]
NeededCycle = Annotated[int, _CYCLE]
Region = Annotated[
    str | None,
    typer.Option(
        "--region",
        metavar="KODE",
        help="Kode wilayah; kosong: menurut iid-share.toml.",
        show_default=False,
        callback=aimed,
        is_eager=True,
    ),
]
PublishedRegion = Annotated[
    str | None,
    typer.Option(
        "--region",
        metavar="KODE",
        help="Kode wilayah; kosong: satu-satunya yang ada.",
        show_default=False,
        callback=aimed,
        is_eager=True,
    ),
]
Roster = Annotated[
    str | None, typer.Option("--roster", metavar="FILE.csv", help="Daftar unit, CSV code,name,type,parent.")
]
AsOf = Annotated[
    str | None,
    typer.Option("--as-of", metavar="WAKTU", help="Keadaan per waktu ini (ISO); kosong: sekarang."),
]
RulebookFile = Annotated[
    str | None, typer.Option("--rulebook", metavar="FILE.yaml", help="Berkas YAML peraturan pengganti.")
]
AcceptLoss = Annotated[
    str | None,
    typer.Option("--accept-loss", metavar="ALASAN", help="Terima berkas yang hilang, dengan alasan."),
]
NoFeedback = Annotated[bool, typer.Option("--no-feedback", help="Jangan menulis ke share.")]
EndpointUrl = Annotated[
    str | None,
    typer.Option("--endpoint-url", metavar="URL", help="Alamat S3 selain AWS.", show_default=False),
]
Direct = Annotated[bool, typer.Option("--direct", help="Langkah yang sama tanpa Prefect.")]
AsJson = Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")]


def print_json(record: object) -> None:
    """Print *record* for machines, as ``--json`` asks for it."""
    import json

    typer.echo(json.dumps(record, ensure_ascii=False, indent=2))


def print_lines(lines: Iterable[str]) -> None:
    """Print each of *lines* when it comes."""
    for line in lines:
        typer.echo(line)


def asked(no_feedback: bool = False, **options: Any) -> dict[str, Any]:
    """Options as a request takes them: only what was said."""
    given = {name: value for name, value in options.items() if value is not None}
    return given | ({"feedback": False} if no_feedback else {})
