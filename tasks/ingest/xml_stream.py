"""XML read as a stream within limits: no tree, only what is asked for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from iid.tasks.ingest.container import too_large
from iid.tasks.ingest.unreadable import Unreadable
from iid.tasks.text.cell_values import visible

# Safety limits, not rules: 40 answers come to some thousand elements; a million formatted rows
# of one cell to two million, which take about a second.
MAX_ELEMENTS = 2_500_000  # of all parts of a workbook together
MAX_DEPTH = 200  # an Excel sheet has some ten
MAX_TEXT = 64 * 1024**2  # characters of all cells together, and of all shared texts
MAX_TOKEN = 8 * 1024**2  # of one tag with its attributes

Attributes = dict[str, str]
Starts = Mapping[str, Callable[[Attributes], None]]
Ends = Mapping[str, Callable[[], None]]


class BrokenXmlError(Exception):
    """A part that is no well-formed XML: another reader may get on with it."""


class TooManyError(Unreadable):
    """More elements than a workbook may have."""


class Budget:
    """What all parts of one workbook may cost together."""

    def __init__(self) -> None:
        self.elements = MAX_ELEMENTS
        self.text = MAX_TEXT

    def spend_text(self, length: int) -> None:
        """Count *length* kept characters; raise Unreadable past the limit."""
        self.text -= length
        if self.text < 0:
            raise too_large(MAX_TEXT)


class Scan:
    """One part read by local names: calls *starts* and *ends*, gives ``text``.

    Prefixes do not matter, so Strict and Transitional Open XML, and whatever prefix a program
    wrote, are the same. Raises Unreadable at a limit, and BrokenXmlError.
    """

    def __init__(self, budget: Budget, starts: Starts, ends: Ends) -> None:
        self._budget = budget
        self._starts, self._ends = starts, ends
        self._depth = 0
        self._pieces: list[str] = []
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.EntityDeclHandler = _refuse_entity

    def collect(self) -> None:
        """Keep the text from here on."""
        self._parser.CharacterDataHandler = self._pieces.append

    def collected(self) -> str:
        """The text since :meth:`collect`; nothing more is kept."""
        self._parser.CharacterDataHandler = None
        text = "".join(self._pieces)
        self._pieces.clear()
        return text

    def run(self, chunks: Iterable[bytes]) -> None:
        """Read the part."""
        fed = 0
        try:
            for chunk in chunks:
                self._parser.Parse(chunk, False)
                fed += len(chunk)
                if fed - max(self._parser.CurrentByteIndex, 0) > MAX_TOKEN or (
                    len(self._pieces) > 256 and sum(map(len, self._pieces)) > MAX_TOKEN
                ):
                    raise too_large(MAX_TOKEN)
            self._parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as error:
            raise BrokenXmlError(str(error)) from error

    def _start(self, tag: str, attributes: Attributes) -> None:
        self._budget.elements -= 1
        self._depth += 1
        if self._budget.elements < 0:
            raise TooManyError("sel dan teksnya terlalu banyak untuk sebuah isian")
        if self._depth > MAX_DEPTH:
            raise tricked()
        call = self._starts.get(tag)
        if call is None and ":" in tag:
            call = self._starts.get(tag.rpartition(":")[2])
        if call is not None:
            call(attributes)

    def _end(self, tag: str) -> None:
        self._depth -= 1
        call = self._ends.get(tag)
        if call is None and ":" in tag:
            call = self._ends.get(tag.rpartition(":")[2])
        if call is not None:
            call()


def tricked() -> Unreadable:
    """What is said of a workbook made to fool a reader."""
    return Unreadable("isinya memakai bentuk XML yang tidak dipakai Excel")


def _refuse_entity(*_: object) -> None:
    raise tricked()  # the billion-laughs attack; no program writes entities


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
