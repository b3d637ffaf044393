"""A network share as a drive, through rclone.

One implementation for six protocols; docs/drives.md says why. What a protocol cannot do is
in :class:`iid.tasks.shares.remotes.Kind`, what went wrong in :mod:`iid.tasks.shares.rclone_errors`.
"""

from __future__ import annotations

import io
import shutil
import tempfile
from collections.abc import Callable
from errno import EACCES, ENOENT
from functools import partial
from http.client import HTTPResponse
from pathlib import Path
from typing import Any, BinaryIO, TypeVar, cast

from iid.tasks.shares.drive import FileChangedError, Listing
from iid.tasks.shares.rclone_daemon import Daemon, daemon_of
from iid.tasks.shares.rclone_errors import Fault, TroubleError
from iid.tasks.shares.remote_file import RemoteFile, Version, seconds_of
from iid.tasks.shares.remote_listing import Item, flat, walk
from iid.tasks.shares.remotes import Remote, remote_of
from iid.tasks.shares.timeouts import Patience, patience_wanted
from iid.tasks.text.os_errors import why
from iid.tasks.values.errors import DriveError
from iid.tasks.values.share_paths import checked, ours, printable

T = TypeVar("T")
Items = list[Item]
_BUFFER = 1 << 18
_LONGEST_NAME = 255  # bytes; a drive that refuses longer names holds none


