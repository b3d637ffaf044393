"""The bytes of one file as an inspector meets them, and the answers it may give."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from iid.tasks.evidence.facts import Facts
from iid.tasks.evidence.limits import Limits

#: Bytes from the start that are enough to tell every kind but zip and OLE files.
HEAD = 8192


@dataclass(frozen=True, slots=True)
class Content:
    """An open, seekable file of ``size`` bytes; small ones are wholly in ``data``."""

    file: BinaryIO
    size: int
    data: bytes | None = None

    @classmethod
    def of(cls, data: bytes) -> Content:
        """The content *data*, in memory."""
        return cls(io.BytesIO(data), len(data), data)

    def read_at(self, offset: int, length: int) -> bytes:
        """At most *length* bytes from *offset* (from the end where negative)."""
        start = max(0, self.size + offset) if offset < 0 else offset
        self.file.seek(start)
        return self.file.read(length)

    @property
    def head(self) -> bytes:
        """The first HEAD bytes."""
        return self.read_at(0, HEAD)


class Inspector(Protocol):
    """What each kind's module offers as ``inspect``: *kind* holds format and media type already."""

    def __call__(self, content: Content, kind: Facts, limits: Limits) -> Facts:
        """The facts of *content*. May raise UnreadableError, or anything a parser raises."""
        ...


class UnreadableError(Exception):
    """The content cannot be opened; the message completes "tidak dapat dibuka: …"."""


class SetupError(Exception):
    """A library that an inspector needs is not usable on this machine."""


class EncryptedError(Exception):
    """The content asks for a password."""


def unreadable(kind: Facts, detail: str) -> Facts:
    """*kind* as a content that does not open."""
    return replace(kind, readable=False, problem="unreadable", detail=detail)


def encrypted(kind: Facts) -> Facts:
    """*kind* as a content that is locked by a password."""
    return replace(kind, readable=False, problem="encrypted", detail="")
