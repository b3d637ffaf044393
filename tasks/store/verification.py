"""Comparison of a published run with its manifest, and of the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.closed_cycle import CLOSING, SIGNATURE, kept_evidence
from iid.tasks.store.history import history, recorded_runs
from iid.tasks.store.paths import MANIFEST, latest_key, parse, run_prefix, sha256
from iid.tasks.store.published_run import Latest, latest, listed_files, refuse_newer, runs
from iid.tasks.store.store import Digest, Store
from iid.tasks.values.errors import StoreError, UsageError


@dataclass(frozen=True, slots=True)
class Difference:
    """A thing not as published: missing, changed, extra, damaged or row."""

    path: str  # inside the run; "latest.json" for the pointer; "scores#id" for a row
    kind: str
    expected: str = ""
    found: str = ""

    def __str__(self) -> str:
        if self.kind == "missing":
            return f"hilang: {self.path}"
        if self.kind == "extra":
            return f"tidak ada di manifest: {self.path}"
        words = {"changed": "berubah", "damaged": "rusak", "row": "hitungan berbeda"}[self.kind]
        return f"{words}: {self.path} (tercatat {self.expected or '–'}, ditemukan {self.found or '–'})"

    def as_json(self) -> dict[str, str]:
        """The same for machines."""
        return asdict(self)


def verify(store: Store, region: str, cycle: int, run_id: str | None = None) -> list[Difference]:
    """Hash every file of the run again; return what differs, by path.

    Without *run_id* the published run, and the pointer with it. Another run is held
    against the record of its publishing. UsageError when there is no such run.
    """
    try:
        pointer = latest(store, region, cycle)
    except StoreError as error:
        return [Difference("latest.json", "damaged", "penunjuk yang terbaca", str(error))]
    if pointer is None and run_id is None:
        raise UsageError(
            f"belum ada hasil terbit untuk wilayah {region} tahun {cycle} di {store.url}; "
            f"{store.address(latest_key(region, cycle))} tidak ada"
        )
    wanted = run_id or (pointer.run_id if pointer else "")
    try:
        known = _published_hash(store, region, cycle, wanted, pointer)
    except StoreError as error:
        return [Difference("history", "damaged", "catatan yang terbaca", str(error))]
    try:
        data = store.get(run_prefix(region, cycle, wanted) + MANIFEST)
    except KeyError:
        return _without_manifest(store, region, cycle, wanted, known)
    differences = []
    if known and known != sha256(data):
        differences.append(Difference(MANIFEST, "changed", known, sha256(data)))
    else:
        with suppress(StoreError):  # a damaged one is a difference, below
            refuse_newer(parse(data, MANIFEST), store.address(run_prefix(region, cycle, wanted) + MANIFEST))
    differences += _files(store, run_prefix(region, cycle, wanted), data)
    return differences or list(_evidence(store, region, cycle, wanted))


def _evidence(store: Store, region: str, cycle: int, run_id: str) -> Iterator[Difference]:
    """Contents that a final run rests on and that are missing or changed."""
    try:
        closing = store.get(run_prefix(region, cycle, run_id) + CLOSING)
    except KeyError:
        return
    for name, expected, found in kept_evidence(store, region, cycle, parse(closing, CLOSING)):
        if found is None:
            yield Difference(name, "missing", _shown(expected))
        elif found != expected:
            yield Difference(name, "changed", _shown(expected), _shown(found))


def _published_hash(store: Store, region: str, cycle: int, run_id: str, pointer: Latest | None) -> str:
    """Return the manifest hash published for *run_id*; "" if it never was."""
    if pointer and pointer.run_id == run_id:
        return pointer.manifest_sha256
    hashes = (
        entry["manifest_sha256"] for entry in history(store, region, cycle) if entry["run_id"] == run_id
    )
    return next(hashes, "")


def _without_manifest(store: Store, region: str, cycle: int, run_id: str, known: str) -> list[Difference]:
    if known and run_id not in recorded_runs(store, region, cycle):
        raise UsageError(
            f"perhitungan {run_id} dihapus dengan iid prune --keep; riwayatnya tetap ada (iid history)"
        )
    if known:
        return [Difference(MANIFEST, "missing", known)]
    choices = ", ".join(runs(store, region, cycle)[-5:]) or "belum ada satu pun"
    raise UsageError(
        f"tidak ada perhitungan {run_id} untuk {region} tahun {cycle} di {store.url}; yang ada: {choices}"
    )


def _files(store: Store, prefix: str, manifest: bytes) -> list[Difference]:
    where = store.address(prefix + MANIFEST)
    try:
        expected = listed_files(parse(manifest, where), where)
    except StoreError as error:
        return [Difference(MANIFEST, "damaged", "daftar berkas yang terbaca", str(error))]
    present = {key.removeprefix(prefix) for key in store.keys(prefix)} - {MANIFEST, SIGNATURE}
    found: list[Difference] = list(_compared(store, prefix, expected, present))
    found += [Difference(name, "extra") for name in present - expected.keys()]
    return sorted(found, key=lambda difference: difference.path)


def _compared(
    store: Store, prefix: str, expected: dict[str, Digest], present: set[str]
) -> Iterator[Difference]:
    def digest(name: str) -> tuple[str, Digest | None]:
        try:
            return name, store.digest(prefix + name) if name in present else None
        except KeyError:
            return name, None

    for name, found in bounded_map(digest, expected, store.workers):
        if found is None:
            yield Difference(name, "missing", _shown(expected[name]))
        elif found != expected[name]:
            yield Difference(name, "changed", _shown(expected[name]), _shown(found))


def _shown(digest: Digest) -> str:
    return f"{digest.size} byte, sha256 {digest.sha256[:16]}…"
