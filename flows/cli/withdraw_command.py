"""Command ``iid withdraw``: the run published before counts again."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from iid.flows.cli.options import (
    AsJson,
    EndpointUrl,
    NeededCycle,
    NeededStore,
    PublishedRegion,
    Share,
    Target,
    print_json,
    print_lines,
)


def withdraw(
    store: NeededStore,
    cycle: NeededCycle,
    reason: Annotated[str, typer.Option("--reason", help="Alasan penarikan; disimpan dalam riwayat.")],
    share: Share = None,
    region: PublishedRegion = None,
    run: Annotated[str | None, typer.Option("--run", help="Tarik hanya bila ini yang sedang terbit.")] = None,
    endpoint_url: EndpointUrl = None,
    target: Target = None,
    as_json: AsJson = False,
) -> None:
    """Tarik perhitungan yang terbit: yang sebelumnya berlaku kembali, semua berkas dan jejaknya tetap ada."""
    from iid.tasks.shares.marker import province_zone
    from iid.tasks.store.open_store import open_store
    from iid.tasks.store.published_run import pick_region
    from iid.tasks.store.withdrawal import withdraw as take_back

    place = open_store(store, endpoint_url)
    code = pick_region(place, cycle, region)
    done = take_back(place, code, cycle, reason, run_id=run, zone=province_zone(code))
    asked = {"share": share, "store": store, "cycle": cycle, "region": code, "endpoint_url": endpoint_url}
    notes = _inform_units(asked, done.now.run_id)
    if as_json:
        print_json({**done.as_json(), "notes": notes})
    else:
        print_lines([*done.sentences(code, cycle), *notes])


def _inform_units(asked: dict[str, Any], run_id: str) -> list[str]:
    """Bring the feedback to *run_id*, published again; return notes."""
    from iid.tasks.assess.reading_steps import list_cycle, open_run
    from iid.tasks.assess.request import AssessRequest
    from iid.tasks.close.missed_feedback import inform_reopened
    from iid.tasks.text.os_errors import said
    from iid.tasks.values.errors import IidError

    if not asked["share"]:
        return ["Umpan balik di share belum diubah: sebutkan --share, atau jalankan iid assess."]
    try:
        opened = open_run(AssessRequest(**asked))
        return list(inform_reopened(opened, run_id, list_cycle(opened)))
    except (IidError, OSError) as error:  # the withdrawal itself is done
        return [f"Umpan balik di share belum diubah ({said(error)}); jalankan iid assess."]
