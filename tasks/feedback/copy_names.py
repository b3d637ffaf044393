"""Names of the copies: by innovation folder, safe, no two alike.

No copy is called like a workbook that anybody reads (``inovasi.xlsx``, ``pemda.xlsx``, a review
workbook): should ``_umpan-balik`` lead elsewhere on a server, nothing of that kind is overwritten.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable

from iid.tasks.text.indonesian import clean
from iid.tasks.values.tables import REGION_ID

SUFFIX = " (catatan).xlsx"
LONGEST = 150  # bytes before the suffix; drives end at 255, and a mark may follow
#: Ours already, whatever an innovation is called.
RESERVED = frozenset({"temuan.xlsx"})
_REFUSED = re.compile(r'[\x00-\x1f<>:"/\\|?*\ufffd]')  # what Windows and SMB do not open
_DEVICES = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)


def copy_names(owners: Iterable[str]) -> dict[str, str]:
    """Name a file by innovation id: its folder, marked if unfit alone."""
    names: dict[str, str] = {}
    taken = set(RESERVED)
    for owner in sorted(owners):
        folder = owner if owner == REGION_ID else owner.partition("/")[2]
        safe = _safe(folder)
        name = f"{safe}{SUFFIX}"
        if safe != folder or name.casefold() in taken:
            mark = hashlib.sha256(owner.encode("utf-8", "surrogatepass")).hexdigest()[:8]
            name = f"{safe} ({mark}){SUFFIX}".lstrip()
        taken.add(name.casefold())
        names[owner] = name
    return names


def _safe(folder: str) -> str:
    text = _REFUSED.sub("_", clean(folder)).lstrip("._~$ ").rstrip()
    text = text.encode()[:LONGEST].decode("utf-8", "ignore").rstrip()
    return f"Inovasi {text}" if _DEVICES.match(text) or not text else text
