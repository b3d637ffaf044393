"""Who a process is, its private folder, and how it ends with its parent.

A process that is killed cannot remove its temporary files, and those of the libraries it uses bear names
of all kinds. So all of them go into one folder that says in its name whose it is.
"""

from __future__ import annotations

import atexit
import hashlib
import os
import re
import shutil
import signal
import socket
import stat
import sys
import tempfile
import time
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


def here() -> dict[str, Any]:
    """Identify this process: host, boot, namespace, number, start; "" unknown."""
    return {**_machine(), "pid": os.getpid(), "started": started(os.getpid())}


def is_gone(owner: dict[str, Any]) -> bool:
    """Report whether *owner* surely ran on this machine and runs no more."""
    machine = _machine()
    if not machine["boot"] or any(owner.get(name) != value for name, value in machine.items()):
        return False
    pid = owner.get("pid")
    return isinstance(pid, int) and started(pid) != owner.get("started")


_PR_SET_PDEATHSIG = 1


def end_with_parent(number: int = signal.SIGKILL, parent: int = 0) -> None:
    """Send us *number* when the thread that started us ends; Linux only.

    With the id of the *parent* also when it has ended before.
    """
    if sys.platform == "linux":
        import ctypes  # late: most commands have no such parent

        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, number)
    if parent and os.getppid() != parent:
        os.kill(os.getpid(), number)


@cache
def _machine() -> dict[str, str]:
    return {"host": socket.gethostname(), "boot": _read(_BOOT), "namespace": _link(_NAMESPACE)}


def started(pid: int) -> str:
    """Return the ticks from boot to the start of *pid*; "" if gone or unknown."""
    # Field 22 of stat, counted after the command's name, which may hold spaces and brackets.
    stat = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    # A zombie has ended: nothing of it can write any more.
    return "" if len(stat) < 20 or stat[0] in {"Z", "X"} else stat[19]


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _link(path: Path) -> str:
    try:
        return str(path.readlink())
    except OSError:
        return ""


_NAME = re.compile(r"^iid-run-(?P<machine>[0-9a-f]{12})-(?P<pid>\d+)-(?P<started>\d*)-\w+$")
#: Age at which folders of other machines, containers and boots go: nobody can ask their processes.
OLD_S = 7 * 24 * 3600


def own_folder() -> Path:
    """Make a private folder for all temporary files of this process tree.

    It is where :mod:`tempfile` and ``TMPDIR`` point from now on, and is removed at the end. Folders of
    processes that have ended without doing so are removed first.
    """
    base = Path(tempfile.gettempdir())
    clear(base)
    machine, pid, started = _me()
    folder = Path(tempfile.mkdtemp(prefix=f"iid-run-{machine}-{pid}-{started}-", dir=base))
    tempfile.tempdir = os.environ["TMPDIR"] = str(folder)
    _claim(folder)
    atexit.register(_remove_own, folder, os.getpid())
    return folder


def _claim(folder: Path) -> None:
    """Lock the folder while we live: systemd-tmpfiles skips locked ones."""
    with suppress(ImportError, OSError):  # Windows has neither
        import fcntl

        fcntl.flock(os.open(folder, os.O_RDONLY), fcntl.LOCK_SH)


def clear(base: Path) -> int:
    """Remove and count the folders in *base* whose own process has ended."""
    removed = 0
    with suppress(OSError), os.scandir(base) as entries:
        for entry in list(entries):
            if _NAME.match(entry.name) and _is_left(entry):
                shutil.rmtree(entry.path, ignore_errors=True)
                removed += 1
    return removed


def _is_left(entry: os.DirEntry[str]) -> bool:
    name = _NAME.match(entry.name)
    try:
        state = entry.stat(follow_symlinks=False)
    except OSError:
        return False
    if name is None or not stat.S_ISDIR(state.st_mode) or state.st_uid != _user():
        return False
    machine, _, _ = _me()
    if name["machine"] != machine or not name["started"]:
        return time.time() - state.st_mtime > OLD_S
    return started(int(name["pid"])) != name["started"]


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _me() -> tuple[str, int, str]:
    me = here()
    where = f"{me['host']}|{me['boot']}|{me['namespace']}"
    return hashlib.sha256(where.encode()).hexdigest()[:12], int(me["pid"]), str(me["started"])


def _remove_own(folder: Path, owner: int) -> None:
    if os.getpid() == owner:  # not in a fork
        shutil.rmtree(folder, ignore_errors=True)
