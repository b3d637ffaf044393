"""The date and number of a letter where they are plain; none is guessed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

from iid.tasks.text.indonesian import MONTHS

_MONTHS = {name.casefold(): number for number, name in enumerate(MONTHS, start=1)}
_MONTHS |= {"pebruari": 2, "nopember": 11}
# Every run of spaces is bounded: a hostile text of nothing else must not keep us busy.
_WORDS = rf"(?P<day>\d{{1,2}})\s{{1,20}}(?P<month>{'|'.join(_MONTHS)})\s{{1,20}}(?P<year>\d{{4}})"
_NUMBERS = r"(?P<day>\d{1,2})\s?[-/.]\s?(?P<month>\d{1,2})\s?[-/.]\s?(?P<year>\d{4})"
_ISSUED = r"\b(?:ditetapkan|dikeluarkan|diundangkan)\s+di\b.{0,60}?\btanggal\s{0,40}:?\s{0,40}"
# "Ditetapkan di Martapura pada tanggal 14 Desember 2024", also 14-12-2024 (day first, as everywhere here)
_SIGNED = [re.compile(_ISSUED + day + r"\b", re.IGNORECASE | re.DOTALL) for day in (_WORDS, _NUMBERS)]
_ISSUED_IN = re.compile(
    r"\b(?:ditetapkan|dikeluarkan|diundangkan)\s+di\b[ \t:]{0,20}([a-z][a-z.' -]{2,30})", re.IGNORECASE
)
# A letter's own line: "Martapura, 14 Desember 2024". A weekday in front is an event's date, not the letter's.
_PLACED = re.compile(
    rf"^[ \t]{{0,120}}(?!(?:senin|selasa|rabu|kamis|jum.?at|sabtu|minggu|ahad)\b)"
    rf"(?P<place>[a-z][a-z.' -]{{2,30}}),[ \t]{{0,20}}(?:tanggal[ \t]{{1,20}})?{_WORDS}[ \t]{{0,20}}$",
    re.IGNORECASE | re.MULTILINE,
)
_NUMBER = re.compile(
    r"\b(?:nomor\s{0,20}:?|no\s{0,20}[.:]{1,3})\s{0,40}((?=[a-z0-9])[\w./-]{0,60}?\d[\w./-]{0,60})",
    re.IGNORECASE,
)


def signed_on(text: str) -> date | None:
    """The first day a document says it was signed or issued on.

    ``Ditetapkan di ... tanggal ...`` goes before a letter's ``Martapura, 14 Desember 2024``.
    """
    return next(_days(text), None)


def places_signed(text: str) -> Iterator[str]:
    """Yield where a document was signed: first those after ``Ditetapkan di``."""
    for pattern, group in ((_ISSUED_IN, 1), (_PLACED, "place")):
        for found in pattern.finditer(text):
            yield re.split(r"\s+(?:pada|tanggal)\b", found[group], flags=re.IGNORECASE)[0].strip(" .-'")


def _days(text: str) -> Iterator[date]:
    for pattern in (*_SIGNED, _PLACED):
        for found in pattern.finditer(text):
            month = found["month"].casefold()
            try:
                yield date(int(found["year"]), _MONTHS.get(month) or int(month), int(found["day"]))
            except ValueError:  # 31 February: not plain
                continue


def letter_number(text: str) -> str:
    """Return the first ``Nomor : …`` or ``No. …`` of a document, or ``""``."""
    found = _NUMBER.search(text)
    return found[1].rstrip("./-") if found else ""
