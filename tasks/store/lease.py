"""One publisher a region and cycle: a lease with owner and expiry.

A lease is a numbered file, ``lease/<generation>.json``. The process that *creates* the next
number holds it, so the only thing the store must promise is "create only where there
is none" (``link()`` on a folder, ``If-None-Match`` on S3). The file with the highest
number is never removed, hence numbers are never used twice by two holders at once.
A lease ends when it is released, when it expires, or when its owner ran on this very
machine and is gone.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread
from typing import Any

from iid.tasks.store.paths import canonical, lease_prefix, moment, stamp, utc_now
from iid.tasks.store.store import Store
from iid.tasks.values.errors import FailedError, GuardError
from iid.tasks.values.scratch import here, is_gone

TTL = timedelta(minutes=10)
RENEW_AFTER = TTL / 5
_TRIES = 5
#: In the words of a refusal because of another run's lease, and in no others.
HELD = "sedang diterbitkan oleh"

#: Tokens this process holds now; a lease of ours that is not here was left by a failed release.
_ACTIVE: set[str] = set()


@dataclass(slots=True)
class Lease:
    """A held lease."""

    store: Store
    region: str
    cycle: int
    generation: int
    token: str
    now: Callable[[], datetime]
    zone: str = "UTC"
    since: datetime = field(default=datetime.min.replace(tzinfo=UTC))  # when it was taken, whole seconds
    _expires: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    _released: bool = False
    _lock: Lock = field(default_factory=Lock)

    @property
    def key(self) -> str:
        """Where the lease is stored."""
        return f"{lease_prefix(self.region, self.cycle)}{self.generation:08d}.json"

    def keep(self) -> None:
        """Renew the lease when due. GuardError when another publisher took over."""
        with self._lock:
            if self.now() >= self._expires - TTL + RENEW_AFTER:
                self.check()
                until = self._until()
                self.store.put(self.key, self._content(until), "application/json")
                self._expires = until  # only now: a write that failed has moved nothing

    def check(self) -> None:
        """Raise GuardError unless this lease is the newest, ours and not expired."""
        generations = _generations(self.store, self.region, self.cycle)
        if self.now() >= self._expires or generations[-1:] != [self.generation] or not self._is_ours():
            raise GuardError(
                f"giliran menerbitkan {self.region} tahun {self.cycle} sudah lewat atau diambil proses lain; "
                "tidak ada yang diterbitkan, ulangi"
            )

    def release(self) -> None:
        """Release the lease once; ignore a failing store, since it expires."""
        if self._released:
            return
        _ACTIVE.discard(self.token)
        with suppress(FailedError):
            if self._is_ours():  # else it is another one's by now, and must stay so
                self.store.put(self.key, self._content(self.now(), released=True), "application/json")
        self._released = True

    def _is_ours(self) -> bool:
        # Only a store that ignores conditions lets two processes write the same number.
        try:
            return self.token.encode() in self.store.get(self.key)
        except KeyError:
            return False

    def take(self) -> bool:
        """Write the lease where its number is still free; whether it was."""
        self.since, until = self.now().replace(microsecond=0), self._until()
        taken = self.store.create(self.key, self._content(until), "application/json")
        self._expires = until
        return taken

    def _until(self) -> datetime:
        return self.now().replace(microsecond=0) + TTL  # whole seconds, as they are written

    def _content(self, until: datetime, *, released: bool = False) -> bytes:
        return canonical(
            {
                "expires_at": stamp(until),
                "owner": here(),
                "released": released,
                "renewed_at": stamp(self.now()),
                "token": self.token,
            }
        )


@contextmanager
def hold(
    store: Store,
    region: str,
    cycle: int,
    *,
    now: Callable[[], datetime] = utc_now,
    zone: str = "UTC",
) -> Iterator[Lease]:
    """Hold the lease of *region* and *cycle*. GuardError naming the holder."""
    lease = None
    try:
        try:
            lease = acquire(store, region, cycle, now=now, zone=zone)
            yield lease
        finally:
            if lease:
                lease.release()
    except BaseException:
        if lease:
            lease.release()  # a signal cut the release short; another machine would wait for the expiry
        raise


@contextmanager
def renewed(lease: Lease, every: float = RENEW_AFTER.total_seconds()) -> Iterator[Lease]:
    """Renew *lease* in the background, looking *every* so many seconds.

    A lease that was lost is noticed by the work itself: publishing checks it before it writes.
    """
    done = Event()

    def look() -> None:
        while not done.wait(every):
            try:
                lease.keep()
            except FailedError:
                continue  # the store is away; there is time for several more looks
            except GuardError:
                return

    thread = Thread(target=look, name="iid-lease", daemon=True)
    thread.start()
    try:
        yield lease
    finally:
        done.set()
        thread.join()


def held(
    store: Store, region: str, cycle: int, *, now: Callable[[], datetime] = utc_now, zone: str = "UTC"
) -> str:
    """Who holds the lease now and until when, in words; "" when it is free."""
    top = max(_generations(store, region, cycle), default=0)
    try:
        if top:
            _refuse_if_held(store, region, cycle, top, now(), zone)
    except GuardError as error:
        return str(error)
    return ""


def acquire(
    store: Store,
    region: str,
    cycle: int,
    *,
    now: Callable[[], datetime] = utc_now,
    zone: str = "UTC",
) -> Lease:
    """Take the lease or raise GuardError; *zone* is for the words only."""
    for _ in range(_TRIES):
        generations = _generations(store, region, cycle)
        top = generations[-1] if generations else 0
        if top:
            _refuse_if_held(store, region, cycle, top, now(), zone)
        lease = Lease(store, region, cycle, top + 1, secrets.token_hex(16), now, zone)
        try:
            if _taken(lease):
                return lease
        except FailedError:
            raise
        except BaseException:  # a signal that comes between writing the lease and handing it on
            lease.release()
            raise
    raise GuardError(
        f"penilaian {region} tahun {cycle} sedang diperebutkan beberapa proses; ulangi sebentar lagi"
    )


def _taken(lease: Lease) -> bool:
    """Take *lease* unless another process was quicker; clear older ones."""
    if not lease.take():
        return False
    after = _generations(lease.store, lease.region, lease.cycle)
    if after[-1:] != [lease.generation]:
        lease.store.delete(lease.key)  # a number that was in use and has been cleared away meanwhile
        return False
    _ACTIVE.add(lease.token)
    with suppress(FailedError):  # older numbers mean nothing any more; the next holder clears them
        for older in after[:-1]:
            lease.store.delete(f"{lease_prefix(lease.region, lease.cycle)}{older:08d}.json")
    return True


def _generations(store: Store, region: str, cycle: int) -> list[int]:
    names = (key.rpartition("/")[2].removesuffix(".json") for key in store.keys(lease_prefix(region, cycle)))
    return sorted(int(name) for name in names if name.isdecimal())


def _refuse_if_held(store: Store, region: str, cycle: int, generation: int, now: datetime, zone: str) -> None:
    key = f"{lease_prefix(region, cycle)}{generation:08d}.json"
    stored = next((item for item in store.objects(key) if item.key == key), None)
    if stored is None:
        return  # cleared away meanwhile; create() decides
    try:
        until, owner, free = _read(store.get(key))
    except KeyError:
        return
    except (ValueError, TypeError):
        # Being written this moment, or damaged: held for as long as a lease lasts, no longer.
        until, owner, free = datetime.fromtimestamp(stored.modified, UTC) + TTL, {}, False
    if not free and now < until:
        raise GuardError(
            f"penilaian {region} tahun {cycle} {HELD} {_named(owner)} "
            f"sampai paling lambat {_local(until, zone)}; tunggu sampai selesai lalu ulangi"
        )


def _read(data: bytes) -> tuple[datetime, dict[str, Any], bool]:
    content = json.loads(data)
    if not isinstance(content, dict) or not isinstance(content.get("owner"), dict):
        raise ValueError("not a lease")
    owner = content["owner"]
    free = bool(content.get("released")) or _left_behind(owner, str(content.get("token")))
    return moment(str(content.get("expires_at"))), owner, free


def _left_behind(owner: dict[str, Any], token: str) -> bool:
    """Return whether the owner was a process here that ended, or is this one."""
    return is_gone(owner) or (owner == here() and token not in _ACTIVE)


def _named(owner: dict[str, Any]) -> str:
    return f"{owner.get('host', 'proses lain')} (proses {owner.get('pid', '?')})" if owner else "proses lain"


def _local(when: datetime, zone: str) -> str:
    from iid.tasks.text.indonesian import moment as in_words

    return in_words(when, zone)
