"""One text, however it was scanned, saved or typed: the form that is compared and hashed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")
# C0 controls but tab and line ends; U+FFFE and U+FFFF (pdfium's marks); lone surrogates.
_NOISE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """*text* without characters that are no text: controls, lone surrogates, a PDF's hyphen marks."""
    return _NOISE.sub("", text)


@lru_cache(maxsize=2)  # its hash and its sketch are made one after the other
def normalised(text: str) -> str:
    """*text* in NFKC, casefolded, every run of spaces and punctuation one space."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


#: Values of a sketch, and words that stand together in one of them.
SKETCH = 32
_TOGETHER = 4
_SKETCHED = 30_000  # characters: some fifteen pages


def text_sketch(text: str) -> str:
    """A sketch of *text* by which nearly equal texts are found: its SKETCH smallest hashes of word groups.

    Two texts share about as many of the values as they share groups of _TOGETHER words (the
    bottom-k sketch of A. Broder). SKETCH times 8 hex digits, ascending; "" for a text too short.
    """
    words = normalised(text)[:_SKETCHED].encode("utf-8", "ignore").split(b" ")
    places = (words[shift:] for shift in range(_TOGETHER))
    values = sorted({zlib.crc32(b" ".join(group)) for group in zip(*places, strict=False)})[:SKETCH]
    return "".join(f"{value:08x}" for value in values) if len(values) == SKETCH else ""


def text_facts(text: str) -> tuple[str, int]:
    """SHA-256 and length of the normalised *text*; ``("", 0)`` without a letter or digit."""
    plain = normalised(text)
    if not plain:
        return "", 0
    return hashlib.sha256(plain.encode("utf-8", "ignore")).hexdigest(), len(plain)
