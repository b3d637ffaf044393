"""One thing that was looked at: how it is, what was seen, what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Mark = Literal["ok", "warning", "failed"]
SIGNS: dict[Mark, str] = {"ok": "✓", "warning": "!", "failed": "✗"}
UNNAMED = "belum disebut"  # what is seen of a place that neither command nor settings name
WIDTH = 12  # of the column of names


@dataclass(frozen=True, slots=True)
class Check:
    """``failed``: an assessment cannot work; a ``warning`` never stops one."""

    name: str
    mark: Mark
    seen: str
    advice: str = ""

    def line(self) -> str:
        """One line for people, whatever characters were in what was seen."""
        advice = f"; {self.advice}" if self.advice else ""
        return " ".join(f"{SIGNS[self.mark]} {self.name}: {self.seen}{advice}".split())


def usable(checks: Iterable[Check]) -> bool:
    """Whether nothing that is needed fails."""
    return all(check.mark != "failed" for check in checks)


def first_line(error: BaseException) -> str:
    """The beginning of what *error* says, on one line."""
    return " ".join(str(error).split())[:300] or type(error).__name__
