"""The desk's gate: who asks, whether a form is ours, size limits, the log."""

from __future__ import annotations

import asyncio
import ipaddress
import json
import math
import os
import secrets
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from threading import BoundedSemaphore, Lock
from urllib.parse import parse_qsl

from starlette.requests import Request
from starlette.responses import Response

from iid.tasks.desk.accounts import Account, Accounts, fits
from iid.tasks.desk.sessions import COOKIE, KNOWN, KNOWN_S, LIFE_S, Session, Signer, Tries
from iid.tasks.store.store import Store

BODY = 64 * 1024  # bytes of a form; a note is at most 4,000 characters
BODY_S = 20.0  # seconds in which a form must have come
_FIELDS = 200
_HASHING = BoundedSemaphore(2)  # argon2 takes 64 MiB each; a thousand tries must not take the machine

POLICY = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; media-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


class RefusedError(Exception):
    """An answer without a page of its own: status and one Indonesian sentence."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(status, words)
        self.status, self.words = status, words


@dataclass(frozen=True, slots=True)
class Trust:
    """Which web servers are believed, and what about. Nothing by default."""

    header: str | None = None  # names the signed-in person
    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    secure: bool = False  # cookies over https only

    def believes(self, address: str) -> bool:
        """Whether headers of the peer *address* are believed."""
        try:
            found = ipaddress.ip_address(address)
        except ValueError:
            return False
        return any(found in network for network in self.networks)


@dataclass(frozen=True, slots=True)
class Visitor:
    """A signed-in person."""

    account: Account
    session: Session
    by_header: bool = False


class Journal:
    """The append-only log: a JSON object a line in *file*, private to us."""

    def __init__(
        self, file: Path | None = None, now: Callable[[], datetime] = lambda: datetime.now(UTC)
    ) -> None:
        self._file, self._now, self._lock, self._said = file, now, Lock(), False

    def write(self, event: str, name: str, **more: str | int) -> None:
        """Add *event* of *name*; report once a log that cannot be written."""
        if self._file is None:
            return
        content = {"at": f"{self._now():%Y-%m-%dT%H:%M:%SZ}", "event": event, "name": name[:100], **more}
        line = json.dumps(content, ensure_ascii=True) + "\n"
        try:
            with self._lock:
                self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
                flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT
                with os.fdopen(os.open(self._file, flags, 0o600), "w", encoding="ascii") as file:
                    file.write(line)
            self._said = False
        except OSError as error:
            if not self._said:
                self._said = True
                sys.stderr.write(f"iid: catatan meja {self._file} tidak dapat ditulis ({error.strerror})\n")


class Gate:
    """Decides who a request comes from; *stores* hold the accounts, each once."""

    def __init__(
        self,
        stores: Callable[[], Sequence[Store]],
        signer: Signer,
        trust: Trust = Trust(),
        journal: Journal | None = None,
        tries: Tries | None = None,
    ) -> None:
        self._stores, self.signer, self.trust = stores, signer, trust
        self.journal = journal or Journal()
        self._tries = tries or Tries()

    def visitor(self, request: Request) -> Visitor | None:
        """Return the signed-in person of *request*, or None. Raises StoreError."""
        header = self.trust.header
        name = request.headers.get(header, "") if header and self.trust.believes(peer(request)) else ""
        if name:
            account = self._account(name)
            if account is None:
                return None
            return Visitor(account, self.signer.of_header(account.name, account.stamp), by_header=True)
        session = self.signer.session(request.cookies.get(COOKIE, ""))
        account = self._account(session.name) if session else None
        if session is None or account is None or account.stamp != session.stamp:
            return None
        return Visitor(account, session)

    def sign_in(self, request: Request, name: str, password: str) -> Session | None:
        """Return a new session, None if wrong. RefusedError (429) on many tries."""
        address = self._address(request)
        browser = self.signer.browser_of(request.cookies.get(KNOWN, ""), name)
        if wait := self._tries.take(name, address, browser):
            count = self._tries.refused(name, address, browser)
            if count & (count - 1) == 0:  # 1, 2, 4, 8 …: a flood of tries is no flood of lines
                self.journal.write("sign_in_refused", name, address=address, tries=count)
            raise RefusedError(429, f"Terlalu banyak percobaan masuk. Coba lagi {_after(wait)}.")
        before = self._tries.unlooked(name, address, browser)
        more = {"refused_before": before} if before else {}
        account = self._account(name)
        with _HASHING:
            right = fits(account, password)
        if account is None or not right:
            self.journal.write("sign_in_failed", name, address=address, **more)
            return None
        self._tries.passed(name, address, browser)
        self.journal.write("signed_in", account.name, address=address, **more)
        return self.session_of(account)

    def session_of(self, account: Account) -> Session:
        """A new session of *account*."""
        return Session(account.name, account.stamp, secrets.token_hex(16))

    def right_password(self, request: Request, account: Account, password: str) -> bool:
        """Return whether *password* is right; a try. Raises RefusedError (429)."""
        return self.sign_in(request, account.name, password) is not None

    def set_cookie(self, request: Request, response: Response, session: Session | None) -> None:
        """Set the cookies of *session* and of the browser; None removes the first."""
        https = request.url.scheme == "https" or (
            self.trust.believes(peer(request)) and request.headers.get("x-forwarded-proto") == "https"
        )
        secure = self.trust.secure or https
        made = [(COOKIE, self.signer.cookie(session) if session else "", LIFE_S if session else 0)]
        made += [(KNOWN, self.signer.browser(session), KNOWN_S)] if session else []
        for name, value, seconds in made:
            response.set_cookie(name, value, max_age=seconds, httponly=True, samesite="lax", secure=secure)

    def change_password(self, account: Account, password: str) -> Account:
        """Set *account*'s password in its stores. Raises UsageError, StoreError."""
        changed = account
        for accounts in map(Accounts, self._stores()):
            if accounts.find(account.name) is not None:
                changed = accounts.change_password(account, password)
        return changed

    def _account(self, name: str) -> Account | None:
        for store in self._stores():
            if found := Accounts(store).find(name):
                return found
        return None

    def _address(self, request: Request) -> str:
        """Return the person's address, as a trusted web server names it last."""
        address = peer(request)
        named = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
        return named[:64] if named and self.trust.believes(address) else address


