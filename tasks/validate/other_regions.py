"""Whose document is it, when it is not the own region's?

Letterhead, issuer and place of signing decide, never a mention.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile

from iid.tasks.validate.letter_dates import places_signed
from iid.tasks.validate.letterhead_lines import letterhead_lines
from iid.tasks.validate.region_names import (
    KINDS,
    LINES_KNOWN,
    WORD,
    NamedRegion,
    Region,
    by_name,
    home_of,
    ours,
    places,
)

#: Lines at either end of a document that may say whose it is.
HEAD_LINES, TAIL_LINES = 15, 20
_ENDS = 40  # of its lines at either end that are looked at for them

# Words that make a line the letterhead of an office, and ones that make it somebody else's.
_AGENCIES = frozenset(
    """
    pemerintah pemda setda sekretariat dinas badan kantor kecamatan camat kelurahan lurah desa puskesmas
    upt uptd rsud rumah sekolah sd sdn smp smpn sma sman smk smkn paud tk kepala inspektorat satuan dprd
    balai pkk bagian perumda pdam pkm kalurahan kapanewon nagari gampong pekon distrik kampung bappeda
    bappelitbang bappelitbangda bapperida diskumperindag disperindag dinkop disperkim dispora disporapar
    disbudpar disnak disnakkeswan dispertan distanak diskop diskoperindag dkp dpupr dp3a dppkb dprkp
    bapenda bpkad bpbd bkd bkpsdm dinkes disdik disdikbud disdukcapil dishub diskominfo dinsos dispar
    disnaker distan dpmptsp dpmd dlh satpol setwan
    """.split()  # noqa: SIM905
)
# Offices of the state, universities, companies, papers: where they are is not whose they are.
_STRANGERS = re.compile(
    r"\b(?:universitas|politeknik|institut|sekolah\s+tinggi|akademi|fakultas|kementeri?an|pengadilan|kejaksaan|"
    r"kepolisian|polres(?:ta)?|polsek|kodim|koramil|lembaga\s+pemasyarakatan|badan\s+pusat\s+statistik|bps|"
    r"badan\s+(?:narkotika|pertanahan|amil)\b|bnnk?|badan\s+pengawas|bawaslu|komisi\s+pemilihan|kpu|baznas|"
    r"palang\s+merah|kantor\s+(?:kementeri?an|pertanahan|urusan\s+agama|wilayah|pelayanan\s+pajak)|kua|kpp|bpjs|"
    r"balai\s+(?:besar|penerapan|pengkajian|riset|bahasa|diklat|konservasi|pelestarian)|"
    r"rumah\s+sakit(?!\s+(?:umum|daerah|jiwa|khusus))|klinik|apotek|pt|cv|ud|firma|bank(?!\s+sampah)|hotel|"
    r"yayasan|koperasi|asosiasi|ikatan|penerbit|percetakan|toko|jurnal|prosiding|majalah|skripsi|tesis|"
    r"berita(?!\s+(?:acara|daerah))|post|tribun|radar|media(?!\s+center)|kuitansi|kwitansi|invoice|faktur)\b|"
    r"\b[a-z-]+\.(?:com|net|id)\b",
    re.IGNORECASE,
)
_CITED = re.compile(r"\bNomor \S+ Tahun \d{4}")  # in small letters: a law that is referred to
# Words of a title that may precede the office whose document it is (KEPUTUSAN BUPATI TAPIN).
_DOCUMENTS = frozenset(
    """
    keputusan peraturan instruksi surat edaran perintah tugas lampiran salinan petikan lembaran berita daerah
    wali tim penggerak dewan perwakilan rakyat a n plt plh pj pjs laporan daftar hadir rapat rencana kerja
    strategis anggaran dokumen pelaksanaan standar operasional prosedur sop buku register data jadwal panduan
    profil notulen notula undangan pengumuman perjanjian kinerja tahunan bulanan akhir dan tahun kelompok
    forum pelayanan maklumat siaran pers media center nota dinas risalah logo sekretaris bendahara
    direktur ketua inspektur pejabat
    """.split()  # noqa: SIM905
)
# Titles of what is made with others or about them, and words of a line that is about one.
_TITLES = (
    r"studi|kunjungan(?!\s+(?:pasien|rumah|ibu|bayi))|kunker|benchmarking|banding|tiru|(?:di)?replikasi|"
    r"perbandingan|pembanding|belajar|praktik\s+baik|best\s+practices?|daftar\s+pustaka|referensi|sponsor\w*|"
    r"mitra|narasumber|kerja\s*sama|kesepahaman|kesepakatan|juara|pemenang|hasil\s+lomba|daftar\s+kontak"
)
_SHARED = re.compile(rf"\b(?:{_TITLES})\b", re.IGNORECASE)
_ABOUT = re.compile(
    rf"\b(?:{_TITLES}|paparan|pada|terhadap|analisis|kajian|tinjauan|implementasi|penerapan|pengaruh|kasus)\b",
    re.IGNORECASE,
)
_IN_OFFICE = re.compile(rf"\b(?:{'|'.join(KINDS)})\b", re.IGNORECASE)
_SMALL_WORDS = 3  # of a line that can be a letterhead or title; a sentence has more
_LETTERHEAD = 2  # lines at least
_FIRST_LINES = 4  # that say what a document is
_CERTIFICATE = re.compile(r"\b(?:sertifikat|piagam|penghargaan)\b", re.IGNORECASE)
_PARTIES = re.compile(r"\bpihak\s+(?:kesatu|pertama|kedua)\b|\btiba\s+di\b", re.IGNORECASE)
_LISTED = re.compile(
    r"^\W*(?:\d{1,3}\b|(?!a\.\s*n\b)[a-z][.)]\s|[ivx]{1,4}[.)]\s)|^\s*[-•*–\"“]", re.IGNORECASE
)
_GIVEN = re.compile(
    r"\b(?:diberikan|dianugerahkan|disampaikan|memberikan\b[^.:]{0,60})\s+kepada\b", re.IGNORECASE
)
_RECIPIENT = 150  # characters behind it
_AWARD = 2_000  # characters in which a certificate says who gets it
_ADDRESS = re.compile(r"^\W*(?:jl|jln|jalan|alamat|telp|telepon|email|website|kode pos)\b", re.IGNORECASE)
_SIGNER = re.compile(
    r"^\W*(?:a\s*\.?\s*n\b\.?|plt\b\.?|pj\b\.?|pjs\b\.?)?\s*(?:bupati|wali\s?kota|gubernur|kepala|camat|lurah|"
    r"sekretaris|direktur|ketua|bendahara|inspektur|pejabat|pemerintah)\b",
    re.IGNORECASE,
)
# Where a camera says that a photo was taken: a sub-district or town, then a province without its kind.
_GEOTAG = re.compile(
    r"^[^:]*\b(?:kecamatan|kec|kota|kabupaten|kab)\b[^:,]*,\s*"
    r"(?:aceh|bali|banten|bengkulu|gorontalo|jambi|lampung|maluku|papua|riau|"
    r"(?:jawa|kalimantan|sulawesi|sumatera|nusa tenggara|daerah istimewa|dki|di|kepulauan) \w+)\b",
    re.IGNORECASE,
)
_GOVERNMENT = re.compile(r"\b(?:pemerintah|dinas|badan)\b", re.IGNORECASE)
# The sub-district of a letterhead is alone in its line: "KEC. TANJUNG KAB. TABALONG".
_SUB_DISTRICT = re.compile(r"^\W*(?:KEC|Kec)\b[^,:]*\b(?:KAB|KABUPATEN|KOTA|Kab|Kabupaten)\b[^,:]*$")


def other_region(text: str, own: str) -> str:
    """Return the region that issued *text* if it is not *own*, else ``""``.

    A document of the own province is none of another region; nor is one without a sign of its owner, or of
    an office of the state, a university, a company or a paper, wherever that is.
    """
    home = home_of(own)
    written = [line for line in text.splitlines() if line.strip()]
    if given := _GIVEN.search(text[:_AWARD]):
        if _mentioned(text, home):
            return ""
        if any(map(_CERTIFICATE.search, written[:_FIRST_LINES])):
            return _received(text[given.end() : given.end() + _RECIPIENT], home)
    ends = written[:_ENDS] + written[max(_ENDS, len(written) - _ENDS) :]
    lines = ["", *letterhead_lines(ends, _AGENCIES), ""]
    head = list(range(1, min(len(lines) - 1, HEAD_LINES + 1)))
    tail = range(max(HEAD_LINES + 1, len(lines) - 1 - TAIL_LINES), len(lines) - 1)
    owners = {at: _owners(lines, at, home) for at in (*head, *tail)}
    for at in head[:_FIRST_LINES]:
        if _opens(_STRANGERS, lines[at], named=True):
            return ""
        if owners[at]:
            break
    signed = [at for at in tail if any(map(_SIGNER.match, lines[at - bool(owners[at]) : at + 1]))]
    if _PARTIES.search(text):
        head, signed = [at for at in head if at <= _LETTERHEAD or not _SIGNER.match(lines[at])], []
    for part in (head, signed):
        if found := [one for at in part for one in owners[at]]:
            return _other(found, home)
    return "" if _mentioned(text, home) else _signed_elsewhere(text, home)


def _received(recipient: str, home: Region) -> str:
    """Return whose office got a certificate, if not *home*'s."""
    lines = (line for line in recipient.splitlines() if not _STRANGERS.search(line))
    found = [one.region for line in lines for one in places(line, home)]
    return "" if not found or any(ours(one, home) for one in found) else found[0].name


