"""Many small objects: several at a time, each read back, memory flat."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import TypeVar

from iid.tasks.store.keys import content_type_of
from iid.tasks.store.paths import sha256
from iid.tasks.store.store import Digest, Store
from iid.tasks.values.errors import StoreError

A = TypeVar("A")
B = TypeVar("B")


def bounded_map(work: Callable[[A], B], items: Iterable[A], workers: int) -> Iterator[B]:
    """Run *work* on each item in *workers* threads; yield results in order.

    At most ``2 * workers`` items are in memory.
    The first failure ends it: what has not begun is not begun, and the error is raised.
    """
    waiting: deque[Future[B]] = deque()
    pool = ThreadPoolExecutor(max_workers=workers, thread_name_prefix="iid-store")
    try:
        for item in items:
            waiting.append(pool.submit(work, item))
            if len(waiting) >= 2 * workers:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def put_many(
    store: Store,
    objects: Iterable[tuple[str, bytes]],
    twins: Mapping[Digest, str] | None = None,
    *,
    empty: bool = False,
) -> Iterator[tuple[str, Digest]]:
    """Create every object, read it back and compare; yield (key, digest).

    *twins*: keys that hold equal content; the store copies those itself where it can.
    An object that exists already with the same bytes is kept. StoreError when it
    holds other bytes, or when what was read back is not what was sent. *empty*: nothing is
    there, as the caller has just seen under its lease, so the store need not be asked each time.
    """
    return bounded_map(
        lambda item: (item[0], put_checked(store, *item, twins, empty=empty)), objects, store.workers
    )


def _copied(store: Store, source: str, key: str, wanted: Digest) -> bool:
    """Return whether *key* holds *wanted*, copied by the store and read back."""
    if not store.copy(source, key):
        return False
    with suppress(KeyError):
        if store.digest(key) == wanted:
            return True
    store.delete(key)  # the twin is damaged; what we have is sent instead
    return False


def put_checked(
    store: Store,
    key: str,
    data: bytes,
    twins: Mapping[Digest, str] | None = None,
    *,
    empty: bool = False,
) -> Digest:
    """Create one object, read back and compare. StoreError on a difference."""
    sent = Digest(len(data), sha256(data))
    twin = twins.get(sent) if twins and data else None
    if twin and (empty or not store.exists(key)) and _copied(store, twin, key, sent):
        return sent
    if empty and not store.exclusive:
        store.put(key, data, content_type_of(key))
        created = True
    else:
        created = store.create(key, data, content_type_of(key))
    try:
        found = store.digest(key)
    except KeyError:
        raise StoreError(
            f"penyimpanan {store.address(key)} hilang setelah ditulis; ulangi penerbitan"
        ) from None
    if found == sent:
        return sent
    if created:
        raise StoreError(
            f"penyimpanan {store.address(key)} berbeda setelah ditulis "
            f"(dikirim {sent.size} byte, terbaca {found.size} byte); periksa disk atau jaringan lalu ulangi"
        )
    raise StoreError(
        f"penyimpanan {store.address(key)} sudah ada dengan isi lain dan tidak ditimpa; "
        "proses lain menulis di tempat yang sama, ulangi setelah selesai"
    )
