"""A store in a folder: local disk, or a share the machine has mounted.

Every object is written to a private temporary file beside its place, synced,
and then given its name in one step, so that a reader, a killed process and a
power cut see the old object or the new one.
"""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import NoReturn

from iid.tasks.store.keys import TEMP_PREFIX, check_key, check_prefix
from iid.tasks.store.store import BINARY, Digest, Stored
from iid.tasks.text.os_errors import why
from iid.tasks.values.errors import StoreError

CHUNK = 1 << 20  # bytes
#: File systems without hard links (FAT, many network mounts) answer one of these.
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS}
_ADVICE = {
    errno.EACCES: "tidak ada izin; minta hak tulis atau pilih --store lain",
    errno.EPERM: "tidak ada izin; minta hak tulis atau pilih --store lain",
    errno.EROFS: "hanya bisa dibaca; pasang ulang dengan hak tulis atau pilih --store lain",
    errno.ENOSPC: "ruang disk habis; kosongkan ruang lalu ulangi, hasil terbit terakhir tetap utuh",
    errno.EDQUOT: "kuota disk habis; kosongkan ruang lalu ulangi, hasil terbit terakhir tetap utuh",
    errno.ENOTDIR: "sebagian jalurnya adalah berkas, bukan folder; pilih --store lain",
    errno.EEXIST: "sebagian jalurnya adalah berkas, bukan folder; pilih --store lain",
    errno.EISDIR: "di tempat itu ada folder; pindahkan folder itu atau pilih --store lain",
    errno.ESTALE: "sambungan ke folder jaringan putus; pasang ulang lalu ulangi",
    errno.EIO: "perangkat penyimpanan gagal; periksa disk atau sambungannya",
}


