"""Text out of untrusted XML: no entities, no fetching, one pass."""

from __future__ import annotations

from collections.abc import Iterable
from xml.parsers import expat

from iid.tasks.sandbox.content import UnreadableError

#: Ends of these elements end a word or a line (Word, PowerPoint, Excel, OpenDocument, SVG).
_BREAKS = frozenset(
    ("p", "br", "cr", "tab", "h", "si", "c", "v", "t", "row", "tr", "line-break", "title", "desc")
)
_GLUED = frozenset(("t",))  # runs of Word and PowerPoint: words are split over several of them


class XmlText:
    """Collects character data of XML parts, up to *limit* characters."""

    def __init__(self, limit: int, *, glued: bool) -> None:
        self._limit = limit
        self._breaks = _BREAKS - _GLUED if glued else _BREAKS
        self._parts: list[str] = []
        self.chars = 0
        self.full = False

    @property
    def text(self) -> str:
        """What was collected, cut at the limit."""
        return "".join(self._parts)[: self._limit]

    def feed(self, chunks: Iterable[bytes]) -> None:
        """Parse one part. UnreadableError if malformed or declaring entities."""
        parser = expat.ParserCreate()
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = _refuse_subset
        parser.CharacterDataHandler = self._take
        parser.EndElementHandler = self._end
        try:
            for chunk in chunks:
                parser.Parse(chunk, False)
                if self.full:
                    return
            parser.Parse(b"", True)
        except expat.ExpatError as error:
            raise UnreadableError("XML di dalamnya rusak") from error

    def _take(self, data: str) -> None:
        self._parts.append(data)
        self.chars += len(data)
        self.full = self.chars >= self._limit

    def _end(self, name: str) -> None:
        if name.rpartition(":")[2] in self._breaks:
            self._parts.append("\n")


def _refuse_subset(_name: str, _system: object, _public: object, subset: int) -> None:
    """Allow a DOCTYPE that names a DTD (never fetched); refuse entities."""
    if subset:
        raise UnreadableError("berisi deklarasi entitas XML, yang dilarang")
