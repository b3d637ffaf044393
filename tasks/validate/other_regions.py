"""Whose document is it, when it is not the own region's?

Letterhead, issuer and place of signing decide, never a mention. Regions are those of
:func:`iid.tasks.shares.marker.regions`. By-names of towns ("Kota Intan") and
programmes ("Kota Layak Anak") are not in it, so they are no regions.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from iid.tasks.shares.marker import regions
from iid.tasks.validate.innovation_names import FILLERS, is_acronym
from iid.tasks.validate.letter_dates import places_signed

#: Lines at either end of a document that may say whose it is.
HEAD_LINES, TAIL_LINES = 15, 20
_LINE = 300  # characters of a line that are looked at

_KINDS = {
    "kabupaten": "Kabupaten", "kab": "Kabupaten", "pemkab": "Kabupaten", "bupati": "Kabupaten",
    "kota": "Kota", "pemkot": "Kota", "pemko": "Kota", "walikota": "Kota",
    "provinsi": "Provinsi", "propinsi": "Provinsi", "prov": "Provinsi", "pemprov": "Provinsi",
    "gubernur": "Provinsi",
}  # fmt: skip
_OFFICES = frozenset("pemkab bupati pemkot pemko walikota pemprov gubernur".split())  # noqa: SIM905
# Words that make a line the letterhead of an office, and ones that make it somebody else's.
_AGENCIES = frozenset(
    """
    pemerintah pemda setda sekretariat dinas badan kantor kecamatan camat kelurahan lurah desa puskesmas upt
    uptd rsud rumah sekolah sd sdn smp smpn sma sman smk smkn paud tk kepala inspektorat satuan dprd balai pkk
    """.split()  # noqa: SIM905
)
_STRANGERS = frozenset("universitas politeknik institut kementerian pt cv hotel yayasan bank polres".split())  # noqa: SIM905
# Words before a region that make it a mention: where one goes, with whom, to whom it is written.
_MENTIONS = frozenset(
    """
    ke dari dengan dgn antara bersama di oleh kepada yth menuju asal mitra tiru banding kunjungan kunker
    replikasi narasumber kerjasama kolaborasi sama seperti misalnya meniru mengundang peserta partner lahir
    studi benchmarking sister se setiap seluruh rombongan delegasi tamu
    """.split()  # noqa: SIM905
)
_ADDRESS = re.compile(r"^\W*(?:jl|jln|jalan|alamat|telp|telepon|email|website|kode pos)\b", re.IGNORECASE)
_SIGNER = re.compile(
    r"^\W*(?:a\s*\.?\s*n\b\.?|plt\b\.?|pj\b\.?|pjs\b\.?)?\s*(?:bupati|wali\s?kota|gubernur|kepala|camat|lurah|"
    r"sekretaris|direktur|ketua|pemerintah)\b",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W_]+")
_APART = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){2,}(?!\S)")  # K A B U P A T E N  T A P I N
_GLUED = re.compile("pemerintah|kabupaten|kota|provinsi|dinas|kecamatan|desa", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![^\W_])([A-Z])\.(?=[A-Z](?:\.|\b))")  # KAB. H.S.U.
_WALI_KOTA = re.compile(r"\bwali\s+kota\b", re.IGNORECASE)
_LONGEST_NAME = 5  # words


@dataclass(frozen=True, slots=True)
class _Region:
    code: str
    name: str  # with its kind: Kabupaten Banjar
    kind: str
    words: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Place:
    """A region in a line; ``mention`` where the line is about it, not by it."""

    region: _Region
    mention: bool
    office: bool  # named as a government or an office holder
    heading: bool  # every word up to it and the one behind it begins with a capital


def other_region(text: str, own: str) -> str:
    """Return the region that issued *text* if it is not *own*, else ``""``.

    A document of the own province is none of another region; nor is one without a sign of its owner.
    """
    home = _home(own)
    lines = [_joined(line[:_LINE]) for line in text.splitlines() if line.strip()]
    head = [list(_places(line, home)) for line in lines[:HEAD_LINES]]
    signers = [line for line in lines[HEAD_LINES:][-TAIL_LINES:] if _SIGNER.match(line)]
    owners = [one for line, found in zip(lines, head, strict=False) for one in _owners(line, found)]
    signed = [one for line in signers for one in _owners(line, list(_places(line, home)))]
    for found in (owners, signed):
        if found:
            return "" if any(_ours(one, home) for one in found) else found[0].name
    if _mentioned(text, home):
        return ""
    return _signed_elsewhere(text, home) or _only_named(lines, head)


def _joined(line: str) -> str:
    """Rejoin letters of *line* that were set apart, and dotted initials."""
    joined = _APART.sub(lambda found: _GLUED.sub(r" \g<0> ", found[0].replace(" ", "")), line)
    return _INITIALS.sub(r"\1", joined)


def _owners(line: str, found: list[_Place]) -> list[_Region]:
    """The regions of *found* whose letterhead or signature *line* is."""
    words = [word.casefold() for word in _WORD.findall(line)]
    agency = not _AGENCIES.isdisjoint(words)
    return [
        one.region
        for one in found
        if one.heading
        and not one.mention
        and (one.office or agency or len(words) <= len(one.region.words) + 1)
        and not _ADDRESS.match(line)
    ]


def _only_named(lines: list[str], head: list[list[_Place]]) -> str:
    """Return the region most named at the head, if the own is never named."""
    named: Counter[str] = Counter()
    for line, found in zip(lines, head, strict=False):
        if not _ADDRESS.match(line) and _STRANGERS.isdisjoint(_WORD.findall(line.casefold())):
            named.update(one.region.name for one in found if not one.mention)
    return max(named, key=lambda name: named[name], default="")


def _signed_elsewhere(text: str, home: _Region) -> str:
    """The region of another province in which *text* was signed."""
    for place in places_signed(text):
        key = "".join(_WORD.findall(place.casefold()))
        for region in _by_name().get(key, ()):
            if region.kind != "Provinsi" and region.code[:2] != home.code[:2]:
                return region.name
    return ""


def _ours(region: _Region, home: _Region) -> bool:
    if region.kind == "Provinsi":
        return region.code == home.code[:2]
    return (region.kind, region.words) == (home.kind, home.words)


def _places(line: str, home: _Region) -> Iterator[_Place]:
    """Yield the regions that *line* names by kind and name, with capitals."""
    line = _WALI_KOTA.sub("Walikota", line)
    spans = list(_WORD.finditer(line))
    spelled = [span[0] for span in spans]
    words = [word.casefold() for word in spelled]
    at = 0
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
        before = words[max(0, at - 2) : at]
        government = before[-1:] in (["pemerintah"], ["daerah"], ["pemda"])
        if government:
            before = words[max(0, at - 4) : at]
        last = at + used - bool(rest)
        if not rest:
            region = _as_written(region, line[spans[at + 1].start() : spans[last].end()])
        heading = not any(word[0].islower() and word not in FILLERS for word in spelled[: last + 2])
        office = government or words[at] in _OFFICES
        yield _Place(region, not _MENTIONS.isdisjoint(before), office, heading)
        at = last + 1


def _as_written(region: _Region, name: str) -> _Region:
    """Return *region* as the document spells it (Una-Una) if named in full."""
    if tuple(_WORD.findall(name.casefold())) != region.words:
        return region
    return replace(region, name=f"{region.kind} {name.title() if name.isupper() else name}")


def _kind(word: str) -> tuple[str, str]:
    """Return the kind in *word*, and a name run together (KABUPATENTAPIN)."""
    if word in _KINDS:
        return _KINDS[word], ""
    for prefix in ("kabupaten", "pemkab", "pemkot", "bupati", "walikota"):
        if word.startswith(prefix) and (_KINDS[prefix], word.removeprefix(prefix)) in _by_kind():
            return _KINDS[prefix], word.removeprefix(prefix)
    return "", ""


def _longest(kind: str, words: list[str], home: _Region) -> tuple[_Region | None, int]:
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
    return (_abbreviated(kind, words[0], home), 1) if words else (None, 0)


def _abbreviated(kind: str, word: str, home: _Region) -> _Region | None:
    """The one region of the own province that *word* abbreviates (HSS, Tanbu)."""
    if len(word) < 3:
        return None
    near = [one for one in _regions() if one.code[:2] == home.code[:2] and one.kind == kind != "Provinsi"]
    near = [home if one.name == home.name else one for one in near if len(one.words) > 1]
    initials = [one for one in near if word == "".join(part[0] for part in one.words)]
    found = initials or [one for one in near if is_acronym(word, one.words)]
    return found[0] if len(found) == 1 else None


def _mentioned(text: str, home: _Region) -> bool:
    """Report whether *text* names the own region, not just part of another."""
    folded = text.casefold()
    if not home.words or home.words[0] not in folded:
        return False
    pattern = r"[\W_]*".join(map(re.escape, home.words))
    for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", folded):
        before = _WORD.findall(folded[max(0, found.start() - 30) : found.start()])[-1:]
        kind = _KINDS.get(before[0], "") if before else ""
        after = _WORD.findall(folded[found.end() : found.end() + 30])[:1]
        longer = "".join((*home.words, *after)) if after else ""
        if kind in ("", home.kind) and longer not in _by_name():
            return True
    return False


@cache
def _home(own: str) -> _Region:
    """*own* in the list; a region of its own where it is not in it."""
    kind, _, name = own.strip().partition(" ")
    kind = _KINDS.get(kind.casefold().rstrip("."), "")
    words = tuple(_WORD.findall((name if kind else own).casefold()))
    return _by_kind().get((kind, "".join(words))) or _Region("", own, kind or "Kabupaten", words)


@cache
def _regions() -> tuple[_Region, ...]:
    return tuple(
        _Region(code, whole, kind, tuple(_WORD.findall(name.casefold())))
        for code, whole in regions().items()
        for kind, _, name in [whole.partition(" ")]
    )


@cache
def _by_kind() -> dict[tuple[str, str], _Region]:
    return {
        (one.kind, name): one
        for one in _regions()
        for name in {"".join(one.words), "".join(one.words[one.words[0] == "administrasi" :])}
    }


@cache
def _by_name() -> dict[str, tuple[_Region, ...]]:
    found: dict[str, tuple[_Region, ...]] = {}
    for one in _regions():
        key = "".join(one.words)
        found[key] = (*found.get(key, ()), one)
    return found
