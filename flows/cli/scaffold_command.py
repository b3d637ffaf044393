"""``iid scaffold``: the empty share that units fill."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iid.flows.cli.options import AsJson, CycleYear, Roster, Share, Target, aimed

if TYPE_CHECKING:
    from iid.expectations.rulebook.model import Rulebook
    from iid.tasks.scaffold.answers import Answers
    from iid.tasks.values.region import Marker, Unit

SHOWN = 10  # paths listed for people; --json lists all


def scaffold(
    share: Share = None,
    cycle: CycleYear = None,
    roster: Roster = None,
    region: Annotated[
        str | None,
        typer.Option(
            "--region",
            metavar="KODE",
            help="Kode atau nama wilayah; kosong: menurut iid-share.toml.",
            callback=aimed,
            is_eager=True,
        ),
    ] = None,
    region_name: Annotated[
        str | None, typer.Option(help="Nama wilayah; kosong: menurut daftar 552 daerah.")
    ] = None,
    innovation: Annotated[
        list[str] | None,
        typer.Option(help='Folder inovasi bernama, "KODE UNIT=Nama inovasi"; boleh diulang.'),
    ] = None,
    innovations: Annotated[
        int, typer.Option(min=0, max=50, help="Folder inovasi kosong untuk tiap unit.")
    ] = 0,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Buat pohon folder dan buku kerja untuk setiap unit; yang sudah ada tidak pernah ditimpa."""
    from iid.expectations.rulebook.loading import load
    from iid.flows.settings.load import load_settings
    from iid.flows.telemetry.progress import Reporter
    from iid.tasks.ingest.roster import roster_file
    from iid.tasks.scaffold.scaffolding import scaffold as make
    from iid.tasks.shares.open_share import open_drive

    settings = load_settings()
    share, cycle = share or settings.share, cycle or settings.cycle
    roster_path = roster or settings.roster
    _demand({"--share": share, "--cycle": cycle, "--roster": roster_path})
    rulebook = load(int(cycle or 0)).rulebook
    units = roster_file(str(roster_path))
    named = [*_named(innovation or [], units, rulebook), *_blanks(innovations, units)]
    region = _code_of(region) if region else settings.region
    _check_region(region)
    if _is_new(str(share)):  # asked before the folder is made
        region, region_name = _who(region, region_name)
    notes = _fresh_share(str(share))
    drive = open_drive(str(share))
    marker, said = _marker(drive, region, region_name)
    reporter = Reporter(quiet=as_json)
    report = reporter.run(
        f"Menyiapkan share siklus {rulebook.cycle}",
        lambda: make(
            drive,
            rulebook,
            units,
            marker,
            innovations=named,
            progress=reporter.progress,
        ),
    )
    _print(report.created, report.kept, (*notes, *said, *report.notes), drive.url, as_json)


def _demand(options: dict[str, Any]) -> None:
    from iid.tasks.values.errors import UsageError

    missing = [name for name, value in options.items() if value is None]
    if missing:
        raise UsageError(
            f"{', '.join(missing)} belum disebut (pada perintah, IID_…, atau iid.toml; iid init menulisnya)"
        )


def _blanks(count: int, units: Sequence[Unit]) -> list[tuple[str, str, Answers]]:
    from iid.tasks.scaffold.answers import BLANK

    return [(unit.code, f"Inovasi {n}", BLANK) for unit in units for n in range(1, count + 1)]


def _named(pairs: Sequence[str], units: Sequence[Unit], rulebook: Rulebook) -> list[tuple[str, str, Answers]]:
    from iid.tasks.scaffold.answers import Answers
    from iid.tasks.values.errors import UsageError

    label = next((field.label for field in rulebook.profile if field.key == "name"), "")
    codes = {unit.code for unit in units}
    named = []
    for pair in pairs:
        code, equals, name = (part.strip() for part in pair.partition("="))
        if not equals or not name:
            raise UsageError(f'--innovation "{pair}" harus berbentuk "KODE UNIT=Nama inovasi"')
        if code not in codes:
            raise UsageError(f'--innovation "{pair}": kode unit {code} tidak ada dalam daftar unit')
        named.append((code, name, Answers({label: name})))
    return named


def _is_new(share: str) -> bool:
    place = Path(share).expanduser()
    return "://" not in share and not place.exists() and place.parent.is_dir()


def _fresh_share(share: str) -> tuple[str, ...]:
    """Make only the share's own folder; a wrong path is not made."""
    if not _is_new(share):
        return ()  # open_drive explains what is wrong with the rest
    place = Path(share).expanduser()
    from iid.tasks.shares.folder_listing import why
    from iid.tasks.values.errors import UsageError

    try:
        place.mkdir()
    except OSError as error:
        raise UsageError(f"folder share {share} tidak dapat dibuat: {why(error)}") from error
    return (f"Folder share {share} belum ada; dibuat.",)


