"""Names on a share: ignored ones, refused paths, and how names are shown."""

from __future__ import annotations

import os
import re
import unicodedata

from iid.expectations.rulebook.strict_yaml import shipped
from iid.tasks.values.errors import DriveError

#: Contract 2 and docs/evidence.md: these are never evidence. Everything else is used or reported.
IGNORED_PREFIXES = ("_", ".", "~$", ":2e")  # the last: a dot, as old file servers write it
_IGNORED = shipped("iid.tasks.values", "ignored.yaml")
#: Whole names, and ends of names, casefolded.
IGNORED_NAMES = frozenset(_IGNORED["names"])
IGNORED_SUFFIXES = tuple(_IGNORED["suffixes"])
# What Office leaves while it saves: ~WRL0001.tmp, F3A1B200.tmp, ppt4C1.tmp, lu4120.tmp; Excel on a share
# 8A3F0000; programs of macOS SK.docx.sb-5f1c2d3e-AbC123.
_OFFICE_TEMPORARY = re.compile(
    r"(?:~.*|.*~rf[0-9a-f]+|[0-9a-f]{8}|(?:ppt|mso)[0-9a-f]{1,8}|lu\d[0-9a-z]+|word work file \w_\d+)\.tmp"
)
_UNNAMED = re.compile(r"(?=\d*[A-F])[0-9A-F]{6}00|.*\.sb-[0-9a-f]{8}-[A-Za-z0-9]{6}", re.DOTALL)
#: First and last characters of names that may be ignored; others need no further look.
_FIRST = frozenset("_.~@#$:")
_LAST = frozenset("aAbBcCdDeEfFiIkKlLmMnNoOpPrRsStT2!\r\uf00d ")

# A backslash of the name itself is escaped only where it would read as an escape: so no two
# names look the same, and ordinary names with a backslash stay as they are.
_ESCAPED_BYTE = re.compile(rb"\\x([89a-f][0-9a-f]|5c)")
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x(?:[89a-f][0-9a-f]|5c))")
# Controls break lines, direction marks make one name look like another (invoice_fdp.exe).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")


def is_ignored(name: str) -> bool:
    """Report whether a named rule ignores this *name* (docs/evidence.md)."""
    if (len(name) == 8 or ".sb-" in name) and _UNNAMED.fullmatch(name):
        return True
    if name[:1] not in _FIRST and name[-1:] not in _LAST:
        return False
    if name.startswith(IGNORED_PREFIXES):
        return True
    folded = name.casefold().rstrip(" ")
    return (
        folded in IGNORED_NAMES
        or folded.endswith(IGNORED_SUFFIXES)
        or (folded.endswith(".tmp") and _OFFICE_TEMPORARY.fullmatch(folded) is not None)
    )


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
    """Return the names of *path*, which must be below a ``_`` folder.

    Raises DriveError elsewhere: what units put on a share is never ours to remove.
    """
    names = checked(path)
    if not any(name.startswith("_") for name in names[:-1]):
        raise DriveError(f"{printable(path)} ditolak: hanya umpan balik sendiri yang boleh dihapus")
    return names


def readable_name(raw: str) -> str:
    r"""Return a file's name as text, one to one: bad bytes become ``\xNN``.

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
    r"""Return the name from which :func:`readable_name` made *name*."""
    if "\\" not in name:
        return name
    data = _ESCAPED_BYTE.sub(lambda m: bytes([int(m[1], 16)]), name.encode("utf-8", "surrogateescape"))
    return os.fsdecode(data)


def printable(text: str) -> str:
    """Return *text* on one line, with codes for invisible characters."""
    return _UNSEEN.sub(lambda m: f"\\u{ord(m[0]):04x}", text)


def bare_address(url: str) -> str:
    """Cut from *url* what may be secret: name, password, query, fragment."""
    scheme, separator, rest = url.partition("://")
    place = (rest if separator else scheme).rpartition("@")[2]
    return scheme * bool(separator) + separator + re.split(r"[?#]", place, maxsplit=1)[0]


def tidy(name: str) -> str:
    """Return *name* as people compare it: NFC, without outer spaces."""
    return unicodedata.normalize("NFC", name).strip()