def _other(owners: list[tuple[NamedRegion, bool]], home: Region) -> str:
    """Return the foreign owner; ``""`` where *home* or its province is one.

    A province that is only named below the office of another region ("BUPATI TAPIN", "PROVINSI
    KALIMANTAN SELATAN") is none.
    """
    strong = [one for one, agency in owners if agency or one.region.kind != "Provinsi"]
    found = [one.region for one in strong] or [one.region for one, _ in owners]
    return "" if any(ours(one, home) for one in found) else found[0].name


def _owners(lines: list[str], at: int, home: Region) -> list[tuple[NamedRegion, bool]]:
    """Return places whose letterhead or signature line *at* is; if an office.

    Where a line names the own region beside others, or several, it is none of theirs; nor is an item of a
    list, what is about a region, or what follows the title of a visit or an agreement.
    """
    line = lines[at]
    found = places(line, home, lines[at - 1])
    names = {one.region.name for one in found if one.region.kind != "Provinsi"}
    if found and _is_geotag(line, lines[at + 1]):
        return []
    if not found or _ADDRESS.match(line) or (len(names) > 1 and home.name not in names):
        return []
    words, agency = WORD.findall(line), _is_agency(line)
    own = any(ours(one.region, home) and one.region.kind != "Provinsi" for one in found)
    listed = _LISTED.match(line)
    about = listed or _CITED.search(line) or _opens(_ABOUT, line) or not _is_title(line)
    about = about or any(
        _opens(_SHARED, one) for one in lines[1 : min(at, HEAD_LINES + 1)] if at <= HEAD_LINES
    )
    below = _is_agency(lines[at - 1]) or _is_agency(lines[at + 1]) or _goes_on(lines[at - 2], lines[at - 1])
    return [
        (one, agency or one.office)
        for one in found
        if one.heading
        and not one.mention
        and (one.office or agency or (below and len(words) <= len(one.region.words) + 1))
        and (not (own or about) or (ours(one.region, home) and (own or not listed)))
    ]


