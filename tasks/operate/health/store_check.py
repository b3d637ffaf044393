"""Whether a store can be written, read, cleaned; and its conditions."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from iid.tasks.operate.health.health_check import UNNAMED, Check, first_line
from iid.tasks.store.open_store import open_store
from iid.tasks.store.store import Store
from iid.tasks.values.errors import IidError

NAME = "Penyimpanan"
BYTES = b"iid"


@dataclass(frozen=True, slots=True)
class SeenStore:
    """What was found; ``ahead``: the store's clock minus ours in s, or None."""

    checks: tuple[Check, ...]
    store: Store | None = None
    ahead: float | None = None


def examine_store(
    url: str | None, endpoint_url: str | None = None, *, now: Callable[[], float] = time.time
) -> SeenStore:
    """Write, read, time and remove an object; then probe the conditions."""
    if url is None:
        advice = "sebut --store, IID_STORE, atau store dalam iid.toml"
        return SeenStore((Check(NAME, "warning", UNNAMED, advice),))
    try:
        store = open_store(url, endpoint_url)
        ahead = _round_trip(store, now)
        exclusive = store.exclusive
    except IidError as error:
        return SeenStore((Check(NAME, "failed", first_line(error)),))
    tried = Check(NAME, "ok", f"{store.url}: tulis, baca, dan hapus berhasil")
    return SeenStore((tried, _conditions(exclusive)), store, ahead)


def _round_trip(store: Store, now: Callable[[], float]) -> float:
    """Return the clocks' difference in seconds. StoreError on a failure."""
    from iid.tasks.values.errors import StoreError

    key = f".iid/periksa-{secrets.token_hex(8)}"
    store.put(key, BYTES, "text/plain")
    written = now()
    try:
        if store.get(key) != BYTES:
            raise StoreError(f"{store.address(key)}: yang terbaca bukan yang ditulis")
        stored = next(iter(store.objects(key)), None)
    except KeyError:
        raise StoreError(f"{store.address(key)} hilang setelah ditulis") from None
    finally:
        store.delete(key)
    return stored.modified - written if stored else 0.0


def _conditions(exclusive: bool) -> Check:
    if exclusive:
        return Check("Syarat tulis", "ok", "ditegakkan; hanya satu penerbit pada satu waktu")
    return Check(
        "Syarat tulis",
        "warning",
        "diabaikan oleh penyimpanan ini",
        "jangan jalankan dua penilaian wilayah yang sama bersamaan (docs/store.md)",
    )
