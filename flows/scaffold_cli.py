"""``iid scaffold``: the empty share that units fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from iid.expectations.rulebook import Rulebook
    from iid.tasks.model import Marker, Unit
    from iid.tasks.scaffold.answers import Answers

DEFAULT_REGION = ("63.03", "Kabupaten Banjar")
SHOWN = 10  # paths listed for people; --json lists all


def scaffold(
    share: Annotated[str | None, typer.Option("--share", help="Folder atau alamat share.")] = None,
    cycle: Annotated[int | None, typer.Option("--cycle", help="Tahun penilaian, misalnya 2026.")] = None,
    roster: Annotated[str | None, typer.Option("--roster", help="CSV code,name,type,parent.")] = None,
    region: Annotated[str | None, typer.Option(help="Kode wilayah; kosong: menurut iid-share.toml.")] = None,
    region_name: Annotated[str | None, typer.Option(help="Nama wilayah untuk penanda baru.")] = None,
    innovation: Annotated[
        list[str] | None,
        typer.Option(help='Folder inovasi bernama, "KODE UNIT=Nama inovasi"; boleh diulang.'),
    ] = None,
    innovations: Annotated[
        int, typer.Option(min=0, max=50, help="Folder inovasi kosong untuk tiap unit.")
    ] = 0,
    as_json: Annotated[bool, typer.Option("--json", help="Keluaran untuk mesin.")] = False,
) -> None:
    """Buat pohon folder dan buku kerja untuk setiap unit; yang sudah ada tidak pernah ditimpa."""
    from iid.expectations.loading import load
    from iid.flows.progress import Reporter
    from iid.flows.settings import load_settings
    from iid.tasks.drives.opening import open_drive
    from iid.tasks.scaffold.scaffolding import scaffold as make

    settings = load_settings()
    share, cycle = share or settings.share, cycle or settings.cycle
    roster_path = roster or settings.roster
    _demand({"--share": share, "--cycle": cycle, "--roster": roster_path})
    rulebook = load(int(cycle or 0)).rulebook
    units = _units(str(roster_path))
    named = [*_named(innovation or [], units, rulebook), *_blanks(innovations, units)]
    _check_region(region or settings.region)
    notes = _fresh_share(str(share))
    drive = open_drive(str(share))
    marker, said = _marker(drive, region or settings.region, region_name)
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
    _tell(report.created, report.kept, (*notes, *said, *report.notes), drive.url, as_json)


def _demand(options: dict[str, Any]) -> None:
    from iid.tasks.errors import UsageError

    missing = [name for name, value in options.items() if value is None]
    if missing:
        raise UsageError(f"{', '.join(missing)} belum disebut (pada perintah, IID_…, atau iid.toml)")


def _units(path: str) -> tuple[Unit, ...]:
    from iid.tasks.drives.walking import why
    from iid.tasks.errors import UsageError
    from iid.tasks.submissions.roster import read_roster

    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UsageError(f"daftar unit {path} tidak dapat dibaca: {why(error)}") from error
    return read_roster(data, path)


def _blanks(count: int, units: Sequence[Unit]) -> list[tuple[str, str, Answers]]:
    from iid.tasks.scaffold.answers import BLANK

    return [(unit.code, f"Inovasi {n}", BLANK) for unit in units for n in range(1, count + 1)]


def _named(pairs: Sequence[str], units: Sequence[Unit], rulebook: Rulebook) -> list[tuple[str, str, Answers]]:
    from iid.tasks.errors import UsageError
    from iid.tasks.scaffold.answers import Answers

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


def _fresh_share(share: str) -> tuple[str, ...]:
    """Make the share's own folder when only that one is missing; a wrong path is not made."""
    if "://" in share:
        return ()
    place = Path(share).expanduser()
    if place.exists() or not place.parent.is_dir():
        return ()  # open_drive explains what is wrong with the rest
    from iid.tasks.drives.walking import why
    from iid.tasks.errors import UsageError

    try:
        place.mkdir()
    except OSError as error:
        raise UsageError(f"folder share {share} tidak dapat dibuat: {why(error)}") from error
    return (f"Folder share {share} belum ada; dibuat.",)


def _check_region(region: str | None) -> None:
    import re

    from iid.tasks.errors import UsageError

    if region is not None and not re.fullmatch(r"\d{2}(\.\d{2})?", region):
        raise UsageError(f"--region {region} bukan kode wilayah; contoh: 63.03")


def _marker(drive: Any, region: str | None, name: str | None) -> tuple[Marker, tuple[str, ...]]:
    """The share's own marker where there is one, else one for --region, else for the default region."""
    from iid.tasks.drives.marker import MARKER, province_zone, read_marker
    from iid.tasks.errors import UsageError
    from iid.tasks.model import Marker

    if drive.exists(MARKER):
        marker = read_marker(drive)
        if region is not None and region != marker.region:
            raise UsageError(
                f"share {drive.url} milik wilayah {marker.region} ({marker.name}), bukan {region}"
            )
        return marker, ()
    code = region or DEFAULT_REGION[0]
    known = DEFAULT_REGION[1] if code == DEFAULT_REGION[0] else f"Wilayah {code}"
    marker = Marker(code, name or known, province_zone(code))
    how = "" if region else "; --region tidak disebut, dipakai wilayah bawaan"
    return marker, (f"Penanda {MARKER} dibuat untuk {marker.region} {marker.name} ({marker.zone}){how}.",)


def _tell(
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
