"""What people write in cells: numbers, dates, texts. Nothing here raises.

A cell holds ``None``, ``str``, ``int``, ``float``, ``bool``, ``date`` or ``datetime``, or one of
the two marks below. Floats are turned into the decimal that the person saw (``repr``), never
calculated with.
"""

from __future__ import annotations

import html
import re
import unicodedata
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation

_ERRORS = {
    0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
    0x2A: "#N/A", 0x2B: "#GETTING_DATA",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class CellError:
    """A cell that shows an error, such as ``#REF!``."""

    text: str

    @classmethod
    def of(cls, code: int) -> CellError:
        """Return the error of that *code* in a binary workbook."""
        return cls(_ERRORS.get(code, "#N/A"))


@dataclass(frozen=True, slots=True)
class Uncalculated:
    """A formula whose result was never saved."""

    formula: str


Value = None | str | int | float | bool | date | datetime | time | timedelta | CellError | Uncalculated

DASHES = "-‐‑‒–—―−﹘﹣－_"
_DASH = str.maketrans(dict.fromkeys("‐‑‒–—―−﹘﹣－", "-"))
_SPACES = re.compile(r"\s+")
# Zero-width signs, direction marks, soft hyphens, fillers, variation selectors: no eye sees them.
_UNSEEN = re.compile(
    "[\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u202a-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb]"
)
_WIDE_SPACES = str.maketrans(
    dict.fromkeys(
        "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000",
        " ",
    )
)
TAG = re.compile(
    r"</?(?:a|b|blockquote|br|code|div|em|font|h[1-6]|hr|i|img|li|o:p|ol|p|pre|span|strong|sub|sup"
    r"|table|tbody|td|th|thead|tr|u|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_WORD_SIGN = re.compile(r"\w")
_NO_WORD_SIGN = re.compile(r"\W+")


def visible(text: str) -> str:
    """Drop the signs that no eye sees (contract 2); make all spaces plain."""
    return text if text.isascii() else _UNSEEN.sub("", text).translate(_WIDE_SPACES)


def raw_text(value: Value) -> str:
    """Return the cell as a person reads it, without outer spaces; or ``""``."""
    match value:
        case None:
            text = ""
        case str():
            text = visible(value).strip()
        case bool():
            text = str(value).upper()
        case CellError(shown) | Uncalculated(shown):
            text = shown
        case datetime() if value.time() == time():
            text = value.date().isoformat()
        case int() | float():
            text = _plain_number(value)
        case _:
            text = str(value)
    return text


def is_empty(value: Value) -> bool:
    """Report whether the cell is empty, spaces, or only dashes (contract)."""
    return isinstance(value, str | None) and not raw_text(value).strip(DASHES + " \t\n")


def clean_text(value: Value) -> str:
    """Return the text without HTML (also escaped twice), NFC, single spaces."""
    if is_empty(value):
        return ""
    text = raw_text(value)
    for _ in range(3):  # forms escape what an editor had escaped already
        if "&" not in text and "<" not in text:
            break
        text = visible(TAG.sub(" ", html.unescape(text)))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()


def shown(text: str, limit: int = 80) -> str:
    """*text* on one line for a message, cut where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= limit else f"{line[: limit - 1]}…"


def count_words(text: str) -> tuple[int, int]:
    """Count words, and different ones; a word has a letter or a digit."""
    words = [word for word in text.split() if _WORD_SIGN.search(word)]
    return len(words), len({_NO_WORD_SIGN.sub("", word).casefold() for word in words})


# --- numbers ------------------------------------------------------------------------------------
_MONEY = re.compile(r"^(?:rp|idr)\.?\s*|\s*(?:,-|\.-|rupiah|idr)$")
_PERCENT = re.compile(r"\s*(?:%|persen)$")
_ONE_GROUP = re.compile(r"^[1-9]\d{0,2}\.\d{3}$")
# Forms of a number with the sign that groups thousands and the sign before decimals.
_FORMS = (
    (re.compile(r"^\d+$"), "", "."),
    (re.compile(r"^[1-9]\d{0,2}(?:\.\d{3})+(?:,\d+)?$"), ".", ","),
    (re.compile(r"^[1-9]\d{0,2}(?:,\d{3})+\.\d+$|^[1-9]\d{0,2}(?:,\d{3}){2,}$"), ",", "."),
    (re.compile(r"^\d+\.\d+$"), "", "."),
    (re.compile(r"^\d+,\d+$"), "", ","),
)


def numbers(value: Value) -> tuple[Decimal, ...]:
    """Return the exact readings of a cell, likeliest first; ``()`` for none.

    Indonesian style first (``1.234,5``), then English (``1,234.5``). Only ``9.442`` has two
    readings: thousands (9442, the Indonesian one) and a decimal typed with a point (9.442).
    ``Rp``, ``%`` and ``persen`` are left out.
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return ()
    if not isinstance(value, str):
        number = Decimal(repr(value))
        return (number,) if number.is_finite() else ()
    text = unicodedata.normalize("NFKC", visible(value)).translate(_DASH).casefold().strip()
    text = _PERCENT.sub("", _MONEY.sub("", _MONEY.sub("", text))).replace(" ", "")
    sign, text = (-1, text[1:]) if text.startswith("-") else (1, text.removeprefix("+"))
    return tuple(sign * reading for reading in _readings(text))


def number(value: Value) -> Decimal | None:
    """The likeliest reading of :func:`numbers`, or None."""
    return next(iter(numbers(value)), None)


def _readings(text: str) -> tuple[Decimal, ...]:
    if not text.isascii() or len(text) > 40:  # longer than any budget: no number of ours
        return ()
    for form, group, point in _FORMS:
        if form.match(text):
            likely = Decimal((text.replace(group, "") if group else text).replace(point, "."))
            return (likely, Decimal(text)) if _ONE_GROUP.match(text) else (likely,)
    return ()


def decimal_text(value: Decimal) -> str:
    """Write *value* without exponent or useless zeros: ``2.5``, ``500000``."""
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def _plain_number(value: float) -> str:
    try:
        return decimal_text(Decimal(repr(value)))
    except (InvalidOperation, ValueError):
        return str(value)
