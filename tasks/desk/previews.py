"""Evidence drawn for the desk: hashed copies, guarded workers, a cache."""

from __future__ import annotations

import hashlib
import select
import tempfile
import time
from collections import OrderedDict
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, LifoQueue
from threading import BoundedSemaphore, Lock
from typing import Any

from iid.tasks.sandbox import frames
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.worker_process import Job, Worker
from iid.tasks.shares.drive import Drive
from iid.tasks.store.store import Store
from iid.tasks.values.errors import IidError

LIMITS = Limits(cpu_s=10, wall_s=20.0, answer=8 * MIB)
MODULE = ("iid.tasks.desk.preview_worker",)
WORKERS = 2
COPYING = 4  # files read from the share at the same time: a large one holds up no small one
PATIENCE_S = 30.0  # seconds to wait for a worker
AGAIN_S = 120.0  # seconds until what could not be drawn is tried again
LARGEST = 256 * MIB  # of a file that is drawn; larger ones are downloaded
_COPIES = 512 * MIB
_DRAWN = 96 * MIB
_FAILED = 1_000  # contents
_MEDIA = frozenset({"image/jpeg", "text/plain", "application/json"})
_BLOCK = 1 << 20


class NotShownError(Exception):
    """Why an item is not shown, in Indonesian."""


class _BusyError(NotShownError):
    """All workers have been busy for a while; the item itself is fine."""


@dataclass(frozen=True, slots=True)
class Drawn:
    """A picture or a text, ready for the browser."""

    media: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Source:
    """Where the bytes of one content are."""

    path: str  # inside the share
    size: int
    sha256: str
    drive: Drive | None
    store: Store
    prefix: str  # of region and cycle in the store


@dataclass(slots=True, eq=False)
class _Draw(Job):
    """What a preview worker is asked."""

    order: dict[str, Any] = field(default_factory=dict)

    def frame(self) -> bytes:
        """The job as the worker reads it."""
        return frames.packed({"path": self.path, **self.order})


class Copies:
    """Private copies of evidence by hash; the least used go first."""

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="iid-meja-")
        self._sizes: OrderedDict[str, int] = OrderedDict()
        self._lock = Lock()
        self._copying = BoundedSemaphore(COPYING)

    def close(self) -> None:
        """Remove all."""
        self._folder.cleanup()

    def path(self, source: Source) -> Path:
        """Return a file of exactly the assessed content. NotShownError without."""
        if source.size > LARGEST:
            raise NotShownError("terlalu besar untuk ditampilkan; unduh untuk melihatnya")
        place = Path(self._folder.name) / source.sha256
        if self._known(source.sha256, place):
            return place
        with self._copying:
            if self._known(source.sha256, place):
                return place
            self._copy(source, place)
        with self._lock:
            self._sizes[source.sha256] = source.size
            while sum(self._sizes.values()) > _COPIES and len(self._sizes) > 1:
                oldest, _ = self._sizes.popitem(last=False)
                (Path(self._folder.name) / oldest).unlink(missing_ok=True)
        return place

    def _known(self, sha256: str, place: Path) -> bool:
        with self._lock:
            found = sha256 in self._sizes and place.exists()
            if found:
                self._sizes.move_to_end(sha256)
            return found

    def _copy(self, source: Source, place: Path) -> None:
        """Write *place* under another name first, as others may read it."""
        with tempfile.NamedTemporaryFile(dir=self._folder.name, delete=False) as file:
            fresh = Path(file.name)
        if not (self._from_share(source, fresh) or _from_store(source, fresh)):
            fresh.unlink(missing_ok=True)
            raise NotShownError("berkasnya berubah atau hilang sejak perhitungan terakhir")
        fresh.replace(place)

    def _from_share(self, source: Source, place: Path) -> bool:
        if source.drive is None:
            return False
        digest, size = hashlib.sha256(), 0
        try:
            with source.drive.open(source.path) as file, place.open("wb") as out:
                while (block := file.read(_BLOCK)) and size <= source.size:
                    size += len(block)
                    digest.update(block)
                    out.write(block)
        except (OSError, IidError):
            return False
        return digest.hexdigest() == source.sha256


def _from_store(source: Source, place: Path) -> bool:
    """The copy that closing the cycle made."""
    try:
        data = source.store.get(f"{source.prefix}/evidence/{source.sha256[:2]}/{source.sha256}")
    except (KeyError, IidError):
        return False
    place.write_bytes(data)
    return hashlib.sha256(data).hexdigest() == source.sha256


