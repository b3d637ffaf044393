"""A local or mounted folder as a share.

Everything below it is hostile: links out of the share, loops, pipes and devices
are listed with a problem and never opened. Only regular files are read, and every
folder on the way is opened by itself (``O_NOFOLLOW``), so that a folder swapped for
a link between listing and reading leads nowhere. Nothing is written or removed through
a link, not even one that stays inside the share: units create links, the pipeline does not.
"""

from __future__ import annotations

import contextlib
import os
import stat
from collections.abc import Iterator, Sequence
from errno import EACCES, ELOOP, ENAMETOOLONG, ENOENT, ENOTDIR
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from iid.tasks.shares.drive import LinkRefusedError, Listing, OutsideShareError
from iid.tasks.shares.folder_listing import FOLDER, Walk, gathering, out_of, why
from iid.tasks.values.errors import DriveError
from iid.tasks.values.share_paths import checked, ours, printable, raw_name

# Without O_NONBLOCK, opening a pipe waits for a writer that never comes.
_FILE = os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC
_ABSENT = {ENOENT, ENOTDIR, ENAMETOOLONG}


class FolderDrive:
    """The share at the existing folder *root*; safe to pickle and to share."""

    def __init__(self, root: Path | str) -> None:
        self._root = Path(root).absolute()
        self._real = os.path.realpath(self._root)

    @property
    def url(self) -> str:
        """The folder's path."""
        return str(self._root)

    def list(self, under: str = "") -> Listing:
        """List every file below *under* that is not ignored, sorted by path.

        *under* itself may be an ignored name (``2026/_tinjauan``). Raises DriveError when
        *under* is missing, is no folder or cannot be listed; deeper folders that cannot be
        listed are returned as ``unreadable``.
        """
        walk = Walk(self._real)
        with gathering():
            try:
                walk.folder(self._place(under), f"{under}/" if under else "")
            except OSError as error:
                words = f"folder {printable(under) or self.url} tidak dapat didaftar: {why(error)}"
                raise DriveError(words) from error
            while walk.waiting:
                place, path = walk.waiting.pop()
                try:
                    walk.folder(place, f"{path}/")
                except OSError as error:
                    walk.unreadable.append((path, why(error)))
            return walk.listing()

    def open(self, path: str) -> BinaryIO:
        """Open the file at *path*. FileNotFoundError when absent.

        PermissionError when it may not be read, leads out of the share or is no regular file;
        DriveError for a refused path or a drive that fails.
        """
        try:
            handle = self._descriptor(self._inside(path))
        except OSError as error:
            raise _translated(error, path) from error
        return os.fdopen(handle, "rb")

    def read_bytes(self, path: str, limit: int) -> bytes:
        """At most *limit* bytes of the file."""
        with self.open(path) as file:
            try:
                return file.read(limit)
            except OSError as error:
                raise _translated(error, path) from error

    def local(self, path: str) -> Path | None:
        """Return the file's real path; None if absent, outside or not regular."""
        try:
            names = self._inside(path)
            os.close(self._descriptor(names))
        except OSError:
            return None
        return Path(self._real, *names)

    def exists(self, path: str) -> bool:
        """Return whether *path* exists (following links inside the share)."""
        try:
            return Path(self._real, *self._inside(path)).exists()
        except OSError:
            return False

    def write(self, path: str, data: bytes) -> None:
        """Write *data* to *path*: a reader sees the old file or the new one.

        Folders on the way are made. DriveError when the share cannot be written, LinkRefusedError
        when a folder on the way is a link; a link at *path* itself is replaced.
        """
        *folders, name = checked(path) or ("",)
        try:
            with self._own(folders, make=True) as parent:
                _replace(parent, raw_name(name), data)
        except OSError as error:
            raise DriveError(f"{printable(path)} tidak dapat ditulis di {self.url}: {why(error)}") from error

    def remove(self, path: str) -> None:
        """Remove our own file at *path*, if there is one.

        DriveError when it stays, LinkRefusedError when a folder on the way is a link.
        """
        *folders, name = ours(path)
        try:
            with self._own(folders) as parent:
                os.unlink(raw_name(name), dir_fd=parent)
        except OSError as error:
            if error.errno not in _ABSENT:
                words = f"{printable(path)} tidak dapat dihapus di {self.url}: {why(error)}"
                raise DriveError(words) from error

    def _place(self, path: str) -> str:
        return str(Path(self._real, *self._inside(path)))

    def _inside(self, path: str) -> tuple[str, ...]:
        """Return the real names below the root that *path* leads to.

        PermissionError when it leads out of the share or of the unit's folder.
        """
        names = checked(path)
        place = Path(self._real, *map(raw_name, names))
        target = os.path.realpath(place)
        if target != str(place) and (outside := out_of(self._real, names, target)):
            raise OutsideShareError(EACCES, f"menunjuk ke luar {outside}", path)
        return Path(target).relative_to(self._real).parts

    def _descriptor(self, names: tuple[str, ...]) -> int:
        """Open the regular file *names*, folder by folder; return its descriptor."""
        with self._folder(names[:-1]) as folder:
            handle = os.open(names[-1] if names else ".", _FILE, dir_fd=folder)
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.close(handle)
            raise PermissionError(EACCES, "bukan berkas biasa", "/".join(names))
        return handle

    @contextlib.contextmanager
    def _folder(self, names: tuple[str, ...]) -> Iterator[int]:
        handle = os.open(self._real, FOLDER)
        try:
            for name in names:
                inner = os.open(name, FOLDER, dir_fd=handle)
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)

    @contextlib.contextmanager
    def _own(self, names: Sequence[str], *, make: bool = False) -> Iterator[int]:
        """Open (and make) the folder to write to step by step, never by a link."""
        handle = os.open(self._real, FOLDER)
        try:
            for depth, name in enumerate(map(raw_name, names), 1):
                try:
                    inner = _step(handle, name, make)
                except OSError as error:
                    if not _is_link(handle, name):
                        raise
                    link = printable("/".join(names[:depth]))
                    words = "melalui tautan tidak ada yang ditulis atau dihapus; ganti dengan folder biasa"
                    raise LinkRefusedError(f"{link} adalah tautan: {words}") from error
                os.close(handle)
                handle = inner
            yield handle
        finally:
            os.close(handle)


