"""One web address, however it was copied, without what sharing adds."""

from __future__ import annotations

import re
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

# Words that say who shared an address and how, never what it leads to.
_TRACKING = re.compile(
    r"^(?:utm_\w+|fbclid|gclid|gad_source|gbraid|wbraid|dclid|msclkid|twclid|ttclid|yclid|igshid|igsh|mibextid|mc_[ce]id"
    r"|_ga|_gl|ref_src|ref_url|share_id|share_app_id|share_link_id|sharer_language|sender_device|is_from_webapp"
    r"|tt_from|u_code|__cft__\W?\d*\W?|__tn__|rdid|eid|spm)$"
)
_OF_HOST = {
    "youtube.com": {"si", "feature", "ab_channel", "pp", "app"},
    "youtu.be": {"si", "feature"},
    "google.com": {"usp", "ths", "pli", "sharingaction", "authuser", "ouid", "rtpof", "sd"},
    "instagram.com": {"img_index", "hl"},
    "tiktok.com": {"_r", "_t", "_d", "lang", "checksum", "sec_user_id", "web_id"},
    "x.com": {"s", "t"},
    "twitter.com": {"s", "t"},
    "facebook.com": {"ref", "refsrc", "_rdr", "paipv"},
    "vt.tiktok.com": {"_r", "_t"},
    "dropbox.com": {"st"},
}
# Pages that only lead on, and the word of their query that says where to.
_LEADING_ON = re.compile(
    r"^https?://(?:(?:www\.)?google\.(?:com|co\.id)/url|(?:lm?|www)\.facebook\.com/l\.php|l\.instagram\.com/|"
    r"(?:www\.|m\.)?youtube\.com/redirect|l\.wl\.co/l)\?",
    re.IGNORECASE,
)
_WHERE_TO = ("q", "url", "u")
_MARKS = ".,;:!?*|'\"`´…“”‘’«»<>"
_BRACKETS = {")": "(", "]": "[", "}": "{"}


def cleaned_address(address: str) -> str:
    """Drop tracking words, marks and brackets; put the host in lower case.

    What is no http(s) address comes back stripped of spaces only.
    """
    text = address.strip()
    while len(cleaned := _cleaned_once(text)) < len(text):  # what was dropped may have hidden more
        text = cleaned
    return cleaned


def _cleaned_once(text: str) -> str:
    try:
        parts = urlsplit(_led_to(_unwrapped(text)))
        host = parts.hostname
    except ValueError:
        return text
    if parts.scheme.lower() not in ("http", "https") or not host:
        return text
    site = parts.netloc[: -len(host)] + host if parts.netloc.lower().endswith(host) else parts.netloc
    query, fragment = _query(host, parts.query), _fragment(parts.fragment)
    scheme = _led_to(_unwrapped(text))[: len(parts.scheme)]  # as written
    return f"{scheme}:{urlunsplit(('', site, parts.path, query, fragment))}"


def _led_to(address: str) -> str:
    """Return where a search engine's or messenger's *address* leads, or it."""
    if not _LEADING_ON.match(address):
        return address
    words = dict(parse_qsl(urlsplit(address).query))
    led = next((words[word] for word in _WHERE_TO if words.get(word, "").startswith("http")), "")
    return _unwrapped(led) or address


def _unwrapped(text: str) -> str:
    text = text.lstrip("([{<\"'“‘*")
    while text and (text[-1] in _MARKS or text[-1].isspace() or _is_open(text)):
        text = text[:-1]
    return text


def _is_open(text: str) -> bool:
    """Report whether the last sign closes a bracket that nothing opens."""
    last = text[-1]
    return last in _BRACKETS and text.count(last) > text.count(_BRACKETS[last])


def _query(host: str, query: str) -> str:
    """*query* as it is where nothing in it tracks; else what does not."""
    labels = host.split(".")
    extra = {word for at in range(len(labels)) for word in _OF_HOST.get(".".join(labels[at:]), ())}
    pairs = parse_qsl(query, keep_blank_values=True)
    kept = [(name, value) for name, value in pairs if name not in extra and not _TRACKING.match(name)]
    return query if len(kept) == len(pairs) else urlencode(kept)


def _fragment(fragment: str) -> str:
    return "" if fragment.startswith((":~:text=", "utm_", "xtor=")) else fragment
