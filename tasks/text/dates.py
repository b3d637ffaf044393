"""Dates as operators write them: day first, never guessed, never raising."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta

from iid.tasks.text.cell_values import Value, visible

_MONTHS = {
    1: "januari january jan",
    2: "februari february pebruari feb peb",
    3: "maret march mar mrt",
    4: "april apr",
    5: "mei may",
    6: "juni june jun",
    7: "juli july jul",
    8: "agustus august agu agt agust ags aug",
    9: "september sept sep",
    10: "oktober october okt oct",
    11: "november nopember nov nop",
    12: "desember december des dec",
}
_MONTH = {name: month for month, names in _MONTHS.items() for name in names.split()}
_DAY_NAME = (
    r"(?:senin|selasa|rabu|kamis|jum'?at|sabtu|minggu|ahad"
    r"|(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?)"
)
_BEFORE = re.compile(
    r"^(?:[a-z][a-z .'-]+,\s+(?=\d))?(?:(?:mulai|sejak|pada|diterapkan|diluncurkan)\b[\s:]*)*"
    rf"(?:{_DAY_NAME}\s*,?\s+)?(?:tanggal|tgl)?\.?\s*:?\s*"
)
_NOTE = re.compile(r"\s*\((?![^()]*\d{4})[^()]*\)$")
_UNITS = re.compile(r"\s+(?:tahun\s+(?=\d{4})|bulan\s+(?=[a-z]))")
_UNTIL = re.compile(r"\s*(?:\bs\s*\.?\s*/?\s*d\b\.?|\bsampai\b(?:\s+dengan\b)?|\bhingga\b|\s-\s)\s*")
_TYPED = str.maketrans({"–": "-", "−": "-", "\u2044": "/", "’": "'"})
_NOW = frozenset(("sekarang", "saat ini", "kini", "seterusnya", "hari ini"))
_CLOCK = re.compile(
    r"[t ]\d{1,2}[:.]\d{2}(?:[:.]\d{2}(?:\.\d+)?)?(?:\s*(?:wib|wita|wit|z|utc))?$|\s(?:wib|wita|wit)$"
)
# How a day is written, and in which groups its year, month and day are.
_FORMS = (
    (re.compile(r"^(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})$"), 1, 2, 3),
    (re.compile(r"^(\d{1,2})\s*[-/.]\s*(\d{1,2})\s*[-/.]\s*(\d{4}|\d{2})$"), 3, 2, 1),
    (re.compile(r"^(\d{2})(\d{2})((?:19|20)\d{2})$"), 3, 2, 1),
    (re.compile(r"^((?:19|20)\d{2})(\d{2})(\d{2})$"), 1, 2, 3),
    (re.compile(r"^(\d{1,2})(?:st|nd|rd|th)?[\s./-]*([a-z]+)\.?[\s./,-]*(\d{4}|'?\d{2})$"), 3, 2, 1),
    (re.compile(r"^([a-z]+)\.?\s+(\d{1,2})\s*,\s*(\d{4})$"), 3, 1, 2),
)
# Excel counts days from 1899-12-30; a number outside these years is no date but a year or a slip.
_SERIAL_ZERO, _SERIAL_FROM, _SERIAL_TO = date(1899, 12, 30), date(1990, 1, 1), date(2100, 1, 1)


def parse_date(value: Value) -> date | None:
    """The day that a cell means, or None.

    Excel dates; a bare serial number of a cell whose date format was lost; ``6/5/2023`` (day
    first), ``14 Desember 2024``, ``14 Des 24``, ``December 14, 2024``, ISO, ``14122024``; with a
    weekday in front, a clock time or ``(launching)`` behind. A year or a month alone is none; nor is
    ``5/13/2023``.
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    return _from_text(value) if isinstance(value, str) else _from_serial(value)


def parse_period(value: Value) -> tuple[date, date] | None:
    """Return the first and last day of a cell; an open period's first twice."""
    if day := parse_date(value):
        return day, day
    text = _plain(value) if isinstance(value, str) else ""
    first, until, last = _parted(text)
    end = parse_date(last)
    if until and end and re.fullmatch(r"\d{1,2}[\s./-]+[a-z]+\.?", first):
        first += f" {end.year}"
    elif until and end and re.fullmatch(r"\d{1,2}", first):
        first += f"/{end.month}/{end.year}"
    start = parse_date(first)
    if start is None or not until or (end is None and last not in _NOW):
        return None
    return (start, end or start) if end is None or start <= end else None


def _parted(text: str) -> tuple[str, str, str]:
    found = _UNTIL.search(text)
    return (text[: found.start()], found[0], text[found.end() :]) if found else (text, "", "")


def _from_serial(value: float) -> date | None:
    if not 0 < value < 100_000:
        return None
    day = _SERIAL_ZERO + timedelta(days=int(value))
    return day if _SERIAL_FROM <= day < _SERIAL_TO else None


def _from_text(text: str) -> date | None:
    text = _plain(text)
    if len(text) > 60:
        return None
    text = _UNITS.sub(" ", _NOTE.sub("", _BEFORE.sub("", text, count=1)))
    text = _CLOCK.sub("", text).strip(" ,.")
    for form, year, month, day in _FORMS:
        if found := form.match(text):
            return _date(found[year], found[month], found[day])
    return None


def _plain(text: str) -> str:
    text = unicodedata.normalize("NFKC", visible(text)).casefold().translate(_TYPED)
    return " ".join(text.split()).strip("'\"“”‘ ")


def _date(year: str, month: str, day: str) -> date | None:
    whole = int(year.lstrip("'"))
    if len(year) < 4:
        whole += 2000 if whole < 70 else 1900
    try:
        return date(whole, int(month) if month.isdigit() else _MONTH.get(month, 0), int(day))
    except ValueError:
        return None
