"""Options that several commands share, with their words."""

from __future__ import annotations

from typing import Annotated, Any

import typer

_STORE = typer.Option("--store", metavar="ALAMAT", help="Folder atau s3://… tempat hasil terbit.")
_CYCLE = typer.Option("--cycle", metavar="TAHUN", help="Tahun penilaian, misalnya 2026.")

Share = Annotated[
    str | None, typer.Option("--share", metavar="ALAMAT", help="Folder atau alamat berbagi berkas.")
]
StoreUrl = Annotated[str | None, _STORE]
NeededStore = Annotated[str, _STORE]
CycleYear = Annotated[int | None, _CYCLE]
NeededCycle = Annotated[int, _CYCLE]
Region = Annotated[
    str | None, typer.Option("--region", metavar="KODE", help="Kode wilayah; kosong: menurut iid-share.toml.")
]
PublishedRegion = Annotated[
    str | None, typer.Option("--region", metavar="KODE", help="Kode wilayah; kosong: satu-satunya yang ada.")
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
    str | None, typer.Option("--endpoint-url", metavar="URL", help="Alamat S3 selain AWS.")
]
Direct = Annotated[bool, typer.Option("--direct", help="Langkah yang sama tanpa Prefect.")]
AsJson = Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")]


def asked(no_feedback: bool = False, **options: Any) -> dict[str, Any]:
    """Options as a request takes them: only what was said."""
    given = {name: value for name, value in options.items() if value is not None}
    return given | ({"feedback": False} if no_feedback else {})
