"""What a file is, by its content; its name is never asked.

Where a file could be two things (a polyglot), the first bytes decide, as they
do for a viewer; ``%PDF-`` may stand anywhere in the first 1024 bytes, as in
Acrobat and pdfium, when nothing else claims the first bytes.
"""

from __future__ import annotations

import re
import zipfile

import filetype

from iid.tasks.evidence import ole, zips
from iid.tasks.evidence.content import HEAD, Content, UnreadableError
from iid.tasks.evidence.facts import Facts
from iid.tasks.evidence.limits import Limits

_OOXML = "application/vnd.openxmlformats-officedocument."
_ODF = "application/vnd.oasis.opendocument."

#: Media type of every format this package can name.
MEDIA_TYPES = {
    "": "application/octet-stream",
    "pdf": "application/pdf",
    "jpg": "image/jpeg",
    "png": "image/png",
    "gif": "image/gif",
    "webp": "image/webp",
    "tiff": "image/tiff",
    "bmp": "image/bmp",
    "heic": "image/heic",
    "svg": "image/svg+xml",
    "docx": _OOXML + "wordprocessingml.document",
    "xlsx": _OOXML + "spreadsheetml.sheet",
    "pptx": _OOXML + "presentationml.presentation",
    "odt": _ODF + "text",
    "ods": _ODF + "spreadsheet",
    "doc": "application/msword",
    "xls": "application/vnd.ms-excel",
    "ppt": "application/vnd.ms-powerpoint",
    "zip": "application/zip",
    "rar": "application/vnd.rar",
    "7z": "application/x-7z-compressed",
    "mp4": "video/mp4",
    "mov": "video/quicktime",
    "mkv": "video/x-matroska",
    "avi": "video/x-msvideo",
    "webm": "video/webm",
    "3gp": "video/3gpp",
    "mp3": "audio/mpeg",
    "html": "text/html",
    "txt": "text/plain",
    "csv": "text/csv",
    "rtf": "text/rtf",
}

#: Words of the library that differ from ours.
_WORDS = {"tif": "tiff", "m4v": "mp4", "apng": "png"}
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
}
_OLE_STREAMS = (
    ("WordDocument", "doc"),
    ("Workbook", "xls"),
    ("Book", "xls"),
    ("PowerPoint Document", "ppt"),
)
_NAME = re.compile(r"<(!doctype\s+)?(?:svg:)?([a-z]+)", re.IGNORECASE)
_HTML = ("html", "head", "body", "title", "meta")


def sniff(content: Content, limits: Limits) -> Facts:
    """Format and media type of *content*, as facts with nothing else filled."""
    word = _format(content, limits)
    return Facts(format=word, media_type=MEDIA_TYPES[word])


def recognise(content: Content) -> Facts:
    """The same from the first bytes alone: for a file whose inspection brought a worker down."""
    head = content.head
    word = _by_local_names(head) if head.startswith(zips.MAGICS) else _by_magic(head)
    return Facts(format=word, media_type=MEDIA_TYPES[word])


def pdf_offset(head: bytes) -> int:
    """Where ``%PDF-`` stands in the first 1024 bytes, or -1."""
    return head[:1024].find(b"%PDF-")


def _format(content: Content, limits: Limits) -> str:
    head = content.head
    if head.startswith(zips.MAGICS):
        return _zip_format(content, limits)
    if head.startswith(ole.MAGIC):
        return _ole_format(content)
    word = _by_magic(head)
    if not word and pdf_offset(head) >= 0:
        return "pdf"
    return word or text_format(head, whole=content.size <= HEAD)


def _by_magic(head: bytes) -> str:
    """The format that the first bytes claim; "" for none of ours."""
    if head.startswith(b"%PDF-"):
        return "pdf"
    if head[4:8] == b"ftyp" and _BRANDS.match(head, 8):
        return "heic"
    if head[4:8] in _QUICKTIME:
        return "mov"
    guess = filetype.guess(head)
    word = _WORDS.get(guess.extension, guess.extension) if guess else ""
    return word if word and word in MEDIA_TYPES else _by_brand(head)


def _by_brand(head: bytes) -> str:
    """Films that bear none of the three brands which the library knows; MediaInfo says whether they play."""
    if head[4:8] != b"ftyp":
        return ""
    return "3gp" if _PHONE.match(head, 8) else "mp4" if _FILM.match(head, 8) else ""


def _zip_format(content: Content, limits: Limits) -> str:
    """Office document or plain zip, by the members; by local headers where the directory is lost."""
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
        return next((word for top, word in _PART.items() if top in tops), "zip")
    if "mimetype" in names:
        try:
            mime = zips.Inflater(archive, limits).read("mimetype", 200)
        except Exception:  # noqa: BLE001  a broken member only means: not an OpenDocument
            return "zip"
        return _ODF_TYPES.get(mime.decode("ascii", "replace").strip(), "zip")
    return "zip"


def _ole_format(content: Content) -> str:
    """Word, Excel or PowerPoint of before 2007; "" for another or an encrypted container."""
    try:
        container = ole.Compound(content)
    except UnreadableError:
        return ""
    return next((word for stream, word in _OLE_STREAMS if container.find(stream)), "")


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
    """Name of the first tag (or of the DOCTYPE) after declarations and comments, lower case."""
    rest = text.lstrip("\ufeff \t\r\n")
    for start, end in (("<?", "?>"), *[("<!--", "-->")] * 5):
        if rest.startswith(start) and (stop := rest.find(end)) > 0:
            rest = rest[stop + len(end) :].lstrip()
    found = _NAME.match(rest)
    return found[2].lower() if found else ""


def decoded(data: bytes, *, whole: bool) -> str | None:
    """*data* as text (UTF-8, UTF-16 with a mark, else Windows-1252); None when it is binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", "replace")
        return None if text.count("�") > len(text) // 50 else text
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        cut = not whole and error.start >= len(data) - 3  # a character cut in two by the head's end
        text = data[: error.start].decode("utf-8-sig") if cut else data.decode("cp1252", "replace")
    odd = sum(1 for c in text if (c < " " and c not in "\t\n\r\f\x1b") or c == "�")
    return None if odd > len(text) // 200 else text


def _is_table(text: str, *, whole: bool) -> bool:
    """Whether every line has the same number (at least one) of one delimiter."""
    lines = [line for line in text.split("\n") if line.strip()]
    lines = (lines if whole else lines[:-1])[:20]
    if len(lines) < 2:
        return False
    return any(len({line.count(mark) for line in lines}) == 1 and mark in lines[0] for mark in ",;\t|")
