"""Ask one web address: few bytes, little time, only public hosts.

Written over asyncio's sockets because the address must be the one that was judged, and one
deadline must hold for everything: resolving, connecting, TLS, a server that drips, redirects.
The bytes are parsed by the standard library once they are here.
"""

from __future__ import annotations

import asyncio
import http.client
import io
import socket
import ssl
from dataclasses import dataclass
from urllib.parse import urljoin

from iid.tasks.inspect.links.link_verdict import CLOSED, GONE, UNKNOWN, Reply, Verdict
from iid.tasks.inspect.links.public_addresses import Network, RefusedError, Target

_REDIRECTS = (301, 302, 303, 307, 308)
_AGENT = "iid-link-check/1 (Indeks Inovasi Daerah; memeriksa apakah tautan bukti terbuka)"


@dataclass(frozen=True, slots=True)
class Patience:
    """What one link may cost."""

    seconds: float = 15.0  # in all, redirects included
    bytes: int = 128 * 1024  # of one answer, headers included
    redirects: int = 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A reply or a verdict; ``answered``: some web server replied."""

    reply: Reply | None = None
    verdict: Verdict | None = None
    answered: bool = False


async def ask(url: str, network: Network, patience: Patience) -> Asked:
    """Ask *url* and follow redirects, each judged anew; never raise for them."""
    try:
        async with asyncio.timeout(patience.seconds):
            return await _followed(url, network, patience)
    except TimeoutError:
        return _unknown(f"tidak selesai menjawab dalam {patience.seconds:.0f} detik")


async def _followed(url: str, network: Network, patience: Patience) -> Asked:
    first = url
    for _ in range(patience.redirects + 1):
        try:
            target = await network.target(url)
            reply, onward = await _once(url, target, patience.bytes)
            if not onward:
                return Asked(reply, answered=True)
            url = urljoin(url, onward)
        except RefusedError as error:
            return _refused(error, redirected=url != first)
        except ssl.SSLCertVerificationError:
            return _unknown("sertifikat situsnya tidak sah")
        except socket.gaierror as error:
            return _unresolved(error)
        except (OSError, http.client.HTTPException, ValueError):
            return _unknown("situs tidak menjawab")
    return _unknown("dialihkan berputar-putar")


def _refused(error: RefusedError, *, redirected: bool) -> Asked:
    if redirected:
        return _unknown(f"dialihkan ke tempat yang tidak dibuka: {error}")
    return Asked(verdict=Verdict(CLOSED if error.inner else UNKNOWN, str(error)))


def _unresolved(error: socket.gaierror) -> Asked:
    if error.errno in (socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)):
        return Asked(verdict=Verdict(GONE, "nama situsnya tidak ada"))
    return _unknown("nama situsnya tidak dapat dicari")


def _unknown(detail: str) -> Asked:
    return Asked(verdict=Verdict(UNKNOWN, detail))


async def _once(url: str, target: Target, limit: int) -> tuple[Reply, str]:
    """Send one request to *target*: return the reply and the redirect or ""."""
    secure = ssl.create_default_context() if target.scheme == "https" else None
    reader, writer = await asyncio.open_connection(
        target.address, target.port, ssl=secure, server_hostname=target.host if secure else None, limit=limit
    )
    try:
        writer.write(_request(target))
        await writer.drain()
        data = await _some(reader, limit)
    finally:
        writer.transport.abort()  # no farewell: a server that never says goodbye would hold us
    return _parsed(url, data)


def _request(target: Target) -> bytes:
    lines = (
        f"GET {target.path} HTTP/1.1",
        f"Host: {target.authority}",
        f"User-Agent: {_AGENT}",
        "Accept: text/html,*/*;q=0.5",
        "Accept-Language: id,en;q=0.5",
        "Accept-Encoding: identity",
        "Connection: close",
    )
    return ("\r\n".join(lines) + "\r\n\r\n").encode("ascii")


async def _some(reader: asyncio.StreamReader, limit: int) -> bytes:
    """At most *limit* bytes, up to the end of the stream."""
    data = bytearray()
    while len(data) < limit:
        chunk = await reader.read(min(16_384, limit - len(data)))
        if not chunk:
            break
        data += chunk
        if _redirects(data):  # its body is of no use
            break
    return bytes(data)


def _redirects(data: bytearray) -> bool:
    return data[9:10] == b"3" and b"\r\n\r\n" in data


class _Bytes:
    """What http.client needs of a socket."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, *_: object) -> io.BytesIO:
        return io.BytesIO(self._data)


def _parsed(url: str, data: bytes) -> tuple[Reply, str]:
    """Parse *data*, perhaps cut short. HTTPException if it is no HTTP."""
    response = http.client.HTTPResponse(_Bytes(data), method="GET")  # type: ignore[arg-type]
    response.begin()
    onward = response.getheader("Location", "") if response.status in _REDIRECTS else ""
    try:
        body = response.read()
    except http.client.IncompleteRead as cut:
        body = cut.partial
    except (http.client.HTTPException, ValueError):
        body = b""
    return Reply(url, response.status, body), onward
