"""The seam to shared drives: list, read, write feedback. Nothing else touches a share."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple, Protocol

from iid.tasks.values.errors import DriveError


class Entry(NamedTuple):
    """One file of a listing; a tuple, because a share has hundreds of thousands of them.

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
    """*seconds* since the epoch, or the nearest time that can be shown: a file may be dated anyhow."""
    return seconds if EARLIEST <= seconds < LATEST else LATEST if seconds >= LATEST else EARLIEST


class FileChangedError(OSError):
    """The file became another one while it was read: half-copied, or replaced. Read it again, later."""


class OutsideShareError(PermissionError):
    """The file is a link out of the share or of the unit's folder, or goes round in a circle."""


class LinkRefusedError(DriveError):
    """A folder on the way of a write or a removal is a link: that folder's own fault, not the drive's."""


@dataclass(frozen=True, slots=True)
class Listing:
    """All files below a folder, sorted by path, all folders, and those that could not be listed."""

    entries: tuple[Entry, ...]
    folders: tuple[str, ...]
    unreadable: tuple[tuple[str, str], ...] = field(default=())  # (folder, reason)


class Drive(Protocol):
    """A share. Paths are relative to its root. Failures raise :class:`iid.tasks.values.errors.DriveError`."""

    @property
    def url(self) -> str:
        """What the user gave, without secrets; for messages and manifests."""
        ...

    def list(self, under: str = "") -> Listing:
        """List every file below *under*, without opening any."""
        ...

    def open(self, path: str) -> BinaryIO:
        """Open a file for reading, seekable. ``FileNotFoundError`` and ``PermissionError`` pass.

        Reading may raise :class:`FileChangedError` where the drive can detect it.
        """
        ...

    def local(self, path: str) -> Path | None:
        """The file's path on this machine, where it has one; a parser may map it into memory."""
        ...

    def exists(self, path: str) -> bool:
        """Whether a file or folder exists at *path*."""
        ...

    def write(self, path: str, data: bytes) -> None:
        """Write feedback atomically, making folders; only below ``_``-folders and for scaffolds."""
        ...

    def remove(self, path: str) -> None:
        """Remove a file that we wrote, only below ``_``-folders; no error when it is not there."""
        ...

    def read_bytes(self, path: str, limit: int) -> bytes:
        """At most *limit* bytes of the file."""
        ...
