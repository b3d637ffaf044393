"""Who is signed in: signed cookies, form tokens, limits on tries."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from pathlib import Path
from threading import Lock

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "iid_meja"
KNOWN = "iid_kenal"  # a browser in which its owner has signed in before
LIFE_S = 12 * 3600  # a session ends after a working day
KNOWN_S = 180 * 24 * 3600
FORM_S = 12 * 3600
SIGN_IN_S = 3600
#: Failed tries without waiting: at a name from one address or known browser, from one address, at a name.
PER_PERSON, PER_ADDRESS, PER_NAME = 5, 30, 100
#: Then each further one waits twice as long as the one before it; after some quiet hours all is forgotten.
FIRST_WAIT_S, LONGEST_WAIT_S, FORGOTTEN_S = 15.0, 900.0, 4 * 3600.0
_REMEMBERED = 20_000  # names and addresses; the oldest is forgotten first


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person: account name, stamp, and a unique number."""

    name: str
    stamp: str
    nonce: str


class Signer:
    """Signs cookies and forms by a key in *folder*; None: in memory."""

    def __init__(self, folder: Path | None = None, now: Callable[[], float] = time.time) -> None:
        key = _key(folder)
        self._sessions = URLSafeTimedSerializer(key, salt="iid.desk.session")
        self._forms = URLSafeTimedSerializer(key, salt="iid.desk.form")
        self._browsers = URLSafeTimedSerializer(key, salt="iid.desk.browser")
        self._secret = key
        self._ended = Ended(None if folder is None else folder / "ended", now)

    def cookie(self, session: Session) -> str:
        """The value of the cookie."""
        return str(self._sessions.dumps([session.name, session.stamp, session.nonce]))

    def session(self, cookie: str) -> Session | None:
        """Return the session of our cookie, if valid and not signed out."""
        try:
            name, stamp, nonce = self._sessions.loads(cookie, max_age=LIFE_S)
        except (BadSignature, ValueError, TypeError):
            return None
        return None if nonce in self._ended else Session(str(name), str(stamp), str(nonce))

    def of_header(self, name: str, stamp: str) -> Session:
        """The session of a person whom a trusted web server names."""
        nonce = hmac.new(self._secret.encode(), f"{name}\0{stamp}".encode(), hashlib.sha256).hexdigest()
        return Session(name, stamp, nonce)

    def browser(self, session: Session) -> str:
        """The value of the cookie that says who has signed in from this browser."""
        return str(self._browsers.dumps([_named(session.name), session.nonce]))

    def browser_of(self, cookie: str, name: str) -> str:
        """Return the browser's mark if *name* signed in from it before, else ""."""
        try:
            who, nonce = self._browsers.loads(cookie, max_age=KNOWN_S)
        except (BadSignature, ValueError, TypeError):
            return ""
        return str(nonce) if who == _named(name) else ""

    def end(self, session: Session) -> None:
        """Sign out: refuse the cookie from now on, here also after a restart."""
        self._ended.add(session.nonce)

    def token(self, nonce: str, form: str, seen: int = 0) -> str:
        """Return a session's token for *form*; *seen*: decisions on screen."""
        return str(self._forms.dumps([nonce, form, seen]))

    def seen(self, token: str, nonce: str, form: str) -> int | None:
        """Return what a token of *form* says was seen; None for other tokens."""
        try:
            of, what, seen = self._forms.loads(token, max_age=FORM_S if nonce else SIGN_IN_S)
        except (BadSignature, ValueError, TypeError):
            return None
        fits = isinstance(of, str) and isinstance(what, str) and isinstance(seen, int)
        return seen if fits and hmac.compare_digest(of.encode(), nonce.encode()) and what == form else None


