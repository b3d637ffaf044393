"""Who is signed in: signed cookies, form tokens, and how often a password may be tried."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

from itsdangerous import BadSignature, URLSafeTimedSerializer

COOKIE = "iid_meja"
KNOWN = "iid_kenal"  # a browser in which its owner has signed in before
LIFE_S = 12 * 3600  # a session ends after a working day
KNOWN_S = 180 * 24 * 3600
FORM_S = 12 * 3600
SIGN_IN_S = 3600
#: Failed tries within a quarter of an hour: of one name, and from one address.
WINDOW_S, PER_NAME, PER_ADDRESS = 900.0, 10, 30
_REMEMBERED = 20_000  # names and addresses; the oldest is forgotten first


@dataclass(frozen=True, slots=True)
class Session:
    """A signed-in person: the account's name and stamp, and a number that no other session has."""

    name: str
    stamp: str
    nonce: str


class Signer:
    """Signs cookies and form tokens with a key of this machine; *folder* None keeps it in memory."""

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
        """The session of a cookie that we signed, not too old and not signed out; else None."""
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
        """What identifies the browser where *name* has signed in from it before; else ""."""
        try:
            who, nonce = self._browsers.loads(cookie, max_age=KNOWN_S)
        except (BadSignature, ValueError, TypeError):
            return ""
        return str(nonce) if who == _named(name) else ""

    def end(self, session: Session) -> None:
        """Sign out: the cookie is refused from now on, on this machine also after a restart."""
        self._ended.add(session.nonce)

    def token(self, nonce: str, form: str, seen: int = 0) -> str:
        """A token for one *form* of one session; *seen*: how many decisions were on screen."""
        return str(self._forms.dumps([nonce, form, seen]))

    def seen(self, token: str, nonce: str, form: str) -> int | None:
        """What the token of that *form* and session says was seen; None for any other token."""
        try:
            of, what, seen = self._forms.loads(token, max_age=FORM_S if nonce else SIGN_IN_S)
        except (BadSignature, ValueError, TypeError):
            return None
        fits = isinstance(of, str) and isinstance(what, str) and isinstance(seen, int)
        return seen if fits and hmac.compare_digest(of.encode(), nonce.encode()) and what == form else None


def _key(folder: Path | None) -> str:
    """The key in *folder*, made at the first start and readable by this user alone."""
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


class Tries:
    """Failed tries of the last quarter of an hour, by name and by address.

    A browser in which somebody has signed in before has tries of its own, so that a stranger who
    guesses at a name does not lock its owner out.
    """

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now, self._lock = now, Lock()
        self._failed: OrderedDict[str, deque[float]] = OrderedDict()

    def allowed(self, name: str, address: str, browser: str = "") -> bool:
        """Whether a password of *name* may be tried from *address* now."""
        with self._lock:
            if browser:
                return len(self._recent(f"!{browser}")) < PER_NAME
            return (
                len(self._recent(_named(name))) < PER_NAME and len(self._recent(f"@{address}")) < PER_ADDRESS
            )

    def failed(self, name: str, address: str, browser: str = "") -> None:
        """Count a failed try."""
        with self._lock:
            for key in (f"!{browser}",) if browser else (_named(name), f"@{address}"):
                self._recent(key)
                self._failed.setdefault(key, deque(maxlen=PER_ADDRESS)).append(self._now())
                self._failed.move_to_end(key)
            while len(self._failed) > _REMEMBERED:
                self._failed.popitem(last=False)

    def passed(self, name: str) -> None:
        """Forget the failed tries of *name*: its owner has signed in."""
        with self._lock:
            self._failed.pop(_named(name), None)

    def _recent(self, key: str) -> deque[float]:
        found = self._failed.get(key)
        while found and found[0] <= self._now() - WINDOW_S:
            found.popleft()
        return found or deque()


def _named(name: str) -> str:
    return "#" + hashlib.sha256(" ".join(name.split()).casefold().encode("utf-8", "replace")).hexdigest()
