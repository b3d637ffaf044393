"""Whose document is it, when it is not the own region's?

Letterhead, issuer and place of signing decide, never a mention.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from iid.tasks.validate.letter_dates import places_signed
from iid.tasks.validate.region_names import KINDS, WORD, Place, Region, by_name, home_of, ours, places

#: Lines at either end of a document that may say whose it is.
HEAD_LINES, TAIL_LINES = 15, 20
_ENDS = 40  # of its lines at either end that are looked at for them
_LINE = 300  # characters of a line that are looked at
_NAME_LINE = 4  # words of a line that can be the rest of a name

# Words that make a line the letterhead of an office, and ones that make it somebody else's.
_AGENCIES = frozenset(
    """
    pemerintah pemda setda sekretariat dinas badan kantor kecamatan camat kelurahan lurah desa puskesmas upt
    uptd rsud rumah sekolah sd sdn smp smpn sma sman smk smkn paud tk kepala inspektorat satuan dprd balai pkk
    """.split()  # noqa: SIM905
)
_STRANGERS = frozenset(
    """
    universitas politeknik institut kementerian pt cv hotel yayasan bank polres toko ud koperasi apotek
    berita post tribun radar media
    """.split()  # noqa: SIM905
)
# To whom a letter goes: the lines from here to its "di", or so many.
_ADDRESSEE = re.compile(r"\b(?:kepada\W+)?yth\b|^\W*kepada\W*$", re.IGNORECASE)
_ADDRESSEE_LINES = 4
_GIVEN = re.compile(r"\b(?:diberikan|dianugerahkan|disampaikan)\s+kepada\b", re.IGNORECASE)
_AWARD = 2_000  # characters in which a certificate says who gets it
_AT = re.compile(r"^\W*(?:di\b|tempat\W*$)", re.IGNORECASE)
_ADDRESS = re.compile(r"^\W*(?:jl|jln|jalan|alamat|telp|telepon|email|website|kode pos)\b", re.IGNORECASE)
_SIGNER = re.compile(
    r"^\W*(?:a\s*\.?\s*n\b\.?|plt\b\.?|pj\b\.?|pjs\b\.?)?\s*(?:bupati|wali\s?kota|gubernur|kepala|camat|lurah|"
    r"sekretaris|direktur|ketua|pemerintah)\b",
    re.IGNORECASE,
)
_APART = re.compile(r"(?<!\S)[^\W\d_](?: [^\W\d_]){2,}(?!\S)")  # K A B U P A T E N  T A P I N
_GLUED = re.compile("pemerintah|kabupaten|kota|provinsi|dinas|kecamatan|desa", re.IGNORECASE)
_INITIALS = re.compile(r"(?<![^\W_])([A-Z])\.(?=[A-Z](?:\.|\b))")  # KAB. H.S.U.


def other_region(text: str, own: str) -> str:
    """Return the region that issued *text* if it is not *own*, else ``""``.

    A document of the own province is none of another region; nor is one without a sign of its owner.
    """
    home = home_of(own)
    if _GIVEN.search(text[:_AWARD]) and _mentioned(text, home):
        return ""
    written = [line for line in text.splitlines() if line.strip()]
    lines = ["", *_lines(written[:_ENDS] + written[max(_ENDS, len(written) - _ENDS) :])]
    head = list(range(1, min(len(lines), HEAD_LINES + 1)))
    tail = range(max(HEAD_LINES + 1, len(lines) - TAIL_LINES), len(lines))
    named = {at: list(places(lines[at], home, lines[at - 1])) for at in (*head, *tail)}
    owners = {at: _owners(lines[at], found, home, lines[at - 1]) for at, found in named.items()}
    signed = [at for at in tail if any(map(_SIGNER.match, lines[at - bool(owners[at]) : at + 1]))]
    for part in (head, signed):
        if found := [one for at in part for one in owners[at]]:
            return _other(found, home)
    if _mentioned(text, home):
        return ""
    return _signed_elsewhere(text, home) or _only_named([(lines[at], named[at]) for at in head])


def _other(owners: list[tuple[Place, bool]], home: Region) -> str:
    """Return the foreign owner; ``""`` where *home* or its province is one.

    A province that is only named below the office of another region ("BUPATI TAPIN", "PROVINSI
    KALIMANTAN SELATAN") is none.
    """
    strong = [one for one, agency in owners if agency or one.region.kind != "Provinsi"]
    found = [one.region for one in strong] or [one.region for one, _ in owners]
    return "" if any(ours(one, home) for one in found) else found[0].name


def _lines(written: list[str]) -> Iterator[str]:
    """Yield the lines without addressees; a name below its kind is rejoined."""
    left, kind = 0, ""
    for raw in written:
        line = _joined(raw[:_LINE]).strip()
        if found := _ADDRESSEE.search(line):
            left, line = _ADDRESSEE_LINES, line[: found.start()]
        elif left:
            left = 0 if _AT.match(line) else left - 1
            continue
        words = WORD.findall(line)
        if kind and len(words) <= _NAME_LINE:
            line, words = f"{kind} {line}", [*WORD.findall(kind), *words]
        elif kind:
            yield kind
        kind = line if len(words) > 1 and words[-1].casefold() in ("kabupaten", "kab", "kota") else ""
        if line and not kind:
            yield line
    if kind:
        yield kind


def _joined(line: str) -> str:
    """Rejoin letters of *line* that were set apart, and dotted initials."""
    joined = _APART.sub(lambda found: _GLUED.sub(r" \g<0> ", found[0].replace(" ", "")), line)
    return _INITIALS.sub(r"\1", joined)


def _owners(line: str, found: list[Place], home: Region, above: str) -> list[tuple[Place, bool]]:
    """Return places whose letterhead or signature *line* is; if an office.

    Where a line names the own region beside others, or several, it is none of theirs; below a university or
    company (*above*) a place is only where that is.
    """
    names = {one.region.name for one in found if one.region.kind != "Provinsi"}
    if not found or _ADDRESS.match(line) or (len(names) > 1 and home.name not in names):
        return []
    words, agency = WORD.findall(line), _is_agency(line)
    own = any(ours(one.region, home) and one.region.kind != "Provinsi" for one in found)
    return [
        (one, agency or one.office)
        for one in found
        if one.heading
        and not one.mention
        and (one.office or agency or (len(words) <= len(one.region.words) + 1 and _is_letterhead(above)))
        and (ours(one.region, home) or not own)
    ]


def _is_agency(line: str) -> bool:
    return not _AGENCIES.isdisjoint(WORD.findall(line.casefold()))


def _is_letterhead(line: str) -> bool:
    return _STRANGERS.isdisjoint(WORD.findall(line.casefold()))


def _only_named(head: list[tuple[str, list[Place]]]) -> str:
    """Return the region named most at the head where the own is not named."""
    named: Counter[str] = Counter()
    for line, found in head:
        if not _is_letterhead(line):
            return ""
        if not _ADDRESS.match(line):
            agency = _is_agency(line)
            named.update(
                one.region.name
                for one in found
                if not one.mention and (one.heading or (one.titled and agency and not one.office))
            )
    name, count = max(named.items(), key=lambda one: one[1], default=("", 0))
    return name if 2 * count > named.total() else ""


def _signed_elsewhere(text: str, home: Region) -> str:
    """The region of another province in which *text* was signed."""
    for place in places_signed(text):
        key = "".join(WORD.findall(place.casefold()))
        for region in by_name().get(key, ()):
            if region.kind != "Provinsi" and region.code[:2] != home.code[:2]:
                return region.name
    return ""


def _mentioned(text: str, home: Region) -> bool:
    """Report whether *text* names the own region, not just part of another."""
    folded = text.casefold()
    if not home.words or home.words[0] not in folded:
        return False
    pattern = r"[\W_]*".join(map(re.escape, home.words))
    for found in re.finditer(rf"(?<![^\W_]){pattern}(?![^\W_])", folded):
        before = WORD.findall(folded[max(0, found.start() - 30) : found.start()])[-1:]
        kind = KINDS.get(before[0], "") if before else ""
        after = WORD.findall(folded[found.end() : found.end() + 30])[:1]
        longer = "".join((*home.words, *after)) if after else ""
        if kind in ("", home.kind) and longer not in by_name():
            return True
    return False