class Previews:
    """Draws pages, pictures and texts in guarded workers, with a cache."""

    def __init__(self, limits: Limits = LIMITS, workers: int = WORKERS) -> None:
        self._limits = limits
        self._copies = Copies()
        self._drawn: OrderedDict[tuple[Any, ...], Drawn] = OrderedDict()
        self._bytes = 0
        self._lock = Lock()
        self._free: LifoQueue[Worker | None] = LifoQueue()
        for _ in range(workers):
            self._free.put(None)
        # A worker is killed when the thread that started it ends: this one stays.
        self._starter = ThreadPoolExecutor(1, "gambar")
        self._failed: OrderedDict[tuple[str, str], tuple[float, str]] = OrderedDict()

    def close(self) -> None:
        """End the workers and remove the copies."""
        while not self._free.empty():
            worker = self._free.get_nowait()
            if worker is not None:
                worker.kill()
        self._starter.shutdown()
        self._copies.close()

    def copy(self, source: Source) -> Path:
        """Return a file of the assessed content to read. Raises NotShownError."""
        return self._copies.path(source)

    def draw(self, source: Source, what: str, page: int = 1, terms: tuple[str, ...] = ()) -> Drawn:
        """Draw a content's *what* (``page``, ``text`` …). Raises NotShownError."""
        key = (source.sha256, what, page, terms)
        with self._lock:
            if key in self._drawn:
                self._drawn.move_to_end(key)
                return self._drawn[key]
            until, why = self._failed.get((source.sha256, what), (0.0, ""))
        if until > time.monotonic():
            raise NotShownError(why)
        path = self._copies.path(source)
        order = {"what": what, "page": page, "terms": terms}
        try:
            drawn = self._ask(_Draw(0, str(path), source.size, order=order))
        except _BusyError:
            raise
        except NotShownError as error:
            self._remember_failure((source.sha256, what), str(error))
            raise
        with self._lock:
            if key not in self._drawn:
                self._drawn[key] = drawn
                self._bytes += len(drawn.data)
            while self._bytes > _DRAWN and len(self._drawn) > 1:
                self._bytes -= len(self._drawn.popitem(last=False)[1].data)
        return drawn

    def _remember_failure(self, key: tuple[str, str], why: str) -> None:
        """Remember a content that failed, so that it costs workers once only."""
        with self._lock:
            self._failed[key] = time.monotonic() + AGAIN_S, why
            while len(self._failed) > _FAILED:
                self._failed.popitem(last=False)

    def _ask(self, job: _Draw) -> Drawn:
        with self._worker() as worker:
            worker.send(job)
            for message, blob in _frames(worker):
                if message.get("status") == "ready":
                    worker.ready = True
                    worker.turn()
                    continue
                worker.waiting.clear()
                worker.served += 1
                if message.get("status") == "ok" and message.get("media") in _MEDIA:
                    return Drawn(str(message["media"]), blob)
                raise NotShownError("isinya tidak dapat ditampilkan; unduh untuk melihatnya")
        raise NotShownError("isinya tidak dapat ditampilkan")

    @contextmanager
    def _worker(self) -> Iterator[Worker]:
        """A free worker; one that failed or has grown old is replaced."""
        try:
            worker = self._free.get(timeout=PATIENCE_S)
        except Empty:
            raise _BusyError("banyak yang sedang digambar; muat ulang sebentar lagi") from None
        try:
            if worker is None or worker.served >= 500:
                if worker is not None:
                    worker.kill()
                worker = None
                worker = self._starter.submit(Worker, self._limits, MODULE).result()
            yield worker
        finally:
            if worker is not None and (not worker.ready or worker.waiting):
                worker.kill()
                worker = None
            self._free.put(worker)


def _frames(worker: Worker) -> Iterator[tuple[dict[str, Any], bytes]]:
    """Yield the worker's frames. NotShownError if it is late or ends."""
    while worker.seconds_left > 0:
        if worker.unsent:
            worker.flush()
        heard, _, _ = select.select([worker.output], [], [], min(worker.seconds_left, 1.0))
        if not heard:
            continue
        try:
            messages, alive = worker.receive()
        except ValueError:
            break
        yield from messages
        if not alive:
            break
    raise NotShownError("isinya terlalu berat untuk ditampilkan; unduh untuk melihatnya")
