"""Where a link may lead: public hosts, resolved once and connected so.

A name that resolves to an inner address, today or on the second look (DNS rebinding), an
address written as a number, another scheme or an odd port: none of them is connected to.
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlsplit

IP = ipaddress.IPv4Address | ipaddress.IPv6Address

#: Ports that serve web pages; a link cannot make us speak to a mail server.
PORTS = frozenset((80, 443, 8000, 8008, 8080, 8081, 8088, 8443, 8888))
_INNER = "alamatnya hanya ada di jaringan sendiri"
_INNER_NAMES = (".local", ".localhost", ".internal", ".lan", ".home.arpa")
_UNICAST = ipaddress.IPv6Network("2000::/3")  # all that is handed out; site-local fec0:: is not in it
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")


class RefusedError(Exception):
    """A link not asked; ``inner``: only this network can open its address."""

    def __init__(self, detail: str, *, inner: bool = False) -> None:
        super().__init__(detail)
        self.inner = inner


@dataclass(frozen=True, slots=True)
class Target:
    """Where to connect: ``address`` the IP, ``host`` for TLS and ``Host:``."""

    scheme: str
    host: str
    port: int
    path: str  # with query, ASCII
    address: str

    @property
    def authority(self) -> str:
        """The ``Host`` header, with the port only if not the scheme's own."""
        name = f"[{self.host}]" if ":" in self.host else self.host
        return name if self.port == _own_port(self.scheme) else f"{name}:{self.port}"


def is_public(address: IP) -> bool:
    """Return whether *address*, or the IPv4 in an IPv6 one, is public."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        if address.teredo:
            return False
        if address in _NAT64:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        if inner is not None:
            return is_public(inner)
        if address not in _UNICAST:
            return False
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


@dataclass(frozen=True, slots=True)
class Network:
    """How names become addresses, and which are allowed.

    The defaults are the only ones the product uses; no option, setting or environment variable
    leads here. Tests give their own, to reach their servers on loopback.
    """

    public: Callable[[IP], bool] = is_public
    ports: frozenset[int] = PORTS
    resolve: Callable[[str, int], list[str]] | None = None

    async def target(self, url: str) -> Target:
        """Resolve *url*. RefusedError when refused, OSError when unresolved."""
        scheme, host, port, path = _parts(url)
        if port not in self.ports:
            raise RefusedError(f"pintu {port} bukan pintu situs web yang lazim")
        literal = _literal(host)
        if literal is not None:
            if not self.public(literal):
                raise RefusedError(_INNER, inner=True)
            return Target(scheme, host, port, path, str(literal))
        if "." not in host or host.endswith(_INNER_NAMES):
            raise RefusedError(_INNER, inner=True)
        known = [ip for found in await self._resolved(host, port) if (ip := _literal(found)) is not None]
        if not known:
            raise socket.gaierror(socket.EAI_NONAME, "no address")
        if not all(map(self.public, known)):  # one inner address among them is one too many
            raise RefusedError("nama situsnya menunjuk ke jaringan sendiri")
        return Target(scheme, host, port, path, str(known[0]))

    async def _resolved(self, host: str, port: int) -> list[str]:
        if self.resolve is not None:
            return self.resolve(host, port)
        found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
        found.sort(key=lambda entry: entry[0] != socket.AF_INET)  # many offices have no IPv6
        return [str(entry[4][0]) for entry in found]


def _parts(url: str) -> tuple[str, str, int, str]:
    """(scheme, host, port, path with query), all ASCII. Raises RefusedError."""
    try:
        parts = urlsplit(url.strip())
        host = (parts.hostname or "").rstrip(".").lower()
        port = parts.port or _own_port(parts.scheme)
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except (ValueError, UnicodeError) as error:
        raise RefusedError("bukan alamat web yang lengkap") from error
    if parts.scheme not in ("http", "https") or not host or parts.username or parts.password:
        raise RefusedError("bukan alamat web yang boleh dibuka")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return parts.scheme, host, port, _escaped(path)


def _escaped(path: str) -> str:
    """*path* with everything that may not be in a request line as %XX."""
    return "".join(
        c if "!" <= c <= "~" else "".join(f"%{byte:02X}" for byte in c.encode("utf-8", "replace"))
        for c in path
    )


def _own_port(scheme: str) -> int:
    return 443 if scheme == "https" else 80


def _literal(host: str) -> IP | None:
    """Return *host* as an address, in odd spellings too (``0x7f.1``)."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        pass
    try:
        return ipaddress.IPv4Address(socket.inet_aton(host))
    except (OSError, UnicodeError):
        return None
