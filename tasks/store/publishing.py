"""Publication of a run: a reader sees the last whole one, or this one.

New prefix → every file created, read back and compared → manifest → pointer.
Nothing that was published is ever written again; a process killed anywhere
leaves at most files that no pointer names.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iid.tasks.store.bulk import bounded_map, put_checked, put_many
from iid.tasks.store.closed_cycle import SIGNATURE, is_reopened
from iid.tasks.store.history import published_now, record, recorded_runs
from iid.tasks.store.lease import Lease, hold
from iid.tasks.store.paths import MANIFEST, canonical, latest_key, parse, run_prefix, sha256, stamp, utc_now
from iid.tasks.store.published_run import (
    Latest,
    Run,
    latest,
    listed_files,
    pick_region,
    read_pointer,
    read_run,
    regions,
    runs,
)
from iid.tasks.store.retention import prune, remove_all, tidy
from iid.tasks.store.store import Digest, Store
from iid.tasks.store.verification import Difference, verify
from iid.tasks.values.errors import FailedError, GuardError, StoreError

__all__ = [
    "Difference",
    "Latest",
    "Published",
    "Run",
    "latest",
    "pick_region",
    "prune",
    "publish",
    "read_run",
    "regions",
    "runs",
    "verify",
]

Files = Iterable[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Published:
    """The run in the store; *already*: it was there with the same bytes."""

    run_id: str
    manifest_sha256: str
    already: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Where one run goes."""

    store: Store
    region: str
    cycle: int
    run_id: str

    @property
    def prefix(self) -> str:
        return run_prefix(self.region, self.cycle, self.run_id)


def publish(  # noqa: PLR0913  (what a run is, and who publishes it when; all but five by name)
    store: Store,
    region: str,
    cycle: int,
    run_id: str,
    files: Files,
    manifest: Mapping[str, Any],
    *,
    published_at: datetime,
    status: str,
    now: Callable[[], datetime] = utc_now,
    zone: str = "UTC",
    lease: Lease | None = None,
    only_newer: bool = False,
    sign: Callable[[bytes], bytes] | None = None,
) -> Published:
    """Publish *files* (name, content) as *run_id* of *region* and *cycle*.

    *manifest* holds what the caller knows (rulebook hash, share fingerprint, versions,
    as_of, counts); the list of files is added here. *files* is consumed one by one.
    *lease*: one that the caller holds already. *only_newer*: refuse a run whose time
    is before the published one's. *zone* is for the words of an error only. *sign* makes
    ``manifest.json.sig`` from the manifest.

    GuardError: another publisher holds the lease, the cycle is final, or (only_newer) the
    run is superseded. StoreError: the store failed, or the run exists with other content.
    """
    place = _Place(store, region, cycle, run_id)
    run_prefix(region, cycle, run_id), stamp(published_at)  # refuse before anything is written
    with _leased(lease, place, now, zone) as held:
        raw, before = _pointer(place)
        _refuse_closed(place, before or published_now(store, region, cycle), only_newer=only_newer)
        if before:
            record(store, region, cycle, "published", before)  # its publisher may have died before this
        known = run_id in recorded_runs(store, region, cycle)
        if known:
            data = _same_again(place, files, manifest, status, held)
        else:
            data = _written_anew(place, files, manifest, status, held, _twins(place, before))
            if sign:
                put_checked(store, place.prefix + SIGNATURE, sign(data))
        after = Latest(run_id, sha256(data), published_at, status)
        if _should_move(before, after, known=known):
            held.check()
            _move(place, after, raw)
        with suppress(FailedError):  # the run is out; the next publishing tidies up
            tidy(store, region, cycle, now())
        return Published(run_id, after.manifest_sha256, known)


@contextmanager
def _leased(lease: Lease | None, place: _Place, now: Callable[[], datetime], zone: str) -> Iterator[Lease]:
    if lease is not None:
        yield lease
        return
    with hold(place.store, place.region, place.cycle, now=now, zone=zone) as own:
        yield own


def _pointer(place: _Place) -> tuple[bytes | None, Latest | None]:
    key = latest_key(place.region, place.cycle)
    try:
        raw = place.store.get(key)
    except KeyError:
        return None, None
    try:
        return raw, read_pointer(raw, place.store.address(key))
    except StoreError:
        return raw, None  # a damaged pointer must not keep the next run from fixing it


def _refuse_closed(place: _Place, before: Latest | None, *, only_newer: bool) -> None:
    if before is None or before.run_id == place.run_id:
        return
    if before.status == "final" and not is_reopened(place.store, place.region, place.cycle, before):
        raise GuardError(
            f"siklus ini sudah ditutup dengan perhitungan {before.run_id}; tidak ada yang diterbitkan"
        )
    if only_newer and _time_of(place.run_id) < _time_of(before.run_id):
        raise GuardError(
            f"perhitungan {place.run_id} sudah didahului {before.run_id} yang lebih baru; "
            "tidak ada yang diterbitkan"
        )


