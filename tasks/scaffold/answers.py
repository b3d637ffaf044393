"""What is in a filled workbook: only the example share writes any of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

Cell = str | int | float | date | None


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row of sheet *Indikator*, cell by cell, as an operator leaves it."""

    parameter: Cell = None
    basis: Cell = None
    files: str = ""  # column Bukti
    links: str = ""  # column Tautan
    note: str = ""
    value: Cell = None  # column Nilai, SPD only


@dataclass(frozen=True, slots=True)
class Answers:
    """A workbook's answers: *profile* by field label, *rows* by indicator key."""

    profile: Mapping[str, Cell] = field(default_factory=dict)
    rows: Mapping[str, FilledRow] = field(default_factory=dict)


BLANK = Answers()
