"""Web addresses in a cell, whatever text is around them (contract 2)."""

from __future__ import annotations

import re
from urllib.parse import unquote

from iid.tasks.text.cell_values import visible

# Domains without https://: with a path any of these, alone only those that no abbreviation ends in.
_WITH_PATH = (
    r"(?:com|id|org|net|edu|gov|co|io|me|ly|gl|gle|be|info|tv|ai|app|dev|link|page"
    r"|site|xyz|online|cc|ee|sh|to|us|watch|gy|gg|gd|nz|ms|tl|in|at|cloud|live|video)"
)
_ALONE = r"(?:com|id|org|net|info|online|site|app)"
# No sign of an address: quotes, brackets and marks of other scripts, numbers in circles, bullets.
_END = r"\s<>\"“”„‘’«»、，；。：！？（）【】「」《》①-⓿•▪●✓✔→"
_BARE = rf"(?:[a-z0-9-]+\.)+{_WITH_PATH}(?::\d+)?/"
_ADDRESS = re.compile(
    r"(?<![\w@.])(?:"
    rf"(?:[a-z][a-z0-9+.-]*://|https?//|www\.)[^{_END}]+"
    rf"|{_BARE}[^{_END}]*"
    rf"|(?:[a-z0-9-]+\.)+{_ALONE}(?![\w.-]*@)(?![\w-]|\.\w)"
    r")",
    re.IGNORECASE,
)
# "https : //", "htpps:/", "https;//" and "https:\\" before a domain are all https://.
_MISSPELT = re.compile(
    r"(?<![a-z])h{0,2}t{1,3}p{1,2}(s{0,2})\s*[:;]\s*[/\\]{1,3}\s*(?=[\w-]+\.)", re.IGNORECASE
)
_AMONG_WORDS = re.compile(rf"https?\s*[:;]|(?<![\w./\\-]){_BARE}", re.IGNORECASE)
_TWICE = re.compile(r"(?<![\w=?&/%])https?:?//(?=https?:?//)", re.IGNORECASE)
_ENCODED = re.compile(r"(?<![\w=?&/%])https?%3A%2F%2F\S+", re.IGNORECASE)
_GLUED = re.compile(r"(?<![/=?&%:#])(?=https?://)", re.IGNORECASE)
_SEPARATED = re.compile(rf"[;|](?![\w-]+=)|,(?=\s*(?:https?:|www\.|{_BARE}|$))", re.IGNORECASE)
_SCHEME = re.compile(r"^http(s?):?//", re.IGNORECASE)
_OTHER_SCHEME = re.compile(r"^[a-z][a-z0-9+.-]*://", re.IGNORECASE)
_NUMBERED = re.compile(r"^\d{1,2}\.(?=(?:[a-z0-9-]+\.)+[a-z]{2})", re.IGNORECASE)
_NOTE = re.compile(r"(?<=\w)\([^\W\d_]{3,}\)$")  # "…/abc(terlampir)"
_LAST = ".,;:!?*_|'`´…"
_BETWEEN = _LAST + "-+>="  # before the next address, without a space
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def addresses(text: str, link: str = "") -> tuple[str, ...]:
    """Return the web addresses of a cell (*text*, its *link*), each once.

    The hyperlink is the address and the text is not, unless the text holds several addresses. A
    known host without scheme gets ``https://``. Nothing is looked up.
    """
    written = _found(visible(text))
    linked = _found(unquote(link) if re.search(r"%0[ad]|%20https?:", link, re.IGNORECASE) else link)
    if linked and len(written) < 2:
        return linked
    spelt = {address.rstrip("/").casefold() for address in written}
    return (*(a for a in linked if a.rstrip("/").casefold() not in spelt), *written)


def is_address(text: str) -> bool:
    """Whether *text* begins with a web address; ``file:`` is a path."""
    return _ADDRESS.match(text) is not None and not text.casefold().startswith("file:")


def holds_address(text: str) -> bool:
    """Whether an address is among the words of *text*; file names have none."""
    return is_address(text) or _AMONG_WORDS.search(text) is not None


def without_addresses(text: str) -> str:
    """Return the words around the addresses of *text*."""
    return _ADDRESS.sub(" ", _spelt(visible(text))).strip(" :;,()")


def _found(text: str) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for match in _ADDRESS.finditer(_spelt(text)):
        *others, last = _GLUED.split(match[0])
        for piece in (*(piece.rstrip(_BETWEEN) for piece in others), last):
            for part in _SEPARATED.split(piece):
                if _ADDRESS.match(part) and (address := _complete(part)):
                    found.setdefault(address)
    return tuple(found)


def _spelt(text: str) -> str:
    """*text* with the beginnings of addresses as they are meant."""
    text = _ENCODED.sub(lambda found: unquote(found[0]), text.replace("->", " ").replace("=>", " "))
    return _TWICE.sub("", _MISSPELT.sub(lambda found: f"http{found[1][:1].lower()}://", text))


def _complete(part: str) -> str:
    """One address without the marks around it; "" where nothing is left of it."""
    part = part.strip().lstrip("([{<'\"*_")
    if (cut := _unclosed(part)) > 0:
        part = part[:cut]
    while part and (part[-1] in _LAST or (part[-1] in _BRACKETS and _opened(part) < 0)):
        part = part[:-1]
    part = _NOTE.sub("", part)
    if found := _SCHEME.match(part):
        rest = part[found.end() :].replace("\\", "/")
        return rest and f"http{found[1].lower()}://{rest}"
    if not part or _OTHER_SCHEME.match(part):
        return part
    return f"https://{_NUMBERED.sub('', part)}"


def _opened(part: str) -> int:
    closing = part[-1]
    return part.count(_BRACKETS[closing]) - part.count(closing)


def _unclosed(part: str) -> int:
    """Return where the first unclosed bracket of a note is; -1 for none."""
    places = [part.find(o) for c, o in _BRACKETS.items() if part.count(o) > part.count(c)]
    return min(places, default=-1)