def _same_again(place: _Place, files: Files, head: Mapping[str, Any], status: str, lease: Lease) -> bytes:
    """Return the published manifest if its run holds *files*; write nothing."""
    where = place.store.address(place.prefix + MANIFEST)
    try:
        existing = place.store.get(place.prefix + MANIFEST)
    except KeyError:
        raise StoreError(f"{where} hilang setelah terbit; pulihkan dari cadangan") from None
    found = dict(_hashed(_named_once(files), lease))
    _refuse_other_content(place, existing, _manifest(place, head, status, found), found)
    return existing


def _twins(place: _Place, before: Latest | None) -> dict[Digest, str]:
    """Return the published run's content by digest: no need to send it again."""
    if before is None:
        return {}
    prefix = run_prefix(place.region, place.cycle, before.run_id)
    try:
        manifest = parse(place.store.get(prefix + MANIFEST), prefix)
        return {digest: prefix + name for name, digest in listed_files(manifest, prefix).items()}
    except (KeyError, StoreError):
        return {}  # everything is sent; verify reports the damage


def _written_anew(
    place: _Place,
    files: Files,
    head: Mapping[str, Any],
    status: str,
    lease: Lease,
    twins: Mapping[Digest, str],
) -> bytes:
    """Write every file, then the manifest; give the manifest."""
    remove_all(place.store, place.prefix)  # of an attempt that died; no pointer ever named it
    try:
        found = dict(_written(place, _named_once(files), lease, twins))
    except Exception:
        _give_back(place, lease)
        raise
    manifest = _manifest(place, head, status, found)
    lease.check()
    put_checked(place.store, place.prefix + MANIFEST, manifest)
    return manifest


def _give_back(place: _Place, lease: Lease) -> None:
    """Remove a failed attempt at once: on a full disk the next needs its room."""
    with suppress(FailedError, GuardError):  # the store is away, or another one writes here: prune does it
        lease.check()
        remove_all(place.store, place.prefix)


def _written(
    place: _Place, files: Files, lease: Lease, twins: Mapping[Digest, str]
) -> Iterator[tuple[str, Digest]]:
    objects = ((place.prefix + name, data) for name, data in files)
    for key, digest in put_many(place.store, objects, twins, empty=True):
        lease.keep()
        yield key.removeprefix(place.prefix), digest


def _hashed(files: Files, lease: Lease) -> Iterator[tuple[str, Digest]]:
    for name, digest in bounded_map(lambda file: (file[0], Digest(len(file[1]), sha256(file[1]))), files, 2):
        lease.keep()
        yield name, digest


def _named_once(files: Files) -> Iterator[tuple[str, bytes]]:
    seen = {MANIFEST, SIGNATURE}
    for name, data in files:
        if name in seen:
            raise StoreError(f"dua berkas bernama {name} dalam satu penerbitan; tidak ada yang diterbitkan")
        seen.add(name)
        yield name, data


def _manifest(place: _Place, head: Mapping[str, Any], status: str, files: Mapping[str, Digest]) -> bytes:
    listed = [
        {"path": name, "size": files[name].size, "sha256": files[name].sha256} for name in sorted(files)
    ]
    own = {"region": place.region, "cycle": place.cycle, "run_id": place.run_id, "status": status}
    return canonical({"schema": 1, **head, **own, "files": listed})


def _refuse_other_content(
    place: _Place, existing: bytes, manifest: bytes, found: Mapping[str, Digest]
) -> None:
    if existing == manifest:
        return
    where = place.store.address(place.prefix + MANIFEST)
    stored = listed_files(parse(existing, where), where)
    names = sorted(n for n in stored.keys() | found.keys() if stored.get(n) != found.get(n)) or [MANIFEST]
    shown = ", ".join(names[:5]) + (f" dan {len(names) - 5} lagi" if len(names) > 5 else "")
    raise StoreError(
        f"perhitungan {place.run_id} sudah ada di {place.store.url} dengan isi lain ({shown}); "
        "yang sudah ada tidak diubah. Ulangi dengan --as-of lain bila isinya memang harus baru"
    )


def _should_move(before: Latest | None, after: Latest, *, known: bool) -> bool:
    if before is None or not known:
        return True
    if before.run_id == after.run_id:
        return before.manifest_sha256 != after.manifest_sha256
    return _time_of(after.run_id) >= _time_of(before.run_id)


def _time_of(run_id: str) -> str:
    return run_id.partition("-")[0]


def _move(place: _Place, after: Latest, raw: bytes | None) -> None:
    key = latest_key(place.region, place.cycle)
    if not place.store.replace(key, canonical(after.as_json()), raw, "application/json"):
        raise GuardError(
            f"penunjuk {place.store.address(key)} diubah proses lain saat menerbitkan; "
            "yang terbit tetap milik proses itu, ulangi"
        )
    with suppress(FailedError):  # the run is out; the next publishing records it
        record(place.store, place.region, place.cycle, "published", after)
