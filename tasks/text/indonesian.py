"""Numbers, times, sizes and texts as an Indonesian reader expects them.

Only text comes out: decimal comma, thousands dot, ``24 November 2026 16.30 WITA``.
Nothing here rounds a score except for showing it (half up, like the rulebook).
"""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import pandas as pd

from iid.tasks.values.share_paths import printable

MONTHS = (
    "Januari Februari Maret April Mei Juni Juli Agustus September Oktober November Desember".split()  # noqa: SIM905
)
#: What people call the three zones, by minutes east of UTC: every zone name works.
ZONE_LETTERS = {420: "WIB", 480: "WITA", 540: "WIT"}
DASH = "–"
# Lone surrogates (file names that are not UTF-8) and control characters can be written to neither
# HTML nor XLSX; a replacement sign shows that something was there.
_UNWRITABLE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
# Signs that hide or turn the text around them are shown as their code, as in the findings.
_UNSEEN = "\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff"
_ODD = re.compile(f"([{_UNWRITABLE}])|[{_UNSEEN}]")


def clean(value: object) -> str:
    """Return *value* as text for HTML and XLSX; missing becomes ``""``."""
    if value is None or value is pd.NA:
        return ""
    if isinstance(value, str) and value.isprintable():  # most are, and this is much faster
        return value
    return _ODD.sub(lambda odd: "�" if odd[1] else printable(odd[0]), str(value))


def exact(value: object) -> Decimal:
    """A published score (text) as an exact decimal; missing is 0."""
    text = clean(value)
    return Decimal(text) if text else Decimal(0)


def number(value: object, places: int | None = None) -> str:
    """Write ``1234.5`` as ``1.234,5``, half up to *places*; missing: a dash."""
    text = clean(value)
    if not text:
        return DASH
    try:
        amount = Decimal(text)
    except InvalidOperation:
        return text
    if places is not None:
        amount = amount.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    elif amount == amount.to_integral_value():
        amount = amount.quantize(Decimal(1))
    else:
        amount = amount.normalize()
    return f"{amount:,f}".translate(str.maketrans(",.", ".,")).replace("-", "−")


def comma(value: object) -> str:
    """Write all decimals and no thousands dots: ``1234.50`` → ``1234,50``."""
    return clean(value).replace(".", ",")


def points(value: object) -> str:
    """A score with 2 places."""
    return number(value, 2)


def share(part: object, whole: object) -> Decimal:
    """Return *part* of *whole* in percent within 0 and 100; 0 of nothing."""
    total = exact(whole)
    if total <= 0:
        return Decimal(0)
    return min(max(exact(part) / total * 100, Decimal(0)), Decimal(100))


def percent(part: object, whole: object, places: int = 0) -> str:
    """*part* of *whole* as ``42%``; a dash when there is no whole."""
    if exact(whole) <= 0:
        return DASH
    return number(exact(part) / exact(whole) * 100, places) + "%"


def size(value: object) -> str:
    """Bytes as people read them: ``812 B``, ``4,2 KB``, ``1,7 MB``."""
    text = clean(value)
    if not text:
        return DASH
    amount = Decimal(text)
    for unit in ("B", "KB", "MB", "GB"):
        if amount < 1000 or unit == "GB":
            return f"{number(amount, 0 if unit == 'B' or amount >= 100 else 1)} {unit}"
        amount /= 1000
    raise AssertionError("unreachable")


def day(value: object) -> str:
    """Write ``2024-12-14`` as ``14 Desember 2024``; return other texts as is."""
    text = clean(value)
    try:
        moment = value if isinstance(value, date) else date.fromisoformat(text[:10])
    except ValueError:
        return text or DASH
    return f"{moment.day} {MONTHS[moment.month - 1]} {moment.year}"


def moment(when: datetime, zone: str) -> str:
    """*when* (aware) in the region's *zone*: ``24 November 2026 16.30 WITA``."""
    local = _local(when, zone)
    minutes = int((local.utcoffset() or when - when).total_seconds() // 60)
    return f"{day(local)} {local:%H.%M} {ZONE_LETTERS.get(minutes) or _offset(minutes)}"


def _offset(minutes: int) -> str:
    """``UTC``, ``UTC+05.30``."""
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'+' if minutes > 0 else '−'}{hours:02d}.{rest:02d}" if minutes else "UTC"


def day_in(when: datetime, zone: str) -> str:
    """The day of *when* in the region's *zone*: ``24 November 2026``."""
    return day(_local(when, zone).date())


def _local(when: datetime, zone: str) -> datetime:
    """Return *when* on *zone*'s clock; unchanged if naive or zone unknown."""
    if when.tzinfo is None:
        return when
    try:
        return when.astimezone(ZoneInfo(zone))
    except (ZoneInfoNotFoundError, ValueError):
        return when


def seen_day(value: object, zone: str) -> str:
    """Return the region's day of an ISO time (``14/12/2024``), or a dash."""
    text = clean(value)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return text or DASH
    return f"{_local(when, zone):%d/%m/%Y}"


def signed(value: object, places: int = 2) -> str:
    """Write ``0.4167`` as ``+0,42``; ``0,00`` when it rounds to nothing."""
    amount = exact(value).quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    text = number(amount or 0, places)
    return f"+{text}" if amount > 0 else text


def is_web(address: object) -> bool:
    """Report whether *address* may be a link: http(s), no spaces or controls."""
    return re.fullmatch(r"https?://[^\s\"'<>\\^`{|}]+", clean(address), re.IGNORECASE) is not None