def _words(line: str) -> list[str]:
    return WORD.findall(line.casefold())


@lru_cache(LINES_KNOWN)
def _is_agency(line: str) -> bool:
    return not _AGENCIES.isdisjoint(_words(line)) or _SUB_DISTRICT.match(line) is not None


def _goes_on(agency: str, line: str) -> bool:
    """Whether *line* goes on the name of an office that has begun above."""
    return _is_agency(agency) and line == line.upper() and not _IN_OFFICE.search(line)


@lru_cache(LINES_KNOWN)
def _is_geotag(line: str, below: str) -> bool:
    named = _GEOTAG.search(f"{line}, {below}")
    return named is not None and not line.isupper() and not _GOVERNMENT.search(line)


def _is_title(line: str) -> bool:
    """Return whether only a label or words of a title precede the office."""
    kinds = [found.start() for found in _IN_OFFICE.finditer(line)] or [len(line)]
    office = line[: kinds[-1]].rpartition(":")[2]
    before = takewhile(lambda word: word not in {*_AGENCIES, *KINDS, "kec"}, _words(office))
    return all(word in _DOCUMENTS or word.isdecimal() or word.startswith("kabupaten") for word in before)


@lru_cache(LINES_KNOWN)
def _opens(pattern: re.Pattern[str], line: str, *, named: bool = False) -> bool:
    """Report whether *pattern* comes before the name of a regional office.

    *named*: as a name, not as a word of a sentence ("unsur akademisi, media, dan …").
    """
    if named and sum(word[0].islower() for word in WORD.findall(line)) > _SMALL_WORDS:
        return False
    each = pattern.finditer(line)
    found = next((one for one in each if not named or one[0][0].isupper() or "." in one[0]), None)
    return (
        found is not None
        and not _is_agency(line[: found.start()])
        and not _IN_OFFICE.search(line[: found.start()])
    )


def _signed_elsewhere(text: str, home: Region) -> str:
    """The region of another province in which *text* was signed."""
    for place in places_signed(text):
        key = "".join(WORD.findall(place.casefold()))
        for region in sorted(by_name().get(key, ()), key=lambda one: one.kind != "Kota"):
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
