"""Video and sound with MediaInfo: the container opens, holds a track, and how long it plays."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from pymediainfo import MediaInfo

from iid.tasks.evidence.boxes import whole
from iid.tasks.evidence.content import Content, SetupError, UnreadableError
from iid.tasks.evidence.facts import Facts
from iid.tasks.evidence.limits import Limits

VERSION = 1
BROKEN = "rusak atau terpotong"
_BOXED = ("mp4", "mov", "3gp")


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a video or sound file. Raises UnreadableError, SetupError."""
    if kind.format in _BOXED and not whole(content):
        raise UnreadableError(BROKEN)
    if not MediaInfo.can_parse():
        raise SetupError("pustaka MediaInfo (paket pymediainfo) tidak dapat dimuat")
    content.file.seek(0)
    tracks = MediaInfo.parse(content.file, parse_speed=0.0, full=True).tracks
    wanted = "Audio" if kind.format == "mp3" else "Video"
    track = next((t for t in tracks if t.track_type == wanted), None)
    general = next((t for t in tracks if t.track_type == "General"), None)
    if track is None or general is None or general.istruncated == "Yes":
        raise UnreadableError(BROKEN)
    return replace(
        kind,
        duration_s=_seconds(general.duration if general.duration is not None else track.duration),
        width=_whole(track.width),
        height=_whole(track.height),
    )


def _seconds(milliseconds: Any) -> int | None:
    """Whole seconds, rounded up; None for what is no plausible length."""
    try:
        value = float(milliseconds) / 1000
    except (TypeError, ValueError):
        return None
    return math.ceil(value) if math.isfinite(value) and 0 <= value < 10**9 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 10**6 else None
