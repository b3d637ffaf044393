"""The kernel's notices of a folder's changes (inotify, by watchfiles).

What has changed is found by listing, as everywhere; so a lost or a superfluous notice costs time,
never a result.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from threading import Event, Thread

from iid.tasks.review.review_files import FOLDER
from iid.tasks.values.share_paths import is_ignored

MOUNTS = Path("/proc/self/mountinfo")
#: File systems whose files are changed by other machines, or by a host that does not report it.
SILENT = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    )
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def file_system(place: Path, mounts: str) -> str:
    """Return *place*'s file system type by ``mountinfo``; "" if unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        if len(fields.split()) < 5 or not rest:
            continue
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), fields.split()[4])
        inside = str(place) == point or str(place).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:  # of two on one point, the later one covers the other
            best, kind = len(point), rest.split()[0]
    return kind


def reports_changes(place: Path) -> bool:
    """Return whether the kernel surely reports changes below *place*."""
    try:
        kind = file_system(
            Path(os.path.realpath(place)), MOUNTS.read_text(encoding="utf-8", errors="replace")
        )
    except OSError:
        return False
    return bool(kind) and kind not in SILENT and not kind.startswith("fuse")


GATHER = 200  # milliseconds in which notices are taken together
BREATH = 1000  # milliseconds after which the thread looks up when nothing happens


def matters(path: str, root: str) -> bool:
    """Return whether a change at *path* counts: no feedback or locks.

    Review workbooks are below an ignored folder, but what stewards enter there matters.
    """
    names = path.removeprefix(root).strip("/").split("/")
    if names[0] == FOLDER:
        names = names[1:]
    return not any(map(is_ignored, filter(None, names)))


class Notices:
    """Watches *folder* in a thread of its own until closed."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.problem = ""  # why there will be no more notices: then only looking helps
        self._moved, self._stop = Event(), Event()
        self._at = self._identity()
        self._thread = self._started()

    def take(self) -> bool:
        """Return whether something moved since last asked, or the folder changed."""
        now = self._identity()
        if now != self._at:  # unmounted, renamed, mounted again: the old watch sees nothing of it
            self.close()
            self._at, self._stop = now, Event()
            self._thread = self._started()
            return True
        moved = self._moved.is_set()
        self._moved.clear()
        return moved

    def close(self) -> None:
        """End the thread."""
        self._stop.set()
        if self._thread:
            self._thread.join()

    def _started(self) -> Thread | None:
        if self._at is None:
            return None
        thread = Thread(target=self._run, args=(self._stop,), name="pengamat", daemon=True)
        thread.start()
        return thread

    def _identity(self) -> tuple[int, int] | None:
        try:
            facts = self.folder.stat()
        except OSError:
            return None
        return facts.st_dev, facts.st_ino

    def _run(self, stop: Event) -> None:
        from watchfiles import watch

        root, begun = str(self.folder), False
        try:
            for changes in watch(
                root,
                watch_filter=lambda _change, path: matters(path, root),
                debounce=GATHER,
                rust_timeout=BREATH,
                yield_on_timeout=True,
                stop_event=stop,
                raise_interrupt=False,
                force_polling=False,
                ignore_permission_denied=True,
            ):
                if changes or not begun:  # also at its start: what came before was not reported
                    self._moved.set()
                begun = True
        except Exception as error:  # noqa: BLE001  (too many folders for the kernel, or whatever else)
            self.problem = " ".join(str(error).split())[:200] or type(error).__name__
            self._moved.set()