def _key(folder: Path | None) -> str:
    """Return the key in *folder*, private to the user; make it if missing."""
    fresh = secrets.token_hex(32)
    if folder is None:
        return fresh
    place = folder / "key"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with suppress(FileExistsError):
            handle = os.open(place, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            os.write(handle, fresh.encode())
            os.close(handle)
        found = place.read_text(encoding="ascii").strip()
    except (OSError, UnicodeDecodeError):
        return fresh  # no place to keep it: a restart signs everyone out
    return found if len(found) >= 32 else fresh


class Ended:
    """Sessions that were signed out, for as long as their cookies would live."""

    def __init__(self, file: Path | None, now: Callable[[], float]) -> None:
        self._file, self._now, self._lock = file, now, Lock()
        self._nonces: dict[str, float] = {}
        with suppress(OSError, ValueError):
            for line in file.read_text(encoding="ascii").splitlines() if file else ():
                nonce, _, until = line.partition(" ")
                if float(until) > now():
                    self._nonces[nonce] = float(until)

    def __contains__(self, nonce: object) -> bool:
        return nonce in self._nonces

    def add(self, nonce: str) -> None:
        """Remember *nonce*; in memory alone where the file cannot be written."""
        with self._lock:
            self._nonces = {one: until for one, until in self._nonces.items() if until > self._now()}
            self._nonces[nonce] = self._now() + LIFE_S
            if self._file is None:
                return
            with suppress(OSError):
                text = "".join(f"{one} {until:.0f}\n" for one, until in self._nonces.items())
                fresh = self._file.with_suffix(".new")
                fresh.write_text(text, encoding="ascii")
                fresh.replace(self._file)


@dataclass(slots=True)
class _Failed:
    count: int = 0
    last: float = 0.0
    refused: int = 0  # tries that did not wait, since the last one that was looked at


class Tries:
    """Failed password tries, and how long the next try has to wait.

    Counted for a name from one address, for all names from one address, and for a name from
    everywhere. A stranger who guesses at a name so makes nobody wait at another address, unless
    he has very many of them. A browser in which the person has signed in before is counted alone.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._failed: OrderedDict[str, _Failed] = OrderedDict()

    def take(self, name: str, address: str, browser: str = "") -> float:
        """Return seconds to wait, or 0.0 and count a try as failed until passed."""
        now = self._now()
        with self._lock:
            keys = _keys(name, address, browser)
            wait = max(self._wait(key, free, now) for key, free in keys)
            for key, _ in keys if wait <= 0 else ():
                found = self._failed.setdefault(key, _Failed())
                found.count = 1 + (found.count if found.last > now - FORGOTTEN_S else 0)
                found.last = now
                self._failed.move_to_end(key)
            while len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)
        return max(wait, 0.0)

    def refused(self, name: str, address: str, browser: str = "") -> int:
        """Count a try that came too early; return how many since a look."""
        now = self._now()
        with self._lock:
            key, _ = max(_keys(name, address, browser), key=lambda one: self._wait(one[0], one[1], now))
            found = self._failed.setdefault(key, _Failed(last=now))
            found.refused += 1
            return found.refused

    def unlooked(self, name: str, address: str, browser: str = "") -> int:
        """Return how many tries were refused before this one; reset the count."""
        with self._lock:
            found = [self._failed[key] for key, _ in _keys(name, address, browser) if key in self._failed]
            total = sum(one.refused for one in found)
            for one in found:
                one.refused = 0
            return total

    def passed(self, name: str, address: str, browser: str = "") -> None:
        """Forget failed tries at *name*, whose owner signed in; no others."""
        with self._lock:
            for key, free in _keys(name, address, browser):
                found = self._failed.get(key)
                if found is not None and free == PER_ADDRESS:
                    found.count -= 1
                elif found is not None:
                    del self._failed[key]

    def _wait(self, key: str, free: int, now: float) -> float:
        found = self._failed.get(key)
        if found is None or found.count < free or found.last <= now - FORGOTTEN_S:
            return 0.0
        return found.last - now + min(FIRST_WAIT_S * 2.0 ** min(found.count - free, 32), LONGEST_WAIT_S)


def _keys(name: str, address: str, browser: str) -> list[tuple[str, int]]:
    """What a try counts for, each with its tries without waiting."""
    if browser:
        return [(f"!{browser}", PER_PERSON)]
    place = _place(address)
    return [(f"{_named(name)}@{place}", PER_PERSON), (f"@{place}", PER_ADDRESS), (_named(name), PER_NAME)]


def _place(address: str) -> str:
    """Return the network of an IPv6 address: its owner has 2**64 of them."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return address if found.version == 4 else str(ip_network((found, 64), strict=False))


def _named(name: str) -> str:
    return "#" + hashlib.sha256(" ".join(name.split()).casefold().encode("utf-8", "replace")).hexdigest()
