"""Numbers of indicators, as rows and folders name them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

_WORDS = r"(?:(?:indikator|ind|nomor|no)(?![a-z])[\s._:#-]*(?:ke(?![a-z])[\s-]*)?)?"
_NUMBER = re.compile(rf"^['\"“‘#(]*{_WORDS}\(?0*(\d{{1,2}})(?:\.0+)?[\s._-]*([a-z]?)[\s.):,;'\"”’-]*$")
_LEADING = re.compile(rf"^{_WORDS}0*(\d{{1,2}})(?!\d)(?:[\s._-]*([a-z])(?![a-z0-9]))?(.*)$", re.DOTALL)
# "16-17 Regulasi" and "16 & 17" name two indicators; which one is meant is not for us to say.
_SECOND_NUMBER = re.compile(r"^\s*(?:[-–&+/,]|dan\b)\s*\d{1,2}(?!\d)")
TOTAL = "SPD"


def indicator_key(text: str, keys: Collection[str]) -> str:
    """Return the one of *keys* in a cell *No* (``16.``, ``2 a``), or ""."""
    text = _plain(text[:40])
    if text.rstrip(".:") == TOTAL.casefold():
        return TOTAL if TOTAL in keys else ""
    found = _NUMBER.match(text)
    key = f"{found[1]}{found[2]}" if found else ""
    return key if key in keys else ""


def folder_key(name: str, keys: Collection[str]) -> str:
    """Return the one of *keys* that begins a folder's name (``2a_x``), or ""."""
    text = _plain(name)
    if re.match(rf"{TOTAL.casefold()}(?![a-z0-9])", text):
        return TOTAL if TOTAL in keys else ""
    found = _LEADING.match(text)
    if not found or _SECOND_NUMBER.match(found[3] if not found[2] else ""):
        return ""
    lettered = f"{found[1]}{found[2] or ''}"
    return next((key for key in (lettered, found[1]) if key in keys), "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
