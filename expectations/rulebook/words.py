"""Texts compared as people read them: no case, spaces or punctuation.

Operators write ``Ketentraman & Ketertiban Umum`` where the rulebook says
``Ketenteraman, Ketertiban Umum, dan ...``. Both become the same plain text here.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping

# Spellings of one and the same Indonesian word that official lists themselves mix.
_SAME_WORD = {"pelindungan": "perlindungan", "ketentraman": "ketenteraman"}
_SIGNS = (("&", " dan "), (">=", "≥"), ("<=", "≤"))
_WORD = re.compile(r"[^\W_]+|[<>≤≥]")
_AND = re.compile(r"\bdan\b")
_LEADING = re.compile(r"^\W*urusan\b(?:\W+pemerintahan\b)?(?:\W+bidang\b)?")


def plain(text: str) -> str:
    """Reduce *text* to what matters when labels or choices are compared.

    NFKC and casefold; ``&`` is read as ``dan``; spaces and punctuation are dropped, except that
    two numbers stay apart (``1-10`` is not ``110``) and comparison signs stay (``≤ 5`` is not
    ``≥ 5``). ``Pelindungan`` equals ``Perlindungan`` and ``Ketentraman`` equals ``Ketenteraman``.
    Idempotent; ``""`` for a text without letters or digits, such as ``-``.
    """
    text = unicodedata.normalize("NFKC", text).casefold()
    for sign, word in _SIGNS:
        text = text.replace(sign, word)
    joined = ""
    for word in _WORD.findall(unicodedata.normalize("NFKC", text)):
        apart = joined[-1:].isdigit() and word[0].isdigit()
        joined += f" {word}" if apart else word
    for variant, usual in _SAME_WORD.items():
        joined = joined.replace(variant, usual)
    return joined


def match(text: str, choices: Iterable[str], aliases: Mapping[str, str] | None = None) -> str | None:
    """Return the one of *choices* that *text* means, as spelt there, or None.

    *aliases* maps other spellings to a choice (``{"OPD": "Perangkat Daerah"}``). A choice
    itself wins over an alias of the same spelling. Where nothing is spelled the same, the word
    *dan* and a leading *Urusan* do not count (``Urusan Kesehatan`` is ``Kesehatan``), if that
    leaves one choice only.
    """
    spellings = [(choice, choice) for choice in choices] + list((aliases or {}).items())
    wanted = plain(text)
    if not wanted:
        return None
    for spelling, choice in spellings:
        if plain(spelling) == wanted:
            return choice
    wanted = core(text)
    found = {choice for spelling, choice in spellings if core(spelling) == wanted}
    return found.pop() if len(found) == 1 else None


def core(text: str) -> str:
    """Return :func:`plain` text without *dan* and a leading *Urusan*."""
    words = unicodedata.normalize("NFKC", text).casefold().replace("&", " dan ")
    return plain(_LEADING.sub("", _AND.sub(" ", words))) or plain(text)
