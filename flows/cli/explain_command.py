"""``iid calculate`` and ``iid explain``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from iid.flows.cli.options import (
    AsJson,
    EndpointUrl,
    NeededCycle,
    NeededStore,
    PublishedRegion,
    Target,
    print_json,
    print_lines,
)


def calculate(
    cycle: NeededCycle,
    spd: Annotated[str | None, typer.Option("--spd", help="Skor SPD daerah, misalnya 45,5.")] = None,
    sid: Annotated[
        list[str] | None, typer.Option("--sid", help="Skor satu inovasi; ulangi untuk setiap inovasi.")
    ] = None,
    sid_file: Annotated[
        Path | None, typer.Option("--sid-file", help="Satu skor satu baris, atau CSV dengan kolom sid.")
    ] = None,
    basic_services: Annotated[
        str | None,
        typer.Option("--basic-services", help="Urusan wajib pelayanan dasar yang tercakup."),
    ] = None,
    reported: Annotated[
        str | None, typer.Option("--reported", help="Inovasi yang dilaporkan; kosong: sebanyak --sid.")
    ] = None,
    rulebook: Annotated[
        Path | None, typer.Option("--rulebook", help="Peraturan lain untuk siklus itu.")
    ] = None,
    as_json: AsJson = False,
    more: Annotated[list[str] | None, typer.Argument(metavar="[N]...", hidden=True)] = None,
) -> None:
    """Hitung indeks dari skor yang diketikkan; setiap langkah ditampilkan, tidak ada yang disimpan."""
    from iid.expectations.rulebook.loading import load
    from iid.expectations.rulebook.rulebook_error import RulebookError
    from iid.tasks.answers.calculator import Typed, calculated, mistakes_of, narrated, numbers_of
    from iid.tasks.score.formula import as_published
    from iid.tasks.values.errors import UsageError

    # "--sid 60 70 80" is meant as three scores; the shell gives the last two as arguments.
    typed = Typed(spd, [*(sid or ()), *(more or ())], sid_file, basic_services, reported)
    try:
        rules = load(cycle, rulebook).rulebook
    except RulebookError as error:
        raise UsageError("; ".join([str(error), *mistakes_of(typed)])) from None
    numbers = numbers_of(typed, rules)
    index = calculated(numbers, rules)
    if as_json:
        print_json(as_published(index))
        return
    print_lines(narrated(numbers, index, rules))


def explain(
    innovation: Annotated[
        str,
        typer.Argument(
            metavar="ID",
            help="innovation_id, bagiannya yang khas, pemda, indeks, spd, sid, 'jumlah inovasi', kode unit, "
            "jalur berkas di share, atau sha256.",
        ),
    ],
    store: NeededStore,
    cycle: NeededCycle,
    indicator: Annotated[str | None, typer.Option("--indicator", help="Hanya indikator ini.")] = None,
    run: Annotated[str | None, typer.Option("--run", help="Perhitungan ini; kosong: yang terbit.")] = None,
    region: PublishedRegion = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Telusuri angka terbit kembali ke bobot, bunyi aturan, bukti dengan sidiknya, temuan, dan keputusan."""
    from iid.tasks.answers.evidence_trace import carried, no_such
    from iid.tasks.answers.explain_text import figure_lines, file_lines, score_lines
    from iid.tasks.answers.figures import figure
    from iid.tasks.answers.score_trace import trace
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region, read_run
    from iid.tasks.values.errors import UsageError

    place = open_store(store, endpoint_url)
    chosen = read_run(place, pick_region(place, cycle, region), cycle, run)
    number = figure(chosen, innovation) if indicator is None else None
    file = None if number else carried(chosen, innovation)
    try:
        found = number or file or trace(chosen, innovation, indicator)
    except UsageError as error:
        raise (no_such(chosen, innovation, error) if indicator is None else error) from None
    if as_json:
        print_json(found)
        return
    typer.echo("\n".join((figure_lines if number else file_lines if file else score_lines)(found)))
