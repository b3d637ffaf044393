"""Targets of clicks on evidence: files beside the workbook, or web pages."""

from __future__ import annotations

from urllib.parse import quote

from iid.tasks.score.grid import ABSENT
from iid.tasks.text.indonesian import is_web

MAX_LINK = 2_000  # Excel refuses longer ones
_PLAIN = "/()',;=&+-@!$~"  # signs of a path that need no escape


def target_of(kind: str, source: str, problem: str) -> str:
    """Return an XlsxWriter address for an item; "" for what is not opened.

    Files are addressed from ``<cycle>/_tinjauan/`` (``../<unit>/…``), so the link works on every
    machine that sees the share, whatever it is called there. Only http and https pages.
    """
    if problem in ABSENT:
        return ""
    if kind == "link":
        return source if is_web(source) and len(source) <= MAX_LINK else ""
    inside = source.partition("/")[2]
    if not inside or "\\" in inside:  # a name that is no UTF-8 is shown, but cannot be addressed
        return ""
    path = quote(f"../{inside}", safe=_PLAIN)
    return f"external:{path}" if len(path) <= MAX_LINK else ""
