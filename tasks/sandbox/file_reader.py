"""One reading of a file: opened safely, hashed, watched for changes.

Runs in the worker. Raises ProblemError for what is wrong with the path rather
than with the content.
"""

from __future__ import annotations

import errno
import hashlib
import io
import os
import stat
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from iid.tasks.sandbox.content import Content
from iid.tasks.sandbox.limits import Limits
from iid.tasks.shares.drive import shown_time
from iid.tasks.text.os_errors import why

#: Seconds within which a file system may give two versions the same time (FAT and SMB: 2 s).
RACY_S = 2.0

_OPEN_FILES = "/proc/self/fd"
#: Bytes of the next file that are read ahead; past them the kernel's own reading ahead follows.
_AHEAD = 32 * 1024 * 1024
#: Films are parsed from disk from this size on: their headers are a few reads, the rest is only hashed.
_FILM = 1024 * 1024

_GONE = (errno.ENOENT, errno.ENOTDIR)
_FORBIDDEN = (errno.EACCES, errno.EPERM)
#: The share itself has gone away; no statement about one file.
_SHARE_LOST = (errno.ESTALE, errno.ENOTCONN, errno.EHOSTDOWN, errno.EHOSTUNREACH, errno.ENODEV, errno.ENXIO)


class ProblemError(Exception):
    """A path's problem: the tail of an ``evidence.*`` code, and a detail."""

    def __init__(self, problem: str, detail: str = "") -> None:
        super().__init__(problem, detail)
        self.problem = problem
        self.detail = detail


class ShareLostError(Exception):
    """The file system below the share does not answer any more."""


@dataclass(frozen=True, slots=True)
class Read:
    """A file read whole: content, hash, and what the file system says of it."""

    content: Content
    sha256: str
    size: int
    modified: float
    racy: bool  # could change again without a new time


@contextmanager
def reading(path: str, root: str, limits: Limits) -> Iterator[Read]:
    """Open and hash *path*, again if it changes. Refuse one outside *root*."""
    with _opened(path, root) as file:
        for _ in range(2):
            before = os.fstat(file.fileno())
            content, digest = _hashed(file, before.st_size, limits)
            after = os.fstat(file.fileno())
            if _same(before, after) and content.size == before.st_size:
                break
        else:
            raise ProblemError("still_changing")
        racy = time.time() - after.st_mtime < RACY_S
        yield Read(content, digest, content.size, shown_time(after.st_mtime), racy)
        # What was parsed from disk must be what was hashed, or one content gets another's facts.
        if content.data is None and not _same(after, os.fstat(file.fileno())):
            raise ProblemError("still_changing")


def fetch_ahead(path: str, root: str) -> None:
    """Ask the kernel to read *path* ahead; any fault shows at its turn."""
    if not hasattr(os, "posix_fadvise"):
        return
    with suppress(ProblemError, ShareLostError, OSError), _opened(path, root) as file:
        os.posix_fadvise(file.fileno(), 0, _AHEAD, os.POSIX_FADV_WILLNEED)


def _same(one: os.stat_result, other: os.stat_result) -> bool:
    return (one.st_size, one.st_mtime_ns) == (other.st_size, other.st_mtime_ns)


@contextmanager
def _opened(path: str, root: str) -> Iterator[io.BufferedReader]:
    """Open the regular file *path*; never wait on a pipe or open a device."""
    try:
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise ProblemError("unreadable", "bukan berkas biasa")
        handle = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC)
    except OSError as error:
        raise _problem(error) from error
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise ProblemError("unreadable", "bukan berkas biasa")
        if root and not _inside(handle, path, root):
            raise ProblemError("outside_share")
        yield file


def _inside(handle: int, path: str, root: str) -> bool:
    """Ask the kernel whether the open file is below *root*, safe from swaps."""
    try:
        place = Path(os.readlink(f"{_OPEN_FILES}/{handle}"))  # noqa: PTH115  Path.readlink is the same
    except OSError:  # no /proc on this system: where the path leads now, if that is the open file
        place = Path(path).resolve()
        if not _is_file(place, handle):
            return False
    return place.is_relative_to(root)


def _is_file(place: Path, handle: int) -> bool:
    try:
        return os.path.samestat(place.lstat(), os.fstat(handle))
    except OSError:
        return False


def _hashed(file: io.BufferedReader, size: int, limits: Limits) -> tuple[Content, str]:
    """Return content and SHA-256; small files in one read, in memory."""
    try:
        file.seek(0)
        film = size > _FILM and _is_film(file.peek(12)[:12])
        if size <= limits.in_memory and not film:
            data = file.read(size + 1)
            return Content(io.BytesIO(data), len(data), data), hashlib.sha256(data).hexdigest()
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        return Content(file, file.tell()), digest
    except OSError as error:
        raise _problem(error) from error


def _is_film(head: bytes) -> bool:
    """Whether MP4 and its kin, Matroska or AVI begin like *head*."""
    return head[4:8] in (b"ftyp", b"moov", b"mdat") or head[:4] in (b"\x1aE\xdf\xa3", b"RIFF")


def _problem(error: OSError) -> Exception:
    """The answer to an error of the file system."""
    if error.errno in _SHARE_LOST:
        return ShareLostError(why(error))
    if error.errno in _GONE:
        return ProblemError("missing", "berkasnya hilang sewaktu diperiksa")
    if error.errno in _FORBIDDEN:
        return ProblemError("unreadable", "tidak ada hak baca")
    if error.errno == errno.ELOOP:
        return ProblemError("outside_share")
    return ProblemError("unreadable", f"galat sewaktu dibaca: {why(error)}")
