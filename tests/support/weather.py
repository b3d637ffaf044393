"""A real HTTP proxy on loopback that makes bad weather before an S3 server.

``faults`` are asked in turn about each request; the first that gives a
:class:`Fault` decides what happens instead of a good answer.
"""

from __future__ import annotations

import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


@dataclass(frozen=True)
class Fault:
    """What goes wrong with one request.

    *status* and *code*: the server refuses. *cut*: the answer breaks off half-way. *drop*: no
    answer; with *after* the server did what it was asked all the same.
    """

    status: int = 0
    code: str = ""
    cut: bool = False
    drop: bool = False
    after: bool = False


Rule = Callable[[str, str], Fault | None]


def times(count: int, fault: Fault, method: str = "", part: str = "") -> Rule:
    """*fault* for the first *count* requests of *method* whose path holds *part*."""
    left, lock = [count], threading.Lock()

    def rule(verb: str, path: str) -> Fault | None:
        with lock:
            if left[0] and verb.startswith(method) and part in path:
                left[0] -= 1
                return fault
        return None

    return rule


@dataclass
class Weather:
    """Where the proxy listens, what it does and what it saw."""

    address: str
    faults: list[Rule] = field(default_factory=list)
    seen: list[str] = field(default_factory=list)
    sizes: list[tuple[str, int]] = field(default_factory=list)  # of what was sent: request, bytes
    away: bool = False

    def fault(self, verb: str, path: str) -> Fault | None:
        self.seen.append(f"{verb} {path}")
        if self.away:
            return Fault(drop=True)
        return next((fault for rule in self.faults if (fault := rule(verb, path))), None)


@contextmanager
def proxy(upstream: str) -> Iterator[Weather]:
    """A proxy before *upstream*."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    server.weather = Weather(f"http://127.0.0.1:{server.server_address[1]}")  # type: ignore[attr-defined]
    server.upstream = urlsplit(upstream).netloc  # type: ignore[attr-defined]
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server.weather  # type: ignore[attr-defined]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *arguments: object) -> None:
        """Say nothing."""

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.server.weather.sizes.append((f"{self.command} {self.path}", len(body)))  # type: ignore[attr-defined]
        fault = self.server.weather.fault(self.command, self.path)  # type: ignore[attr-defined]
        if fault and fault.drop and not fault.after:
            self.close_connection = True
            return
        if fault and fault.status:
            self._answer(fault.status, [("Content-Type", "application/xml")], _error(fault), cut=False)
            return
        status, headers, answer = self._ask(body)
        if fault and fault.drop:
            self.close_connection = True
            return
        self._answer(status, headers, answer, cut=bool(fault and fault.cut))

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _serve  # noqa: N815

    def _ask(self, body: bytes) -> tuple[int, list[tuple[str, str]], bytes]:
        connection = http.client.HTTPConnection(self.server.upstream, timeout=60)  # type: ignore[attr-defined]
        try:
            headers = {name: value for name, value in self.headers.items() if name.lower() != "expect"}
            connection.request(self.command, self.path, body, headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool) -> None:
        self.send_response_only(status)
        length = [value for name, value in headers if name.lower() == "content-length"]
        for name, value in headers:
            if name.lower() not in {"content-length", "transfer-encoding", "connection"}:
                self.send_header(name, value)
        head = self.command == "HEAD"
        self.send_header("Content-Length", (length or ["0"])[0] if head else str(len(body)))
        self.end_headers()
        if not head:
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut


def _error(fault: Fault) -> bytes:
    # Some servers repeat what they were sent: a planted secret that no message of ours may show.
    return (
        f"<?xml version='1.0'?><Error><Code>{fault.code}</Code>"
        "<Message>StringToSign: rahasia-yang-ditanam-0123456789</Message></Error>"
    ).encode()
