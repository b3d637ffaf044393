"""The date and number of a letter, where they stand plainly; nothing is guessed."""

from __future__ import annotations

import re
from datetime import date

from iid.tasks.validation.wording import MONTHS

_MONTHS = {name.casefold(): number for number, name in enumerate(MONTHS, start=1)}
_MONTHS |= {"pebruari": 2, "nopember": 11}
_DAY = rf"(\d{{1,2}})\s+({'|'.join(_MONTHS)})\s+(\d{{4}})"
# "Ditetapkan di Martapura pada tanggal 14 Desember 2024"
_SIGNED = re.compile(
    rf"\b(?:ditetapkan|dikeluarkan|diundangkan)\s+di\b.{{0,60}}?\btanggal\s*:?\s*{_DAY}\b",
    re.IGNORECASE | re.DOTALL,
)
_NUMBER = re.compile(r"\bnomor\s*:?\s*([A-Za-z0-9][\w./-]*\d[\w./-]*)", re.IGNORECASE)


def signed_on(text: str) -> date | None:
    """The first day a document says it was signed or issued on (``Ditetapkan di … tanggal …``)."""
    for found in _SIGNED.finditer(text):
        try:
            return date(int(found[3]), _MONTHS[found[2].casefold()], int(found[1]))
        except ValueError:  # 31 February: not plain
            continue
    return None


def letter_number(text: str) -> str:
    """The first ``Nomor : 421.1/4109/…`` of a document; ``""`` without one."""
    found = _NUMBER.search(text)
    return found[1].rstrip("./-") if found else ""
