"""Sheets *Parameter* and *Pilihan*: what the dropdowns offer, readable.

Excel allows 255 characters in an inline list, so every dropdown points at cells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from iid.expectations.rulebook.model import Basis, Indicator, Parameter, Rulebook
from iid.tasks.scaffold import guidance
from iid.tasks.scaffold.styles import Styles, print_setup, set_height

PARAMETER_HEADER = ("No", "Indikator", "Basis", "Pilihan", "Bukti yang diminta", "Sumber")
_WIDTHS = (6, 34, 26, 70, 70, 14)


@dataclass(frozen=True, slots=True)
class Choices:
    """Where the dropdown of each indicator finds its entries."""

    parameters: dict[str, str]  # indicator key -> range
    basis_prefix: str = (
        "basis_"  # defined names basis_a, basis_b, ...; basis_ alone before a letter is chosen
    )


def write_parameters(workbook: Any, styles: Styles, indicators: Sequence[Indicator]) -> Choices:
    """Write sheet *Parameter*: a row a parameter, of every basis if several."""
    sheet = workbook.add_worksheet("Parameter")
    _header(sheet, styles, PARAMETER_HEADER, _WIDTHS)
    ranges: dict[str, str] = {}
    line = 1
    for indicator in indicators:
        if indicator.bases:
            for basis in indicator.bases:
                span = _write_block(sheet, styles, line, indicator, basis.parameters, basis)
                workbook.define_name(f"basis_{basis.code}", f"={span}")
                line += len(basis.parameters)
            span = _plain_block(sheet, styles, line, indicator)
            workbook.define_name("basis_", f"={span}")
            line += 3
        elif indicator.parameters:
            ranges[indicator.key] = _write_block(sheet, styles, line, indicator, indicator.parameters)
            line += len(indicator.parameters)
    sheet.freeze_panes(1, 2)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    print_setup(sheet, landscape=True, repeat_header=True)
    return Choices(ranges)


def write_choices(workbook: Any, styles: Styles, rulebook: Rulebook) -> dict[str, str]:
    """Write sheet *Pilihan*, a column a field; return ranges by field key."""
    sheet = workbook.add_worksheet("Pilihan")
    fields = [field for field in rulebook.profile if field.choices]
    _header(sheet, styles, [field.label for field in fields], [46] * len(fields))
    ranges = {}
    for column, field in enumerate(fields):
        for line, choice in enumerate(field.choices, 1):
            sheet.write_string(line, column, choice, styles["help"])
        letter = chr(ord("A") + column)
        ranges[field.key] = f"Pilihan!${letter}$2:${letter}${len(field.choices) + 1}"
    sheet.freeze_panes(1, 0)
    sheet.protect("", {"format_columns": True, "format_rows": True})
    print_setup(sheet, landscape=True, repeat_header=True)
    return ranges


def _header(sheet: Any, styles: Styles, titles: Sequence[str], widths: Sequence[int]) -> None:
    for column, (title, width) in enumerate(zip(titles, widths, strict=True)):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, title, styles["header"])


def _write_block(
    sheet: Any,
    styles: Styles,
    line: int,
    indicator: Indicator,
    parameters: Sequence[Parameter],
    basis: Basis | None = None,
) -> str:
    for offset, parameter in enumerate(parameters):
        cells = (
            indicator.key,
            indicator.name,
            f"{basis.code} = {basis.name}" if basis else "",
            guidance.choice(parameter),
            guidance.demanded(indicator, parameter, basis),
            guidance.mark(parameter).strip() or "terbaca",
        )
        for column, text in enumerate(cells):
            sheet.write_string(line + offset, column, text, styles["help"])
        set_height(sheet, line + offset, zip(cells, _WIDTHS, strict=True))
    return f"Parameter!$D${line + 1}:$D${line + len(parameters)}"


def _plain_block(sheet: Any, styles: Styles, line: int, indicator: Indicator) -> str:
    for offset in range(3):
        cells = (indicator.key, indicator.name, "isi Basis dahulu")
        for column, text in enumerate(cells):
            sheet.write_string(line + offset, column, text, styles["help"])
        sheet.write_number(line + offset, 3, offset + 1, styles["help"])
    return f"Parameter!$D${line + 1}:$D${line + 3}"
