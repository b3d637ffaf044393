"""Plain text, CSV, HTML, RTF and SVG: decoded, and their words kept."""

from __future__ import annotations

import re
from dataclasses import replace
from html.parser import HTMLParser

from iid.tasks.inspect.inspectors.normalised_text import cleaned, text_facts
from iid.tasks.inspect.inspectors.sniffing import decoded
from iid.tasks.inspect.inspectors.xml_text import XmlText
from iid.tasks.sandbox.content import Content, UnreadableError
from iid.tasks.sandbox.facts import TEXT_KEPT, Facts
from iid.tasks.sandbox.limits import Limits

VERSION = 1
_SCRIPT = re.compile(r"<script[\s>]|\bon\w{3,20}\s*=", re.IGNORECASE)
_RTF_HEX = re.compile(r"\\'([0-9a-fA-F]{2})")
_RTF_UNICODE = re.compile(r"\\u(-?\d{1,6}) ?\??")
_RTF_BREAK = re.compile(r"\\(?:par|line|tab|cell|row)\b ?")
_RTF_WORD = re.compile(r"\\\*|\\[a-zA-Z]{1,32}-?\d{0,10} ?|\\[^a-zA-Z]|[{}]")
_RTF_SKIPPED = re.compile(r"\{\\(?:fonttbl|colortbl|stylesheet|info|pict|\*)[^{}]*(?:\{[^{}]*\}[^{}]*)*\}")


def inspect(content: Content, kind: Facts, limits: Limits) -> Facts:
    """Return a text's facts. UnreadableError if binary later, or broken SVG."""
    data = content.read_at(0, 4 * limits.text)
    raw = decoded(data, whole=len(data) == content.size)
    if raw is None:
        raise UnreadableError("bukan teks yang dapat dibaca")
    text = cleaned(_words(kind.format, raw, data, limits))[: limits.text]
    digest, length = text_facts(text)
    scripted = kind.format in ("html", "svg") and _SCRIPT.search(raw) is not None
    return replace(kind, text_sha256=digest, text_chars=length, text=text[:TEXT_KEPT], macros=scripted)


def _words(word: str, raw: str, data: bytes, limits: Limits) -> str:
    if word == "html":
        return _html(raw)
    if word == "rtf":
        return _rtf(raw)
    if word == "svg":
        collected = XmlText(limits.text, glued=False)
        collected.feed([data])
        return collected.text
    return raw


class _Words(HTMLParser):
    """Keeps what a reader of the page sees."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden = False

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._hidden = tag in ("script", "style")

    def handle_endtag(self, tag: str) -> None:
        self._hidden = False

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)


def _html(raw: str) -> str:
    parser = _Words()
    parser.feed(raw)
    parser.close()
    return " ".join(parser.parts)


def _rtf(raw: str) -> str:
    """The words of an RTF file, near enough for finding a name in them."""
    text = _RTF_SKIPPED.sub(" ", raw.replace("\r", "").replace("\n", ""))
    text = _RTF_HEX.sub(lambda found: bytes.fromhex(found[1]).decode("cp1252", "replace"), text)
    text = _RTF_UNICODE.sub(lambda found: chr(int(found[1]) % 65536), text)
    return _RTF_WORD.sub("", _RTF_BREAK.sub("\n", text))
