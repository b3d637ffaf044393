"""Is an innovation's name in a text? Tolerant of case, spaces, punctuation, brackets and OCR.

Generous on purpose: a name that is found wrongly costs nothing, a warning that
is wrong costs an operator's morning. It decides a warning only.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import accumulate

from iid.expectations.words import plain

#: A name of at least this many letters and digits may stand anywhere, also where OCR lost the
#: spaces around it; a shorter one must begin and end with a word.
LONG_NAME = 10
#: Of a name with at least NAME_WORDS words, this share (in per cent) must stand close together.
NAME_WORDS = 3
WORDS_FOUND_PERCENT = 80
#: Words of fewer letters ("di", "dan") are not looked for one by one.
WORD_LETTERS = 4
#: How many words the text may use for one word of the name.
SPREAD = 3

# What OCR takes for each other: one representative for all, on both sides.
_LOOK_ALIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s", "8": "b", "e": "c"})
_SIGNS = frozenset("!|")
_SIGN_AS_LETTER = str.maketrans("!|", "ii")
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_WORD = re.compile(r"[^\W_]+")


class Text:
    """A document's text, prepared once for many names."""

    def __init__(self, text: str) -> None:
        readings = [text, text.translate(_SIGN_AS_LETTER)] if _SIGNS & set(text) else [text]
        self._readings = [_Reading(_words(reading)) for reading in readings]

    def names(self, name: str) -> bool:
        """Whether *name*, or its acronym, or the words its acronym stands for, is in the text."""
        return any(reading.holds(form) for form in forms(name) for reading in self._readings)


class _Reading:
    """One way to read a text, as folded words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.joined = "".join(words)
        self.edges = frozenset(accumulate(map(len, words), initial=0))

    def holds(self, form: tuple[str, ...]) -> bool:
        wanted = "".join(form)
        start = self.joined.find(wanted)
        while start >= 0:
            if len(wanted) >= LONG_NAME or {start, start + len(wanted)} <= self.edges:
                return True
            start = self.joined.find(wanted, start + 1)
        return self._nearly_holds(form)

    def _nearly_holds(self, form: tuple[str, ...]) -> bool:
        """Most of the name's words within a few words of each other, in any order."""
        wanted = {word for word in form if len(word) >= WORD_LETTERS}
        if len(wanted) < NAME_WORDS:
            return False
        needed = -(-len(wanted) * WORDS_FOUND_PERCENT // 100)
        places = [(place, word) for place, word in enumerate(self.words) if word in wanted]
        first = 0
        for last, (place, _) in enumerate(places):
            while place - places[first][0] >= SPREAD * len(form):
                first += 1
            if len({word for _, word in places[first : last + 1]}) >= needed:
                return True
        return False


@lru_cache(maxsize=4096)
def forms(name: str) -> tuple[tuple[str, ...], ...]:
    """The ways *name* may be written, each as folded words: whole, without and within brackets."""
    found = {words: None for part in _parts(name) if len("".join(words := _words(part))) > 1}
    return tuple(found)


def name_parts(name: str) -> str:
    """What stands outside and within the brackets of *name*, as sorted lines: its order does not matter."""
    outside, *within = [_BRACKETS.sub("\n", name), *_BRACKETS.findall(name)]
    parts = {plain(part) for part in (*outside.split("\n"), *within)}
    return "\n".join(sorted(parts - {""}))


def _parts(name: str) -> Iterator[str]:
    yield name
    yield _BRACKETS.sub(" ", name)
    yield from _BRACKETS.findall(name)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    """Casefolded, accents dropped, look-alikes made one."""
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return folded.translate(_LOOK_ALIKE).replace("rn", "m")