def _check_region(region: str | None) -> None:
    from iid.tasks.shares.marker import provinces
    from iid.tasks.values.errors import UsageError

    if region is None:
        return
    if not re.fullmatch(r"\d{2}(\.\d{2})?", region):
        raise UsageError(
            f"--region {region} bukan kode wilayah; contoh: 63.03 (kabupaten, kota) atau 63 (provinsi)"
        )
    if region[:2] not in provinces():
        known = ", ".join(f"{code} {name}" for code, name in sorted(provinces().items()))
        raise UsageError(f"--region {region}: tidak ada provinsi {region[:2]}; yang ada: {known}")


def _marker(drive: Any, region: str | None, name: str | None) -> tuple[Marker, tuple[str, ...]]:
    """Return the share's marker, else a new one from code and name asked."""
    from iid.tasks.shares.marker import MARKER, province_zone, read_marker
    from iid.tasks.values.errors import UsageError
    from iid.tasks.values.region import Marker

    if drive.exists(MARKER):
        marker = read_marker(drive)
        if region is not None and region != marker.region:
            raise UsageError(
                f"share {drive.url} milik wilayah {marker.region} ({marker.name}), bukan {region}"
            )
        return marker, ()
    code, called = _who(region, name)
    marker = Marker(code, called, province_zone(code))
    return marker, (f"Penanda {MARKER} dibuat untuk {marker.region} {marker.name} ({marker.zone}).",)


def _who(region: str | None, name: str | None) -> tuple[str, str]:
    """Return code and name of the region: one asked, the other listed.

    UsageError for a code that is not in it, unless a new region's name is given.
    """
    from iid.tasks.shares.marker import provinces, regions
    from iid.tasks.values.errors import UsageError

    known = regions()
    code = region or _code_of(_asked("--region", "Kode atau nama wilayah, misalnya 63.03"))
    _check_region(code)
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
        f"{', '.join(beside)}. Bila daerahnya baru, sebutkan namanya dengan --region-name"
    )


def _code_of(text: str) -> str:
    """Return *text*'s code, or its region's. UsageError with near names."""
    from difflib import get_close_matches

    from iid.tasks.shares.marker import regions
    from iid.tasks.values.errors import UsageError

    asked = _plain(text)
    if re.fullmatch(r"[\d.]+", asked):
        return f"{asked[:2]}.{asked[2:]}" if re.fullmatch(r"\d{4}", asked) else asked
    names = {code: _plain(name) for code, name in regions().items()}
    found = [code for code, name in names.items() if asked in (name, name.partition(" ")[2])]
    if len(found) == 1:
        return found[0]
    near = set(get_close_matches(asked, [*names.values()], n=5, cutoff=0.6))
    found = found or [code for code, name in names.items() if asked in name or name in near]
    likely = ", ".join(f"{code} {regions()[code]}" for code in found[:8])
    raise UsageError(
        f'--region "{text}" bukan kode atau nama satu wilayah; '
        + (f"maksud Anda: {likely}" if likely else "contoh: 63.03 (kabupaten, kota) atau 63 (provinsi)")
    )


def _plain(text: str) -> str:
    return " ".join(text.casefold().replace("kab.", "kabupaten").split())


def _asked(option: str, question: str) -> str:
    """Ask the person at the terminal; UsageError if nobody is there."""
    import sys

    from iid.tasks.values.errors import UsageError

    if sys.stdin.isatty() and (answer := str(typer.prompt(question)).strip()):
        return answer
    raise UsageError(f"{option} belum disebut: share ini belum punya wilayah; contoh: --region 63.03")


def _print(
    created: Sequence[str], kept: Sequence[str], notes: Sequence[str], where: str, as_json: bool
) -> None:
    if as_json:
        import json

        answer = {"share": where, "created": list(created), "kept": list(kept), "notes": list(notes)}
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2))
        return
    for note in notes:
        typer.echo(note)
    books = [path for path in created if path.endswith(".xlsx")]
    typer.echo(
        f"{len(created)} berkas dibuat ({len(books)} buku kerja), {len(kept)} sudah ada dan tidak diubah."
    )
    for path in books[:SHOWN]:
        typer.echo(f"  {path}")
    if len(books) > SHOWN:
        typer.echo(f"  … dan {len(books) - SHOWN} buku kerja lain")
    typer.echo(f"Share: {where}")
    typer.echo(
        "Lanjutkan: minta unit mengisi buku kerjanya, lalu jalankan iid assess (periksa dulu: iid doctor)"
    )
