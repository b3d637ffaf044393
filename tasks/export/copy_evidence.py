"""The bytes of evidence for the export: kept copies first, else the share."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from iid.tasks.export.export_plan import Packed, Plan
from iid.tasks.export.preflight import Check
from iid.tasks.shares.drive import Drive, FileChangedError
from iid.tasks.shares.marker import read_marker
from iid.tasks.shares.open_share import open_drive
from iid.tasks.store.closed_cycle import evidence_prefix
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError, UsageError

CHUNK = 1 << 20  # bytes
Keys = Mapping[str, str]  # sha256 -> key of the kept copy


@dataclass(frozen=True, slots=True)
class Origin:
    """Where bytes come from: copies kept in the store, the share for the rest."""

    store: Store
    kept: Keys
    drive: Drive | None
    example: bool = False  # the share says that it was made by ``iid demo``


def origin_of(store: Store, plan: Plan, share: str | None, region: str, cycle: int) -> Origin:
    """Return where the files of *plan* are; the share opens only if needed.

    UsageError when it is needed and not named, or is another region's; GuardError without its marker.
    """
    kept = kept_copies(store, region, cycle)
    drive = share_of(plan, kept, share, region)
    return Origin(store, kept, drive, drive is not None and read_marker(drive).example)


def kept_copies(store: Store, region: str, cycle: int) -> Keys:
    """The evidence that ``close`` has copied into the store, by hash."""
    found = store.objects(evidence_prefix(region, cycle))
    return {item.key.rpartition("/")[2]: item.key for item in found}


def share_of(plan: Plan, kept: Keys, share: str | None, region: str) -> Drive | None:
    """Open the share if a file of *plan* has no kept copy, else return None."""
    lacking = sum(item.sha256 not in kept for entry in plan.entries for item in entry.files)
    if not lacking:
        return None
    if share is None:
        raise UsageError(
            f"--share belum disebut: {lacking} berkas bukti belum disalin ke penyimpanan "
            "(itu terjadi saat iid close), jadi diambil dari share"
        )
    drive = open_drive(share)
    found = read_marker(drive).region
    if found != region:
        raise UsageError(f"share {drive.url} milik wilayah {found}, hasil terbitnya wilayah {region}")
    return drive


def bring(item: Packed, target: Path, origin: Origin) -> Check | None:
    """Write *item* to *target* as it was judged; a check if it is gone.

    StoreError when a kept copy is not what its name says, DriveError when the share fails.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    if key := origin.kept.get(item.sha256):
        data = origin.store.get(key)
        if hashlib.sha256(data).hexdigest() != item.sha256:
            raise StoreError(f"salinan bukti {key} rusak; periksa dengan iid verify")
        target.write_bytes(data)
        return None
    if origin.drive is None:
        raise ValueError(f"{item.name} has no kept copy and no share was opened")
    first = ""
    for source in item.sources:
        why = _from_share(origin.drive, item, source, target)
        if not why:
            return None
        first = first or why
    return _gone(item, first)


def _from_share(drive: Drive, item: Packed, source: str, target: Path) -> str:
    """Copy *source* in flat memory; "" if it is as judged, else what is wrong."""
    try:
        with drive.open(source) as stream, target.open("wb") as copy:
            why = "" if _copied(stream, copy, item) else "isinya berubah sejak dinilai"
    except FileNotFoundError:
        why = "tidak ada lagi di share"
    except PermissionError:
        why = "tidak dapat dibaca (hak baca)"
    except FileChangedError:
        why = "berubah selagi dibaca"
    if why:  # half a file must not be sent
        target.unlink(missing_ok=True)
    return why


def _copied(stream: BinaryIO, copy: BinaryIO, item: Packed) -> bool:
    """Report whether *stream* was *item*; stop reading where it has grown."""
    digest, copied = hashlib.sha256(), 0
    while chunk := stream.read(CHUNK):
        copied += len(chunk)
        if 0 < item.size < copied:
            return False
        digest.update(chunk)
        copy.write(chunk)
    return digest.hexdigest() == item.sha256


def _gone(item: Packed, why: str) -> Check:
    what = f"{item.name} tidak ikut: berkas aslinya {why}."
    fix = "Kembalikan berkas yang dinilai, atau jalankan iid assess lagi agar yang baru dinilai."
    return Check("berkas", item.owner, item.indicator, what, fix, item.sources[0])
