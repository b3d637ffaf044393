"""One short Indonesian phrase about a content, for stewards: information, never a judgement.

A picture's size, when and with what it was taken; how long a video plays; what is embedded.
What EXIF says can be wrong or forged, and messengers strip it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

_WHATSAPP = re.compile(r"(?:^|[^a-z])(?:whatsapp|img-\d{8}-wa\d{4})", re.IGNORECASE)
_SCREENSHOT = re.compile(r"screen ?shot|tangkapan ?layar", re.IGNORECASE)

#: Formats whose file names tell where they come from.
PICTURES = ("jpg", "png", "webp", "heic", "mp4", "3gp", "mov")
#: Columns of FACTS that the phrase is made of.
COLUMNS = (
    "problem",
    "detail",
    "format",
    "pages",
    "text_pages",
    "width",
    "height",
    "duration_s",
    "macros",
    "attachments",
    "taken_at",
    "origin",
)


def about(facts: Mapping[str, Any]) -> str:
    """The phrase about a content with these *facts*, parts separated by ``; ``; "" for nothing special."""
    if facts["problem"]:
        return facts["detail"] or ""
    return "; ".join(part for part in _parts(facts) if part)


def _parts(facts: Mapping[str, Any]) -> Iterator[str]:
    yield facts["detail"] or ""
    if facts["width"] and facts["height"]:
        yield f"{facts['width']} x {facts['height']} piksel"
    if facts["duration_s"] is not None:
        minutes, seconds = divmod(facts["duration_s"], 60)
        yield f"durasi {minutes} menit {seconds} detik"
    if facts["taken_at"]:
        yield f"diambil {_moment(facts['taken_at'])}"
    if facts["origin"]:
        yield f"dibuat dengan {facts['origin']}"
    if facts["text_pages"] is not None and facts["pages"] and 0 < facts["text_pages"] < facts["pages"]:
        yield f"{facts['pages'] - facts['text_pages']} halaman tanpa teks"
    if facts["attachments"]:
        yield f"{facts['attachments']} berkas disisipkan di dalamnya"
    if facts["macros"]:
        yield "berisi makro atau skrip"


def _moment(taken: str) -> str:
    """``2025-11-13T16:35:34`` → ``2025-11-13 16.35``: the camera's clock, which may be wrong."""
    day, _, clock = taken.partition("T")
    return f"{day} {clock[:5].replace(':', '.')}"


def name_origin(name: str) -> str:
    """Where a picture's *name* says it comes from: ``WhatsApp``, ``tangkapan layar`` or ""."""
    if _WHATSAPP.search(name):
        return "WhatsApp"
    return "tangkapan layar" if _SCREENSHOT.search(name) else ""
