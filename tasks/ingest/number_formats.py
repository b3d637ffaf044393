"""What a number shows by its format: a date, a percent, or itself."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from decimal import Decimal

from iid.tasks.text.cell_values import Value, decimal_text

EPOCH, EPOCH_1904 = datetime(1899, 12, 30), datetime(1904, 1, 1)

_QUOTED = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_BUILTIN_DATES = {*range(14, 23), *range(27, 37), *range(45, 48), *range(50, 59)}
_BUILTIN_PERCENT = {9, 10}


@dataclass(slots=True)
class Styles:
    """Kinds by cell format: ``date``, ``percent``, ``""``; ``broken``: unread."""

    kinds: Sequence[str] = field(default_factory=list)
    broken: bool = False

    def kind(self, index: int) -> str:
        """The kind of cell format *index*; ``""`` for one that is not there."""
        return self.kinds[index] if 0 <= index < len(self.kinds) else ""


def kind_of_format(number: int, code: str) -> str:
    """Return ``date``, ``percent`` or ``""`` for format *number* or *code*."""
    code = _QUOTED.sub("", code).casefold()
    if "%" in code or (number in _BUILTIN_PERCENT and not code):
        return "percent"
    dated = any(sign in code for sign in "dmyhs") and "general" not in code
    return "date" if dated or (number in _BUILTIN_DATES and not code) else ""


def as_shown(value: int | float, kind: str, epoch: datetime, *, percent: bool) -> Value:
    """Return *value* as its *kind* shows it; *percent* gives ``5.23%``."""
    if kind == "date":
        return moment(value, epoch)
    if kind == "percent" and percent:
        return f"{decimal_text(Decimal(repr(value)) * 100)}%"
    return value


def moment(serial: float, epoch: datetime) -> Value:
    """Return the moment of an Excel serial; the number where there is none."""
    if 0 <= serial < 1:
        seconds = round(serial * 86400)
        return time(seconds // 3600 % 24, seconds // 60 % 60, seconds % 60)
    if serial < 60 and epoch.year == 1899:
        serial += 1  # Excel knows a 29 February 1900
    try:
        return epoch + timedelta(seconds=round(serial * 86400))
    except (OverflowError, ValueError):
        return serial
