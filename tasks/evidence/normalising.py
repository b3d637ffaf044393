"""One text, however it was scanned, saved or typed: the form that is compared and hashed."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib

_NOT_WORD = re.compile(r"[\W_]+")
# C0 controls but tab and line ends; U+FFFE and U+FFFF (pdfium's marks); lone surrogates.
_NOISE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """*text* without characters that are no text: controls, lone surrogates, a PDF's hyphen marks."""
    return _NOISE.sub("", text)


def normalised(text: str) -> str:
    """*text* in NFKC, casefolded, every run of spaces and punctuation one space."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


#: Values of a sketch, and words that stand together in one of them.
SKETCH = 32
_TOGETHER = 4
_SKETCHED = 100_000  # characters


def text_sketch(text: str) -> str:
    """A sketch of *text* by which nearly equal texts are found: its SKETCH smallest hashes of word groups.

    Two texts share about as many of the values as they share groups of _TOGETHER words (the
    bottom-k sketch of A. Broder). SKETCH times 8 hex digits, ascending; "" for a text too short.
    """
    words = normalised(text[:_SKETCHED]).encode("utf-8", "ignore").split()
    groups = {b" ".join(words[at : at + _TOGETHER]) for at in range(len(words) - _TOGETHER + 1)}
    values = sorted({zlib.crc32(group) for group in groups})[:SKETCH]
    return "".join(f"{value:08x}" for value in values) if len(values) == SKETCH else ""


def text_facts(text: str) -> tuple[str, int]:
    """SHA-256 and length of the normalised *text*; ``("", 0)`` without a letter or digit."""
    plain = normalised(text)
    if not plain:
        return "", 0
    return hashlib.sha256(plain.encode("utf-8", "ignore")).hexdigest(), len(plain)
