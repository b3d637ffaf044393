"""Acronyms as Indonesian offices form them (GERMAS, SIPANDU)."""

from __future__ import annotations

from collections.abc import Iterator

#: Letters of an acronym, and words of what it may abbreviate.
ACRONYM_LETTERS = range(4, 21)
EXPANSION_WORDS = range(3, 13)
#: An expansion of this many words may have one that gave no letter.
SKIPPING_WORDS = 4
#: Words that join others.
FILLERS = frozenset(
    """
    dan atau di ke dari untuk yang dengan pada oleh dalam bagi para serta the of and
    """.split()  # noqa: SIM905
)
#: Ends of what was read of an acronym so far, and whether a word gave it no letter.
_States = set[tuple[int, bool]]


def is_acronym(acronym: str, words: tuple[str, ...]) -> bool:
    """Report whether *acronym* is made of parts of *words*, in order.

    A part is letters of the word from its first on, in order, or at least two neighbouring letters.
    One of four or more words may have no part (GERMAS: Gerakan Masyarakat Hidup Sehat), or the last only
    the letter that ends both (PATEN: Pelayanan Administrasi Terpadu Kecamatan).
    """
    many = len(words) >= SKIPPING_WORDS
    states, before = {(0, False)}, set[tuple[int, bool]]()
    for count, word in enumerate(words, start=1):
        before, states = states, _after(states, acronym, word, may_skip=count > 1 and many)
    if many and words[-1].endswith(acronym[-1]) and (len(acronym) - 1, False) in before:
        return True
    return any(end == len(acronym) for end, _ in states)


def _after(
    states: set[tuple[int, bool]], acronym: str, word: str, *, may_skip: bool
) -> set[tuple[int, bool]]:
    """Return the ends of parts once *word* is read, and if a word had none."""
    after = {(end, skipped) for start, skipped in states for end in _parts_of(acronym, start, word)}
    return after | {(start, True) for start, skipped in states if may_skip and not skipped}


def _parts_of(acronym: str, start: int, word: str) -> Iterator[int]:
    """Where a part of *word* that begins at *start* of *acronym* may end."""
    letters = iter(word)
    end = start
    if acronym[start : start + 1] == word[:1]:
        while end < len(acronym) and acronym[end] in letters:
            end += 1
            yield end
    for end in range(start + 2, len(acronym) + 1):
        if acronym[start:end] not in word:
            return
        yield end


def begins_expansion(acronym: str, words: list[str], place: int) -> bool:
    """Return whether *words* from *place* spell *acronym*; "" ends them."""
    states = {(0, False)}
    for count, word in enumerate(words[place : place + EXPANSION_WORDS.stop - 1], start=1):
        states = _after(states, acronym, word, may_skip=count > 1) if word else set()
        if not states:
            return False
        whole = [skipped for end, skipped in states if end == len(acronym)]
        if count >= (SKIPPING_WORDS if whole and all(whole) else EXPANSION_WORDS.start) and whole:
            return True
    return False
