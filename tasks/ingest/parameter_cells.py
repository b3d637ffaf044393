"""What a *Parameter* or *Basis* cell says, by exact texts of the rulebook."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from iid.expectations.rulebook.model import Indicator
from iid.tasks.ingest.titles import plain
from iid.tasks.text.cell_values import DASHES, Uncalculated, Value, is_empty, numbers, raw_text

PARAMETERS = range(4)  # 0 is none claimed; the form knows three steps

_SIGNS = r"[\s'\"“”‘’()\[\]+#*=:;,.!✓✔√\u20e3]"  # around a number, no part of it; a dash only behind it
_NUMBER = re.compile(
    rf"^{_SIGNS}*(?:(?:p|par(?:am(?:eter)?)?|nilai|skor|angka|level|tingkat|pilihan|opsi|ke)(?![a-z])(?:{_SIGNS}|-)*)*"
    rf"(?:([0-9]+)(?:[.,]0+)?|(nol|satu|dua|tiga)|(i{{1,3}}))(?:{_SIGNS}|[{re.escape(DASHES)}])*"
    rf"(?:(nol|satu|dua|tiga)|poin|dari\s*3)?{_SIGNS}*$"
)
_LONGEST = 60  # signs of a number with its words
_WORDS = ("nol", "satu", "dua", "tiga")
# The dropdown form "2 – text". A text may itself begin with a number, so it is tried last.
_NUMBERED = re.compile(rf"^(?:p|parameter)?\s*([0-9]+)\s*[{re.escape(DASHES)}\s:.()=|]+(\S.*)$", re.DOTALL)
_LETTER = re.compile(r"^(?:(?:basis|huruf|pilihan|opsi)\b)?\W*([a-z])(?![a-z])\W*(.*)$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a Parameter cell says: the step, its text's basis, or a problem."""

    parameter: int = 0
    basis: str = ""
    problem: str = ""


def read_parameter(value: Value, indicator: Indicator, basis: str = "") -> Claimed:
    """Return the step *value* claims on *indicator*, with Basis cell *basis*.

    Empty, ``-`` and 0 claim nothing. 1, 2, 3 as number or text (``2,0``, ``P2``), the
    step's own text, ``2 (dua)``, ``II``, or ``2 – text``; else ``parameter_unknown``.
    """
    if is_empty(value):
        return Claimed()
    if isinstance(value, Uncalculated):
        return Claimed(problem="formula_uncalculated")
    if isinstance(value, str):
        return _from_text(value, indicator, basis)
    found = numbers(value)
    return _step(found[0]) if found else Claimed(problem="parameter_unknown")


def read_basis(value: Value, indicator: Indicator) -> tuple[str, bool]:
    """Return the letter of the basis *value* names, and whether it is known.

    ``a``, ``A.``, ``a)``, ``a – name``, the name or an alias; ``("", True)`` when empty or
    when the indicator has no bases.
    """
    if is_empty(value) or not indicator.bases:
        return "", True
    text = unicodedata.normalize("NFKC", raw_text(value)).casefold().strip()
    for basis in indicator.bases:
        if plain(text) in {plain(name) for name in (basis.name, *basis.aliases)}:
            return basis.code, True
    letter = _LETTER.match(text)
    for basis in indicator.bases:
        names = {plain(name) for name in (basis.name, *basis.aliases)}
        if letter and letter[1] == basis.code and plain(letter[2] or "") in {"", *names}:
            return basis.code, True
    return "", False


def _from_text(value: str, indicator: Indicator, basis: str) -> Claimed:
    text = unicodedata.normalize("NFKC", value).casefold().strip()
    if len(text) <= _LONGEST and (bare := _NUMBER.match(text)):
        word = _WORDS.index(bare[2]) if bare[2] else len(bare[3] or "")
        number = int(bare[1][-9:]) if bare[1] else word
        if bare[4] in {None, *_WORDS[number:][:1]}:
            return _step(Decimal(bare[1] or number))
    exact = _agreed(_steps(value, indicator), basis)
    if exact is not None:
        return exact
    numbered = _NUMBERED.match(text)
    if numbered and int(numbered[1][:9]) in PARAMETERS:
        step = int(numbered[1])
        found = _agreed({pair for pair in _steps(numbered[2], indicator) if pair[1] == step}, basis)
        if found is not None:
            return found
    return Claimed(problem="parameter_unknown")


def _steps(text: str, indicator: Indicator) -> set[tuple[str, int]]:
    """Return every (basis, step) of *text*; basis "" for the indicator's own."""
    wanted = plain(text)
    return {(basis, step) for basis, step, known in _texts(indicator) if wanted and plain(known) == wanted}


def _texts(indicator: Indicator) -> Iterator[tuple[str, int, str]]:
    for parameter in indicator.parameters:
        yield "", parameter.value, parameter.text
    for basis in indicator.bases:
        for parameter in basis.parameters:
            yield basis.code, parameter.value, parameter.text


def _agreed(found: set[tuple[str, int]], basis: str) -> Claimed | None:
    """Return the one step *found* means under *basis*; None for none or more."""
    fitting = {pair for pair in found if not basis or pair[0] in {"", basis}}
    steps = {step for _, step in fitting}
    letters = {letter for letter, _ in fitting if letter}
    if len(steps) != 1:
        return None
    return Claimed(steps.pop(), basis or (letters.pop() if len(letters) == 1 else ""))


def _step(number: Decimal) -> Claimed:
    if number in PARAMETERS:
        return Claimed(int(number))
    return Claimed(problem="parameter_unknown")
