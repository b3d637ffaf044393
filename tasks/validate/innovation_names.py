"""Is a name in a text? Tolerant of how people and scanners write it.

No absence is what differs in case, spaces, punctuation, quotes, hyphens, generic words around the
name ("Aplikasi ..."), the acronym for its expansion or the reverse, and OCR's look-alikes.
Generous on purpose: a name that is found wrongly costs nothing, a warning that is wrong costs an
operator's morning. It decides a warning only. Every step is linear in the text.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from functools import cached_property, lru_cache
from itertools import accumulate

from iid.expectations.rulebook.words import plain
from iid.tasks.validate.acronyms import (
    ACRONYM_LETTERS,
    EXPANSION_WORDS,
    FILLERS,
    begins_expansion,
    is_acronym,
)

#: A name of at least this many letters and digits may be anywhere, also where OCR lost the
#: spaces around it; a shorter one must begin and end with a word.
LONG_NAME = 10
#: Of a name with at least NAME_WORDS words all must be close together, in any order; of one
#: with at least LONG_NAME_WORDS this share (in per cent) is enough.
NAME_WORDS = 3
LONG_NAME_WORDS = 6
WORDS_FOUND_PERCENT = 80
#: Words of fewer letters ("di", "dan") are not looked for one by one.
WORD_LETTERS = 4
#: In words of at least this many letters one may be read wrongly.
FUZZY_LETTERS = 6
#: How many words the text may use for one word of the name.
SPREAD = 3
#: Words of an acronym that is itself a phrase.
_ACRONYM_WORDS = 3
#: Of so many words at least one is a common one, in every text that was read rightly.
LEGIBLE_WORDS = 40
#: Characters of a name that are looked at; nobody writes a longer one.
_LONGEST = 400

# What OCR takes for each other: one representative for all, on both sides.
_LOOK_ALIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s", "8": "b", "e": "c"})
_SIGNS = frozenset("!|@&+")
_SIGN_AS_LETTER = str.maketrans({"!": "i", "|": "i", "@": "a", "&": " dan ", "+": " plus "})
_BRACKETS = re.compile(r"[(\[{]([^()\[\]{}]*)[)\]}]")
_QUOTED = re.compile(r"[\"“„«]([^\"“”„«»]{2,})[\"“”»]")
_PARTS = re.compile(r"[:;/|=]|[,.](?=\s)|\s[-\u2013\u2014~]+\s|[\u2013\u2014]")
_MEANS = re.compile(r"\b(?:melalui|lewat|menggunakan|dengan aplikasi|dengan inovasi)\b", re.IGNORECASE)
_NUMBER = re.compile(r"v?\d+")
_BRAND = re.compile(r"(?<!\w)[^\W\d_a-z]{4,}(?:[ -][^\W\d_a-z]{2,})*(?!\w)")
_WORD = re.compile(r"[^\W_]+")
#: Words that say what kind of thing carries the name, or where it is: no part of the name itself.
_GENERIC = frozenset(
    """
    inovasi program aplikasi layanan pelayanan kegiatan gerakan sistem informasi website web portal
    situs sistim app apps mobile android digital online berbasis elektronik platform proyek
    projek model metode strategi daerah pemerintah kabupaten kota provinsi kecamatan kelurahan desa
    dinas badan upt uptd puskesmas rsud sekolah unit bernama nama judul versi ver v jilid edisi seri
    generasi tahun tahap plus pengembangan peningkatan pemanfaatan optimalisasi penerapan implementasi
    penguatan pembuatan penggunaan penyelenggaraan percepatan pembentukan upaya melalui lewat menggunakan
    dengan ii iii iv vi vii viii ix
    """.split()  # noqa: SIM905
)
#: Words that are the like only before a name of several words: "Pelayanan Publik Gerbang Emas".
_OFTEN_GENERIC = frozenset({"publik", "terpadu", "tata", "kelola"})
_PLACES = frozenset(
    """
    kabupaten kab kota provinsi kecamatan kec kelurahan desa puskesmas upt uptd rsud
    """.split()  # noqa: SIM905
)


class Text:
    """A document's text, prepared once for many names."""

    def __init__(self, text: str) -> None:
        self._text = text
        readings = [text, text.translate(_SIGN_AS_LETTER)] if _SIGNS & set(text) else [text]
        self._readings = [_Reading(_words(reading)) for reading in readings]

    def names(self, name: str) -> bool:
        """Report whether *name*, its acronym or its expansion is in the text."""
        name = name[:_LONGEST]
        written = forms(name)
        if any(reading.holds(form) for form in written for reading in self._readings):
            return True
        return self._abbreviates(name) or self._spells_out(name)

    @cached_property
    def legible(self) -> bool:
        """Whether the text has real words, not signs of a font without a table."""
        words = Counter(_WORD.findall(self._text.casefold()))
        known = sum(count for word, count in words.items() if word in FILLERS or word in _GENERIC)
        return words.total() < LEGIBLE_WORDS or known * LEGIBLE_WORDS >= words.total()

    def _abbreviates(self, name: str) -> bool:
        """Whether a word in capitals is an acronym of *name*."""
        for words in expansions(name):
            if any(is_acronym(word, words) for word in self._capitals if word[0] == words[0][0]):
                return True
        return False

    def _spells_out(self, name: str) -> bool:
        """Report whether neighbouring capitalised words spell out acronym *name*."""
        for word in acronyms(name):
            for place, first in enumerate(self._titled):
                if first[:1] == word[0] and begins_expansion(word, self._titled, place):
                    return True
        return False

    @cached_property
    def _capitals(self) -> frozenset[str]:
        found = re.findall(r"[^\W\d_a-z](?:[-.]?[^\W_a-z]){2,24}", self._text)
        words = (re.sub(r"\W", "", word).casefold() for word in found)
        return frozenset(word for word in words if len(word) in ACRONYM_LETTERS and word not in _GENERIC)

    @cached_property
    def _titled(self) -> list[str]:
        """Words with a capital first; "" where others than fillers come between."""
        words: list[str] = []
        for word in _WORD.findall(self._text):
            folded = word.casefold()
            if folded in FILLERS:
                continue
            if word[0].isupper():
                words.append(folded)
            elif words and words[-1]:
                words.append("")
        return words


