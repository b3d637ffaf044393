"""Commands ``iid next-steps``, ``what-if``, ``compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

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
from iid.flows.settings import targets

if TYPE_CHECKING:
    from iid.expectations.rulebook.loading import Loaded
    from iid.tasks.answers.run_view import Picture

SHOWN = 20  # lines of a list where --limit says nothing

Limit = Annotated[
    int | None,
    typer.Option("--limit", min=0, help=f"Baris yang ditampilkan; kosong: {SHOWN}, 0: semua."),
]
RunId = Annotated[str | None, typer.Option("--run", help="Perhitungan ini; kosong: yang terbit.")]


def _aim_or_name(words: list[str] | None) -> list[str]:
    """Return the index to reach; a word that starts with a letter is a target."""
    names = [word for word in words or () if word[:1].isalpha()]
    for name in names:
        targets.aim("target", name, number=True)
    return [word for word in words or () if word not in names]


def next_steps(
    store: NeededStore,
    cycle: NeededCycle,
    region: PublishedRegion = None,
    target: Annotated[
        list[str] | None,
        typer.Option(
            "--target",
            metavar="INDEKS",
            help="Indeks sasaran, misalnya 60,01; kosong: kategori berikutnya. Juga nama [[target]].",
            callback=_aim_or_name,
            is_eager=True,
        ),
    ] = None,
    unit: Annotated[
        str | None, typer.Option("--unit", help="Hanya unit ini (kode atau nama; pemda: baris SPD).")
    ] = None,
    mend_only: Annotated[
        bool,
        typer.Option("--mend-only", help="Sama dengan --only keputusan,berkas."),
    ] = False,
    only: Annotated[
        list[str] | None,
        typer.Option(
            "--only",
            metavar="MACAM",
            help="Hanya langkah ini: perbaiki, naikkan, syarat, tahan, tambah, spd; atau menurut caranya: "
            "keputusan, berkas, pengesahan, fakta. Beberapa dengan koma.",
        ),
    ] = None,
    exclude: Annotated[
        list[str] | None,
        typer.Option("--exclude", metavar="MACAM", help="Tanpa langkah ini; macam yang sama dengan --only."),
    ] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Inovasi mana yang sebaiknya dikirim, dan mana yang ditahan.")
    ] = False,
    limit: Limit = None,
    run: RunId = None,
    endpoint_url: EndpointUrl = None,
    as_json: AsJson = False,
) -> None:
    """Semua langkah yang boleh, menurut nilainya bagi indeks; langkah paling sedikit ke sasaran."""
    from iid.tasks.answers.next_steps import steps_of
    from iid.tasks.answers.next_steps_text import steps_lines
    from iid.tasks.answers.plans import Wanted
    from iid.tasks.values.errors import UsageError

    if send:
        beside = {"--unit": unit, "--target": target, "--only": only, "--exclude": exclude}
        _refuse_beside_send({**beside, "--mend-only": mend_only})
    if unit is not None and not unit.strip():
        raise UsageError("--unit kosong; sebutkan kode atau nama unit, atau pemda")
    wanted = Wanted.read(
        [*(only or ()), *(["keputusan,berkas"] if mend_only and not only else ())], exclude or ()
    )
    picture = _picture(store, endpoint_url, region, cycle, run)
    if send and (as_json or picture.head["status"] != "final"):
        _send(picture, SHOWN if limit is None else limit, as_json=as_json)
        return
    record = steps_of(picture, target[-1] if target else None, unit, wanted=wanted)
    if as_json:
        if limit:
            record["steps"] = record["steps"][:limit]
        print_json(record)
    else:
        print_lines(steps_lines(record, picture.when, SHOWN if limit is None else limit))


def _refuse_beside_send(options: dict[str, Any]) -> None:
    """Raise UsageError for options that regional ``--send`` cannot follow."""
    from iid.tasks.values.errors import UsageError

    said = [name for name, value in options.items() if value not in (None, False, [])]
    if said:
        raise UsageError(f"--send memilih dari seluruh daerah; jalankan tanpa {', '.join(said)}")


def _send(picture: Picture, limit: int, *, as_json: bool) -> None:
    from iid.tasks.answers.selection import selection_lines, selection_of

    record = selection_of(picture)
    if as_json:
        print_json(record)
    else:
        print_lines(selection_lines(record, picture.when, limit))


def what_if(
    store: NeededStore,
    cycle: NeededCycle,
    sets: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="UBAHAN",
            help='"ID:16=3", "pemda:8=3", "ID=tarik", "ID=syarat", "ID=gugur"; boleh diulang.',
        ),
    ] = None,
    adds: Annotated[
        list[str] | None,
        typer.Option(
            "--add", metavar="URUSAN:SKOR", help='Inovasi baru, "Urusan Utama:skor"; boleh diulang.'
        ),
    ] = None,
    rulebook: Annotated[Path | None, typer.Option("--rulebook", help="Menurut peraturan ini.")] = None,
    under: Annotated[int | None, typer.Option("--under", help="Menurut aturan siklus ini.")] = None,
    sensitivity: Annotated[
        bool,
        typer.Option("--sensitivity", help="Kisaran indeks dan peringkat bila klaim diterima atau ditolak."),
    ] = False,
    kept: Annotated[
        str | None,
        typer.Option(
            "--kept", metavar="PERSEN", help="Anggapan persen klaim yang diterima, untuk --sensitivity."
        ),
    ] = None,
    region: PublishedRegion = None,
    limit: Limit = None,
    run: RunId = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Indeks setelah perubahan yang diandaikan, atau menurut aturan siklus lain; tidak ada yang terbit."""
    from iid.tasks.answers.what_if import Question, share_of, what_if_of
    from iid.tasks.answers.what_if_text import what_if_lines
    from iid.tasks.values.errors import UsageError

    question = Question(
        sets=tuple(sets or ()),
        adds=tuple(adds or ()),
        other=_other_rules(rulebook, under),
        sensitivity=sensitivity or kept is not None,
        kept=share_of(kept),
    )
    if question.empty:
        raise UsageError(
            "sebutkan paling sedikit satu perubahan: --set, --add, --under, --rulebook, atau --sensitivity"
        )
    picture = _picture(store, endpoint_url, region, cycle, run)
    record = what_if_of(picture, question)
    if as_json:
        print_json(record)
    else:
        shown = SHOWN if limit is None else limit
        print_lines(what_if_lines(record, picture.when, picture.rulebook, shown))


