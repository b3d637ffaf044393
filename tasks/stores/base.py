"""The seam to stores: get, put, list, and one conditional write for the pointer."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol


class Store(Protocol):
    """Where runs are published. Keys are relative, with ``/``.

    Failures raise :class:`iid.tasks.errors.StoreError`; a missing key raises KeyError.
    """

    @property
    def url(self) -> str:
        """What the user gave, without secrets."""
        ...

    def get(self, key: str) -> bytes:
        """The whole object. KeyError when there is none."""
        ...

    def put(self, key: str, data: bytes, content_type: str = "application/octet-stream") -> None:
        """Write the object atomically: a reader sees the old one or the new one, never half."""
        ...

    def exists(self, key: str) -> bool:
        """Whether the key holds an object."""
        ...

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin with *prefix*, sorted."""
        ...

    def delete(self, key: str) -> None:
        """Remove the object; no error when it is not there."""
        ...

    def address(self, key: str) -> str:
        """Where a person opens the object: a path, a file:// or an s3:// address."""
        ...
