"""Read what was published: the pointer, a run, its tables."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iid.tasks.store.paths import (
    MANIFEST,
    base,
    is_run,
    latest_key,
    moment,
    parse,
    run_prefix,
    sha256,
    stamp,
)
from iid.tasks.store.store import Digest, Store
from iid.tasks.values.errors import StoreError, UsageError

if TYPE_CHECKING:
    import pandas as pd

STATUSES = ("provisional", "final")
SCHEMA = 1  # of manifest.json; a newer one is refused
_BEGUN = re.compile(r"\d{8}T\d{6}Z")  # how the name of a run begins
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


@dataclass(frozen=True, slots=True)
class Latest:
    """What ``latest.json`` says: which run is the published one."""

    run_id: str
    manifest_sha256: str
    published_at: datetime
    status: str
    checked: datetime | None = None  # when a later run found it unchanged

    @property
    def checked_at(self) -> datetime:
        """When a run last found nothing changed; else when it was published."""
        return self.checked or self.published_at

    @property
    def looked_at(self) -> datetime:
        """When the run began that published or last checked it."""
        if self.checked or not (found := _BEGUN.match(self.run_id)):
            return self.checked_at
        return min(self.published_at, datetime.strptime(found[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))

    def as_json(self) -> dict[str, str]:
        """The content of ``latest.json`` (contract 5)."""
        return {**self.as_record(), "checked_at": stamp(self.checked_at)}

    def as_record(self) -> dict[str, str]:
        """What never changes of it, for the records of the cycle."""
        return {
            "run_id": self.run_id,
            "manifest_sha256": self.manifest_sha256,
            "published_at": stamp(self.published_at),
            "status": self.status,
        }


@dataclass(frozen=True)
class Run:
    """One run in the store; all it gives was compared with the manifest."""

    store: Store
    region: str
    cycle: int
    run_id: str
    manifest: dict[str, Any]
    manifest_sha256: str

    @property
    def prefix(self) -> str:
        """``<region>/<cycle>/runs/<run_id>/``."""
        return run_prefix(self.region, self.cycle, self.run_id)

    @cached_property
    def files(self) -> dict[str, Digest]:
        """Every file of the manifest by its name inside the run, sorted."""
        return listed_files(self.manifest, self.store.address(self.prefix + MANIFEST))

    def bytes(self, name: str) -> bytes:
        """One file. StoreError when it is missing or not what the manifest says."""
        where = self.store.address(self.prefix + name)
        if name not in self.files:
            raise StoreError(f"perhitungan {self.run_id} tidak memuat {name} ({where})")
        try:
            data = self.store.get(self.prefix + name)
        except KeyError:
            raise StoreError(f"berkas terbit hilang: {where}; periksa dengan iid verify") from None
        if sha256(data) != self.files[name].sha256:
            raise StoreError(f"berkas terbit berubah setelah terbit: {where}; periksa dengan iid verify")
        return data

    def json(self, name: str) -> Any:
        """One JSON file, for example ``index.json``."""
        return json.loads(self.bytes(name))

    def table(self, name: str) -> pd.DataFrame:
        """Return one table by its name (``scores``), with its published types."""
        from iid.tasks.store.table_files import read_table

        return read_table(io.BytesIO(self.bytes(f"{name}.parquet")))


def latest(store: Store, region: str, cycle: int) -> Latest | None:
    """Return the pointer, None if nothing is published. StoreError if damaged."""
    key = latest_key(region, cycle)
    try:
        data = store.get(key)
    except KeyError:
        return None
    return read_pointer(data, store.address(key))


def read_pointer(data: bytes, where: str) -> Latest:
    """The pointer in *data*. StoreError naming *where* when it is none."""
    try:
        return pointer_of(parse(data, where))
    except (StoreError, KeyError, TypeError, ValueError):
        raise StoreError(
            f"penunjuk {where} rusak; terbitkan ulang dengan iid assess, atau pulihkan dari cadangan"
        ) from None


def pointer_of(content: Mapping[str, Any]) -> Latest:
    """Parse *content* as a pointer. KeyError, TypeError, ValueError if none."""
    published_at = moment(content["published_at"])
    checked_at = moment(content.get("checked_at", content["published_at"]))  # older pointers have none
    found = Latest(
        run_id=content["run_id"],
        manifest_sha256=content["manifest_sha256"],
        published_at=published_at,
        status=content["status"],
        checked=None if checked_at == published_at else checked_at,
    )
    if not (is_run(found.run_id) and _SHA256.match(found.manifest_sha256) and found.status in STATUSES):
        raise ValueError("not a pointer")
    return found


def read_run(store: Store, region: str, cycle: int, run_id: str | None = None) -> Run:
    """The published run, or the run *run_id*.

    UsageError when nothing was published or there is no such run; StoreError when the
    pointer or the manifest is damaged, or when they do not fit each other.
    """
    try:
        pointer = latest(store, region, cycle)
    except StoreError:
        if run_id is None:
            raise
        pointer = None  # a run that was named does not need it
    if run_id is None:
        if pointer is None:
            raise UsageError(
                f"belum ada hasil terbit untuk wilayah {region} tahun {cycle} di {store.url}; "
                f"{_others(store, cycle)}jalankan iid assess lebih dulu"
            )
        run_id = pointer.run_id
    key = run_prefix(region, cycle, run_id) + MANIFEST
    try:
        data = store.get(key)
    except KeyError:
        raise _no_run(store, region, cycle, run_id, pointer) from None
    found = sha256(data)
    if pointer and pointer.run_id == run_id and pointer.manifest_sha256 != found:
        raise StoreError(f"{store.address(key)} berubah setelah terbit; periksa dengan iid verify")
    manifest = parse(data, store.address(key))
    refuse_newer(manifest, store.address(key))
    return Run(store, region, cycle, run_id, manifest, found)


def refuse_newer(content: Mapping[str, Any], where: str, known: int = SCHEMA) -> None:
    """Refuse a form newer than *known*. UsageError names the version needed."""
    if isinstance(form := content.get("schema", known), int) and form > known:
        versions = content.get("versions")
        needed = versions.get("iid", "") if isinstance(versions, dict) else ""
        raise UsageError(
            f"{where} ditulis iid yang lebih baru (schema {form}; program ini mengenal sampai {known}); "
            f"pasang iid {needed or 'versi itu'} atau yang lebih baru"
        )


def runs(store: Store, region: str, cycle: int) -> tuple[str, ...]:
    """Identifiers of the complete runs, oldest first."""
    found = store.folders(f"{base(region, cycle)}/runs/")
    return tuple(run for run in found if store.exists(run_prefix(region, cycle, run) + MANIFEST))


def regions(store: Store, cycle: int) -> tuple[str, ...]:
    """Codes of the regions that have published *cycle*, sorted."""
    names = (name for name in store.folders("") if not name.startswith("."))
    return tuple(name for name in names if store.exists(f"{name}/{int(cycle)}/latest.json"))


def _others(store: Store, cycle: int) -> str:
    """Name the regions that have published; "" where none is known."""
    try:
        found = regions(store, cycle)
    except StoreError:
        return ""
    return f"yang sudah terbit di sana: {', '.join(found)}; pilih dengan --region, atau " if found else ""


def pick_region(store: Store, cycle: int, region: str | None) -> str:
    """Return *region*, else the only one of *cycle*. UsageError with choices."""
    if region:
        return region
    found = regions(store, cycle)
    if not found:
        raise UsageError(
            f"belum ada hasil terbit tahun {cycle} di {store.url}; "
            "periksa --store dan --cycle, atau jalankan iid assess lebih dulu"
        )
    if len(found) > 1:
        raise UsageError(
            f"ada {len(found)} wilayah untuk tahun {cycle} di {store.url}; "
            f"pilih satu dengan --region: {', '.join(found)}"
        )
    return found[0]


def listed_files(manifest: dict[str, Any], where: str) -> dict[str, Digest]:
    """Return the files a manifest lists, by name. StoreError when damaged."""
    try:
        return {
            str(entry["path"]): Digest(int(entry["size"]), str(entry["sha256"]))
            for entry in manifest["files"]
        }
    except (KeyError, TypeError, ValueError, OverflowError):
        raise StoreError(f"daftar berkas di {where} rusak; periksa dengan iid verify") from None


def _no_run(store: Store, region: str, cycle: int, run_id: str, pointer: Latest | None) -> Exception:
    if pointer and pointer.run_id == run_id:
        return StoreError(
            f"manifest perhitungan terbit {run_id} hilang dari {store.url}; pulihkan dari cadangan, "
            "atau terbitkan ulang dengan iid assess"
        )
    known = runs(store, region, cycle)
    choices = f"yang ada: {', '.join(known[-5:])}" if known else "belum ada satu pun"
    return UsageError(
        f"tidak ada perhitungan {run_id} untuk {region} tahun {cycle} di {store.url}; {choices}"
    )
