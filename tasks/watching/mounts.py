"""Whether the kernel tells of changes below a folder: it does for disks of this machine only.

On a mounted network drive inotify sees what this machine writes and nothing of what others do.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
#: File systems whose files are changed by other machines, or by a host that tells nobody.
SILENT = frozenset(
    (
        *("9p", "afs", "beegfs", "ceph", "cifs", "coda", "davfs", "drvfs", "glusterfs", "gpfs", "lustre"),
        *("ncpfs", "nfs", "nfs4", "ocfs2", "prl_fs", "smb3", "smbfs", "vboxsf", "virtiofs", "vmhgfs"),
    )
)
_OCTAL = re.compile(r"\\([0-7]{3})")


def file_system(place: Path, mounts: str) -> str:
    """Type of the file system that holds *place* (real path), by the text of ``mountinfo``; "" unknown."""
    best, kind = -1, ""
    for line in mounts.splitlines():
        fields, _, rest = line.partition(" - ")
        if len(fields.split()) < 5 or not rest:
            continue
        point = _OCTAL.sub(lambda code: chr(int(code[1], 8)), fields.split()[4])
        inside = str(place) == point or str(place).startswith(point.rstrip("/") + "/")
        if inside and len(point) >= best:  # of two on one point, the later lies on top
            best, kind = len(point), rest.split()[0]
    return kind


def tells(place: Path) -> bool:
    """Whether changes below *place* are told by the kernel; False where that is not certain."""
    try:
        kind = file_system(
            Path(os.path.realpath(place)), MOUNTS.read_text(encoding="utf-8", errors="replace")
        )
    except OSError:
        return False
    return bool(kind) and kind not in SILENT and not kind.startswith("fuse")
