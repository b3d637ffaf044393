"""Pages of a report as a reader and a screen reader meet them: links, ids, text, structure."""

from __future__ import annotations

import posixpath
import re
from html.parser import HTMLParser
from urllib.parse import unquote

VOID = {"meta", "link", "input", "img", "br", "hr", "rect", "line"}
#: What the run itself puts beside ``report/``.
NEIGHBOURS = {
    "../hasil.xlsx",
    "../index.json",
    "../manifest.json",
    "../data-docs/index.html",
    *(
        f"../{t}.{e}"
        for t in ("innovations", "scores", "evidence", "findings", "units")
        for e in ("csv", "parquet")
    ),
}


class Page(HTMLParser):
    """Links, ids, text and structure of one page; fails on tags that do not close."""

    def __init__(self, data: bytes) -> None:
        super().__init__()
        self.links: list[tuple[str, str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words: list[str] = []
        self.open: list[str] = []
        self.feed(data.decode("utf-8"))
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        named = dict(attrs)
        assert len(named) == len(attrs), f"an attribute occurs twice in <{tag}>"
        self.tags.append((tag, named))
        self.ids += [named["id"]] if named.get("id") else []
        self.links += [(tag, named[a] or "", named) for a in ("href", "src") if a in named]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join(" ".join(self.words).split())


def pages_of(site: dict[str, bytes]) -> dict[str, Page]:
    return {path: Page(data) for path, data in site.items() if path.endswith(".html")}


def check_links(site: dict[str, bytes], pages: dict[str, Page]) -> None:
    for path, page in pages.items():
        for _, link, attributes in page.links:
            if re.match(r"https?://", link, re.IGNORECASE):
                assert attributes["rel"] == "noopener noreferrer nofollow", link
                continue
            target, _, anchor = link.partition("#")
            inside = (
                posixpath.normpath(posixpath.join(posixpath.dirname(path), unquote(target)))
                if target
                else path
            )
            if inside in NEIGHBOURS:
                continue
            assert inside in site, f"{path} links to {link}"
            if anchor and "=" not in anchor:
                assert anchor in pages[inside].ids, f"{path} links to {link}"
