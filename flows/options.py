"""Options that several commands share, with their words."""

from __future__ import annotations

from typing import Annotated, Any

import typer

Share = Annotated[str | None, typer.Option("--share", help="Folder atau alamat berbagi berkas.")]
StoreUrl = Annotated[str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")]
CycleYear = Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")]
Region = Annotated[str | None, typer.Option("--region", help="Kode wilayah; kosong: menurut iid-share.toml.")]
Roster = Annotated[str | None, typer.Option("--roster", help="Daftar unit, CSV code,name,type,parent.")]
NoFeedback = Annotated[bool, typer.Option("--no-feedback", help="Jangan menulis ke share.")]
EndpointUrl = Annotated[str | None, typer.Option("--endpoint-url", help="Alamat S3 selain AWS.")]
Direct = Annotated[bool, typer.Option("--direct", help="Menilai tanpa Prefect.")]
AsJson = Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")]


def asked(no_feedback: bool = False, **options: Any) -> dict[str, Any]:
    """Options as a request takes them: only what was said."""
    given = {name: value for name, value in options.items() if value is not None}
    return given | ({"feedback": False} if no_feedback else {})