class FolderStore:
    """Objects as files below *root*, which is made at the first write."""

    workers = 4  # syncing waits for the disk, so a few at a time help even on two cores
    exclusive = True  # link() and O_EXCL

    def __init__(self, root: Path) -> None:
        self.root = root.absolute()
        umask = os.umask(0o077)  # the only portable way to read it; strict in the meantime
        os.umask(umask)
        self._mode = 0o666 & ~umask

    @property
    def url(self) -> str:
        """The folder's absolute path."""
        return str(self.root)

    def address(self, key: str) -> str:
        """The file's absolute path."""
        return str(self._path(key))

    def get(self, key: str) -> bytes:
        """The whole object. KeyError when there is none."""
        try:
            return self._path(key).read_bytes()
        except OSError as error:
            self._refuse(error, key, "dibaca")

    def digest(self, key: str) -> Digest:
        """Return size and SHA-256 of what the file holds now. KeyError for none."""
        digest, size = hashlib.sha256(), 0
        try:
            with self._path(key).open("rb") as stream:
                while chunk := stream.read(CHUNK):
                    digest.update(chunk)
                    size += len(chunk)
        except OSError as error:
            self._refuse(error, key, "dibaca")
        return Digest(size, digest.hexdigest())

    def put(self, key: str, data: bytes, content_type: str = BINARY) -> None:
        """Write the object atomically; *content_type* has no place on a disk."""
        self._write(key, data, lambda temporary, place: temporary.replace(place))

    def create(self, key: str, data: bytes, content_type: str = BINARY) -> bool:
        """Write the object only where there is none."""
        if self.exists(key):
            return False
        try:
            self._write(key, data, lambda temporary, place: _name_once(temporary, place, data))
        except FileExistsError:
            return False
        return True

    def copy(self, source: str, key: str) -> bool:
        """Link the file: none is ever written in place. False where it cannot."""
        file, place = self._path(source), self._path(key)
        try:
            if file.is_symlink():
                return False
            place.parent.mkdir(parents=True, exist_ok=True)
            place.hardlink_to(file)
        except OSError:
            return False  # writing it is always possible, and says what is wrong
        _sync_folder(place.parent)
        return True

    def replace(self, key: str, data: bytes, expected: bytes | None, content_type: str = BINARY) -> bool:
        """Write over *expected* only: compare first, then rename (docs/store.md)."""
        if expected is None:
            return self.create(key, data)
        try:
            if self.get(key) != expected:
                return False
        except KeyError:
            return False
        self.put(key, data)
        return True

    def exists(self, key: str) -> bool:
        """Whether the key holds an object."""
        try:
            return self._path(key).is_file()
        except OSError as error:
            self._refuse(error, key, "dibaca")

    def keys(self, prefix: str) -> Iterator[str]:
        """All keys that begin with *prefix*, sorted."""
        folder, _, _ = check_prefix(prefix).rpartition("/")
        for entry, key in self._walk(
            folder, prefix
        ):  # without asking for sizes: on a network each costs a trip
            if key.startswith(prefix) and not entry.name.startswith(TEMP_PREFIX):
                yield key

    def objects(self, prefix: str) -> Iterator[Stored]:
        """The objects whose keys begin with *prefix*, sorted by key."""
        folder, _, _ = check_prefix(prefix).rpartition("/")
        for entry, key in self._walk(folder, prefix):
            if key.startswith(prefix) and not entry.name.startswith(TEMP_PREFIX):
                with suppress(FileNotFoundError):  # removed while we list
                    state = entry.stat()
                    yield Stored(key, state.st_size, state.st_mtime)

    def folders(self, prefix: str) -> tuple[str, ...]:
        """Names of the folders directly below *prefix*, sorted."""
        entries = self._scan(check_prefix(prefix).rstrip("/"))
        return tuple(sorted(entry.name for entry in entries if entry.is_dir()))

    def delete(self, key: str) -> None:
        """Remove the object and folders left empty. StoreError through a link."""
        path = self._path(key)
        if os.path.realpath(path.parent) != str(Path(os.path.realpath(self.root), key).parent):
            raise StoreError(f"penyimpanan {path} tidak dihapus: sebagian jalurnya tautan ke tempat lain")
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            self._refuse(error, key, "dihapus")
        self._drop_empty(path.parent)

    def sweep(self, prefix: str, before: float, *, deep: bool = True) -> int:
        """Remove temporary files of killed writers that are older than *before*."""
        folder, _, _ = check_prefix(prefix).rpartition("/")
        removed = 0
        for entry, key in self._walk(folder, prefix, deep=deep):
            if key.startswith(prefix) and entry.name.startswith(TEMP_PREFIX):
                with suppress(FileNotFoundError):  # its writer lives and was quicker
                    if entry.stat().st_mtime < before:
                        Path(entry.path).unlink()
                        removed += 1
        if deep and folder:
            self._drop_empty_below(self.root / folder)
        return removed

    def lock(self, keys: Iterable[str], until: datetime) -> int | None:
        """Return None: a folder has no lock that its owner could not undo."""
        return None

    def locked(self, key: str) -> bool | None:
        """None, as above."""
        return None

    def _drop_empty(self, folder: Path) -> None:
        with suppress(OSError):  # the first folder that is not empty ends it
            while folder != self.root:
                folder.rmdir()
                folder = folder.parent

    def _drop_empty_below(self, folder: Path) -> None:
        for place, _, _ in os.walk(folder, topdown=False):
            with suppress(OSError):  # not empty
                Path(place).rmdir()
        if not folder.exists():
            self._drop_empty(folder.parent)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _scan(self, folder: str) -> list[os.DirEntry[str]]:
        try:
            with os.scandir(self.root / folder) as entries:
                return list(entries)
        except FileNotFoundError:
            return []
        except OSError as error:
            self._refuse(error, folder, "dibaca")

    def _walk(self, folder: str, prefix: str, *, deep: bool = True) -> Iterator[tuple[os.DirEntry[str], str]]:
        # A folder sorts by its name with "/", so that keys come out in the order of whole keys.
        for entry in sorted(self._scan(folder), key=lambda e: e.name + "/" * e.is_dir()):
            key = f"{folder}/{entry.name}" if folder else entry.name
            if not entry.is_dir():
                yield entry, key
            elif deep and (f"{key}/".startswith(prefix) or prefix.startswith(f"{key}/")):
                yield from self._walk(key, prefix)

    def _write(self, key: str, data: bytes, name_it: Callable[[Path, Path], object]) -> None:
        place = self._path(key)
        temporary = place.parent / f"{TEMP_PREFIX}{secrets.token_hex(8)}"
        try:
            _write_synced(temporary, data, self._mode)
        except OSError as error:
            _forget(temporary)
            self._refuse(error, key, "ditulis")
        try:
            name_it(temporary, place)
            _sync_folder(place.parent)
        except FileExistsError:
            raise
        except OSError as error:
            self._refuse(error, key, "ditulis")
        finally:
            _forget(temporary)

    def _refuse(self, error: OSError, key: str, verb: str) -> NoReturn:
        if isinstance(error, FileNotFoundError) and verb == "dibaca":
            raise KeyError(key) from None
        reason = _ADVICE.get(error.errno or 0) or why(error)
        raise StoreError(f"penyimpanan {self.root / key} tidak dapat {verb}: {reason}") from error


def _forget(temporary: Path) -> None:
    with suppress(OSError):  # gone already, or the store failed: sweep() removes it later
        temporary.unlink(missing_ok=True)


def _write_synced(path: Path, data: bytes, mode: int) -> None:
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0)
    for _ in range(3):  # a sweeper may take the empty folder away between mkdir and open
        path.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileNotFoundError):
            descriptor = os.open(path, flags, 0o600)
            break
    else:
        raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(path))
    with open(descriptor, "wb") as stream:  # noqa: PTH123  (a descriptor, not a path)
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
        with suppress(OSError):  # mounts without permissions keep their own
            os.chmod(stream.fileno(), mode)  # noqa: PTH101


def _name_once(temporary: Path, place: Path, data: bytes) -> None:
    try:
        place.hardlink_to(temporary)
    except FileExistsError:
        raise
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        _write_synced_once(place, data, temporary.stat().st_mode & 0o777)


def _write_synced_once(place: Path, data: bytes, mode: int) -> None:
    # Without hard links a reader may see the object before it is whole: publishing re-reads every
    # file, the manifest names it later, and an unreadable lease counts as taken.
    descriptor = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
    with open(descriptor, "wb") as stream:  # noqa: PTH123
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    with suppress(OSError):  # not every file system can sync a folder
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
