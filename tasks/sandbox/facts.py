"""What an inspector says of one content: a frozen record, a table.

Facts depend on the bytes only, never on a file's name, place or time. That is
what lets one inspection serve every copy of a file, tonight and next month.
"""

from __future__ import annotations

import zlib
from dataclasses import asdict, dataclass, fields
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Problems of a content. Others (missing, still_changing, outside_share) belong to a path.
PROBLEMS = ("", "empty", "unreadable", "encrypted", "shortcut", "timeout")

#: Characters of text kept for name checks; the text's hash and length count all that was read.
TEXT_KEPT = 200_000
#: Cells a side of a picture's thumbnail.
THUMBNAIL = 24
_LONGEST = 1000  # characters of any other value


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """Facts about one content; JSON-able and picklable.

    ``format`` is the word of the rulebooks' ``kinds`` (``pdf``, ``jpg`` …, "" = unknown).
    ``detail`` is a short Indonesian phrase that completes a finding's sentence.
    """

    format: str = ""
    media_type: str = "application/octet-stream"
    readable: bool = True
    problem: str = ""  # one of PROBLEMS
    detail: str = ""
    pages: int | None = None  # PDF pages, slides, frames of a TIFF
    text_sha256: str = ""  # of the normalised text (normalising.py), "" without a letter or digit
    text_chars: int | None = None  # characters of the normalised text; None where text is not looked for
    text_pages: int | None = None  # pages that carry text
    scan_pages: int | None = None  # PDF pages whose words, but for a line or two, are in a picture
    sketch: str = ""  # by which nearly equal texts are found (normalising.py); "" for a short one
    text: str = ""  # at most TEXT_KEPT characters, unchanged
    width: int | None = None  # pixels
    height: int | None = None
    thumbnail: str = ""  # levels of grey of a small picture, base 64, for near copies; "" when blank
    blank: bool = False  # an image of one colour
    duration_s: int | None = None  # whole seconds, rounded up
    damaged: bool = False  # opens as viewers open it, though its end is lost or a checksum wrong
    macros: bool = False  # macros or scripts inside
    attachments: int | None = None  # files embedded in a PDF
    members: int | None = None  # files in an archive
    taken_at: str = ""  # EXIF, local time of the camera: 2025-11-13T16:35:34
    origin: str = ""  # EXIF maker and model, or the program that made it


#: Columns of the FACTS table: one row a content, sorted by ``sha256``.
FACTS: Mapping[str, str] = {
    "sha256": "string",
    "format": "string",
    "media_type": "string",
    "readable": "boolean",
    "problem": "string",
    "detail": "string",
    "pages": "Int64",
    "text_sha256": "string",
    "text_chars": "Int64",
    "text_pages": "Int64",
    "scan_pages": "Int64",
    "sketch": "string",
    "text": "binary",  # packed; unpack with text_of()
    "width": "Int64",
    "height": "Int64",
    "thumbnail": "string",
    "blank": "boolean",
    "duration_s": "Int64",
    "damaged": "boolean",
    "macros": "boolean",
    "attachments": "Int64",
    "members": "Int64",
    "taken_at": "string",
    "origin": "string",
}

_TYPES = {f.name: f.type for f in fields(Facts)}
_CHECKS: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "bool": (bool,),
    "int | None": (int, type(None)),
}


def pack(text: str, most: int = TEXT_KEPT) -> bytes:
    """Return *text* cut to *most* characters, compressed; b"" for none."""
    kept = text[:most].encode("utf-8", "ignore")
    return zlib.compress(kept, 1) if kept else b""


def text_of(packed: bytes | None, most: int = TEXT_KEPT) -> str:
    """The text of a FACTS row's ``text`` cell, of at most *most* characters."""
    if not packed:
        return ""
    opener = zlib.decompressobj()
    try:  # bounded and forgiving: a stored cell is no more trusted than a file
        return opener.decompress(packed, 4 * most).decode("utf-8", "ignore")
    except zlib.error:
        return ""


def as_record(facts: Facts) -> dict[str, Any]:
    """*facts* as plain values, without the text."""
    record = asdict(facts)
    del record["text"]
    return record


def sound(text: str) -> bool:
    """Return whether *text* is one short line without controls or surrogates."""
    return len(text) <= _LONGEST and text.isprintable()


def checked(record: Mapping[str, Any]) -> dict[str, Any]:
    """Return *record*, which must have exactly Facts' fields (but the text).

    Raises ValueError otherwise: a worker that a hostile file has taken over may say anything.
    """
    if record.keys() != _TYPES.keys() - {"text"}:
        raise ValueError("unexpected fields")
    for name, value in record.items():
        allowed = _CHECKS[str(_TYPES[name])]
        if type(value) not in allowed or (isinstance(value, str) and not sound(value)):
            raise ValueError(f"unexpected value of {name}")
        if isinstance(value, int) and abs(value) > 2**53:
            raise ValueError(f"{name} is out of range")
    if record["problem"] not in PROBLEMS:
        raise ValueError("unknown problem")
    return dict(record)
