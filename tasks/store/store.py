"""The interface to stores: get, put, list, and two conditional writes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

BINARY = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Stored:
    """One listed object: ``size`` in bytes, ``modified`` by the store's clock."""

    key: str
    size: int
    modified: float


@dataclass(frozen=True, slots=True)
class Digest:
    """What an object holds: ``size`` in bytes, SHA-256 as 64 hex digits."""

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
        """Whether the store itself enforces :meth:`create` (probed, not assumed)."""
        ...

    def get(self, key: str) -> bytes:
        """The whole object. KeyError when there is none."""
        ...

    def digest(self, key: str) -> Digest:
        """Read and hash the whole object, in flat memory. KeyError for none."""
        ...

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Write the object atomically: a reader sees the old one or the new one."""
        ...

    def create(self, key: str, data: bytes, content_type: str = BINARY) -> bool:
        """Write the object only where there is none; return whether it did."""
        ...

    def copy(self, source: str, key: str) -> bool:
        """Copy an object inside the store, over any; False where it cannot."""
        ...

    def replace(self, key: str, data: bytes, expected: bytes | None, content_type: str = BINARY) -> bool:
        """Write the object only over *expected* (None: nothing); return success."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key holds an object."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin with *prefix*, sorted."""
        ...

    def objects(self, prefix: str) -> Iterator[Stored]:
        """Yield the objects whose keys begin with *prefix*, sorted, unread."""
        ...

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Return the folders directly below *prefix* (``""`` or ``…/``), sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; no error when it is not there."""
        ...

    def sweep(self, prefix: str, before: float, *, deep: bool = True) -> int:
        """Remove remains of writers killed before that time; return how many.

        Not *deep*: only directly in that folder, where the store knows folders.
        """
        ...

    def lock(self, keys: Iterable[str], until: datetime) -> int | None:
        """Protect the objects until then; return how many, None if it cannot."""
        ...

    def locked(self, key: str) -> bool | None:
        """Return whether :meth:`lock` keeps the object now; None if it cannot."""
        ...

    def address(self, key: str) -> str:
        """Where a person opens the object: a path, a file:// or an s3:// address."""
        ...
