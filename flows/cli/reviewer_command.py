"""``iid reviewer``: who may sign in at the desk, and decide what."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import AsJson, CycleYear, EndpointUrl, Share, StoreUrl

if TYPE_CHECKING:
    from iid.tasks.desk.accounts import Account, Accounts

app = typer.Typer(
    help="Akun meja tinjauan: siapa boleh masuk, dan apa yang boleh diputuskan.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)

Name = Annotated[str, typer.Argument(metavar="NAMA", help="Nama peninjau, seperti yang diketik saat masuk.")]


@app.command("add")
def add(
    name: Name,
    units: Annotated[
        str | None, typer.Option("--units", help="Hanya unit ini, dipisah koma; kosong: semua unit.")
    ] = None,
    role: Annotated[str, typer.Option("--role", help="steward: memutus. reader: hanya melihat.")] = "steward",
    region: Annotated[
        str | None, typer.Option("--region", help="Hanya wilayah ini, dipisah koma; kosong: semua.")
    ] = None,
    no_password: Annotated[
        bool, typer.Option("--no-password", help="Tanpa kata sandi: masuk lewat server web tepercaya.")
    ] = False,
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Buat akun, atau ganti yang sudah ada. Kata sandi dibaca dari terminal atau masukan standar."""
    from iid.tasks.desk.accounts import ROLES, Account, hashed, known_name
    from iid.tasks.values.errors import UsageError

    if role not in ROLES:
        raise UsageError(f"--role {role!r} tidak dikenal; yang boleh: {', '.join(ROLES)}")
    accounts = _accounts(store, endpoint_url)
    account = Account(
        known_name(name), role, _list(units), _list(region), "" if no_password else hashed(_password())
    )
    accounts.put(account)
    _say([account], as_json, f"✓ akun {account.name} disimpan ({_about(account)})")


@app.command("list")
def list_reviewers(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Semua akun: nama, peran, unit."""
    found = _accounts(store, endpoint_url).all()
    lines = [f"{one.name}: {_about(one)}" for one in found]
    _say(found, as_json, "\n".join(lines) or "belum ada akun; buat dengan iid reviewer add NAMA")


@app.command("remove")
def remove(
    name: Name,
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Hapus akun; yang sedang masuk dengannya keluar saat itu juga. Keputusannya tetap."""
    from iid.tasks.values.errors import UsageError

    if not _accounts(store, endpoint_url).remove(name):
        raise UsageError(f"akun {name!r} tidak ada; yang ada: iid reviewer list")
    _say([], as_json, f"✓ akun {name} dihapus")


def _accounts(store: str | None, endpoint_url: str | None) -> Accounts:
    """The accounts of the store of the command line, else of the settings."""
    from iid.flows.settings.load import load_settings
    from iid.tasks.desk.accounts import Accounts
    from iid.tasks.store.open_store import open_store
    from iid.tasks.values.errors import UsageError

    settings = load_settings()
    place = store or settings.store
    if not place:
        raise UsageError("--store belum disebut (pada perintah, IID_STORE, atau iid.toml)")
    return Accounts(open_store(place, endpoint_url or settings.endpoint_url))


def _password() -> str:
    """Typed twice at a terminal, else the first line of standard input."""
    from iid.tasks.values.errors import UsageError

    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    from getpass import getpass

    first = getpass("Kata sandi: ")
    if first != getpass("Sekali lagi: "):
        raise UsageError("kedua kata sandi berbeda; akun tidak disimpan")
    return first


def _list(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


def _about(account: Account) -> str:
    from iid.tasks.desk.accounts import READER, STEWARD

    units = f"unit {', '.join(account.units)}" if account.units else "semua unit"
    regions = f", wilayah {', '.join(account.regions)}" if account.regions else ""
    role = {STEWARD: "peninjau", READER: "pembaca"}[account.role]
    return f"{role}, {units}{regions}{'' if account.password else ', tanpa kata sandi'}"


def _say(found: list[Account], as_json: bool, words: str) -> None:
    if not as_json:
        typer.echo(words)
        return
    import json

    rows = [
        {
            "name": one.name,
            "role": one.role,
            "units": list(one.units),
            "regions": list(one.regions),
            "password": bool(one.password),
        }
        for one in found
    ]
    typer.echo(json.dumps(rows, ensure_ascii=False))
