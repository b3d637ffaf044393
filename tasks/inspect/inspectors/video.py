"""Video and sound with MediaInfo: opens, holds a track, how long it plays."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import Any

from pymediainfo import MediaInfo

from iid.tasks.inspect.inspectors.mp4_boxes import extent
from iid.tasks.sandbox.content import LEAST_SHOWN, Content, SetupError, UnreadableError
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 3
BROKEN = "rusak atau terpotong"
_BOXED = ("mp4", "mov", "3gp", "m4a")
_SOUND = ("mp3", "m4a")
_SEGMENT = b"\x18\x53\x80\x67"  # of Matroska


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Facts of a video or sound file. Raises UnreadableError, SetupError."""
    boxed = kind.format in _BOXED
    shown, exact = extent(content, b"moov") if boxed else (1.0, True)
    if shown < LEAST_SHOWN:
        raise UnreadableError(BROKEN)
    if not MediaInfo.can_parse():
        raise SetupError("pustaka MediaInfo (paket pymediainfo) tidak dapat dimuat")
    content.file.seek(0)
    tracks = MediaInfo.parse(content.file, parse_speed=0.0, full=True).tracks
    of = {t.track_type: t for t in reversed(tracks)}
    general, film, sound = (of.get(name) for name in ("General", "Video", "Audio"))
    track = sound if kind.format in _SOUND else film or (sound if boxed else None)
    if track is None or general is None:
        raise UnreadableError(BROKEN)
    if general.istruncated == "Yes" and not boxed:
        shown, exact = content.size / _promised(content, kind.format), False
        if shown < LEAST_SHOWN:
            raise UnreadableError(BROKEN)
    if track is sound and kind.format != "mp3":
        kind = replace(kind, format="m4a", media_type="audio/mp4")
    return replace(
        kind,
        duration_s=_seconds(general.duration if general.duration is not None else track.duration),
        width=_whole(track.width),
        height=_whole(track.height),
        damaged=not exact,
        detail="" if exact else "ada byte berlebih di belakangnya" if shown == 1 else "ujungnya hilang",
    )


def _promised(content: Content, word: str) -> float:
    """Return the bytes an AVI or Matroska promises; infinite if none."""
    head = content.head
    if word == "avi":
        return int.from_bytes(head[4:8], "little") + 8
    at = head.find(_SEGMENT) + len(_SEGMENT)
    if at < len(_SEGMENT) or not head[at : at + 1]:
        return math.inf
    length = 9 - head[at].bit_length()
    size = int.from_bytes(head[at : at + length], "big") & (1 << 7 * length) - 1
    return at + length + size if size != (1 << 7 * length) - 1 else math.inf


def _seconds(milliseconds: Any) -> int | None:
    """Whole seconds, rounded up; None for what is no plausible length."""
    try:
        value = float(milliseconds) / 1000
    except (TypeError, ValueError):
        return None
    return math.ceil(value) if math.isfinite(value) and 0 <= value < 10**9 else None


def _whole(value: Any) -> int | None:
    return value if isinstance(value, int) and 0 <= value < 10**6 else None
