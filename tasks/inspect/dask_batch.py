"""What one Dask task does: inspect a batch of files on its own machine.

The worker reads the share itself: a folder that is mounted there under the same path, or a
network address with the secrets of the worker's own environment. Nothing secret is in a task.
Each batch has its own guarded processes (:mod:`iid.tasks.sandbox.pool`), so a file that kills
its reader costs that file one finding and the worker nothing.
"""

from __future__ import annotations

import hashlib
import json
import sys
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

from iid.tasks.inspect.inspectors.reader_versions import VERSIONS, inspector_version
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker_process import Answer
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.shares.open_share import open_drive
from iid.tasks.values.errors import DriveError, FailedError, IidError

MARKER = "iid-share.toml"
_MARKER_LIMIT = 1 << 16
#: key, status, message, packed text, lasting
Record = tuple[int, str, dict[str, Any], bytes, bool]
_kept: dict[str, Drive] = {}  # the last network drive, so that its rclone outlives one batch


@dataclass(frozen=True, slots=True)
class Order:
    """What all batches of a run share. ``share``: a folder's path, or a drive.

    A drive is pickled as its address; ``marker`` is the SHA-256 of its marker, "" without one.
    """

    share: Drive | str
    marker: str
    fingerprint: str
    limits: Limits
    processes: int


@dataclass(frozen=True, slots=True)
class Batch:
    """Files to read, and by size the hashes whose facts the run has already."""

    wanted: tuple[Wanted, ...]
    known: Mapping[int, tuple[str, ...]]


def order_for(drive: Drive, limits: Limits, processes: int) -> Order:
    """The order of a run over *drive*, as seen from the machine that leads it."""
    share = drive.url if isinstance(drive, FolderDrive) else drive
    return Order(share, _marker_of(drive), fingerprint(), limits, processes)


def batch_of(wanted: Sequence[Wanted], known: Known) -> Batch:
    """A batch with what is known now of contents of these sizes."""
    sizes = sorted({want.size for want in wanted})
    return Batch(tuple(wanted), {size: entries for size in sizes if (entries := known.of(size))})


@cache
def fingerprint() -> str:
    """Return the digest of what makes facts: inspectors, libraries, Python."""
    digest = hashlib.sha256()
    for room in ("iid.tasks.sandbox", "iid.tasks.inspect"):
        root = Path(str(files(room)))
        for path in sorted(root.rglob("*.py")):
            digest.update(f"{path.relative_to(root)}\0".encode() + hashlib.sha256(path.read_bytes()).digest())
    libraries = [inspector_version(word) for word in sorted(VERSIONS)]
    rest = [libraries, unicodedata.unidata_version, list(sys.version_info[:2])]
    digest.update(json.dumps(rest).encode())
    return digest.hexdigest()[:16]


def inspect_batch(order: Order, batch: Batch) -> list[Record]:
    """Inspect *batch* here. Raises DriveError without the share, FailedError."""
    from iid.tasks.sandbox.guarded import guarded
    from iid.tasks.sandbox.pool import Pool

    if order.fingerprint != fingerprint():
        raise FailedError(
            f"pekerja Dask di {_here()} memakai iid, pustaka, atau Python versi lain; pasang versi yang sama "
            "di semua pekerja, kalau tidak hasilnya dapat berbeda"
        )
    drive = _share(order)
    known = Known()
    for size, hashes in batch.known.items():
        for sha256 in hashes:
            known.add(size, sha256)
    with Pool(order.processes, order.limits) as pool:
        return list(_records(guarded(drive, batch.wanted, known, pool), known))


def _records(answers: Iterator[Answer], known: Known) -> Iterator[Record]:
    for answer in answers:
        if "facts" in answer.message:
            known.add(answer.message["size"], answer.message["sha256"])
        yield answer.job.key, answer.status, answer.message, answer.text, answer.lasting


def _share(order: Order) -> Drive:
    """Open the share as seen here; refuse one that is not the run's."""
    url = order.share if isinstance(order.share, str) else order.share.url
    try:
        drive = open_drive(order.share) if isinstance(order.share, str) else order.share
        seen = _marker_of(drive)
    except (IidError, OSError) as error:
        raise DriveError(f"pekerja Dask di {_here()} tidak dapat membuka share {url}: {error}") from error
    if seen != order.marker:
        what = "melihat share lain" if seen else "tidak melihat share"
        raise DriveError(
            f"pekerja Dask di {_here()} {what} di {url} (iid-share.toml tidak sama); pasang share itu di "
            "jalur yang sama pada semua pekerja, atau pakai alamat jaringan"
        )
    if not isinstance(order.share, str):
        _kept.clear()
        _kept[url] = drive
    return drive


def _marker_of(drive: Drive) -> str:
    if not drive.exists(MARKER):
        return ""
    return hashlib.sha256(drive.read_bytes(MARKER, _MARKER_LIMIT)).hexdigest()


def _here() -> str:
    """Address of the Dask worker this runs on, or the machine's name."""
    try:
        from distributed import get_worker

        return str(get_worker().address)
    except (ImportError, ValueError):
        import platform

        return platform.node()
