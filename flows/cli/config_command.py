"""``iid config check`` and ``iid init``: the settings file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Berkas pengaturan iid.toml.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)


@app.callback()
def _group() -> None:
    """Berkas pengaturan iid.toml."""


@app.command()
def check(
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Kosong: IID_TOML, atau iid.toml di folder ini.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")] = False,
) -> None:
    """Periksa berkas pengaturan: "sesuai", atau semua kesalahannya sekaligus."""
    from iid.flows.settings.load import check_file, settings_file

    path = file or settings_file()
    keys = check_file(path)
    said = keys.model_dump(exclude_unset=True)
    if as_json:
        import json

        typer.echo(
            json.dumps({"valid": True, "file": str(path), "settings": said}, ensure_ascii=False, default=str)
        )
    else:
        typer.echo(f"sesuai: {path} ({', '.join(said) or 'kosong'})")
        for one in keys.target:
            cycle, share, store = (
                getattr(one, key) or getattr(keys, key) for key in ("cycle", "share", "store")
            )
            typer.echo(f"  target {one.name}: siklus {cycle}, {share} → {store}")


def init(
    share: Annotated[str | None, typer.Option("--share", help="Folder atau alamat share.")] = None,
    store: Annotated[
        str | None, typer.Option("--store", help="Folder atau s3://… tempat hasil terbit.")
    ] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="KODE", help="Kode atau nama wilayah Anda.")
    ] = None,
    roster: Annotated[str | None, typer.Option("--roster", help="Daftar unit (CSV), bila ada.")] = None,
    at: Annotated[str | None, typer.Option("--at", help="Jam penilaian malam, misalnya 04:00.")] = None,
    file: Annotated[Path | None, typer.Option("--file", help="Berkas yang dibuat.")] = None,
) -> None:
    """Tulis iid.toml dari beberapa pertanyaan atau pilihan; yang sudah ada tidak pernah ditimpa."""
    from iid.flows.cli.regions import asked, code_and_name, code_of
    from iid.flows.settings.load import settings_file
    from iid.flows.settings.template import settings_text, write_new
    from iid.tasks.values.errors import UsageError

    path = file or settings_file()
    if path.exists():
        raise UsageError(f"{path} sudah ada dan tidak diubah; sunting, lalu periksa dengan iid config check")
    missing = [n for n, value in (("--share", share), ("--store", store), ("--cycle", cycle)) if not value]
    if missing and not sys.stdin.isatty():
        raise UsageError(
            f"{', '.join(missing)} belum disebut, dan tidak ada terminal untuk bertanya; jalankan "
            "iid init --share ALAMAT --store ALAMAT --cycle TAHUN --region KODE --roster FILE.csv"
        )
    answers: dict[str, str | int | None] = {
        "share": share or _asked("Share (folder yang diisi unit)"),
        "store": store or _asked("Folder atau s3://… tempat hasil terbit"),
        "cycle": cycle or _asked("Tahun penilaian"),
    }
    if missing:  # one who is asked is asked everything
        region = region or asked()[0]
        roster = roster or _asked("Daftar unit, CSV code,name,type,parent (kosong: nanti)", "") or None
        at = at or _asked("Jam penilaian malam", "04:00")
    answers |= {"region": code_and_name(code_of(region), None)[0] if region else None, "roster": roster}
    write_new(path, settings_text(answers, at))
    typer.echo(
        f"{path} ditulis. Lanjutkan: iid scaffold membuat share"
        f"{'' if region else ' (kode wilayahnya ditanyakan)'}, iid doctor memeriksa semuanya, lalu "
        "iid assess menilai."
    )


def _asked(question: str, default: str | None = None) -> str:
    return str(typer.prompt(question, default=default, show_default=bool(default))).strip()
