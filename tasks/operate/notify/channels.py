"""Channels to people, through apprise: e-mail, Telegram, Slack, HTTP.

An address may hold a password or a token. It is read from the environment or a Prefect block,
is never shown, logged or kept: people see a channel's number and kind, the memory its digest.
"""

from __future__ import annotations

import hashlib
import logging
import re
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from iid.tasks.values.errors import UsageError

ENVIRONMENT = "IID_NOTIFY_URLS"
#: Kinds of addresses that need no secret; all others are taken from the environment only.
OPEN = frozenset({"mailto", "mailtos", "json", "jsons", "xml", "xmls", "form", "forms"})
_NAME = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")
_BLOCK = re.compile(r"^[a-z0-9-]+/[a-z0-9-]+$")
_SECRET_KEY = re.compile(r"(?i)pass|pwd|token|secret|key|auth|user")
TRIES = 3
WAITS = (2.0, 10.0)  # seconds between the tries of one delivery


@dataclass(frozen=True, slots=True)
class Letter:
    """One message: a line, and lines below it."""

    title: str
    body: str


class NotSentError(Exception):
    """The channel did not take the message; the text holds no secret."""


Post = Callable[[str, Letter], None]


@dataclass(frozen=True, slots=True)
class Channel:
    """``name`` may be shown; ``key`` is a digest to remember it by."""

    name: str
    key: str
    post: Callable[[Letter], None]

    def deliver(self, letter: Letter, wait: Callable[[float], object]) -> None:
        """Send, and retry later. NotSentError after the last try."""
        for pause in (*WAITS[: TRIES - 1], None):
            try:
                self.post(letter)
            except NotSentError:
                if pause is None:
                    raise
                wait(pause)
            else:
                return


def refusal(value: str) -> str:
    """Say why settings refuse *value*; "" if allowed. Never show a secret."""
    kind, _, rest = value.partition(":")
    if kind in {"env", "block"}:
        fits = (_NAME if kind == "env" else _BLOCK).match(rest)
        return "" if fits else f"{kind}: harus diikuti {_FORM[kind]}"
    parts = urlsplit(value)
    bare = "@" not in parts.netloc and not any(_SECRET_KEY.search(name) for name, _ in parse_qsl(parts.query))
    if parts.scheme.lower() in OPEN and parts.netloc and bare:
        return ""
    return (
        f"alamat {parts.scheme or '?'}://… dapat memuat rahasia dan tidak ditulis di berkas; taruh di "
        f"lingkungan ({ENVIRONMENT}, atau nama lain yang disebut sebagai env:NAMA)"
    )


_FORM = {"env": "nama variabel lingkungan, misalnya env:IID_TELEGRAM", "block": "<jenis>/<nama> blok Prefect"}


def channels(
    urls: tuple[str, ...], environment: Mapping[str, str], through_block: Post | None = None
) -> tuple[Channel, ...]:
    """Return the channels of *urls* and ``IID_NOTIFY_URLS``, else UsageError."""
    wanted = list(urls)
    if environment.get(ENVIRONMENT, "").strip():
        wanted.append(f"env:{ENVIRONMENT}")
    found: dict[str, Channel] = {}
    for value in wanted:
        for address in addresses(value, environment):
            one = channel(address, f"kanal {len(found) + 1}", through_block)
            found.setdefault(one.key, one)
    return tuple(found.values())


def addresses(value: str, environment: Mapping[str, str]) -> tuple[str, ...]:
    """Return *value*'s addresses: itself, or those in its variable."""
    if not value.startswith("env:"):
        if words := refusal(value):
            raise UsageError(words)
        return (value,)
    name = value.removeprefix("env:")
    found = tuple(environment.get(name, "").split())
    if not found:
        raise UsageError(f"kanal pemberitahuan {value}: variabel {name} kosong atau tidak ada di lingkungan")
    return found


def channel(address: str, called: str, through_block: Post | None = None) -> Channel:
    """The channel at *address*. UsageError where apprise knows no such kind.

    *through_block* sends a letter through the Prefect block of that name, where there are blocks.
    """
    digest = hashlib.sha256(address.encode()).hexdigest()[:16]
    if address.startswith("block:"):
        slug = address.removeprefix("block:")
        if through_block is None:
            raise UsageError(f"{called}: blok Prefect tidak dapat dipakai di sini; pakai env:NAMA")
        return Channel(f"{called} (blok {slug})", digest, partial(through_block, slug))
    from apprise import Apprise

    kind = urlsplit(address).scheme
    with _kept_quiet():
        known = Apprise.instantiate(address, suppress_exceptions=True)
    if known is None:
        raise UsageError(f"{called}: alamat {kind or '?'}://… tidak dikenal apprise atau tidak lengkap")
    return Channel(f"{called} ({kind})", digest, lambda letter: _through_apprise(address, letter))


def mail_address(base: str, recipient: str) -> str:
    """The mail server's address *base* with *recipient* as its recipient."""
    parts = urlsplit(base)
    query = [(name, value) for name, value in parse_qsl(parts.query) if name not in {"to", "cc", "bcc"}]
    return parts._replace(path="", query=urlencode([*query, ("to", recipient)])).geturl()


def _through_apprise(address: str, letter: Letter) -> None:
    from apprise import Apprise, AppriseAsset, NotifyFormat

    post = Apprise(asset=AppriseAsset(app_id="iid", app_desc="Indeks Inovasi Daerah", app_url=""))
    with _kept_quiet() as said:
        sent = post.add(address) and post.notify(
            title=letter.title, body=letter.body, body_format=NotifyFormat.TEXT
        )
    if not sent:
        raise NotSentError(scrubbed(said[-1] if said else "kanal menolak tanpa keterangan", address))


def scrubbed(text: str, address: str) -> str:
    """*text* on one line without any part of *address* that may be secret."""
    parts = urlsplit(address)
    words = [parts.username, parts.password, *parts.path.split("/"), *dict(parse_qsl(parts.query)).values()]
    if parts.scheme not in OPEN:
        words.append(parts.netloc)
    for word in sorted({w for w in words if w and len(w) > 2}, key=len, reverse=True):
        text = text.replace(word, "***").replace(unquote(word), "***")
    return " ".join(text.split())[:200]


@contextmanager
def _kept_quiet() -> Iterator[list[str]]:
    """Collect apprise's lines unshown, as they may hold addresses."""
    said: list[str] = []

    class _Keep(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            said.append(record.getMessage())

    logger, keep = logging.getLogger("apprise"), _Keep(logging.WARNING)
    before = logger.propagate
    logger.addHandler(keep)
    logger.propagate = False
    try:
        with warnings.catch_warnings():
            # Loading its plug-ins brings in modules that warn of themselves (imghdr).
            warnings.simplefilter("ignore", DeprecationWarning)
            yield said
    finally:
        logger.removeHandler(keep)
        logger.propagate = before
