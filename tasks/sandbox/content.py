"""The bytes of one file for an inspector, and its possible answers."""

from __future__ import annotations

import io
from dataclasses import dataclass, replace
from typing import BinaryIO, Protocol

from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

#: Bytes from the start that are enough to recognise every kind but zip and OLE files.
HEAD = 8192
#: The part of a content that must still be shown: with less it is cut, with the rest missing only damaged.
LEAST_SHOWN = 0.9


@dataclass(frozen=True, slots=True)
class Content:
    """An open, seekable file of ``size`` bytes; small ones are in ``data``.

    ``form`` is what the caller wants it read as, where there is a choice.
    """

    file: BinaryIO
    size: int
    data: bytes | None = None
    form: str = ""

    @classmethod
    def of(cls, data: bytes, form: str = "") -> Content:
        """The content *data*, in memory."""
        return cls(io.BytesIO(data), len(data), data, form)

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
    """What a kind's module offers as ``inspect``; *kind* has the format."""

    def __call__(self, content: Content, kind: Facts, limits: Limits) -> Facts:
        """Return *content*'s facts. Raises UnreadableError or any parser's error."""
        ...


class UnreadableError(Exception):
    """Content that cannot be opened; completes "tidak dapat dibuka: …"."""


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
