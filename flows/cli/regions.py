"""The region that a person names, by its code or by its name."""

from __future__ import annotations

import re
import sys
from difflib import get_close_matches

import typer

from iid.tasks.shares.marker import provinces, regions
from iid.tasks.values.errors import UsageError

QUESTION = "Kode atau nama wilayah, misalnya 63.03 atau Kabupaten Banjar"


def check_code(region: str | None) -> None:
    """Raise UsageError for what is no code, or of no province."""
    if region is None:
        return
    if not re.fullmatch(r"\d{2}(\.\d{2})?", region):
        raise UsageError(
            f"--region {region} bukan kode wilayah; contoh: 63.03 (kabupaten, kota) atau 63 (provinsi)"
        )
    if region[:2] not in provinces():
        known = ", ".join(f"{code} {name}" for code, name in sorted(provinces().items()))
        raise UsageError(f"--region {region}: tidak ada provinsi {region[:2]}; yang ada: {known}")


def code_and_name(region: str | None, name: str | None) -> tuple[str, str]:
    """Return code and name of the region: one asked, the other listed.

    UsageError for a code that is not in the list, unless a new region's name is given.
    """
    known, code = regions(), region
    if code is None:
        return asked(name)
    check_code(code)
    same = next((other for other, called in known.items() if _plain(called) == _plain(name or "")), code)
    if code in known and same == code:
        return code, name or known[code]
    if same != code:
        raise UsageError(f"--region {code} bukan kode {known[same]}; kodenya {same}")
    if name:
        return code, name  # a region that is newer than the list
    beside = [f"{other} {known[other]}" for other in known if other[:3] == f"{code[:2]}."]
    raise UsageError(
        f"--region {code} tidak ada dalam daftar {len(known)} daerah; di provinsi {provinces()[code[:2]]}: "
        f"{', '.join(beside)}. Bila daerahnya baru, sebutkan namanya: "
        f"iid scaffold --region {code} --region-name NAMA"
    )


def code_of(text: str) -> str:
    """Return *text*'s code, or its region's. UsageError with near names."""
    wanted = _plain(text)
    if re.fullmatch(r"[\d.]+", wanted):
        return f"{wanted[:2]}.{wanted[2:]}" if re.fullmatch(r"\d{4}", wanted) else wanted
    names = {code: _plain(name) for code, name in regions().items()}
    found = [code for code, name in names.items() if wanted in (name, name.partition(" ")[2])]
    if len(found) == 1:
        return found[0]
    near = set(get_close_matches(wanted, [*names.values()], n=5, cutoff=0.6))
    found = found or [code for code, name in names.items() if wanted in name or name in near]
    likely = ", ".join(f"{code} {regions()[code]}" for code in found[:8])
    raise UsageError(
        f'--region "{text}" bukan kode atau nama satu wilayah; '
        + (f"maksud Anda: {likely}" if likely else "contoh: 63.03 (kabupaten, kota) atau 63 (provinsi)")
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("kab.", "kabupaten").split())


def asked(name: str | None = None) -> tuple[str, str]:
    """Ask at the terminal until it is known; UsageError without one."""
    while sys.stdin.isatty():
        try:
            return code_and_name(code_of(str(typer.prompt(QUESTION))), name)
        except UsageError as error:
            typer.echo(str(error), err=True)
    raise UsageError(
        "--region belum disebut: share ini belum punya wilayah; sebutkan kode atau nama wilayah Anda, "
        'misalnya iid scaffold --region 63.03 atau iid scaffold --region "Kabupaten Banjar"'
    )
