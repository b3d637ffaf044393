"""Texts of Office Open XML (ECMA-376 part 1, 18.4 and 22.9.2.19)."""

from __future__ import annotations

import re

from iid.tasks.ingest.xml_stream import Attributes, Budget, Scan
from iid.tasks.text.cell_values import visible

_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")


class TextReader:
    """The ``t`` elements of a text, without phonetic guides."""

    def __init__(self, budget: Budget) -> None:
        self._budget = budget
        self._parts: list[str] = []
        self._phonetic = False
        self.scan: Scan | None = None

    def begin(self, _: Attributes) -> None:
        """Begin a ``t`` element."""
        if self.scan is not None and not self._phonetic:
            self.scan.collect()

    def end(self) -> None:
        """End it."""
        if self.scan is not None and not self._phonetic:
            text = self.scan.collected()
            self._budget.spend_text(len(text))
            self._parts.append(text)

    def phonetic(self, _: Attributes) -> None:
        """Begin a phonetic guide, which is no text."""
        self._phonetic = True

    def phonetic_end(self) -> None:
        """End it."""
        self._phonetic = False

    def taken(self) -> str:
        """Return the text so far, and begin another."""
        text = "".join(self._parts)
        self._parts.clear()
        return unescaped(text)


def unescaped(text: str) -> str:
    """Decode ``_x000D_`` (ECMA-376 part 1, 22.9.2.19); drop invisible signs."""
    if "_x" in text:
        text = _ESCAPED.sub(lambda found: _sign(int(found[1], 16), found[0]), text)
    return visible(text)


def _sign(number: int, otherwise: str) -> str:
    return otherwise if 0xD800 <= number <= 0xDFFF else chr(number)