def _after(seconds: float) -> str:
    """``setelah 30 detik``, ``setelah 15 menit``."""
    whole = math.ceil(seconds)
    return f"setelah {whole} detik" if whole <= 90 else f"setelah {math.ceil(whole / 60)} menit"


def peer(request: Request) -> str:
    """The address at the other end of the connection."""
    return request.client.host if request.client else ""


async def form_of(request: Request) -> Mapping[str, str]:
    """Return a form's fields. RefusedError if too large, too slow or none."""
    if request.headers.get("sec-fetch-site", "same-origin") in {"cross-site", "same-site"}:
        raise RefusedError(403, "Formulir ini dikirim dari situs lain.")
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    length = request.headers.get("content-length", "0")
    if not length.isdecimal() or int(length[:12]) > BODY:
        raise RefusedError(413, "Isian terlalu besar.")
    try:
        data = await asyncio.wait_for(_body(request), BODY_S)
    except TimeoutError:
        raise RefusedError(408, "Isian tidak kunjung selesai dikirim.") from None
    if kind != "application/x-www-form-urlencoded":
        return {}  # without its token nothing is kept
    try:
        return dict(parse_qsl(data.decode(), keep_blank_values=True, max_num_fields=_FIELDS))
    except ValueError:  # not UTF-8, too many fields
        raise RefusedError(400, "Isian tidak terbaca.") from None


async def _body(request: Request) -> bytes:
    data = bytearray()
    async for block in request.stream():
        data += block
        if len(data) > BODY:
            raise RefusedError(413, "Isian terlalu besar.")
    return bytes(data)
