"""How much of a workbook is handed to a parser, counted in XML tags before anything is parsed.

A few kilobytes inflate to megabytes of empty elements, and one sheet can be listed a thousand
times; a parser would take minutes over what no program and no person ever wrote.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping

from iid.tasks.submissions.errors import Unreadable

# Safety limits, not rules: 40 answers come to some thousand tags, 64,000 cell formats (all that
# Excel can have) with their alignments to some 200,000.
MAX_TAGS = 1_000_000  # of all sheets and the list of texts together
MAX_STYLE_TAGS = 300_000
MAX_OTHER_TAGS = 50_000
MAX_SHEETS = 500
#: Elements of a workbook part that are taken out: there is one of each, or none.
MAX_EXTRAS = 1_000

_START = rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*\?>\s*)?<(?:\w+:)?%b[\s/>]"
_TEXTS, _STYLES = re.compile(_START % b"sst"), re.compile(_START % b"styleSheet")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s([^<>]*)>")
_ID = re.compile(rb"""\w:id\s*=\s*["']([^"']*)["']""")
_TARGET = re.compile(rb"""\sTarget\s*=\s*["']([^"']*)["']""")


def is_texts(part: bytes) -> bool:
    """Whether *part* is the workbook's list of texts."""
    return _TEXTS.match(part) is not None


def is_needed(part: bytes) -> bool:
    """Whether *part*, neither a sheet nor the list of texts, is small enough to be parsed at all."""
    tags = part.count(b"<")
    return tags <= MAX_OTHER_TAGS or (tags <= MAX_STYLE_TAGS and _STYLES.match(part) is not None)


def refuse_too_many(parts: Mapping[str, bytes], sheets: list[str]) -> None:
    """Refuse more cells and texts than a parser gets through in seconds, or sheets listed again and again."""
    counted = (part for name, part in parts.items() if name in sheets or is_texts(part))
    if sum(part.count(b"<") for part in counted) > MAX_TAGS:
        raise Unreadable("sel dan teksnya terlalu banyak untuk sebuah isian")
    for name, part in parts.items():
        if name.casefold().endswith(".rels"):
            _refuse_same([_tidy(target) for target in _TARGET.findall(part)])
        elif name not in sheets and b"sheets" in part:
            listed = _SHEET.findall(part)
            if len(listed) > MAX_SHEETS:
                raise Unreadable(f"berisi lebih dari {MAX_SHEETS} lembar")
            _refuse_same([found[1] for tag in listed if (found := _ID.search(tag))])


def _tidy(target: bytes) -> bytes:
    if b"&" in target:  # a sign written as an entity, so that two targets look different
        raise tricked()
    return posixpath.normpath(b"/" + target.lstrip(b"/").removeprefix(b"xl/").lower())


def _refuse_same(names: list[bytes]) -> None:
    if len(set(names)) < len(names):
        raise tricked()


def tricked() -> Unreadable:
    """What is said of a workbook made to fool a reader."""
    return Unreadable("isinya memakai bentuk XML yang tidak dipakai Excel")
