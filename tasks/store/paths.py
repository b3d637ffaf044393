"""Where things are in a store (contract 5), and how JSON is written there."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import UTC, datetime
from typing import Any

from iid.tasks.values.errors import StoreError, UsageError

MANIFEST = "manifest.json"
_REGION = re.compile(r"^[0-9A-Za-z]{1,16}([.-][0-9A-Za-z]{1,16}){0,4}$")
_RUN = re.compile(r"^[0-9A-Za-z][0-9A-Za-z._-]{0,79}$")


def base(region: str, cycle: int) -> str:
    """Return ``<region>/<cycle>``. UsageError for an unsafe region code."""
    if not _REGION.match(region):
        raise UsageError(f"kode wilayah {region!r} tidak sah; contoh: 63.03")
    return f"{region}/{int(cycle)}"


def latest_key(region: str, cycle: int) -> str:
    """The pointer to the last published run."""
    return f"{base(region, cycle)}/latest.json"


def run_prefix(region: str, cycle: int, run_id: str) -> str:
    """Return ``<region>/<cycle>/runs/<run_id>/``. UsageError for a bad id."""
    if not is_run(run_id):
        raise UsageError(f"pengenal perhitungan {run_id!r} tidak sah; contoh: 20261124T083000Z-1a2b3c4d")
    return f"{base(region, cycle)}/runs/{run_id}/"


def is_run(run_id: str) -> bool:
    """Whether *run_id* may be the identifier of a run."""
    return bool(_RUN.match(run_id)) and ".." not in run_id


def history_prefix(region: str, cycle: int) -> str:
    """Records of what was published, append-only."""
    return f"{base(region, cycle)}/history/"


def lease_prefix(region: str, cycle: int) -> str:
    """The lease of the cycle's one publisher."""
    return f"{base(region, cycle)}/lease/"


def sha256(data: bytes) -> str:
    """64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def canonical(value: Any) -> bytes:
    """Write canonical JSON (sorted, UTF-8): equal values give equal bytes."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, indent=2, allow_nan=False)
    return (text + "\n").encode("utf-8")


def parse(data: bytes, where: str) -> dict[str, Any]:
    """The JSON object in *data*. StoreError naming *where* when it is none."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise StoreError(f"{where} rusak: isinya bukan JSON yang diharapkan; periksa dengan iid verify")
    return value


def stamp(moment: datetime) -> str:
    """Write ``2026-11-24T08:30:00Z`` (UTC). ValueError without a zone."""
    if moment.tzinfo is None:
        raise ValueError("a time needs its zone")
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def moment(text: str) -> datetime:
    """What :func:`stamp` wrote, aware. ValueError for anything else."""
    return datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)


def utc_now() -> datetime:
    """The clock of this machine; every step takes another one as an argument."""
    return datetime.now(UTC)
