"""What a closed cycle keeps beside its runs: evidence, signature, state."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.history import history, published_now
from iid.tasks.store.paths import base
from iid.tasks.store.published_run import Latest
from iid.tasks.store.store import Digest, Store
from iid.tasks.values.errors import StoreError

SIGNATURE = "manifest.json.sig"
CLOSING = "closing.json"
_SHA256 = re.compile(r"^[0-9a-f]{64}$")


def evidence_prefix(region: str, cycle: int) -> str:
    """``<region>/<cycle>/evidence/``."""
    return f"{base(region, cycle)}/evidence/"


def evidence_key(region: str, cycle: int, sha256: str) -> str:
    """Return ``<region>/<cycle>/evidence/<aa>/<sha256>``, no share's name."""
    if not _SHA256.match(sha256):
        raise StoreError(f"sidik bukti {sha256[:80]!r} bukan SHA-256")
    return f"{evidence_prefix(region, cycle)}{sha256[:2]}/{sha256}"


def closed_by(store: Store, region: str, cycle: int) -> Latest | None:
    """Return the final run that closes the cycle; None while it is open.

    A pointer that was lost or damaged opens nothing: then the records say what is published.
    """
    pointer = published_now(store, region, cycle)
    if pointer is None or pointer.status != "final":
        return None
    return None if is_reopened(store, region, cycle, pointer) else pointer


def is_reopened(store: Store, region: str, cycle: int, pointer: Latest) -> bool:
    """Whether the final run *pointer* names was opened again."""
    return any(
        entry.get("event") == "reopened" and entry.get("run_id") == pointer.run_id
        for entry in history(store, region, cycle)
    )


def version_of(records: list[dict[str, Any]]) -> int:
    """Return the version of the next final run: 1 + the final runs so far."""
    return 1 + len({entry["run_id"] for entry in records if entry.get("status") == "final"})


def kept_evidence(
    store: Store, region: str, cycle: int, closing: dict[str, Any]
) -> Iterator[tuple[str, Digest, Digest | None]]:
    """Yield name, expected and found digest of each content of *closing*."""
    listed = [
        (str(item["sha256"]), int(item["size"]))
        for part in ("evidence", "workbooks")
        for item in closing.get(part, [])
    ]

    def look(item: tuple[str, int]) -> tuple[str, Digest, Digest | None]:
        sha, size = item
        key = evidence_key(region, cycle, sha)
        name = key.removeprefix(f"{base(region, cycle)}/")
        try:
            return name, Digest(size, sha), store.digest(key)
        except KeyError:
            return name, Digest(size, sha), None

    return bounded_map(look, sorted(set(listed)), store.workers)
