"""Texts compared the way people read them: case, spaces and punctuation do not count.

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


def plain(text: str) -> str:
    """*text* reduced to what matters when labels, choices or parameter texts are compared.

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
    """The one of *choices* that *text* means, in the spelling of *choices*; None when there is none.

    *aliases* maps other spellings to a choice (``{"OPD": "Perangkat Daerah"}``). A choice
    itself wins over an alias of the same spelling.
    """
    wanted = plain(text)
    if not wanted:
        return None
    for choice in choices:
        if plain(choice) == wanted:
            return choice
    return next((choice for other, choice in (aliases or {}).items() if plain(other) == wanted), None)
