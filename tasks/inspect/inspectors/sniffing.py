"""What a file is, by its content; its name is never asked.

Where a file could be two things (a polyglot), the first bytes decide, as they
do for a viewer; ``%PDF-`` may be anywhere in the first 1024 bytes, as in
Acrobat and pdfium, when nothing else claims the first bytes.
"""

from __future__ import annotations

import json
import re
import zipfile
import zlib

import filetype

from iid.tasks.inspect.inspectors import legacy, zips
from iid.tasks.inspect.inspectors.media_types import MEDIA_TYPES, NAMED
from iid.tasks.sandbox.content import HEAD, Content, UnreadableError
from iid.tasks.sandbox.facts import Facts
from iid.tasks.sandbox.limits import Limits

#: Words of the library that differ from ours.
_WORDS = {"tif": "tiff", "m4v": "mp4", "apng": "png", "jpx": "jp2"}
#: Signatures that the library does not have, at their offsets.
_SIGNATURES = (
    (0, b"II+\0\x08\0\0\0", "tiff"),  # BigTIFF
    (0, b"MM\0+\0\x08\0\0", "tiff"),
    (0, b"\xff\x0a", "jxl"),
    (0, b"\0\0\0\x0cJXL ", "jxl"),
    (0, b"AT&TFORM", "djvu"),
    (40, b" EMF", "emf"),
    (0, b"\xd7\xcd\xc6\x9a", "wmf"),
)
_BRANDS = re.compile(rb"(heic|heix|hevc|heim|heis|mif1|msf1)")
#: Brands of the MP4 registration authority (mp4ra.org) for films; those of sound and pictures are not here.
_FILM = re.compile(rb"iso[2-9a-c]|avc1|hvc1|hev1|dash|msdh|cmf[c2sf]|MSNV|XAVC|[fF]4[vV] |mp4v|mmp4|M4V[HP ]")
_PHONE = re.compile(rb"3g[2eghmprst][0-9a-z]|kddi")
_QUICKTIME = (b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_PART = {"word": "docx", "xl": "xlsx", "ppt": "pptx"}
_ODF_TYPES = {
    MEDIA_TYPES["odt"]: "odt",
    MEDIA_TYPES["ods"]: "ods",
    MEDIA_TYPES["odt"] + "-template": "odt",
    MEDIA_TYPES["ods"] + "-template": "ods",
    **{NAMED[word]: word for word in ("epub", "odp", "odg")},
}
_OLE_STREAMS = (
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
    ("__properties_version1.0", "msg"),
    ("Quill", "pub"),
    ("VisioDocument", "vsd"),
)
_INTERNET = re.compile(r"^\[InternetShortcut\]", re.IGNORECASE | re.MULTILINE)
_XSYM = re.compile(rb"XSym\n\d{4}\n[0-9a-f]{32}\n")  # as macOS writes links on SMB
_REFRESH = re.compile(r"""<meta[^>]+http-equiv=["']?refresh""", re.IGNORECASE)
_TAG = re.compile(r"<(script|style|title)\b.*?</\1\s*>|<[^>]*>", re.IGNORECASE | re.DOTALL)
_ODD = re.compile("[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f\ufffd]")  # what no text has: binary
_NAME = re.compile(r"<(!doctype\s+)?(?:svg:)?([a-z]+)", re.IGNORECASE)
_HTML = ("html", "head", "body", "title", "meta")


def sniff(content: Content, limits: Limits) -> Facts:
    """Format and media type of *content*, as facts with nothing else filled."""
    word = _format(content, limits)
    return Facts(format=word, media_type=MEDIA_TYPES[word])


def recognise(content: Content) -> Facts:
    """Recognise by the first bytes alone, after an inspection that crashed."""
    head = content.head
    word = _by_local_names(head) if head.startswith(zips.MAGICS) else _by_magic(head)
    return Facts(format=word, media_type=MEDIA_TYPES[word])


def pdf_offset(head: bytes) -> int:
    """Where ``%PDF-`` is in the first 1024 bytes, or -1."""
    return head[:1024].find(b"%PDF-")


def _format(content: Content, limits: Limits) -> str:
    head = content.head
    if head.startswith(zips.MAGICS):
        return _zip_format(content, limits)
    if head.startswith(legacy.MAGIC):
        return _ole_format(content)
    word = _by_magic(head)
    if word in ("", "ps") and pdf_offset(head) >= 0:
        return "pdf"
    return word or text_format(head, whole=content.size <= HEAD)


def shortcut(content: Content) -> str:
    """Return the kind of shortcut that small *content* is; "" for none."""
    head = content.head
    if head.startswith(b"L\0\0\0\x01\x14\x02\0"):
        return "pintasan Windows"
    if head.startswith(b"IntxLNK\x01"):
        return "tautan simbolik Unix"
    if content.size > HEAD:
        return ""
    text = (decoded(head, whole=True) or "").lstrip("\ufeff \t\r\n")
    marks = {
        "alias macOS": head.startswith(b"book\0\0\0\0mark\0"),
        "pintasan internet macOS": (head.startswith(b"bplist00") and b"SURL" in head)
        or (text.startswith("<") and "<plist" in text and "<key>URL</key>" in text),
        "pintasan internet": text.startswith("[") and _INTERNET.search(text) is not None,
        "tautan simbolik macOS": _XSYM.match(head) is not None,
        "halaman yang hanya mengalihkan": text.startswith("<") and _only_redirects(text),
        "pintasan Linux": text.startswith("[Desktop Entry]"),
        "pintasan Google Drive": text.startswith("{") and _is_google(text),
    }
    return next((what for what, holds in marks.items() if holds), "")


def _only_redirects(text: str) -> bool:
    """Whether the page *text* shows nothing and leads elsewhere."""
    return _REFRESH.search(text) is not None and not re.search(r"\w", _TAG.sub("", text))


def _is_google(text: str) -> bool:
    """Return whether *text* is a stub of Google Drive (.gdoc, .gsheet …)."""
    try:
        record = json.loads(text)
    except (ValueError, RecursionError):
        return False
    address = str(record.get("url", "")) if isinstance(record, dict) else ""
    return bool(re.match(r"https://(docs|drive)\.google\.com/", address)) or "doc_id" in record


def _by_magic(head: bytes) -> str:
    """The format that the first bytes claim; "" for none of ours."""
    if _is_tar(head):  # also one whose first member is called %PDF-1.7
        return "tar"
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head[4:8] == b"ftyp" and (b"avif" in head[8:48] or _BRANDS.match(head, 8)):
        return "avif" if b"avif" in head[8:48] else "heic"
    if head[4:8] in _QUICKTIME:
        return "mov"
    guess = filetype.guess(head)
    word = _WORDS.get(guess.extension, guess.extension) if guess else ""
    if word == "gz":
        return "tar.gz" if _is_tar(_inflated(head)) else "gz"
    return word if word and word in MEDIA_TYPES else _by_brand(head) or _by_signature(head)


def _by_signature(head: bytes) -> str:
    """Kinds that the library does not know."""
    packets = ((0, 188), (4, 192))  # of broadcast, and of cameras: there a time comes before each
    if any(head[start::length][:5] == b"\x47" * 5 for start, length in packets):
        return "ts"
    return next((word for at, mark, word in _SIGNATURES if head.startswith(mark, at)), "")


def _is_tar(head: bytes) -> bool:
    """Return whether the first 512 bytes are a tar header: mark and sum."""
    if head[257:262] != b"ustar":
        return False
    try:
        stated = int(head[148:156].strip(b" \0") or b"0", 8)
    except ValueError:
        return False
    return stated == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def _inflated(head: bytes) -> bytes:
    """The first 512 bytes inside a gzip file."""
    try:
        return zlib.decompressobj(31).decompress(head, 512)
    except zlib.error:
        return b""


def _by_brand(head: bytes) -> str:
    """Name films of brands the library does not know; MediaInfo judges them."""
    if head[4:8] != b"ftyp":
        return ""
    return "3gp" if _PHONE.match(head, 8) else "mp4" if _FILM.match(head, 8) else ""


def _zip_format(content: Content, limits: Limits) -> str:
    """Name the Office document or plain zip by members, or local headers."""
    try:
        with zips.open_zip(content, limits) as archive:
            return _by_members(archive, limits)
    except UnreadableError:
        return _by_local_names(content.head)


def _by_local_names(head: bytes) -> str:
    kinds = {_PART[top] for name in zips.local_names(head) if (top := name.split("/")[0]) in _PART}
    guess = filetype.guess(head)
    word = guess.extension if guess else "zip"
    return min(kinds) if kinds else word if word in MEDIA_TYPES else "zip"


def _by_members(archive: zipfile.ZipFile, limits: Limits) -> str:
    names = archive.namelist()
    if "[Content_Types].xml" in names:
        tops = {name.split("/")[0] for name in names}
        if "xl/workbook.bin" in names:
            return "xlsb"
        return next((word for top, word in _PART.items() if top in tops), "zip")
    if "mimetype" in names:
        try:
            mime = zips.Inflater(archive, limits).read("mimetype", 200)
        except Exception:  # noqa: BLE001  a broken member only means: not an OpenDocument
            return "zip"
        return _ODF_TYPES.get(mime.decode("ascii", "replace").strip(), "zip")
    return "iwork" if any(name.endswith(("Document.iwa", "Index.zip")) for name in names) else "zip"


def _ole_format(content: Content) -> str:
    """Name Word, Excel or PowerPoint before 2007; "" for other containers."""
    try:
        container = legacy.Compound(content)
    except UnreadableError:
        return ""
    return next((word for stream, word in _OLE_STREAMS if container.has(stream)), "")


def text_format(head: bytes, *, whole: bool) -> str:
    """html, svg, rtf, csv or txt; "" when *head* is not text."""
    if head.startswith(b"{\\rtf"):
        return "rtf"
    text = decoded(head, whole=whole)
    if text is None or not text.strip():
        return ""
    root = _root_name(text)
    if root == "svg" or root in _HTML:
        return "svg" if root == "svg" else "html"
    return "csv" if _is_table(text, whole=whole) else "txt"


def _root_name(text: str) -> str:
    """Return the first tag's (or DOCTYPE's) name in lower case."""
    rest = text.lstrip("\ufeff \t\r\n")
    for start, end in (("<?", "?>"), *[("<!--", "-->")] * 5):
        if rest.startswith(start) and (stop := rest.find(end)) > 0:
            rest = rest[stop + len(end) :].lstrip()
    found = _NAME.match(rest)
    return found[2].lower() if found else ""


def decoded(data: bytes, *, whole: bool) -> str | None:
    """Decode *data* (UTF-8, marked UTF-16, Windows-1252); None when binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        return None if text.count("�") > len(text) // 50 else text
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = not whole and error.start >= len(data) - 3  # a character cut in two by the head's end
        text = data[: error.start].decode("utf-8-sig") if cut else data.decode("cp1252", "replace")
    return None if len(_ODD.findall(text)) > len(text) // 200 else text


def _is_table(text: str, *, whole: bool) -> bool:
    """Whether every line has the same number (at least one) of one delimiter."""
    lines = [line for line in text.split("\n") if line.strip()]
    lines = (lines if whole else lines[:-1])[:20]
    if len(lines) < 2:
        return False
    return any(len({line.count(mark) for line in lines}) == 1 and mark in lines[0] for mark in ",;\t|")
