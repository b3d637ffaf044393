"""One form of a text, scanned, saved or typed, to compare and hash."""

from __future__ import annotations

import hashlib
import heapq
import re
import unicodedata
import zlib
from collections import Counter
from collections.abc import Iterable
from functools import lru_cache

_NOT_WORD = re.compile(r"[\W_]+")
# C0 controls but tab and line ends; U+FFFE and U+FFFF (pdfium's marks); lone surrogates.
_NOISE = re.compile("[\x00-\x08\x0b\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


def cleaned(text: str) -> str:
    """Return *text* without controls, lone surrogates, PDF hyphen marks."""
    return _NOISE.sub("", text)


# What scanners, electronic signatures and word processors print on any page, normalised.
_PRINTED = re.compile(
    r"\b(?:"
    r"(?:dipindai|discan|di scan|scanned) (?:dengan|oleh|menggunakan|with|by|using)(?: (?:aplikasi|app))?"
    r" (?:\w*scan\w*|adobe scan|genius scan|clear scan|(?:microsoft|office) lens)"
    r"|dokumen ini (?:telah )?di ?tandatangani secara elektronik"
    r"(?: (?:menggunakan|dengan) sertifikat elektronik)?(?: yang (?:telah )?di ?terbitkan oleh)?"
    r"(?: balai(?: besar)? sertifikasi elektronik)?(?: bsre)?(?: bssn)?(?: badan siber dan sandi negara)?"
    r"|(?:catatan )?uu ite no(?:mor)? 11 tahun 2008 pasal 5 ayat 1"
    r"|informasi elektronik dan atau dokumen elektronik dan atau hasil cetak\w* merupakan alat bukti"
    r"(?: hukum)? yang sah"
    r"|(?:halaman|page) \d{1,4}(?: (?:dari|of) \d{1,4})?"
    r")\b"
)
_SPACES = re.compile(r" {2,}")


@lru_cache(maxsize=2)  # its hash and its sketch are made one after the other
def normalised(text: str) -> str:
    """Return *text* in NFKC, casefolded, spaces and punctuation as one space.

    Without what a scanner, an electronic signature or a page number prints on any page: that is no
    text of the document.
    """
    plain = _NOT_WORD.sub(" ", unicodedata.normalize("NFKC", text).casefold())
    return _SPACES.sub(" ", _PRINTED.sub("", plain)).strip()


# What OCR takes for each other: one representative for all.
_LOOK_ALIKE = str.maketrans({"0": "o", "1": "i", "l": "i", "5": "s", "8": "b", "e": "c"})
_AS_DIGIT = str.maketrans({"o": "0", "l": "1", "i": "1", "s": "5", "b": "8"})
_DIGIT = re.compile(r"\d")

#: Values of a sketch, and how many words in a row make one of them.
SKETCH = 32
_TOGETHER = 4
#: At most so many more values are those of the text's numbers.
SKETCH_NUMBERS = 16
_SKETCHED = 30_000  # characters: some fifteen pages


def folded_words(text: str) -> list[str]:
    """Return the normalised words of *text*, OCR look-alikes made one."""
    words = normalised(text).split()
    folded = " ".join(words).translate(_LOOK_ALIKE).replace("rn", "m").split()
    return [w.translate(_AS_DIGIT) if is_number(w) else f for w, f in zip(words, folded, strict=True)]


def is_number(word: str) -> bool:
    """Return whether *word* is a number or code: at least half digits."""
    digits = 0 if word.isalpha() else len(_DIGIT.findall(word))
    return digits > 0 and 2 * digits >= len(word)


def text_sketch(text: str) -> str:
    """Return the SKETCH smallest hashes of word groups, to find near copies.

    Two texts share about as many of the values as they share groups of _TOGETHER words (the
    bottom-k sketch of A. Broder). SKETCH times 8 hex digits, ascending; "" for a text too short.
    Behind them at most SKETCH_NUMBERS such values of its numbers: letters of one template mostly
    differ in those.
    """
    words = folded_words(normalised(text)[:_SKETCHED])
    as_bytes = [word.encode("utf-8", "ignore") for word in words]
    places = (as_bytes[shift:] for shift in range(_TOGETHER))
    values = _smallest(map(b" ".join, zip(*places, strict=False)), SKETCH)
    if len(values) < SKETCH:
        return ""
    numbers = ((word, count) for word, count in Counter(words).items() if is_number(word))
    counted = (f"{word} {count}".encode("utf-8", "ignore") for word, count in numbers)
    return "".join(values + _smallest(counted, SKETCH_NUMBERS))


def _smallest(texts: Iterable[bytes], many: int) -> list[str]:
    return [f"{value:08x}" for value in heapq.nsmallest(many, set(map(zlib.crc32, texts)))]


def text_facts(text: str) -> tuple[str, int]:
    """Return SHA-256 and length of normalised *text*; ``("", 0)`` if empty."""
    plain = normalised(text)
    if not plain:
        return "", 0
    return hashlib.sha256(plain.encode("utf-8", "ignore")).hexdigest(), len(plain)
