"""The regions that a line names, in full or as people shorten them.

Regions are those of :func:`iid.tasks.shares.marker.regions`. By-names of towns ("Kota Intan") and
programmes ("Kota Layak Anak") are not in it, so they are no regions.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import product

from iid.tasks.shares.marker import regions
from iid.tasks.validate.acronyms import FILLERS, is_acronym

KINDS = {
    "kabupaten": "Kabupaten", "kab": "Kabupaten", "pemkab": "Kabupaten", "bupati": "Kabupaten",
    "kota": "Kota", "kotamadya": "Kota", "kodya": "Kota", "pemkot": "Kota", "pemko": "Kota",
    "walikota": "Kota",
    "provinsi": "Provinsi", "propinsi": "Provinsi", "prov": "Provinsi", "pemprov": "Provinsi",
    "gubernur": "Provinsi",
}  # fmt: skip
_OFFICES = frozenset("pemkab bupati pemkot pemko walikota pemprov gubernur".split())  # noqa: SIM905
#: Words before a region that make it a mention: where one goes, with whom, to whom it is written.
MENTIONS = frozenset(
    """
    ke dari dengan dgn antara bersama di oleh kepada yth menuju asal mitra tiru banding kunjungan kunker
    replikasi narasumber kerjasama kolaborasi sama seperti misalnya meniru mengundang peserta partner lahir
    studi benchmarking sister se setiap seluruh rombongan delegasi tamu sebelah berbatasan perbatasan
    kelahiran domisili tinggal tujuan
    """.split()  # noqa: SIM905
)
WORD = re.compile(r"[^\W_]+")
#: Lines of documents whose answers are kept: units write the same letterheads and tables again and again.
LINES_KNOWN = 20_000
_WALI_KOTA = re.compile(r"\bwali\s+kota\b", re.IGNORECASE)
# Provinces that are named without the word.
_PLAIN = (
    (
        re.compile(r"\b(?:Provinsi )?Daerah Khusus (?:Ibu ?kota )?Jakarta\b", re.IGNORECASE),
        "Provinsi DKI Jakarta",
    ),
    (
        re.compile(r"\b(?:Provinsi )?(?:Daerah Istimewa|DI) Yogyakarta\b", re.IGNORECASE),
        "Provinsi Daerah Istimewa Yogyakarta",
    ),
    (re.compile(r"\bPemerintah Aceh\b", re.IGNORECASE), "Pemerintah Provinsi Aceh"),
)
# A line without any of these names no region.
_SOME_KIND = re.compile(rf"{'|'.join(KINDS)}|wali\s+kota|jakarta|yogyakarta|aceh", re.IGNORECASE)
# "Narasumber : …" is about a region, "Instansi : …" by one.
_LABEL = re.compile(
    r"\W*(?:(?=[^:]*\b(?:asal|tujuan|pengirim|penerima|tempat)\b)|(?![^:]*\b(?:instansi|opd|skpd|unit|satuan|perangkat|dinas|kab|kabupaten|kota|provinsi|kecamatan|"
    r"puskesmas|sekolah|pemerintah|daerah)\b))[^:]{3,40}:",
    re.IGNORECASE,
)
_CARRIED = re.compile(r"\W*(?:dan|serta|atau|maupun|,|&)\W*(?:pemerintah\W+)?", re.IGNORECASE)
_LONGEST_NAME = 5  # words
_PIECES = range(2, 6)  # letters of a word in a shortened name
_SHORTEST = 4
#: Shortened names that follow no rule.
_SHORTENED = {
    "abdya": "Kabupaten Aceh Barat Daya", "babel": "Provinsi Kepulauan Bangka Belitung",
    "boltim": "Kabupaten Bolaang Mongondow Timur", "diy": "Provinsi Daerah Istimewa Yogyakarta",
    "dki": "Provinsi DKI Jakarta", "humbahas": "Kabupaten Humbang Hasundutan",
    "kaltara": "Provinsi Kalimantan Utara", "kotim": "Kabupaten Kotawaringin Timur",
    "lampura": "Kabupaten Lampung Utara",
    "madina": "Kabupaten Mandailing Natal", "pali": "Kabupaten Penukal Abab Lematang Ilir",
    "sergai": "Kabupaten Serdang Bedagai", "sultra": "Provinsi Sulawesi Tenggara",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Region:
    """A region of the list; ``words`` of its name without the kind."""

    code: str
    name: str  # with its kind: Kabupaten Banjar
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NamedRegion:
    """A region in a line; ``mention`` where the line is about it, not by it."""

    region: Region
    mention: bool
    office: bool  # named as a government or an office holder
    titled: bool  # every word up to it begins with a capital
    heading: bool  # and the one behind it


def ours(region: Region, home: Region) -> bool:
    """Return whether *region* is *home* or its province."""
    if region.kind == "Provinsi":
        return region.code == home.code[:2]
    return (region.kind, region.words) == (home.kind, home.words)


def places(line: str, home: Region, previous: str = "") -> tuple[NamedRegion, ...]:
    """Return the regions that *line* names by kind and name, with capitals.

    *previous* is the line before: what it ends with may make the first one a mention.
    """
    return _places(line, home, *WORD.findall(previous.casefold())[-1:]) if _SOME_KIND.search(line) else ()


@lru_cache(LINES_KNOWN)
def _places(line: str, home: Region, *above: str) -> tuple[NamedRegion, ...]:
    return tuple(_named(line, home, above))


def _named(line: str, home: Region, above: tuple[str, ...]) -> Iterator[NamedRegion]:
    line = _WALI_KOTA.sub("Walikota", line)
    for pattern, plain in _PLAIN:
        line = pattern.sub(plain, line)
    spans = list(WORD.finditer(line))
    spelled = [span[0] for span in spans]
    words = [word.casefold() for word in spelled]
    label = _LABEL.match(line)
    at, end, mention = 0, 0, False
    while at < len(words):
        kind, rest = _kind(words[at])
        if not kind or not spelled[at][0].isupper():
            at += 1
            continue
        name = [*([rest] if rest else []), *words[at + 1 : at + 1 + _LONGEST_NAME]]
        region, used = _longest(kind, name, home)
        following = spelled[at + 1] if at + 1 < len(spelled) and not rest else spelled[at]
        if region is None or not following[0].isupper():
            at += 1
            continue
        government = words[max(0, at - 1) : at] in (["pemerintah"], ["daerah"], ["pemda"])
        first = max(0, at - (4 if government else 2))
        before = [*(above if first == 0 else []), *words[first:at]]
        carried = mention and _CARRIED.fullmatch(line[end : spans[at].start()]) is not None
        about = label is not None and label.end() <= spans[at].start()
        mention = carried or about or not MENTIONS.isdisjoint(before)
        last = at + used - bool(rest)
        end = spans[last].end()
        if not rest:
            region = _as_written(region, line[spans[at + 1].start() : end])
        # Capitals are asked for behind "a.n." and behind a label ("Unit layanan : …").
        start = (
            2
            if words[:2] == ["a", "n"]
            else len(WORD.findall(line[: line.find(":", 0, spans[at].start()) + 1]))
        )
        small = [word[0].islower() and word not in FILLERS for word in spelled[start : last + 2]]
        office = government or words[at] in _OFFICES
        yield NamedRegion(region, mention, office, not any(small[: last + 1 - start]), not any(small))
        at = last + 1


def _as_written(region: Region, name: str) -> Region:
    """Return *region* as the document spells it (Una-Una) if named in full."""
    if tuple(WORD.findall(name.casefold())) != region.words:
        return region
    name = " ".join(name.split())
    return replace(region, name=f"{region.kind} {name.title() if name.isupper() else name}")


def _kind(word: str) -> tuple[str, str]:
    """Return the kind in *word*, and a name run together (KABUPATENTAPIN)."""
    if word in KINDS:
        return KINDS[word], ""
    for prefix in ("kabupaten", "pemkab", "pemkot", "bupati", "walikota"):
        if word.startswith(prefix) and (KINDS[prefix], word.removeprefix(prefix)) in _by_kind():
            return KINDS[prefix], word.removeprefix(prefix)
    return "", ""


def _longest(kind: str, words: list[str], home: Region) -> tuple[Region | None, int]:
    """Match the longest name of *kind* that begins *words*; count its words."""
    if words[:1] in (["administrasi"], ["adm"]):
        region, used = _longest(kind, words[1:], home)
        return region, used + 1
    for used in range(len(words), 0, -1):
        name = "".join(words[:used])
        if (kind, name) == (home.kind, "".join(home.words)):
            return home, used
        if region := _by_kind().get((kind, name)):
            return region, used
    return _abbreviated(kind, words, home)


def _abbreviated(kind: str, words: list[str], home: Region) -> tuple[Region | None, int]:
    """Match a shortened name at the start of *words* (HSS, OKU Timur)."""
    if not words or len(words[0]) < 2:
        return None, 0
    near = [one for one in _regions() if one.code[:2] == home.code[:2] and one.kind == kind != "Provinsi"]
    near = [home if one.name == home.name else one for one in near if len(one.words) > 1]
    for used in range(min(3, len(words)), 0, -1):
        short = "".join(words[:used])
        if found := [one for one in near if short in _initials(one.words)]:
            return (found[0] if len(found) == 1 else None), used
        if known := _shortened().get((kind, short)):
            return known, used
    found = [one for one in near if len(words[0]) > 2 and is_acronym(words[0], one.words)]
    return (found[0] if len(found) == 1 else None), 1


def _initials(words: tuple[str, ...]) -> set[str]:
    """Return the initials of *words*, also with the last ones in full."""
    count = len(words)
    firsts = [word[0] for word in words]
    return {"".join((*firsts[:at], *words[at:])) for at in range(2, count + 1)} if count > 2 else set()


@cache
def _shortened() -> dict[tuple[str, str], Region | None]:
    """Return regions by initials and syllables; None for several alike."""
    found: dict[tuple[str, str], Region | None] = {}
    for one in _regions():
        words = [word for word in one.words if word not in FILLERS]
        pieces = [[word[:length] for length in _PIECES if length <= len(word)] for word in words]
        shorts = {"".join(parts) for parts in product(*pieces)} if 1 < len(pieces) <= 3 else set()
        for short in (shorts | _initials(one.words)) - {"".join(one.words)}:
            if len(short) >= _SHORTEST or short in _initials(one.words):
                found[one.kind, short] = None if (one.kind, short) in found else one
    named = {one.name: one for one in _regions()}
    return found | {(named[name].kind, short): named[name] for short, name in _SHORTENED.items()}


@cache
def home_of(own: str) -> Region:
    """Return *own* in the list; a region of its own where it is not in it."""
    kind, _, name = own.strip().partition(" ")
    kind = KINDS.get(kind.casefold().rstrip("."), "")
    words = tuple(WORD.findall((name if kind else own).casefold()))
    return _by_kind().get((kind, "".join(words))) or Region("", own, kind or "Kabupaten", words)


@cache
def _regions() -> tuple[Region, ...]:
    return tuple(
        Region(code, whole, kind, tuple(WORD.findall(name.casefold())))
        for code, whole in regions().items()
        for kind, _, name in [whole.partition(" ")]
    )


@cache
def _by_kind() -> dict[tuple[str, str], Region]:
    return {
        (one.kind, name): one
        for one in _regions()
        for name in {"".join(one.words), "".join(one.words[one.words[0] == "administrasi" :])}
    }


@cache
def by_name() -> dict[str, tuple[Region, ...]]:
    """Return the regions by name, without spaces and kind."""
    found: dict[str, tuple[Region, ...]] = {}
    for one in _regions():
        key = "".join(one.words)
        found[key] = (*found.get(key, ()), one)
    return found
