"""Numbers, dates, sizes and lists inside the findings' Indonesian sentences."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from iid.tasks.drives.names import printable

#: How much of a cell's text a message repeats.
QUOTED = 120

MONTHS = (
    "Januari",
    "Februari",
    "Maret",
    "April",
    "Mei",
    "Juni",
    "Juli",
    "Agustus",
    "September",
    "Oktober",
    "November",
    "Desember",
)
#: What people call a format; other words are written in capitals.
_FORMATS = {
    "": "jenis yang tidak dikenal",
    "jpg": "JPG/JPEG",
    "link": "tautan",
    "doc": "Word (DOC)",
    "docx": "Word (DOCX)",
    "xls": "Excel (XLS)",
    "xlsx": "Excel (XLSX)",
    "ppt": "PowerPoint (PPT)",
    "pptx": "PowerPoint (PPTX)",
    "zip": "arsip ZIP",
    "rar": "arsip RAR",
    "7z": "arsip 7Z",
    "html": "halaman web (HTML)",
    "txt": "teks (TXT)",
}


def number(value: Decimal | int, places: int = 0) -> str:
    """``1234567`` → ``1.234.567``; decimal comma, rounded half up to *places*."""
    amount = Decimal(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return f"{amount:,f}".translate(str.maketrans(",.", ".,"))


def megabytes(limit: Decimal) -> str:
    """A limit as the rulebook states it: ``2`` → ``2 MB``, ``1.50`` → ``1,5 MB``."""
    plain = f"{limit.normalize():f}"
    return f"{plain.replace('.', ',')} MB"


def size(size_bytes: int, bytes_per_mb: int) -> str:
    """``2,01 MB (2.104.321 byte)``: the exact number stands there, so that no rounding hides an excess."""
    return f"{number(Decimal(size_bytes) / bytes_per_mb, 2)} MB ({number(size_bytes)} byte)"


def minutes(seconds: int) -> str:
    """``365`` → ``6 menit 5 detik``."""
    whole, rest = divmod(seconds, 60)
    return f"{number(whole)} menit {rest} detik" if rest else f"{number(whole)} menit"


def day(iso: str) -> str:
    """``2024-12-14`` → ``14 Desember 2024``."""
    year, month, date = iso.split("-")
    return f"{int(date)} {MONTHS[int(month) - 1]} {int(year)}"


def local_day(moment: str, zone: str) -> str:
    """The day of a UTC time on the region's clock: ``2026-11-24T16:30:00Z`` → ``25 November 2026``."""
    when = datetime.fromisoformat(moment)
    with suppress(ZoneInfoNotFoundError, ValueError):
        when = when.astimezone(ZoneInfo(zone))
    return day(f"{when:%Y-%m-%d}")


def format_name(word: str) -> str:
    """The rulebook's word for a format as people say it."""
    return _FORMATS.get(word, word.upper())


def alternatives(items: Sequence[str]) -> str:
    """``a``, ``a atau b``, ``a, b, atau c``."""
    if len(items) <= 2:
        return " atau ".join(items)
    return f"{', '.join(items[:-1])}, atau {items[-1]}"


def formats(words: Iterable[str]) -> str:
    """Several formats as alternatives, in the order given."""
    return alternatives([format_name(word) for word in words])


def shortened(items: Sequence[str], shown: int, more: str) -> str:
    """The first *shown* items; the others are counted: ``a; b; dan 4 pilihan lain``."""
    if len(items) <= shown:
        return "; ".join(items)
    return f"{'; '.join(items[:shown])}; dan {number(len(items) - shown)} {more}"


def quoted(text: object) -> str:
    """What stands in a cell, on one line, nothing invisible in it, cut after QUOTED characters."""
    line = printable(" ".join(str(text).split()))
    return line if len(line) <= QUOTED else f"{line[:QUOTED].rstrip()}…"


def file_name(source: str) -> str:
    """The last name of a path inside the share; a link stays whole."""
    return printable(source if "://" in source else source.rsplit("/", 1)[-1])
