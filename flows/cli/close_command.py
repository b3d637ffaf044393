"""``iid close`` and ``iid history``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.assess_command import moment
from iid.flows.cli.options import (
    AcceptLoss,
    AsJson,
    CycleYear,
    Direct,
    EndpointUrl,
    LogFormat,
    NeededCycle,
    NeededStore,
    NoFeedback,
    PublishedRegion,
    Region,
    Roster,
    RulebookFile,
    Share,
    StoreUrl,
    Target,
    print_json,
    print_lines,
)

if TYPE_CHECKING:
    from iid.flows.close import Closed, CloseRequest

SHOWN = 10  # late files that are named one by one


def close(
    share: Share = None,
    store: StoreUrl = None,
    cycle: CycleYear = None,
    region: Region = None,
    roster: Roster = None,
    as_of: Annotated[
        str | None,
        typer.Option(help="Batas waktu yang berlaku (ISO); kosong: menurut peraturan."),
    ] = None,
    early: Annotated[
        str | None, typer.Option(help="Tutup sebelum batas waktu peraturan, dengan alasan.")
    ] = None,
    reason: Annotated[str | None, typer.Option(help="Catatan untuk riwayat; wajib untuk --reopen.")] = None,
    reopen: Annotated[bool, typer.Option("--reopen", help="Buka kembali siklus yang sudah ditutup.")] = False,
    rulebook: RulebookFile = None,
    signing_key: Annotated[
        str | None, typer.Option(help="Berkas kunci Ed25519 (PEM); kosong: IID_SIGNING_KEY_FILE.")
    ] = None,
    retain_years: Annotated[
        int, typer.Option(min=1, max=100, help="Lama penguncian objek bila penyimpanan mendukung.")
    ] = 5,
    accept_loss: AcceptLoss = None,
    approved_by: Annotated[
        str | None, typer.Option(help="Nama yang menyetujui hasil final; alasannya pada --reason.")
    ] = None,
    accept_undecided: Annotated[
        str | None,
        typer.Option(help="Tutup walau ada klaim yang belum diputuskan (tidak dihitung), dengan alasan."),
    ] = None,
    direct: Direct = False,
    no_feedback: NoFeedback = False,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    log_format: LogFormat = None,
    as_json: AsJson = False,
) -> None:
    """Bekukan siklus pada batas waktunya: salin bukti, terbitkan hasil final, tolak perhitungan baru."""
    from iid.flows.close import close_request, run_reopening
    from iid.flows.settings.load import build_request, load_settings

    base = build_request(
        share=share,
        store=store,
        cycle=cycle,
        region=region,
        roster=roster,
        rulebook=rulebook,
        feedback=False if no_feedback else None,
        accept_loss=accept_loss,
        endpoint_url=endpoint_url,
    )
    request = close_request(
        base,
        as_of=moment(as_of),
        early=early,
        reason=reason,
        accept_undecided=accept_undecided,
        signing_key=signing_key,
        retain_years=retain_years,
        approval=load_settings().approval.required,
    )
    if reopen:
        _print_reopened(run_reopening(request), as_json=as_json)
        return
    _print(_closed(request, approved_by, direct=direct, as_json=as_json), as_json=as_json)


def _closed(request: CloseRequest, approved_by: str | None, *, direct: bool, as_json: bool) -> Closed:
    from iid.flows import close as page
    from iid.flows.cli.approval_prompt import asking
    from iid.flows.telemetry.progress import Reporter

    ask = asking(request, approved_by)
    reporter = Reporter(quiet=as_json)
    if direct:
        return page.run_closing(request, reporter, ask=ask, announce=lambda p: reporter.say(p.sentences()))
    from iid.flows.prefect_glue.page_flow import run_here

    closed: Closed = run_here(page.close, request, reporter, ask)
    return closed


def _print(closed: Closed, *, as_json: bool) -> None:
    if as_json:
        print_json(closed.as_json())
        return
    if closed.outcome is None:
        for note in closed.remarks:
            typer.echo(f"Catatan: {note}", err=True)
        typer.echo(f"Siklus {closed.cycle} wilayah {closed.region} sudah ditutup dengan {closed.run_id}.")
        _print_late(closed, "berubah di share sejak penutupan; tidak dihitung")
        return
    from iid.tasks.close.preview import counted_late
    from iid.tasks.report.summary import summary_lines

    for note in closed.outcome.notes:
        typer.echo(f"Catatan: {note}", err=True)
    print_lines(summary_lines(closed.outcome.assessment))
    facts = closed.facts
    typer.echo(
        f"Ditutup: versi {facts['version']}, {facts['evidence']} isi bukti tersimpan menurut sidiknya, "
        + (f"ditandatangani kunci {facts['signed_by']}" if facts["signed_by"] else "tidak ditandatangani")
    )
    for sentence in (*closed.gone, *closed.uncounted):
        typer.echo(f"{sentence[0].upper()}{sentence[1:]}")
    _print_late(closed, "berubah setelah batas waktu; tidak dihitung")
    if facts["late_counted"]:
        why = next(one.why for one in closed.frozen.late if one.counted)  # type: ignore[union-attr]
        typer.echo(counted_late(facts["late_counted"], why))
    typer.echo(f"Laporan: {closed.outcome.report}   Indeks: {closed.outcome.index}")


def _print_late(closed: Closed, what: str) -> None:
    if not closed.late:
        return
    typer.echo(f"{len(closed.late)} berkas {what}:")
    for path in closed.late[:SHOWN]:
        typer.echo(f"  {path}")
    if len(closed.late) > SHOWN:
        typer.echo(f"  dan {len(closed.late) - SHOWN} lagi")


def _print_reopened(closed: Closed, *, as_json: bool) -> None:
    if as_json:
        record = {"region": closed.region, "cycle": closed.cycle, "reopened": closed.run_id}
        record |= {"notes": list(closed.remarks)}
        print_json(record)
        return
    typer.echo(
        f"Siklus {closed.cycle} wilayah {closed.region} dibuka kembali; hasil final {closed.run_id} tetap "
        "terbit sampai ada perhitungan baru (iid assess, lalu iid close)."
    )
    for note in closed.remarks:
        typer.echo(f"Catatan: {note}")


def history(
    store: NeededStore,
    cycle: NeededCycle,
    region: PublishedRegion = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Daftar semua yang terbit, ditarik, dihapus, ditutup, ditolak, dibuka kembali; yang terlama dulu."""
    from iid.tasks.close.approval import rejections, with_reason
    from iid.tasks.store.history import history as records
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    refused = [
        {**one, "event": "rejected", "run_id": one["would_be"]} for one in rejections(place, code, cycle)
    ]
    found = [*(with_reason(place, code, cycle, one) for one in records(place, code, cycle)), *refused]
    found.sort(key=lambda entry: str(entry.get("at") or entry["published_at"]))
    if as_json:
        print_json(found)
        return
    from iid.tasks.answers.explain_text import local

    names = {"published": {"final": "terbit, final"}, "reopened": {"final": "dibuka kembali"}}
    for entry in found:
        what = names.get(entry["event"], {}).get(entry.get("status", ""), "terbit, sementara")
        others = {"withdrawn": "ditarik", "pruned": "dihapus", "rejected": "final ditolak"}
        what = others.get(entry["event"], what)
        said = [f"disetujui {entry['approved_by']}"] if entry.get("approved_by") else []
        said += [entry[name] for name in ("reason", "early", "accept_undecided") if entry.get(name)]
        when = local(entry.get("at") or entry["published_at"], code)
        typer.echo(f"{when:<33}  {what:<17}  {'  '.join([entry['run_id'], '; '.join(said)]).rstrip()}")
