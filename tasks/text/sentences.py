"""Limits, sizes, formats and lists in the findings' sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from iid.tasks.text.indonesian import number
from iid.tasks.text.labels import format_name
from iid.tasks.values.share_paths import printable

#: How much of a cell's text a message repeats.
QUOTED = 120
#: How many of the files with one cause a message names.
COUNTED = 3


def megabytes(limit: Decimal) -> str:
    """Write a limit of the rulebook: ``2`` → ``2 MB``, ``1.50`` → ``1,5 MB``."""
    return f"{number(limit)} MB"


def size(size_bytes: int, bytes_per_mb: int) -> str:
    """Write ``2,01 MB (2.104.321 byte)``: rounding hides no excess."""
    return f"{number(Decimal(size_bytes) / bytes_per_mb, 2)} MB ({number(size_bytes)} byte)"


def minutes(seconds: int) -> str:
    """``365`` → ``6 menit 5 detik``."""
    whole, rest = divmod(seconds, 60)
    return f"{number(whole)} menit {rest} detik" if rest else f"{number(whole)} menit"


def alternatives(items: Sequence[str]) -> str:
    """``a``, ``a atau b``, ``a, b, atau c``."""
    if len(items) <= 2:
        return " atau ".join(items)
    return f"{', '.join(items[:-1])}, atau {items[-1]}"


def counted(names: Sequence[str]) -> str:
    """Join ``a, b, dan c``; after the first COUNTED, say how many there are."""
    if len(names) > COUNTED:
        rest = number(len(names) - COUNTED)
        return f"{', '.join(names[:COUNTED])}, dan {rest} lainnya (seluruhnya {number(len(names))})"
    return " dan ".join(names) if len(names) < COUNTED else f"{', '.join(names[:-1])}, dan {names[-1]}"


def formats(words: Iterable[str]) -> str:
    """Several formats as alternatives, in the order given."""
    return alternatives([format_name(word) for word in words])


def shortened(items: Sequence[str], shown: int, more: str) -> str:
    """Join *shown* items and count the others: ``a; b; dan 4 pilihan lain``."""
    if len(items) <= shown:
        return "; ".join(items)
    return f"{'; '.join(items[:shown])}; dan {number(len(items) - shown)} {more}"


def quoted(text: object) -> str:
    """Return a cell on one line, visible only, cut after QUOTED characters."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED].rstrip()}…"


def file_name(source: str) -> str:
    """The last name of a path inside the share; a link stays whole."""
    return printable(source if "://" in source else source.rsplit("/", 1)[-1])
