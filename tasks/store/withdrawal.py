"""Withdrawal of the published run: the one before is published again.

The record of the withdrawal is written before the pointer moves: killed between the two,
the run is still published, and withdrawing again does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iid.tasks.store.history import history, record, recorded_runs
from iid.tasks.store.lease import hold
from iid.tasks.store.paths import canonical, latest_key, moment, stamp, utc_now
from iid.tasks.store.published_run import Latest, latest, read_pointer, read_run, runs
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import comma
from iid.tasks.text.terminal import line
from iid.tasks.values.errors import GuardError, UsageError

FINAL = "final"


@dataclass(frozen=True, slots=True)
class Withdrawn:
    """What was withdrawn, why and when, and which run is published now."""

    run_id: str
    reason: str
    at: datetime
    now: Latest
    index: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For machines."""
        return {
            "withdrawn": self.run_id,
            "reason": self.reason,
            "withdrawn_at": stamp(self.at),
            "latest": self.now.as_json(),
            "index": {"supported": self.index["index"], "category": self.index["category"]},
        }

    def sentences(self, region: str, cycle: int) -> Iterator[str]:
        """For people."""
        yield f"ditarik: perhitungan {self.run_id} ({region} tahun {cycle}), alasan: {self.reason}"
        what = "hasil final siklus yang dibuka kembali, " if self.now.status == FINAL else ""
        yield (
            f"berlaku kembali: {self.now.run_id}, {what}indeks didukung bukti {comma(self.index['index'])} "
            f"{self.index['category']}"
        )
        yield "berkas perhitungan yang ditarik dan riwayatnya tetap ada (iid history)"


def standing(records: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    """Return the runs that *records* leave published, in the pointer's order.

    A withdrawn run is left out until it is published again.
    """
    found: dict[str, None] = {}
    for entry in records:
        if entry["event"] in {"published", "withdrawn"}:
            found.pop(entry["run_id"], None)
        if entry["event"] == "published":
            found[entry["run_id"]] = None
    return tuple(found)


def withdraw(
    store: Store,
    region: str,
    cycle: int,
    reason: str,
    *,
    run_id: str | None = None,
    now: Callable[[], datetime] = utc_now,
    zone: str = "UTC",
) -> Withdrawn:
    """Withdraw the published run of *region*, *cycle*; *run_id*: only this.

    UsageError: no reason, nothing published, or another run is the published one.
    GuardError: no run before it, the cycle is closed, or another publisher holds the lease.
    StoreError: the run before is damaged.
    """
    why = " ".join(reason.split())
    if not why:
        raise UsageError("--reason kosong; tulis alasan penarikan, alasan itu disimpan dalam riwayat")
    with hold(store, region, cycle, now=now, zone=zone) as lease:
        raw, current = _current(store, region, cycle, run_id)
        records = history(store, region, cycle)
        before, index = _before(store, region, cycle, current, records)
        at = now().replace(microsecond=0)
        lease.check()
        record(store, region, cycle, "withdrawn", current, at=at, reason=why, returned_to=before.run_id)
        key = latest_key(region, cycle)
        if not store.replace(key, canonical(before.as_json()), raw, "application/json"):
            raise GuardError(
                f"penunjuk {store.address(key)} diubah proses lain saat menarik; periksa, lalu ulangi"
            )
    return Withdrawn(current.run_id, why, at, before, index)


def _current(store: Store, region: str, cycle: int, run_id: str | None) -> tuple[bytes, Latest]:
    key = latest_key(region, cycle)
    try:
        raw = store.get(key)
    except KeyError:
        raise UsageError(
            f"belum ada hasil terbit untuk wilayah {region} tahun {cycle} di {store.url}; "
            "tidak ada yang ditarik"
        ) from None
    current = read_pointer(raw, store.address(key))
    if run_id and run_id != current.run_id:
        raise UsageError(
            f"yang terbit sekarang {current.run_id}, bukan {run_id}; tidak ada yang ditarik. "
            "Hanya perhitungan yang sedang terbit yang dapat ditarik"
        )
    return raw, current


def _before(
    store: Store, region: str, cycle: int, current: Latest, records: list[dict[str, Any]]
) -> tuple[Latest, dict[str, Any]]:
    """Return the pointer before *current*, and the index that it names.

    GuardError when there is none, or it is not what was published.
    """
    reopened = {entry["run_id"] for entry in records if entry["event"] == "reopened"}
    if current.status == FINAL and current.run_id not in reopened:
        raise GuardError(
            f"siklus {cycle} wilayah {region} sudah ditutup dengan perhitungan {current.run_id}; perhitungan "
            "final tidak ditarik. Buka siklusnya dulu dengan iid close --reopen, lalu ulangi"
        )
    there = recorded_runs(store, region, cycle) - {current.run_id}  # without those that prune removed
    earlier = [run for run in standing(records) if run in there]
    if not earlier:
        raise GuardError(
            f"tidak ada perhitungan lain yang pernah terbit untuk {region} tahun {cycle}; "
            f"{current.run_id} tetap terbit. Terbitkan yang benar dengan iid assess"
        )
    entry = next(e for e in reversed(records) if e["event"] == "published" and e["run_id"] == earlier[-1])
    found = Latest(entry["run_id"], entry["manifest_sha256"], moment(entry["published_at"]), entry["status"])
    run = read_run(store, region, cycle, found.run_id)
    if run.manifest_sha256 != found.manifest_sha256:
        raise GuardError(
            f"perhitungan sebelumnya {found.run_id} berubah setelah terbit; tidak ada yang ditarik. "
            "Periksa dengan iid verify --run, pulihkan dari cadangan, lalu ulangi"
        )
    return found, run.json("index.json")["supported"]


def published_runs(store: Store, region: str, cycle: int) -> tuple[str, ...]:
    """Runs that are published and not withdrawn, the published one last."""
    found = standing(history(store, region, cycle))
    pointer = latest(store, region, cycle)
    if pointer is None:
        return found
    return (*(run for run in found if run != pointer.run_id), pointer.run_id)


def two_runs(store: Store, region: str, cycle: int, wanted: tuple[str, ...]) -> tuple[str, str]:
    """Return the runs to compare, older first: *wanted*, else the last two.

    One run is compared with the published one. UsageError where that is unknown.
    """
    known = published_runs(store, region, cycle)
    if len(wanted) > 2:
        raise UsageError(f"sebutkan paling banyak dua perhitungan, bukan {len(wanted)}")
    if wanted:
        every = tuple(dict.fromkeys((*runs(store, region, cycle), *known)))
        found = [_one_of(every, text, region, cycle) for text in wanted]
        pair = (found[0], found[1] if len(found) > 1 else known[-1])
    elif len(known) < 2:
        raise UsageError(
            f"baru ada {len(known)} perhitungan terbit untuk {region} tahun {cycle}; "
            "perbandingan memerlukan dua: jalankan iid assess lagi setelah ada yang berubah"
        )
    else:
        pair = (known[-2], known[-1])
    if pair[0] == pair[1]:
        raise UsageError(f"kedua perhitungan itu sama: {pair[0]}")
    return pair


def _one_of(known: tuple[str, ...], text: str, region: str, cycle: int) -> str:
    found = [run for run in known if run == text] or [run for run in known if run.startswith(text)]
    if len(found) == 1:
        return found[0]
    words = f"cocok dengan {len(found)}" if found else "tidak ada"
    shown = ", ".join((found or list(known))[-5:]) or "belum ada satu pun"
    raise UsageError(f'perhitungan "{line(text)}" {words} untuk {region} tahun {cycle}; yang ada: {shown}')
