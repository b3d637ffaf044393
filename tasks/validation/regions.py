"""Does a text name another region and not the own one?

No list of regions is kept: what counts is the plain phrase ``Kabupaten X`` or
``Kota X``, with capitals, as letterheads and signatures write it.
"""

from __future__ import annotations

import re
from collections import Counter

# "Kabupaten Tojo Una-Una", "PEMERINTAH KOTA MAKASSAR", "Kab. Maros"; names have at most three words.
_NAMED = re.compile(
    r"\b(KABUPATEN|Kabupaten|KAB\.|Kab\.|KOTA|Kota)[ \t]+([A-Z][\w'’-]*(?:[ \t]+[A-Z][\w'’-]*){0,2})"
)
_OWN_KIND = re.compile(r"^(kabupaten|kab\.?|kota|provinsi)\s+", re.IGNORECASE)
_WORD = re.compile(r"[^\W_]+")
# Words that end a name (a letterhead's next line), and words that make the phrase a common noun.
_NO_NAME = frozenset(
    """
    administrasi alamat asal badan baru besar bupati cerdas daerah dan dengan desa di dinas dprd email fax
    hijau indonesia ini inklusif itu jalan jl kab kabupaten kantor kecamatan kecil kelurahan kepala keputusan
    kode kota kreatif lain lainnya lama layak madya maju mandiri nip no nomor panitia pasal pedoman peduli
    pemerintah peraturan periode pintar pos provinsi propinsi pusaka puskesmas rahasia ramah rancangan
    republik rsud satu se sebagai sehat sekolah sekretariat selaku sma smk smp sd setempat surat tahun
    tangguh tanggal telepon telp tentang tua tujuan unit untuk upt uptd wali walikota website yang
    """.split()  # noqa: SIM905
)


def other_region(text: str, own: str) -> str:
    """The region that *text* names most, when it never names *own* (``Kabupaten Banjar``); else ``""``."""
    if _mentions(text, own_words(own)):
        return ""
    found: Counter[str] = Counter()
    for kind, name in _NAMED.findall(text):
        words = _name_words(name)
        if words:
            found[" ".join(("Kota" if kind.casefold() == "kota" else "Kabupaten", *words))] += 1
    return max(found, key=lambda region: found[region], default="")


def own_words(own: str) -> tuple[str, ...]:
    """The words of the region's proper name: ``Kabupaten Hulu Sungai Utara`` → hulu, sungai, utara."""
    return tuple(_WORD.findall(_OWN_KIND.sub("", own.strip()).casefold()))


def _name_words(name: str) -> tuple[str, ...]:
    words: list[str] = []
    for word in name.split():
        if word.casefold().strip("'’-") in _NO_NAME:
            break
        words.append(word.title() if word.isupper() else word)
    return tuple(words)


def _mentions(text: str, words: tuple[str, ...]) -> bool:
    text = text.casefold()
    if not words or words[0] not in text:
        return False
    pattern = r"[\W_]*".join(map(re.escape, words))
    return re.search(rf"(?<![^\W_]){pattern}(?![^\W_])", text) is not None
