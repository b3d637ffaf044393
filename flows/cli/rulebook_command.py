"""``iid rulebook``: list, show and check rulebooks."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(
    help="Peraturan setiap siklus: daftar, isi, dan pemeriksaan.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Json = Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")]
_STANDING = {"in_force": "berlaku", "announced": "diumumkan"}


@app.command("list")
def list_rulebooks(as_json: Json = False) -> None:
    """Peraturan yang tersedia, dan berapa nilainya yang disimpulkan (bukan dibaca dalam sumber)."""
    from iid.expectations.rulebook.loading import available, load

    books = [load(cycle) for cycle in available()]
    if as_json:
        import json

        rows = [
            {
                "cycle": book.rulebook.cycle,
                "standing": book.rulebook.standing,
                "inferred": len(list(book.rulebook.inferred())),
                "values": book.rulebook.count_values(),
                "sha256": book.sha256,
            }
            for book in books
        ]
        typer.echo(json.dumps(rows, indent=2))
        return
    typer.echo(f"{'Siklus':<8}{'Status':<12}Nilai yang disimpulkan")
    for book in books:
        inferred, values = len(list(book.rulebook.inferred())), book.rulebook.count_values()
        standing = _STANDING[book.rulebook.standing]
        typer.echo(f"{book.rulebook.cycle:<8}{standing:<12}{inferred} dari {values}")


@app.command()
def show(
    cycle: Annotated[str, typer.Argument(metavar="C", help="Siklus, misalnya 2026.")],
    as_json: Json = False,
) -> None:
    """Cetak peraturan seperti adanya; salin ke berkas, sunting, lalu pakai dengan --rulebook."""
    from iid.expectations.rulebook.loading import available, load
    from iid.expectations.rulebook.rulebook_error import RulebookError

    known = [str(one) for one in available()]
    if cycle not in known:
        raise RulebookError(f'Tidak ada peraturan "{cycle}"; yang ada: {", ".join(known)}')
    loaded = load(int(cycle))
    if as_json:
        typer.echo(loaded.rulebook.model_dump_json(indent=2))
    else:
        typer.echo(loaded.text.encode(), nl=False)  # the very bytes, whatever the terminal's encoding


@app.command()
def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Peraturan (YAML).")],
    as_json: Json = False,
) -> None:
    """Periksa satu berkas peraturan: "sesuai", atau semua kesalahannya sekaligus."""
    from iid.expectations.rulebook.loading import load_file

    loaded = load_file(file)
    if as_json:
        import json

        typer.echo(json.dumps({"cycle": loaded.rulebook.cycle, "sha256": loaded.sha256, "valid": True}))
    else:
        typer.echo(f"sesuai: siklus {loaded.rulebook.cycle}, sha256 {loaded.sha256}")