class _Reading:
    """One way to read a text, as folded words."""

    def __init__(self, words: tuple[str, ...]) -> None:
        self.words = words
        self.joined = "".join(words)
        self.edges = frozenset(accumulate(map(len, words), initial=0))

    def holds(self, form: tuple[str, ...]) -> bool:
        wanted = "".join(form)
        if wanted in self.joined:
            if len(wanted) >= LONG_NAME:
                return True
            for found in re.finditer(f"(?={re.escape(wanted)})", self.joined):
                if {found.start(), found.start() + len(wanted)} <= self.edges:
                    return True
        return self._nearly_holds(form)

    def _nearly_holds(self, form: tuple[str, ...]) -> bool:
        """The name's words within a few words of each other, in any order."""
        wanted = {word for word in form if len(word) >= WORD_LETTERS and word not in _GENERIC_FOLDED}
        if len(wanted) < NAME_WORDS:
            return False
        share = WORDS_FOUND_PERCENT if len(wanted) >= LONG_NAME_WORDS else 100
        needed = -(-len(wanted) * share // 100)
        alike = {word: one for word in self._kinds for one in wanted if _alike(one, word)}
        if len(set(alike.values())) < needed:
            return False
        places = [(place, alike[word]) for place, word in enumerate(self.words) if word in alike]
        seen: Counter[str] = Counter()
        first = 0
        for place, word in places:
            seen[word] += 1
            while place - places[first][0] >= SPREAD * len(form):
                seen[places[first][1]] -= 1
                first += 1
            if sum(count > 0 for count in seen.values()) >= needed:
                return True
        return False

    @cached_property
    def _kinds(self) -> frozenset[str]:
        return frozenset(self.words)


def _alike(one: str, other: str) -> bool:
    """Report whether two folded words are the same but for one letter."""
    if one == other:
        return True
    if len(one) != len(other) or len(one) < FUZZY_LETTERS:
        return False
    return sum(a != b for a, b in zip(one, other, strict=True)) <= 1


@lru_cache(maxsize=4096)
def acronyms(name: str) -> tuple[str, ...]:
    """Return acronyms in *name*, casefolded; a phrase as one (PELITA HATI)."""
    found = (_meaningful(_WORD.findall(part.casefold())) for part in _parts(name[:_LONGEST]))
    joined = ("".join(words) for words in found if len(words) <= _ACRONYM_WORDS)
    return tuple(dict.fromkeys(word for word in joined if len(word) in ACRONYM_LETTERS))


@lru_cache(maxsize=4096)
def expansions(name: str) -> tuple[tuple[str, ...], ...]:
    """Return the word groups in *name* that an acronym may mean."""
    found: dict[tuple[str, ...], None] = {}
    for part in _parts(name[:_LONGEST]):
        words = tuple(word for word in _WORD.findall(part.casefold()) if word not in FILLERS)
        found |= {words: None, _meaningful(words): None}
    return tuple(words for words in found if len(words) in EXPANSION_WORDS)


@lru_cache(maxsize=4096)
def forms(name: str) -> tuple[tuple[str, ...], ...]:
    """Return folded ways to write *name*: whole, in parts, no generic words."""
    found: dict[tuple[str, ...], None] = {}
    name = name[:_LONGEST]
    for written in (name, name.translate(_SIGN_AS_LETTER)):
        whole = [written, _BRACKETS.sub(" ", written)]
        for part in _parts(written):
            words = tuple(_WORD.findall(part.casefold()))
            core = _meaningful(words)
            if part not in whole and words and words[0] in _PLACES:
                continue
            if part in whole:
                found[_words(part)] = None
            if core and (part in whole or len(core) > 1 or len(core[0]) >= WORD_LETTERS - 1):
                found[_words(" ".join(core))] = None
    return tuple(words for words in found if len("".join(words)) > 1)


def _meaningful(words: list[str] | tuple[str, ...]) -> tuple[str, ...]:
    """Cut generic words at both ends, and the place that ends them; may be ()."""
    for place, word in enumerate(words):
        if (
            word in _PLACES
            and len("".join(words[:place])) >= WORD_LETTERS
            and not _GENERIC.issuperset(words[:place])
        ):
            words = words[:place]
            break
    kept = [place for place, word in enumerate(words) if word not in _GENERIC and word not in FILLERS]
    names = [place for place in kept if words[place] not in _OFTEN_GENERIC]
    kept = names if len(names) > 1 else kept
    kept = [place for place in kept if not _NUMBER.fullmatch(words[place])] or kept
    return tuple(words[kept[0] : kept[-1] + 1]) if kept else ()


def name_parts(name: str) -> str:
    """Return what is outside and within brackets of *name*, as sorted lines."""
    outside, *within = [_BRACKETS.sub("\n", name), *_BRACKETS.findall(name)]
    parts = {plain(part) for part in (*outside.split("\n"), *within)}
    return "\n".join(sorted(parts - {""}))


def _parts(name: str) -> Iterator[str]:
    outside = _BRACKETS.sub(" ", name)
    yield name
    yield outside
    yield from _BRACKETS.findall(name)
    yield from _QUOTED.findall(name)
    if len(pieces := _PARTS.split(outside)) > 1:
        yield from pieces
    yield from _MEANS.split(outside)[1:]
    if not outside.isupper():  # "Pemanfaatan SIMPEL DESA untuk Pelayanan": what is in capitals is the name
        yield from _BRAND.findall(outside)


def _words(text: str) -> tuple[str, ...]:
    return tuple(_WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    """Casefolded, accents dropped, look-alikes made one."""
    folded = text.casefold()
    if not folded.isascii():
        folded = "".join(c for c in unicodedata.normalize("NFKD", folded) if not unicodedata.combining(c))
    return folded.translate(_LOOK_ALIKE).replace("rn", "m")


_GENERIC_FOLDED = frozenset(_folded(word) for word in _GENERIC)
