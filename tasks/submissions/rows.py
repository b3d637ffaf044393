"""Sheet *Indikator*: one row an indicator, of an innovation (SID) or of the region (SPD)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from decimal import Decimal

from iid.expectations.rulebook import Indicator, Rulebook
from iid.tasks.submissions.names import TOTAL, indicator_key
from iid.tasks.submissions.parameters import read_basis, read_parameter
from iid.tasks.submissions.parsed import Claim, Remark
from iid.tasks.submissions.sheets import Row, Table
from iid.tasks.submissions.values import (
    Uncalculated,
    Value,
    clean_text,
    decimal_text,
    is_empty,
    numbers,
    raw_text,
    shown,
)

_SEPARATORS = re.compile(r"[;\n\r]+")
_URL = re.compile(
    r"^(?:[a-z][a-z0-9+.-]*://|www\.|(?:[\w-]+\.)+(?:com|id|org|net|be|gov|co|go|io|me|ly|gl)/)",
    re.IGNORECASE,
)
_MANY_URLS = re.compile(r"\s+(?=https?://)", re.IGNORECASE)
_OF_MAXIMUM = re.compile(r"^(.+?)\s+dari\s+(.+)$", re.IGNORECASE | re.DOTALL)
GROUP_FROM = 6  # so many rows with one cause become one finding
_CLAIMING = ("value", "parameter", "files", "links")


def read_rows(
    table: Table, indicators: Sequence[Indicator], rulebook: Rulebook
) -> tuple[tuple[Claim, ...], tuple[Remark, ...]]:
    """One claim for each of *indicators*, in their order, and remarks on rows that do not fit."""
    known = {indicator.key: indicator for indicator in indicators}
    found: dict[str, Row] = {}
    remarks: list[Remark] = []
    unknown: list[Remark] = []
    for row in table.rows():
        key = indicator_key(row.text("no"), known.keys())
        if not key:
            unknown += _unknown(row, known)
        elif key in found:
            words = (("used", f"{found[key].address('no')} (baris {found[key].index + 1})"),)
            remarks.append(Remark("claim.row_repeated", row.address("no"), key, words))
        else:
            found[key] = row
    remarks += _grouped(unknown)
    missing = [key for key in known if key not in found]
    if missing:
        words = (("indicators", ", ".join(missing)),)
        remarks.append(Remark("claim.row_missing", table.grid.name, "", words))
    claims = tuple(
        _claim(found[key], indicator, rulebook) if key in found else Claim(key, address=table.grid.name)
        for key, indicator in known.items()
    )
    return claims, tuple(remarks)


def _unknown(row: Row, known: dict[str, Indicator]) -> Iterator[Remark]:
    """A remark, unless the row is a heading: it claims nothing, or is one merged text."""
    number = row.text("no")
    claims = any(not is_empty(row.value(key)) and row.text(key) != number for key in _CLAIMING)
    heading = not re.search(r"\d", number) or any(
        re.fullmatch(rf"{re.escape(number)}[a-z]", key) for key in known
    )
    if claims or not (heading or is_empty(number)):
        yield Remark(
            "claim.row_unknown", row.address("no"), "", (("value", shown(number or row.text("name"))),)
        )


def _grouped(unknown: list[Remark]) -> list[Remark]:
    """Many unknown rows have one cause: another form, or another cycle's."""
    if len(unknown) < GROUP_FROM:
        return unknown
    values = ", ".join(value for remark in unknown for _, value in remark.words)
    return [Remark("claim.row_unknown", unknown[0].address, "", (("value", shown(values)),))]


def _claim(row: Row, indicator: Indicator, rulebook: Rulebook) -> Claim:
    basis, basis_known = read_basis(row.value("basis"), indicator)
    claimed = read_parameter(row.value("parameter"), indicator, basis)
    parameter, problem, value = claimed.parameter, claimed.problem, ""
    where = "parameter"
    if indicator.aspect == "SPD":
        parameter, problem, value = _valued(row, indicator, rulebook, parameter, problem)
        where = "value" if problem.startswith("value_") or _decides(row, indicator) else where
    if parameter and not basis_known:
        problem, where = "basis_unknown", "basis"
    files, links = _items(row.value("files")), _links(row.value("links"))
    cells = dict.fromkeys((item for item in files if _URL.match(item)), row.cell("files"))
    cells = dict.fromkeys(links, row.cell("links")) | {k: v for k, v in cells.items() if k not in links}
    return Claim(
        indicator=indicator.key,
        raw=row.text("parameter"),
        parameter=parameter,
        value_raw=row.text("value"),
        value=value,
        basis_raw=row.text("basis"),
        basis=basis or claimed.basis,
        files=tuple(item for item in files if not _URL.match(item)),
        links=tuple(cells),
        note=clean_text(row.value("note")),
        address=row.address(where),
        problem=problem,
        basis_address=row.cell("basis"),
        files_address=row.cell("files"),
        links_addresses=tuple(cells.values()),
    )


def _decides(row: Row, indicator: Indicator) -> bool:
    """Whether column Nilai, not column Parameter, says what the row is worth."""
    by_value = indicator.thresholds is not None and not is_empty(row.value("value"))
    return by_value or indicator.key == TOTAL


def _valued(
    row: Row, indicator: Indicator, rulebook: Rulebook, parameter: int, problem: str
) -> tuple[int, str, str]:
    """Parameter, problem and exact value of an SPD row: where there are thresholds, Nilai decides."""
    cell = row.value("value")
    if indicator.key == TOTAL:
        return _total(cell, rulebook)
    if indicator.thresholds is None:
        return _unasked(cell, parameter, problem)
    if isinstance(cell, Uncalculated):
        return 0, "formula_uncalculated", ""
    if is_empty(cell):
        return parameter, problem or ("value_missing" if parameter else ""), ""
    earned = {rulebook.threshold_parameter(indicator.key, value): value for value in reversed(numbers(cell))}
    if len(earned) != 1:  # no number, or one whose two readings earn different parameters
        return 0, "value_unreadable", ""
    ((computed, value),) = earned.items()
    disagrees = problem == "parameter_unknown" or (
        not is_empty(row.value("parameter")) and parameter != computed
    )
    return computed, "value_disagrees" if disagrees else problem, decimal_text(value)


def _unasked(cell: Value, parameter: int, problem: str) -> tuple[int, str, str]:
    """A Nilai where the rulebook has no thresholds: Parameter decides, and an empty one loses it."""
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
    if isinstance(cell, str) and (parts := _OF_MAXIMUM.match(cell.strip())):
        cell = parts[1] if maximum in numbers(parts[2]) else None
    fitting = [value for value in numbers(cell) if Decimal(0) <= value <= maximum]
    if len(fitting) != 1:
        return 0, "value_unreadable", ""
    return 0, "", decimal_text(fitting[0])


def _items(value: Value) -> tuple[str, ...]:
    """The names in a cell, each once, in their order."""
    if is_empty(value) or not isinstance(value, str | int | float):
        return ()
    pieces = (piece.strip().strip("\"'“”") for piece in _SEPARATORS.split(raw_text(value)))
    return tuple(dict.fromkeys(piece for piece in pieces if not is_empty(piece)))


def _links(value: Value) -> tuple[str, ...]:
    return tuple(dict.fromkeys(link for item in _items(value) for link in _MANY_URLS.split(item)))
