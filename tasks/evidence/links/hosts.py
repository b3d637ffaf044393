"""What kind of place a link leads to, by its host; the list is data (``hosts.csv``).

A row stands for its host and everything below it; the longest that fits decides. Column
``ask``: empty = the page itself is asked; an address with ``{url}`` = an oEmbed service that
knows more than the page (https://oembed.com: 401 for what is private, 404 for what is gone);
``none`` = the site answers strangers alike for what is there and what is not.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
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


@dataclass(frozen=True, slots=True)
class HostKind:
    """One row of the list."""

    kind: str
    ask: str = ""


@cache
def _kinds() -> dict[str, HostKind]:
    text = (files("iid.tasks.evidence.links") / "hosts.csv").read_text(encoding="utf-8")
    return {row["host"]: HostKind(row["class"], row["ask"]) for row in csv.DictReader(text.splitlines())}


def host_of(url: str) -> str:
    """The host of *url*, lower case, without a closing dot; "" when it has none."""
    try:
        return (urlsplit(url.strip()).hostname or "").rstrip(".").lower()
    except ValueError:
        return ""


def kind_of_host(host: str) -> HostKind:
    """The row of *host* or of the nearest domain above it; ``other`` without one."""
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


def asked_at(url: str) -> str | None:
    """The address to ask about *url*: itself or an oEmbed service; None where asking tells nothing."""
    ask = kind_of_host(host_of(url)).ask
    if ask == "none":
        return None
    return ask.format(url=quote(url, safe="")) if ask else url
