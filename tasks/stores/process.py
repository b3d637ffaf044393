"""Which process this is, so that another one on the same machine can see that it has died.

Linux tells a machine's boot, its process namespace (containers count process numbers
of their own) and when a process began (numbers are used again). Elsewhere a lease of
a dead process simply expires.
"""

from __future__ import annotations

import os
import socket
from functools import cache
from pathlib import Path
from typing import Any

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_NAMESPACE = Path("/proc/self/ns/pid")


def here() -> dict[str, Any]:
    """This process: host name, boot, namespace, number and start; the last three "" where unknown."""
    return {**_machine(), "pid": os.getpid(), "started": started(os.getpid())}


def is_gone(owner: dict[str, Any]) -> bool:
    """Whether *owner* (from :func:`here`) certainly ran on this machine and runs no more."""
    machine = _machine()
    if not machine["boot"] or any(owner.get(name) != value for name, value in machine.items()):
        return False
    pid = owner.get("pid")
    return isinstance(pid, int) and started(pid) != owner.get("started")


@cache
def _machine() -> dict[str, str]:
    return {"host": socket.gethostname(), "boot": _read(_BOOT), "namespace": _link(_NAMESPACE)}


def started(pid: int) -> str:
    """When process *pid* began, in ticks since the boot; "" when it is gone, or the system does not tell."""
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
