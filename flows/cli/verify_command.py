"""``iid verify`` and ``iid prune``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from iid.flows.cli.options import (
    AsJson,
    EndpointUrl,
    NeededCycle,
    NeededStore,
    PublishedRegion,
    Target,
    print_json,
)

if TYPE_CHECKING:
    from iid.tasks.store.retention import Pruned
    from iid.tasks.store.store import Store
    from iid.tasks.store.verification import Difference


def verify(
    store: NeededStore,
    cycle: NeededCycle,
    region: PublishedRegion = None,
    run: Annotated[str | None, typer.Option("--run", help="Perhitungan ini; kosong: yang terbit.")] = None,
    recompute: Annotated[
        bool, typer.Option("--recompute", help="Hitung ulang dari tabel perhitungan itu sendiri.")
    ] = False,
    public_key: Annotated[
        str | None,
        typer.Option(
            envvar="IID_PUBLIC_KEY",
            help="Kunci publik Ed25519 yang harus menandatangani: berkas PEM atau base64.",
        ),
    ] = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Cocokkan hasil terbit dengan manifestnya; keluar 4 bila ada yang berbeda."""
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region
    from iid.tasks.store.verification import verify as compare

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    differences = compare(place, code, cycle, run)
    run = run or _published(place, code, cycle)
    signed_by, unsigned = _signature(place, code, cycle, run, public_key)
    differences += unsigned
    if recompute:
        differences += _recomputed(place, code, cycle, run, differences)
    if as_json:
        what = {"region": code, "cycle": cycle, "run_id": run, "signed_by": signed_by}
        rows = [difference.as_json() for difference in differences]
        print_json({"ok": not rows, **what, "differences": rows})
    else:
        _print(f"{code} tahun {cycle}, perhitungan {run or 'terbit'}", differences, recompute, signed_by)
    if differences:
        raise typer.Exit(4)


def _recomputed(
    store: Store, region: str, cycle: int, run: str, differences: list[Difference]
) -> list[Difference]:
    """Return rows that differ, also of files changed after publishing."""
    from iid.tasks.store.published_run import read_run
    from iid.tasks.values.errors import StoreError
    from iid.tasks.verify.recompute import recompute, recompute_altered

    if not differences:
        return recompute(read_run(store, region, cycle, run))
    try:
        return recompute_altered(read_run(store, region, cycle, run), differences) if run else []
    except StoreError:
        return []  # its manifest is not whole, which is reported already


def _published(store: Store, region: str, cycle: int) -> str:
    from iid.tasks.store.published_run import latest
    from iid.tasks.values.errors import StoreError

    try:
        pointer = latest(store, region, cycle)
    except StoreError:
        return ""  # a damaged pointer is among the differences
    return pointer.run_id if pointer else ""


def _signature(
    store: Store, region: str, cycle: int, run: str, public_key: str | None
) -> tuple[str | None, list[Difference]]:
    """The key that signed the run (None: nobody), and what is wrong with that."""
    from iid.tasks.verify.signatures import checked
    from iid.tasks.verify.signatures import public_key as read_key

    expected = read_key(public_key) if public_key else None
    return checked(store, region, cycle, run, expected) if run else (None, [])


def _print(what: str, differences: list[Difference], recomputed: bool, signed_by: str | None) -> None:
    for difference in differences:
        typer.echo(str(difference))
    if differences:
        typer.echo(f"{len(differences)} perbedaan: {what}", err=True)
    else:
        typer.echo(f"cocok: {what}{', juga setelah dihitung ulang' if recomputed else ''}")
        if signed_by:
            typer.echo(f"ditandatangani kunci {signed_by}")


def prune(
    store: NeededStore,
    cycle: NeededCycle,
    region: PublishedRegion = None,
    hours: Annotated[float, typer.Option(min=0, help="Sisakan yang lebih muda dari sekian jam.")] = 24,
    keep: Annotated[
        int | None,
        typer.Option(
            "--keep",
            help="Hapus juga hasil sementara yang pernah terbit, selain sekian yang terakhir; kosong: tidak.",
        ),
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Hanya sebutkan; tidak menghapus.")] = False,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Hapus sisa penerbitan yang gagal; semua yang pernah terbit tetap ada, kecuali diminta --keep."""
    from datetime import timedelta

    from iid.tasks.shares.marker import province_zone
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region
    from iid.tasks.store.retention import prune as remove

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    pruned = remove(
        place,
        code,
        cycle,
        grace=timedelta(hours=hours),
        zone=province_zone(code),
        keep=keep,
        dry_run=dry_run,
    )
    if as_json:
        import json
        from dataclasses import asdict

        typer.echo(json.dumps({"dry_run": dry_run, **asdict(pruned)}, indent=2))
    else:
        _print_pruned(pruned, f"{code} tahun {cycle}", "akan dihapus" if dry_run else "dihapus")


def _print_pruned(pruned: Pruned, what: str, verb: str) -> None:
    from iid.tasks.text.indonesian import size

    for name, runs in (("tidak pernah terbit", pruned.runs), ("pernah terbit", pruned.thinned)):
        for run_id in runs:
            typer.echo(f"{run_id}  {name}")
    for sha in pruned.evidence:
        typer.echo(f"evidence/{sha[:2]}/{sha}")
    for where in pruned.unclear:
        typer.echo(
            f"Catatan: bukti tidak dibersihkan, karena {where} tidak dapat dibaca (iid verify)", err=True
        )
    parts = [f"{len(pruned.runs)} perhitungan yang tidak pernah terbit"]
    if pruned.thinned:
        parts.append(f"{len(pruned.thinned)} perhitungan sementara yang sudah digantikan")
    parts.append(f"{len(pruned.evidence)} isi bukti yang tidak dipakai ({size(pruned.evidence_bytes)})")
    if pruned.remains is not None:
        parts.append(f"{pruned.remains} berkas sementara")
    typer.echo(f"{verb}: {', '.join(parts)} ({what})")
