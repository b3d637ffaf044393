"""ISO media boxes (MP4, MOV, 3GP, HEIC): does the chain of boxes reach the end of the file?"""

from __future__ import annotations

import struct

from iid.tasks.evidence.content import Content

_MAX_BOXES = 100_000


def whole(content: Content) -> bool:
    """Whether the top-level boxes fill the file exactly, or the last runs to its end by design.

    A file that was cut while it was copied has a box that promises more than is there.
    Trailing bytes too short for a box header are forgiven, as players do.
    """
    at = 0
    for _ in range(_MAX_BOXES):
        if content.size - at < 8:
            return at > 0
        header = content.read_at(at, 16)
        size = struct.unpack_from(">I", header)[0]
        if size == 0:  # "to the end of the file"
            return True
        if size == 1 and len(header) == 16:
            size = struct.unpack_from(">Q", header, 8)[0]
        if size < 8 or at + size > content.size:
            return False
        at += size
    return False