def _step(parent: int, name: str, make: bool) -> int:
    try:
        return os.open(name, FOLDER, dir_fd=parent)
    except FileNotFoundError:
        if not make:
            raise
    with contextlib.suppress(FileExistsError):
        os.mkdir(name, dir_fd=parent)
    return os.open(name, FOLDER, dir_fd=parent)


def _is_link(parent: int, name: str) -> bool:
    try:
        return stat.S_ISLNK(os.stat(name, dir_fd=parent, follow_symlinks=False).st_mode)
    except OSError:
        return False


def _replace(parent: int, name: str, data: bytes) -> None:
    """Write a temporary file beside the goal, flush it, rename it over."""
    temporary = f".iid-{uuid4().hex}.tmp"
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
    handle = os.open(temporary, flags, 0o666, dir_fd=parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.rename(temporary, name, src_dir_fd=parent, dst_dir_fd=parent)
    except OSError:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary, dir_fd=parent)
        raise


def _translated(error: OSError, path: str) -> OSError | DriveError:
    """Return a fact about the file (absent, refused), else a DriveError."""
    if error.errno in _ABSENT:
        return FileNotFoundError(ENOENT, why(error), path)
    if isinstance(error, OutsideShareError) or error.errno == ELOOP:
        return OutsideShareError(EACCES, why(error), path)
    if error.errno == EACCES or isinstance(error, PermissionError):
        return PermissionError(EACCES, why(error), path)
    return DriveError(f"{printable(path)} tidak dapat dibaca: {why(error)}")
