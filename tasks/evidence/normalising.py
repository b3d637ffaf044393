"""One text, however it was scanned, saved or typed: the form that is compared and hashed."""

from __future__ import annotations

import hashlib
import re
import unicodedata

_NOT_WORD = re.compile(r"[\W_]+")
# C0 controls but tab and line ends; U+FFFE and U+FFFF (pdfium's marks); lone surrogates.
_NOISE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """*text* without characters that are no text: controls, lone surrogates, a PDF's hyphen marks."""
    return _NOISE.sub("", text)


def normalised(text: str) -> str:
    """*text* in NFKC, casefolded, every run of spaces and punctuation one space."""
    return _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold()).strip()


def text_facts(text: str) -> tuple[str, int]:
    """SHA-256 and length of the normalised *text*; ``("", 0)`` without a letter or digit."""
    plain = normalised(text)
    if not plain:
        return "", 0
    return hashlib.sha256(plain.encode("utf-8", "ignore")).hexdigest(), len(plain)