def compare(
    store: NeededStore,
    cycle: NeededCycle,
    runs: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="RUN_A RUN_B",
            help="Dua perhitungan (awalan cukup); satu: dengan yang terbit; kosong: dua terakhir.",
        ),
    ] = None,
    region: PublishedRegion = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE.html", help="Tulis juga sebagai satu halaman yang berdiri sendiri."
        ),
    ] = None,
    limit: Limit = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Apa yang bergeser antara dua perhitungan terbit, dan karena berkas, aturan, atau keputusan mana."""
    from iid.tasks.answers.compare import compared
    from iid.tasks.answers.compare_text import comparison_lines
    from iid.tasks.answers.run_view import Picture
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region, read_run
    from iid.tasks.store.withdrawal import two_runs

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    pair = two_runs(place, code, cycle, tuple(runs or ()))
    old, new = (Picture.of(read_run(place, code, cycle, run)) for run in pair)
    record = compared(old, new)
    if out is not None:
        _write_page(out, record, old, new)
    if as_json:
        print_json(record)
    else:
        print_lines(comparison_lines(record, (old.when, new.when), SHOWN if limit is None else limit))
    if out is not None:
        typer.echo(f"halaman: {out}", err=as_json)


def _write_page(out: Path, record: dict[str, Any], old: Picture, new: Picture) -> None:
    from iid.tasks.report.compare_page import comparison_page
    from iid.tasks.shares.folder_listing import why_unwritten
    from iid.tasks.values.errors import UsageError

    if out.suffix.lower() not in {".html", ".htm"}:
        raise UsageError(f'--out "{out}" bukan halaman; beri nama yang berakhir .html')
    try:
        out.write_bytes(comparison_page(record, old, new))
    except OSError as error:
        raise UsageError(f'--out "{out}" tidak dapat ditulis: {why_unwritten(error)}') from None


def _other_rules(rulebook: Path | None, under: int | None) -> Loaded | None:
    from iid.expectations.rulebook.loading import load, load_file

    if rulebook is not None:
        return load(under, rulebook) if under is not None else load_file(rulebook)
    return load(under) if under is not None else None


def _picture(
    store: str, endpoint_url: str | None, region: str | None, cycle: int, run: str | None
) -> Picture:
    from iid.tasks.answers.run_view import Picture
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region, read_run

    place = open_store(store, endpoint_url)
    return Picture.of(read_run(place, pick_region(place, cycle, region), cycle, run))
