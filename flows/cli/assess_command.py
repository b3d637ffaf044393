"""``iid assess`` and ``iid demo``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from iid.flows.cli.options import (
    AcceptLoss,
    AsJson,
    AsOf,
    CycleYear,
    Direct,
    EndpointUrl,
    LogFormat,
    NoFeedback,
    Region,
    Roster,
    RulebookFile,
    Share,
    StoreUrl,
    Target,
    print_json,
    print_lines,
)


def assess(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    region: Region = None,
    roster: Roster = None,
    unit: Annotated[
        list[str] | None, typer.Option(help="Periksa ulang bukti unit ini; boleh diulang.")
    ] = None,
    as_of: AsOf = None,
    rulebook: RulebookFile = None,
    direct: Direct = False,
    no_feedback: NoFeedback = False,
    full: Annotated[bool, typer.Option("--full", help="Periksa ulang semua bukti.")] = False,
    accept_loss: AcceptLoss = None,
    endpoint_url: EndpointUrl = None,
    workers: Annotated[int | None, typer.Option(help="Jumlah proses pemeriksa; kosong: semua inti.")] = None,
    check_links: Annotated[
        bool | None, typer.Option(help="Buka setiap tautan bukti (hanya alamat umum); nilai tidak berubah.")
    ] = None,
    ocr: Annotated[
        bool | None, typer.Option(help="Baca hasil pindai dengan tesseract; hanya untuk peringatan.")
    ] = None,
    wait: Annotated[
        float | None, typer.Option(min=0, max=1440, help="Menit menunggu perhitungan lain selesai.")
    ] = None,
    engine: Annotated[str | None, typer.Option(help="Tempat bukti diperiksa: local atau dask.")] = None,
    scheduler: Annotated[str | None, typer.Option(help="Penjadwal Dask, misalnya tcp://server:8786.")] = None,
    target: Target = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Nilai satu wilayah: baca share, periksa bukti, hitung indeks, terbitkan hasilnya."""
    from iid.flows.settings.load import build_request

    request = build_request(
        share=share,
        store=store,
        cycle=cycle,
        region=region,
        roster=roster,
        units=tuple(unit or ()),
        as_of=moment(as_of),
        rulebook=rulebook,
        feedback=False if no_feedback else None,
        full=full or None,
        accept_loss=accept_loss,
        endpoint_url=endpoint_url,
        workers=workers,
        wait=wait,
        engine=engine,
        scheduler=scheduler,
        check_links=check_links,
        ocr=ocr,
    )
    run_and_print(request, direct=direct, as_json=as_json)


def demo(
    folder: Annotated[Path, typer.Option("--dir", help="Folder contoh; dibuat bila belum ada.")] = Path(
        "contoh"
    ),
    cycle: Annotated[int, typer.Option(help="Tahun penilaian.")] = 2026,
    prefect: Annotated[bool, typer.Option("--prefect", help="Jalankan sebagai alur Prefect.")] = False,
    as_json: AsJson = False,
) -> None:
    """Buat share contoh yang berlabel, lalu nilai dari awal sampai terbit."""
    from iid.flows.settings.load import build_request
    from iid.flows.telemetry.progress import Reporter
    from iid.tasks.demo.build_share import build_demo_share

    share, store = folder / "share", folder / "hasil"
    reporter = Reporter(quiet=as_json)
    reporter.run("Membuat share contoh", lambda: build_demo_share(share, cycle, progress=reporter.progress))
    request = build_request(share=str(share), store=str(store), cycle=cycle)
    run_and_print(request, direct=not prefect, as_json=as_json)


def run_and_print(request: Any, *, direct: bool, as_json: bool) -> None:
    """Run the assessment and print what a person, or a machine, wants to know."""
    import gc

    gc.set_threshold(20_000, 20, 20)  # the imports to come make much that stays: a tenth of a short run
    from iid.flows import assess as page
    from iid.flows.telemetry.progress import Reporter
    from iid.tasks.inspect.engines import engine_of

    if elsewhere := engine_of(request.engine, request.scheduler):
        elsewhere.check()  # before a Prefect server is started for nothing
    reporter = Reporter(quiet=as_json)
    if direct:
        outcome = page.run_assessment(request, reporter)
    else:
        from iid.flows.prefect_glue.page_flow import run_here

        outcome = run_here(page.assess, request, reporter)
    if as_json:
        answer = {**outcome.assessment.index, "report": outcome.report, "notes": list(outcome.notes)}
        answer |= outcome.as_checked()
        print_json(answer)
        return
    from iid.tasks.report.summary import summary_lines

    for note in outcome.notes:
        typer.echo(f"Catatan: {note}", err=True)
    print_lines((*outcome.said_unchanged(), *summary_lines(outcome.assessment)))
    typer.echo(f"Laporan: {outcome.report}   Indeks: {outcome.index}")


def moment(text: str | None) -> datetime | None:
    """The time of ``--as-of``. UsageError for what is none."""
    if text is None:
        return None
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        from iid.tasks.values.errors import UsageError

        raise UsageError(
            f'--as-of "{text}" bukan waktu ISO; contoh: 2026-08-31T23:59:00+08:00 atau 2026-08-31'
        ) from None
