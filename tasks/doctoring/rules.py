"""Whether the cycle has a rulebook, and when its deadline is."""

from __future__ import annotations

from pathlib import Path

from iid.expectations.errors import RulebookError
from iid.expectations.loading import load
from iid.tasks.doctoring.checks import Check, first_line

NAME = "Peraturan"


def check_rules(cycle: int, path: str | None = None) -> Check:
    """The rulebook that an assessment of *cycle* would use."""
    try:
        book = load(cycle, Path(path) if path else None).rulebook
    except RulebookError as error:
        return Check(NAME, "failed", first_line(error), "lihat yang tersedia dengan iid rulebook list")
    until = book.timetable.reporting_to.value
    words = f"pelaporan sampai {until}" if until else "batas waktu belum diketahui"
    return Check(NAME, "ok", f"{book.title}, {words}")
