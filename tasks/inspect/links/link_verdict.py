"""What an answer says of a link: open, closed, gone, or unknown."""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from iid.tasks.inspect.links.hosts import host_of, kind_of_host

OPEN, CLOSED, GONE, UNKNOWN = "open", "closed", "gone", "unknown"
STATUSES = (OPEN, CLOSED, GONE, UNKNOWN)

#: Hosts (and all below them) that only ask who you are.
_DOORS = ("accounts.google.com", "login.microsoftonline.com", "login.live.com", "idmsa.apple.com")
_LOGIN_PATH = re.compile(
    r"/(?:log-?in|sign-?in|masuk|auth|sso|cas|servicelogin|wp-login\.php)(?:[/?.]|$)", re.IGNORECASE
)
_PASSWORD_FIELD = re.compile(rb"<input[^>]{0,300}\btype\s*=\s*[\"']?password", re.IGNORECASE)
_NOT_SHARED = re.compile(
    rb"you need access|request access|minta akses|anda memerlukan akses|perlu izin akses"
    rb"|sign in to continue to google|link has been removed|tautan ini telah dihapus",
    re.IGNORECASE,
)
_REMOVED = re.compile(
    rb"the file you have requested does not exist|berkas yang anda minta tidak ada|file is in (?:the )?trash"
    rb"|item might not exist|folder telah dihapus",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Reply:
    """The address that answered, HTTP status, first bytes of the body."""

    url: str
    code: int
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Verdict:
    """``status`` of STATUSES; ``detail``: a short Indonesian reason."""

    status: str
    detail: str = ""


def judged(link: str, asked: str, reply: Reply) -> Verdict:
    """Judge *link* by *reply* to *asked* (itself or an oEmbed service)."""
    if asked != link:
        return _by_service(reply.code)
    by_code = _by_code(link, reply.code)
    if by_code is not None:
        return by_code
    if _is_door(reply.url, link) or _PASSWORD_FIELD.search(reply.body):
        return Verdict(CLOSED, "yang terbuka hanya halaman masuk (login)")
    if kind_of_host(host_of(link)).kind == "drive":
        if _REMOVED.search(reply.body):
            return Verdict(GONE, "penyimpanan awan menjawab bahwa isinya sudah dihapus")
        if _NOT_SHARED.search(reply.body):
            return Verdict(CLOSED, "belum dibagikan untuk umum")
    return Verdict(OPEN)


def _by_code(link: str, code: int) -> Verdict | None:
    """What the status alone says; None for an answer that must be looked at."""
    if 200 <= code < 300:
        return None
    if code in (404, 410):
        return Verdict(GONE, f"situs menjawab {code}: halamannya tidak ada")
    drive = kind_of_host(host_of(link)).kind == "drive"
    if code in (401, 407) or (code == 403 and drive):
        return Verdict(CLOSED, "belum dibagikan untuk umum" if drive else "situs meminta kata sandi")
    if code == 403:
        return Verdict(UNKNOWN, "situs menolak pemeriksaan otomatis (403)")
    if code == 429:
        return Verdict(UNKNOWN, "situs meminta menunggu (429)")
    return Verdict(UNKNOWN, f"situs menjawab {code}")


def _by_service(code: int) -> Verdict:
    if 200 <= code < 300:
        return Verdict(OPEN)
    if code in (400, 404, 410):
        return Verdict(GONE, "videonya tidak ada atau sudah dihapus")
    if code in (401, 403):
        return Verdict(CLOSED, "videonya disetel pribadi")
    return Verdict(UNKNOWN, f"situs menjawab {code}")


def _is_door(url: str, link: str) -> bool:
    """Whether the redirects ended at a page that only asks who you are."""
    host = host_of(url)
    if any(host == door or host.endswith(f".{door}") for door in _DOORS):
        return host != host_of(link)
    return url != link and bool(_LOGIN_PATH.search(urlsplit(url).path + "/"))
