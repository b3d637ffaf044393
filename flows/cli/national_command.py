"""``iid national``: the published regions of a store, ranked by cluster."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import AsJson, EndpointUrl, NeededCycle, NeededStore, print_json

if TYPE_CHECKING:
    from iid.tasks.national.ranking import Nation

_SHOWN = 10  # places of a cluster on the terminal; nominees are always shown


def national(
    store: NeededStore,
    cycle: NeededCycle,
    out: Annotated[
        Path | None, typer.Option("--out", help="Tulis CSV, Parquet, XLSX, dan halaman ke folder ini.")
    ] = None,
    clusters: Annotated[
        Path | None,
        typer.Option("--clusters", help="CSV region,cluster[,name]: anggota tertinggal dan perbatasan."),
    ] = None,
    nominees: Annotated[
        Path | None, typer.Option("--nominees", help="YAML jumlah nomine setiap klaster, dengan sumbernya.")
    ] = None,
    by: Annotated[
        str, typer.Option("--by", help="Ukuran yang diperingkat: claimed, supported, atau verified.")
    ] = "supported",
    publish: Annotated[
        bool,
        typer.Option("--publish", help="Taruh peringkat di penyimpanan, untuk laporan tiap wilayah."),
    ] = False,
    deep: Annotated[
        bool, typer.Option("--deep", help="Cocokkan semua berkas setiap wilayah dengan manifestnya.")
    ] = False,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Peringkat semua wilayah terbit menurut klaster, dengan satu ukuran; keluar 4 bila ada yang rusak."""
    from iid.tasks.national.clusters import Members, read_members, scheme_of
    from iid.tasks.national.gather import gather
    from iid.tasks.national.national_columns import VIEW
    from iid.tasks.national.national_files import as_record, publish_ranking, write_files
    from iid.tasks.national.ranking import rank_nation
    from iid.tasks.store.open_store import open_store
    from iid.tasks.values.errors import FailedError, UsageError

    if by not in VIEW:
        raise UsageError(f'--by "{by}" tidak dikenal; yang boleh: {", ".join(VIEW)}')
    scheme = scheme_of(cycle, nominees)
    members = read_members(clusters) if clusters else Members()
    place = open_store(store, endpoint_url)
    regions, problems = gather(place, cycle, members.clusters, by=by, deep=deep)
    if not regions and not problems:
        raise FailedError(f"belum ada hasil terbit tahun {cycle} di {place.url}; jalankan iid assess")
    nation = rank_nation(scheme, members, regions, problems, by)
    written = write_files(nation, out) if out else ()
    published = publish_ranking(place, nation) if publish else ""
    if as_json:
        answer = as_record(nation) | {"files": list(written)}
        print_json(answer)
    else:
        _print(nation, out)
        if published:
            typer.echo(f"Peringkat: {published}; tampil di laporan tiap wilayah mulai perhitungan berikutnya")
    if any(problem.kind == "damaged" for problem in problems):
        raise typer.Exit(4)


def _print(nation: Nation, out: Path | None) -> None:
    from iid.tasks.national.national_columns import KIND, STATUS
    from iid.tasks.national.ranking_text import headline, seats_words, standing
    from iid.tasks.text.indonesian import clean, number, points

    typer.echo(f"{headline(nation)}: {standing(nation)}")
    for ranking in nation.rankings:
        size = f"{number(len(ranking.places))} wilayah"
        size += f", nilai tengah {points(ranking.median)}" if ranking.median is not None else ""
        typer.echo(f"\n{ranking.cluster.name} ({size}): {seats_words(ranking)}")
        for position, place in enumerate(ranking.places):
            if position < _SHOWN or place.nominee:
                mark = "✓" if place.nominee else " "
                index, name = points(place.region.index), clean(place.region.name)
                status = STATUS[place.region.status]
                typer.echo(f" {mark}{place.rank:>4}  {index:>6}  {name} ({place.region.category}, {status})")
        if len(ranking.places) > max(_SHOWN, len(ranking.nominees)):
            typer.echo("        … selengkapnya dengan --out atau --json")
    for problem in nation.problems:
        typer.echo(f"✗ {problem.code} {KIND[problem.kind]}: {clean(problem.words)}", err=True)
    if out:
        typer.echo(f"\nHalaman: {out / 'nasional.html'}   Buku kerja: {out / 'nasional.xlsx'}")
