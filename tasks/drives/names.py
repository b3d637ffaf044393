"""Names on a share: which are ignored, which paths are refused, and how a name is shown."""

from __future__ import annotations

import os
import re
import unicodedata

from iid.tasks.errors import DriveError

#: Contract 2: these are never evidence. Everything else is used or reported.
IGNORED_PREFIXES = ("_", ".", "~$")
IGNORED_NAMES = frozenset({"thumbs.db", "desktop.ini"})
#: First characters of names that may be ignored; others need no further look.
SUSPECTS = frozenset("_.~tTdD")

# A backslash of the name itself is escaped only where it would read as an escape: so no two
# names look the same, and ordinary names with a backslash stay as they are.
_ESCAPED_BYTE = re.compile(rb"\\x([89a-f][0-9a-f]|5c)")
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x(?:[89a-f][0-9a-f]|5c))")
# Controls break lines, direction marks make one name look like another (invoice_fdp.exe).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def is_ignored(name: str) -> bool:
    """Whether a file or folder of this *name* is ignored by the named rule of the contract."""
    return name.startswith(IGNORED_PREFIXES) or (name[:1] in "tTdD" and name.casefold() in IGNORED_NAMES)


def checked(path: str) -> tuple[str, ...]:
    """The names of *path*, outermost first; ``()`` for the share itself.

    Raises DriveError for an absolute path, ``..``, an empty name or a NUL: such a path
    never comes from a listing, only from a mistake or an attack.
    """
    if not path:
        return ()
    names = tuple(path.split("/"))
    if "\0" in path or any(name in {"", ".", ".."} for name in names):
        raise DriveError(f"jalur {printable(path)!r} ditolak: harus relatif terhadap share, tanpa '..'")
    return names


def ours(path: str) -> tuple[str, ...]:
    """The names of *path*, which must lie below a folder whose name begins with ``_``.

    Raises DriveError elsewhere: what units put on a share is never ours to remove.
    """
    names = checked(path)
    if not any(name.startswith("_") for name in names[:-1]):
        raise DriveError(f"{printable(path)} ditolak: hanya umpan balik sendiri yang boleh dihapus")
    return names


def readable_name(raw: str) -> str:
    r"""A name of the file system as valid text, one to one: bytes that are no UTF-8 become ``\xNN``.

    A name that spells ``\xNN`` itself gets ``\x5c`` for its backslash.
    """
    if "\\" in raw:
        raw = _LIKE_AN_ESCAPE.sub(r"\\x5c", raw)
    try:
        raw.encode()
    except UnicodeEncodeError:
        return os.fsencode(raw).decode("utf-8", "backslashreplace")
    return raw


def raw_name(name: str) -> str:
    r"""The name :func:`readable_name` was made from, where it holds ``\xNN``; else *name* itself."""
    if "\\" not in name:
        return name
    data = _ESCAPED_BYTE.sub(lambda m: bytes([int(m[1], 16)]), name.encode("utf-8", "surrogateescape"))
    return os.fsdecode(data)


def printable(text: str) -> str:
    """*text* on one line with every invisible or direction-changing character shown as its code."""
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def tidy(name: str) -> str:
    """*name* as people compare it: NFC, without outer spaces (ids are made of this)."""
    return unicodedata.normalize("NFC", name).strip()
