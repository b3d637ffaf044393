"""The lines of a document as its letterhead means them.

Names that go on in the next line are rejoined, letters set apart too, and what a scanner misread in words
of capitals is read as the word of a letterhead that it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache

from iid.tasks.validate.region_names import KINDS, LINES_KNOWN, MENTIONS, WORD, by_name

_LINE = 300  # characters of a line that are looked at
_NAME_LINE = 4  # words of a line that can be the rest of a name
_REST = 2  # words of a line that can be the rest of a name that has begun
# To whom a letter goes: the lines from here to its "di", or so many.
_ADDRESSEE = re.compile(r"\b(?:kepada\W+)?yth\b|^\W*kepada\W*$", re.IGNORECASE)
_ADDRESSEE_LINES = 4
_AT = re.compile(r"^\W*(?:di\b|tempat\W*$)", re.IGNORECASE)
_APART = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){2,}(?!\S)")  # K A B U P A T E N  T A P I N
_GAP = re.compile(r"(?<=\S)(?:\t|\s{3,})\s*(?=[^\s:])")  # between two columns; none before a ":"
_RUN_ON = re.compile(r"\b(pemerintah)(?=kabupaten|kota|provinsi)", re.IGNORECASE)
_GLUED = re.compile("pemerintah|kabupaten|kota|provinsi|dinas|kecamatan|desa", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![^\W_])([A-Z])\.(?=[A-Z](?:\.|\b))")  # KAB. H.S.U.
# A word of capitals in which digits or a small l stand for letters: PEMER1NTAH, BARlTO, 8ANJARBARU.
_MISREAD = re.compile(r"(?<![^\W_])(?=[A-Z]*[0148l])[A-Z0148l]*[A-Z][A-Z0148l]*(?![^\W_])")
_LETTERS = str.maketrans("01l48", "OIIAB")
_PLACEHOLDER = re.compile(r"\[[^\]\n]{1,20}\]")  # what programs write for a picture: [logo]
_ENDING = ("kabupaten", "kab", "kota")
_ALONE = ("pemerintah", "pemda")


def letterhead_lines(written: Iterable[str], agencies: frozenset[str]) -> Iterator[str]:
    """Yield the lines without addressees; a name in two lines is rejoined.

    *agencies*: the words that make a line the letterhead of an office.
    """
    left, begun = 0, ""
    for raw in _by_column(written, agencies):
        line = _plain(raw[:_LINE], agencies)
        if found := _ADDRESSEE.search(line):
            left, line = _ADDRESSEE_LINES, line[: found.start()]
        elif left:
            left = 0 if _AT.match(line) else left - 1
            continue
        words = WORD.findall(line)
        if begun and _goes_on(WORD.findall(begun), words):
            line = f"{begun} {line}"
            words = WORD.findall(line)
        elif begun:
            yield begun
        begun = line if _is_begun(words) else ""
        if line and not begun:
            yield line
    if begun:
        yield begun


def _by_column(written: Iterable[str], agencies: frozenset[str]) -> Iterator[str]:
    """Yield the lines; of a letterhead in two columns first all on the left.

    What follows a single one goes on from its left. Labels before their values and items of a list are
    rows, not columns.
    """
    block: list[str] = []
    for line in written:
        if len(_GAP.split(line.strip())) == 2:
            block.append(line)
        else:
            yield from _columns(block, agencies, line)
            block = []
    yield from _columns(block, agencies)


def _columns(block: list[str], agencies: frozenset[str], *last: str) -> Iterator[str]:
    cells = [_GAP.split(line.strip()) for line in block]
    left, right = [one for one, _ in cells], [other for _, other in cells]
    words = [WORD.findall(cell.casefold()) for cell in left]
    offices = any(len(cell) > 1 and (cell[0] in agencies or cell[0] in KINDS) for cell in words)
    if not offices or any(not MENTIONS.isdisjoint(cell) for cell in words):
        yield from (*block, *last)
    elif len(block) == 1:
        yield from (*right, *left, *last)
    else:
        yield from (*left, *right, *last)


@lru_cache(LINES_KNOWN)
def _plain(line: str, agencies: frozenset[str]) -> str:
    """Return *line* with its letters together and its misread words read."""
    line = _PLACEHOLDER.sub(" ", line)
    return _joined(_MISREAD.sub(lambda found: _read(found[0], agencies), line)).strip()


def _is_begun(words: list[str]) -> bool:
    """Whether a name goes on in the next line: behind its kind, or half of it."""
    if len(words) < 2:
        return bool(words) and words[0].casefold() in _ALONE
    return words[-1].casefold() in _ENDING or bool(_half(words))


def _goes_on(begun: list[str], words: list[str]) -> bool:
    if not words:
        return len(begun) > 1 and begun[-1].casefold() in _ENDING
    if len(begun) == 1:
        return words[0].casefold() in KINDS and len(words) <= 1 + _NAME_LINE
    if begun[-1].casefold() in _ENDING:
        return len(words) <= _NAME_LINE
    return len(words) <= _REST and words[0].casefold() in _half(begun)


def _half(words: list[str]) -> frozenset[str]:
    """The words that can follow, where *words* end with half a region's name."""
    folded = [word.casefold() for word in words]
    for at in range(len(folded) - 2, -1, -1):
        if kind := KINDS.get(folded[at]):
            return _beginnings().get((kind, *folded[at + 1 :]), frozenset())
    return frozenset()


@cache
def _beginnings() -> dict[tuple[str, ...], frozenset[str]]:
    """The next word of regions' names by their kind and the words before."""
    found: dict[tuple[str, ...], frozenset[str]] = {}
    for region in (one for regions in by_name().values() for one in regions):
        for at in range(1, len(region.words)):
            before = (region.kind, *region.words[:at])
            found[before] = found.get(before, frozenset()) | {region.words[at]}
    return found


def _read(word: str, agencies: frozenset[str]) -> str:
    """Return *word* with letters for signs, where that is one of a letterhead."""
    read = word.translate(_LETTERS)
    folded = read.casefold()
    return read if folded in agencies or folded in KINDS or folded in _words_of_regions() else word


@cache
def _words_of_regions() -> frozenset[str]:
    return frozenset(word for regions in by_name().values() for one in regions for word in one.words)


def _joined(line: str) -> str:
    """Rejoin letters of *line* that were set apart, and dotted initials."""
    joined = _APART.sub(lambda found: _GLUED.sub(r" \g<0> ", found[0].replace(" ", "")), line)
    return _INITIALS.sub(r"\1", _RUN_ON.sub(r"\1 ", joined))