class RemoteDrive:
    """The share that *remote* names; nothing is asked before the first call.

    Pickled, it is its address: the process that unpickles it needs the same environment.
    """

    def __init__(self, remote: Remote, patience: Patience | None = None) -> None:
        self._remote = remote
        self._patience = patience or patience_wanted()
        self._daemon = daemon_of(remote, self._patience)
        self._twins: dict[str, str] = {}  # path → id, of files that share their name with another

    def __reduce__(self) -> tuple[Callable[..., RemoteDrive], tuple[object, ...]]:
        return _unpickled, (self._remote.url, self._patience, self._twins)

    @property
    def url(self) -> str:
        """The address, without secrets."""
        return self._remote.url

    @property
    def daemon(self) -> Daemon:
        """The process that talks to the share."""
        return self._daemon

    def list(self, under: str = "") -> Listing:
        """List every file below *under* that is not ignored, sorted by path.

        Raises DriveError when *under* is missing, is no folder or cannot be listed, and when the
        share stays away; deeper folders that cannot be listed are returned as ``unreadable``.
        """
        checked(under)
        kind = self._remote.kind
        try:
            if kind.flat:
                found = flat(under, self._patiently(partial(self._items, under, recurse=True)))
            else:
                found = walk(under, self._folder, circles=kind.loops)
        except TroubleError as trouble:
            if trouble.fault in {Fault.AWAY, Fault.LOCKED_OUT}:
                raise self._lost(trouble) from None
            raise self._unlisted(under, trouble.words) from None
        if not found.entries and not found.folders and under:
            self._must_be_folder(under)
        listing, twins = found.listing()
        self._twins |= twins
        return listing

    def open(self, path: str) -> BinaryIO:
        """Open the file at *path* as a stream. FileNotFoundError when absent.

        PermissionError when it may not be read or is no file; DriveError for a refused path or a
        share that stays away.
        """
        checked(path)
        if path in self._twins:
            return self._copied(path)
        first = self._about(path, partial(self._stream, path, 0))
        if first is None:
            return self._copied(path)
        tries = self._patience.tries
        file = RemoteFile(first, partial(self._rest, path), partial(self._version, path), tries)
        return cast(BinaryIO, io.BufferedReader(file, _BUFFER))

    def read_bytes(self, path: str, limit: int) -> bytes:
        """Read up to *limit* bytes; PermissionError if the file keeps changing."""
        for _ in range(3):
            try:
                with self.open(path) as file:
                    return file.read(limit)
            except FileChangedError:
                continue
        raise PermissionError(EACCES, "masih ditulis selagi dibaca", path)

    def local(self, path: str) -> Path | None:
        """None: nothing of this share is on this machine."""
        checked(path)
        return None

    def exists(self, path: str) -> bool:
        """Whether a file or folder exists at *path*."""
        checked(path)
        try:
            return self._about(path, partial(self._stat, path)) is not None
        except (FileNotFoundError, PermissionError):
            return False

    def write(self, path: str, data: bytes) -> None:
        """Write *data* to *path*; a reader sees the old file or the new one.

        Under another name first where the protocol can rename, else in one request. DriveError when
        it cannot be written.
        """
        if not checked(path):
            raise DriveError(f"{self.url} adalah folder; tidak dapat ditulis")
        with tempfile.NamedTemporaryFile(prefix="iid-") as file:
            file.write(data)
            file.flush()
            try:
                self._patiently(partial(self._copy, ("/", file.name[1:]), self._place(path), path))
            except TroubleError as trouble:
                if trouble.fault in {Fault.AWAY, Fault.LOCKED_OUT}:
                    raise self._lost(trouble) from None
                raise DriveError(
                    f"{printable(path)} tidak dapat ditulis di {self.url}: {trouble.words}"
                ) from None

    def remove(self, path: str) -> None:
        """Remove our own file at *path*, if any. DriveError when it stays."""
        ours(path)
        fs, remote = self._place(path)
        action = partial(self._daemon.ask, "operations/deletefile", remote, fs=fs, remote=remote)
        try:
            self._about(path, action)
        except FileNotFoundError:
            return
        except PermissionError as error:
            words = f"{printable(path)} tidak dapat dihapus di {self.url}: {why(error)}"
            raise DriveError(words) from None

    def _place(self, path: str) -> tuple[str, str]:
        return self._remote.fs, self._remote.path(path)

    def _patiently(self, action: Callable[[], T]) -> T:
        return self._patience.over(action, between=self._daemon.renew)

    def _folder(self, path: str) -> Items:
        """Return one folder's items; find links by a listing without them."""
        items = self._patiently(partial(self._items, path))
        if not self._remote.kind.links or not items:
            return items
        plain = {item["Path"] for item in self._patiently(partial(self._items, path, links=False))}
        return [item if item["Path"] in plain else _link(item) for item in items]

    def _items(self, path: str, *, recurse: bool = False, links: bool = True) -> Items:
        fs, remote = self._place(path)
        if not links:
            name, _, root = fs.partition(":")
            fs = f"{name},skip_links=true:{root}"
        opt = {"recurse": recurse, "noMimeType": True, "showHash": self._remote.kind.marks}
        answer = self._daemon.ask("operations/list", remote, fs=fs, remote=remote, opt=opt)
        start = len(self._remote.root) + 1 if self._remote.root else 0
        return [{**item, "Path": item["Path"][start:]} for item in answer["list"] or ()]

    def _stat(self, path: str) -> dict[str, Any] | None:
        fs, remote = self._place(path)
        item: dict[str, Any] | None = self._daemon.ask(
            "operations/stat", remote, fs=fs, remote=remote, opt={"noMimeType": True}
        )["item"]
        return item

    def _stream(self, path: str, start: int) -> HTTPResponse | None:
        return self._daemon.stream(*self._place(path), start)

    def _rest(self, path: str, start: int) -> HTTPResponse:
        answer = self._about(path, partial(self._stream, path, start))
        if answer is None:
            raise FileChangedError("berkasnya tidak dapat dibuka lagi")
        return answer

    def _version(self, path: str) -> Version | None:
        """Return the file's version now; None where files are replaced whole."""
        if not self._remote.kind.grows:
            return None
        item = self._about(path, partial(self._stat, path))
        if item is None:
            raise FileNotFoundError(ENOENT, "tidak ada", path)
        return Version(int(item["Size"]), int(seconds_of(item["ModTime"])))

    def _copied(self, path: str) -> BinaryIO:
        """Open a private copy of what cannot be streamed; explain a failure."""
        folder = tempfile.mkdtemp(prefix="iid-drive-")
        try:
            self._about(path, partial(self._fetch, path, f"{folder}/f"))
            return Path(folder, "f").open("rb")  # open, it outlives its name
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    def _fetch(self, path: str, target: str) -> None:
        if path not in self._twins:
            self._copy(self._place(path), ("/", target[1:]), path)
            return
        order = {"command": "copyid", "fs": self._remote.fs, "arg": [self._twins[path], target], "opt": {}}
        self._daemon.ask("backend/command", self._remote.path(path), **order)

    def _copy(self, source: tuple[str, str], target: tuple[str, str], path: str) -> None:
        places = {"srcFs": source[0], "srcRemote": source[1], "dstFs": target[0], "dstRemote": target[1]}
        self._daemon.ask(
            "operations/copyfile", self._remote.path(path), **places, _config={"IgnoreTimes": True}
        )

    def _about(self, path: str, action: Callable[[], T]) -> T:
        """Run *action*; raise faults as facts about *path*, or as DriveError."""
        try:
            return self._patiently(action)
        except TroubleError as trouble:
            raise self._translated(trouble, path) from None

    def _translated(self, trouble: TroubleError, path: str) -> OSError | DriveError:
        """Return the fault as the file's own only while the share answers."""
        if trouble.fault in {Fault.AWAY, Fault.LOCKED_OUT}:
            return self._lost(trouble)
        too_long = any(len(name.encode("utf-8", "surrogatepass")) > _LONGEST_NAME for name in path.split("/"))
        if trouble.fault is Fault.ABSENT or too_long:
            return FileNotFoundError(ENOENT, trouble.words, path)
        if trouble.fault is Fault.ODD:
            try:
                if not self._has_folders(path):
                    return FileNotFoundError(ENOENT, "tidak ada", path)
            except TroubleError as worse:
                return self._lost(worse)
        words = "bukan berkas biasa" if trouble.fault is Fault.FOLDER else trouble.words
        return PermissionError(EACCES, words, path)

    def _has_folders(self, path: str) -> bool:
        """Return whether every folder to *path* is one, after an odd answer."""
        names = path.split("/")[:-1]
        if not names:
            self._patiently(partial(self._items, ""))
        for depth in range(len(names)):
            item = self._patiently(partial(self._stat, "/".join(names[: depth + 1])))
            if item is None or not item["IsDir"]:
                return False
        return True

    def _must_be_folder(self, path: str) -> None:
        item = self._about(path, partial(self._stat, path))
        if item is None or not item["IsDir"]:
            raise self._unlisted(path, "tidak ada" if item is None else "bukan folder")

    def _unlisted(self, path: str, words: str) -> DriveError:
        try:
            item = self._patiently(partial(self._stat, path)) if path else None
        except TroubleError:
            item = None
        words = "bukan folder" if item is not None and not item["IsDir"] else words
        return DriveError(f"folder {printable(path) or self.url} tidak dapat didaftar: {words}")

    def _lost(self, trouble: TroubleError) -> DriveError:
        if trouble.fault is Fault.AWAY:
            return DriveError(
                f"share {self.url} tidak dapat dipakai: {trouble.words}, sesudah {self._patience.tries} kali "
                "dicoba. Periksa jaringan dan servernya, lalu ulangi."
            )
        return DriveError(f"share {self.url} tidak dapat dipakai: {trouble.words}. {self._advice(trouble)}")

    def _advice(self, trouble: TroubleError) -> str:
        if "kunci host" in trouble.words:
            return "Pastikan servernya benar, lalu catat kuncinya di known_hosts (lihat docs/drives.md)."
        if self._remote.kind.secret:
            return f"Periksa alamatnya dan {self._remote.kind.secret} (lihat docs/drives.md)."
        return "Periksa remote itu dengan rclone config (lihat docs/drives.md)."


def _unpickled(url: str, patience: Patience, twins: dict[str, str]) -> RemoteDrive:
    drive = RemoteDrive(remote_of(url), patience)
    drive._twins |= twins
    return drive


def _link(item: Item) -> Item:
    """Return a link as an unfollowed file: only the server knows its goal."""
    return {**item, "IsDir": False, "Size": 0, "Problem": "outside_share"}
