"""``iid scaffold``: the empty share that units fill."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from iid.flows.cli.options import AsJson, CycleYear, Roster, Share, Target, aimed, print_json

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
    from iid.flows.cli.regions import check_code, code_and_name, code_of
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
    region = code_of(region) if region else settings.region
    check_code(region)
    if _is_new(str(share)):  # asked before the folder is made
        region, region_name = code_and_name(region, region_name)
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
            + ("; daftar unit ialah CSV berjudul code,name,type,parent" if "--roster" in missing else "")
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


def _marker(drive: Any, region: str | None, name: str | None) -> tuple[Marker, tuple[str, ...]]:
    """Return the share's marker, else a new one from code and name asked."""
    from iid.flows.cli.regions import code_and_name
    from iid.tasks.shares.marker import MARKER, province_zone, read_marker
    from iid.tasks.values.errors import UsageError
    from iid.tasks.values.region import Marker

    if drive.exists(MARKER):
        marker = read_marker(drive)
        if region is not None and region != marker.region:
            raise UsageError(
                f"share {drive.url} milik wilayah {marker.region} ({marker.name}), bukan {region}; lanjutkan "
                f"tanpa --region (dan region dalam iid.toml), atau dengan share lain. Bila {MARKER} di sana "
                "keliru dan belum ada yang terbit, hapus berkas itu, lalu ulangi iid scaffold"
            )
        return marker, ()
    code, called = code_and_name(region, name)
    marker = Marker(code, called, province_zone(code))
    return marker, (f"Penanda {MARKER} dibuat untuk {marker.region} {marker.name} ({marker.zone}).",)


def _print(
    created: Sequence[str], kept: Sequence[str], notes: Sequence[str], where: str, as_json: bool
) -> None:
    if as_json:
        answer = {"share": where, "created": list(created), "kept": list(kept), "notes": list(notes)}
        print_json(answer)
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
