"""Column *Nilai* of the region's rows: by thresholds, or the total score."""

from __future__ import annotations

import re
from decimal import Decimal

from iid.expectations.rulebook.model import Indicator, Rulebook
from iid.tasks.ingest.sheet_tables import SheetRow
from iid.tasks.text.cell_values import Uncalculated, Value, decimal_text, is_empty, numbers, visible
from iid.tasks.values.indicator_numbers import TOTAL

_OF_MAXIMUM = re.compile(r"^(.+?)\s*(?:\bdari\b|/)\s*(.+)$", re.IGNORECASE | re.DOTALL)
_SCORE = re.compile(
    r"^(?:(?:skor|nilai)\b\s*(?:spd\b)?\s*[:=]?)?\s*(.+?)\s*(?:poin)?$", re.IGNORECASE | re.DOTALL
)
_DIGIT = "nol|satu|dua|tiga|empat|lima|enam|tujuh|delapan|sembilan|sepuluh|sebelas|belas|puluh|koma"
_IN_WORDS = re.compile(rf"\s*\((?:\s*(?:{_DIGIT}))+\s*\)\s*$", re.IGNORECASE)  # "8 (delapan)"


def decides(row: SheetRow, indicator: Indicator) -> bool:
    """Whether column Nilai, not column Parameter, says what the row is worth."""
    by_value = indicator.thresholds is not None and not is_empty(row.value("value"))
    return by_value or indicator.key == TOTAL


def valued(
    row: SheetRow, indicator: Indicator, rulebook: Rulebook, parameter: int, problem: str
) -> tuple[int, str, str]:
    """Return an SPD row's parameter, problem, value; by thresholds from Nilai."""
    cell = row.value("value")
    if indicator.key == TOTAL:
        return _total(cell, rulebook)
    if indicator.thresholds is None:
        return _unasked(cell, parameter, problem)
    if isinstance(cell, Uncalculated):
        return 0, "formula_uncalculated", ""
    if is_empty(cell):
        return parameter, problem or ("value_missing" if parameter else ""), ""
    readings = numbers(_without_unit(cell, indicator.thresholds.unit))
    earned = {rulebook.threshold_parameter(indicator.key, value): value for value in reversed(readings)}
    if len(earned) != 1:  # no number, or one whose two readings earn different parameters
        return 0, "value_unreadable", ""
    ((computed, value),) = earned.items()
    disagrees = problem == "parameter_unknown" or (
        not is_empty(row.value("parameter")) and parameter != computed
    )
    return computed, "value_disagrees" if disagrees else problem, decimal_text(value)


def _without_unit(cell: Value, unit: str | None) -> Value:
    """Return *cell* without its unit, or its number again in words."""
    if not isinstance(cell, str):
        return cell
    text = _IN_WORDS.sub("", visible(cell).strip())
    words = (unit or "").casefold().split()
    ends = [" ".join(words[:count]) for count in range(len(words), 0, -1)]
    return next((text[: -len(end)] for end in ends if text.casefold().endswith(f" {end}")), text)


def _unasked(cell: Value, parameter: int, problem: str) -> tuple[int, str, str]:
    """Handle a Nilai without thresholds: Parameter decides, or it is lost."""
    readings = [] if isinstance(cell, Uncalculated) else numbers(cell)
    says_nothing = is_empty(cell) or (bool(readings) and not any(readings))
    if not (parameter or problem or says_nothing):
        problem = "value_ignored"
    return parameter, problem, decimal_text(readings[0]) if readings else ""


def _total(cell: Value, rulebook: Rulebook) -> tuple[int, str, str]:
    """The region's SPD score as one number, ``57,64`` or ``57.64 dari 63``."""
    if is_empty(cell):
        return 0, "", ""
    if isinstance(cell, Uncalculated):
        return 0, "formula_uncalculated", ""
    maximum = rulebook.formula.maximum_spd.value
    if isinstance(cell, str):
        cell = _SCORE.sub(r"\1", visible(cell).strip())
    if isinstance(cell, str) and (parts := _OF_MAXIMUM.match(cell)):
        cell = parts[1] if maximum in numbers(parts[2]) else None
    fitting = [value for value in numbers(cell) if Decimal(0) <= value <= maximum]
    if len(fitting) != 1:
        return 0, "value_unreadable", ""
    return 0, "", decimal_text(fitting[0])
