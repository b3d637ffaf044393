"""The seam to stores: get, put, list, and two conditional writes for leases and pointers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Stored:
    """One object of a listing: ``size`` in bytes, ``modified`` in epoch seconds of the store's clock."""

    key: str
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Digest:
    """What an object holds: its ``size`` in bytes and its SHA-256 as 64 hex digits."""

    size: int
    sha256: str


class Store(Protocol):
    """Where runs are published. Keys are relative, with ``/``.

    Failures raise :class:`iid.tasks.values.errors.StoreError`; a missing key raises KeyError.
    All methods may be called from several threads.
    """

    @property
    def url(self) -> str:
        """What the user gave, without secrets."""
        ...

    @property
    def workers(self) -> int:
        """How many small objects are worth sending at the same time."""
        ...

    @property
    def exclusive(self) -> bool:
        """Whether :meth:`create` is enforced by the store itself (probed, never assumed)."""
        ...

    def get(self, key: str) -> bytes:
        """The whole object. KeyError when there is none."""
        ...

    def digest(self, key: str) -> Digest:
        """Read the whole object and hash it, in flat memory. KeyError when there is none."""
        ...

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Write the object atomically: a reader sees the old one or the new one, never half."""
        ...

    def create(self, key: str, data: bytes, content_type: str = BINARY) -> bool:
        """Write the object only where there is none; whether it was this call that wrote it."""
        ...

    def copy(self, source: str, key: str) -> bool:
        """Let the store itself copy an object; False where it cannot, or *source* is gone. Overwrites."""
        ...

    def replace(self, key: str, data: bytes, expected: bytes | None, content_type: str = BINARY) -> bool:
        """Write the object only over *expected* (None: over nothing); whether it was written."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key holds an object."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin with *prefix*, sorted."""
        ...

    def objects(self, prefix: str) -> Iterator[Stored]:
        """The objects whose keys begin with *prefix*, sorted by key, without reading any."""
        ...

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Names of the folders directly below *prefix* (``""`` or ending in ``/``), sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; no error when it is not there."""
        ...

    def sweep(self, prefix: str, before: float, *, deep: bool = True) -> int:
        """Remove what killed writers left below *prefix* before that time (epoch); how many.

        Not *deep*: only directly in that folder, where the store knows folders.
        """
        ...

    def lock(self, keys: Iterable[str], until: datetime) -> int | None:
        """Keep the objects from being changed or removed until then; how many, None where it cannot."""
        ...

    def locked(self, key: str) -> bool | None:
        """Whether :meth:`lock` keeps the object now; None where the store cannot lock."""
        ...

    def address(self, key: str) -> str:
        """Where a person opens the object: a path, a file:// or an s3:// address."""
        ...
