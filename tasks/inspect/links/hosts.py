"""What place a link leads to, by host and path (``hosts.csv``).

A row is for its host and everything below it; the longest host that fits decides, then its first row
whose ``path`` (a pattern for the beginning of path and query) fits: that row's ``form`` says what the
address is, and the pattern's group ``id`` which film, file or post of ``site`` it is, whatever the
host. Column ``ask``: empty = the page itself is asked; an address with ``{url}`` = an oEmbed
service that knows more than the page (https://oembed.com: 401 for what is private, 404 for what is
gone); ``none`` = the site answers strangers alike for what is there and what is not.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import groupby
from operator import itemgetter
from urllib.parse import quote, urlsplit

#: Classes of hosts, and how people call them.
CLASSES = {
    "video": "situs video",
    "drive": "penyimpanan awan",
    "social": "media sosial",
    "pemda": "situs pemerintah",
    "news": "media berita",
    "other": "situs lain",
}


#: What an address can be, and how people call it.
FORMS = {
    "video": "video",
    "shorts": "video pendek",
    "live": "siaran langsung",
    "view": "berkas yang dibagikan",
    "file": "berkas yang dibagikan",
    "document": "dokumen daring",
    "post": "unggahan",
    "folder": "folder",
    "channel": "kanal atau profil",
    "form": "formulir",
    "search": "hasil pencarian",
    "short": "tautan pendek",
    "home": "halaman depan",
    "page": "halaman",
}


@dataclass(frozen=True, slots=True)
class HostKind:
    """What the list says of a host: class, how to ask, forms by pattern."""

    kind: str
    ask: str = ""
    site: str = ""
    forms: tuple[tuple[re.Pattern[str], str], ...] = ()


@cache
def _kinds() -> dict[str, HostKind]:
    text = (files("iid.tasks.inspect.links") / "hosts.csv").read_text(encoding="utf-8")
    kinds = {}
    for host, rows in groupby(csv.DictReader(text.splitlines()), key=itemgetter("host")):
        first, *more = rows
        forms = tuple((re.compile(row["path"], re.IGNORECASE), row["form"]) for row in (first, *more))
        kinds[host] = HostKind(first["class"], first["ask"], first["site"], forms)
    return kinds


def host_of(url: str) -> str:
    """Return the host of *url*, lower case, no final dot; "" for none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def kind_of_host(host: str) -> HostKind:
    """Return the row of *host* or its nearest listed domain; else ``other``."""
    labels = host.split(".")
    for start in range(len(labels)):
        found = _kinds().get(".".join(labels[start:]))
        if found:
            return found
    return HostKind("other")


def host_class(url: str) -> str:
    """One of CLASSES; "" for what is no address."""
    host = host_of(url)
    return kind_of_host(host).kind if host else ""


def address_form(url: str) -> str:
    """One of FORMS: what *url* is at its host; "" for what is no address."""
    return _read(url)[0]


def address_key(url: str) -> str:
    """Return one key for all addresses of a film, file, post or page."""
    form, found = _read(url)
    if found and form != "page":
        return f"{kind_of_host(host_of(url)).site}:{found}"
    host = re.sub(r"^(?:www|m|mobile|web)\.", "", host_of(url))
    return f"{host}{_place(url).rstrip('/')}" if host else url


def _read(url: str) -> tuple[str, str]:
    """The form of *url*, and its ``id`` ("" where its row has none)."""
    host = host_of(url)
    if not host:
        return "", ""
    place = _place(url)
    if place == "/":
        return "home", ""
    for pattern, form in kind_of_host(host).forms:
        if found := pattern.match(place):
            return form, found.groupdict().get("id") or ""
    return "page", ""


def _place(url: str) -> str:
    """Path, query and fragment of *url*; ``/`` where it has none."""
    parts = urlsplit(url.strip())
    place = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return place + (f"#{parts.fragment}" if parts.fragment else "")


def asked_at(url: str) -> str | None:
    """Return the address to ask about *url* (or oEmbed); None if it is no use."""
    ask = kind_of_host(host_of(url)).ask
    if ask == "none":
        return None
    return ask.format(url=quote(url, safe="")) if ask else url
