"""The interface to shares: list, read, write feedback; nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from iid.tasks.values.errors import DriveError


class Entry(NamedTuple):
    """One file of a listing; a tuple, as a share has hundreds of thousands.

    ``path`` is relative to the share, with ``/``, as the drive spells it. ``modified`` is in
    seconds since the epoch; ``ident`` is the drive's own mark of this content (etag, file id,
    inode and change time), "" where it has none; ``problem`` is "" or ``outside_share`` (a link
    out of the share or of the unit's folder), ``not_a_file`` (pipe, device).
    """

    path: str
    size: int
    modified: float
    ident: str = ""
    problem: str = ""


#: Times that every calendar here can show: of the years 1000 to 9998.
EARLIEST, LATEST = -30_610_224_000.0, 253_370_764_800.0


def shown_time(seconds: float) -> float:
    """Return *seconds* since the epoch, or the nearest time to show."""
    return seconds if EARLIEST <= seconds < LATEST else LATEST if seconds >= LATEST else EARLIEST


class FileChangedError(OSError):
    """A file that became another one while it was read; read it again later."""


class OutsideShareError(PermissionError):
    """A link out of the share or the unit's folder, or in a circle."""


class LinkRefusedError(DriveError):
    """A link among the folders of a write: its own fault, not the drive's."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All files below a folder by path, all folders, and the unreadable ones."""

    entries: tuple[Entry, ...]
    folders: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = field(default=())  # (folder, reason)


class Drive(Protocol):
    """A share. Paths are relative to its root; failures raise DriveError."""

    @property
    def url(self) -> str:
        """What the user gave, without secrets; for messages and manifests."""
        ...

    def list(self, under: str = "") -> Listing:
        """List every file below *under*, without opening any."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a seekable file. FileNotFoundError and PermissionError pass.

        Reading may raise :class:`FileChangedError` where the drive can detect it.
        """
        ...

    def local(self, path: str) -> Path | None:
        """Return the file's path on this machine, or None; it may be mapped."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a file or folder exists at *path*."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write feedback atomically, with folders; only in ``_`` and scaffolds."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file of ours below a ``_``-folder, if it is there."""
        ...

    def read_bytes(self, path: str, limit: int) -> bytes:
        """At most *limit* bytes of the file."""
        ...
