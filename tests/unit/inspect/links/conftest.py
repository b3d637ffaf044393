"""A web of our own on loopback: real servers, and names that lead to them.

The allowance of loopback is a Python argument of these tests; nothing a user can set reaches it.
"""

from __future__ import annotations

import contextlib
import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from iid.tasks.inspect.links.link_checks import Check, Manners, check_links
from iid.tasks.inspect.links.probe import Patience
from iid.tasks.inspect.links.public_addresses import Network

LOGIN = b"<form><input name=u><input name=p type='password'></form>"
HERE = ipaddress.ip_address("127.0.0.1")


class _Pages(BaseHTTPRequestHandler):
    """Every page by its path; what was asked is noted on the server."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Quiet."""

    def do_GET(self) -> None:
        self.server.asked.append((self.headers["Host"], self.path, self.command))  # type: ignore[attr-defined]
        name, _, rest = self.path.lstrip("/").partition("/")
        if name == "status":
            self._answer(int(rest), b"")
        elif name == "to":
            self._answer(302, b"", ("Location", self.server.onward[rest]))  # type: ignore[attr-defined]
        elif name == "huge":
            self._flood()
        elif name == "chunked":
            self._chunks()
        else:
            self._answer(200, self.server.pages.get(self.path, b"<p>Halaman</p>"))  # type: ignore[attr-defined]

    def _answer(self, code: int, body: bytes, *headers: tuple[str, str]) -> None:
        self.send_response(code)
        for header in (("Content-Length", str(len(body))), *headers):
            self.send_header(*header)
        self.end_headers()
        self.wfile.write(body)

    def _flood(self) -> None:
        """A body that never ends, until the other side has had enough."""
        self.send_response(200)
        self.send_header("Content-Length", str(10**12))
        self.end_headers()
        try:
            while True:
                self.wfile.write(bytes(65_536))
                self.server.sent += 65_536  # type: ignore[attr-defined]
        except OSError:
            self.close_connection = True

    def _chunks(self) -> None:
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (LOGIN[:20], LOGIN[20:], b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))


class Web:
    """One server, reached under any name; ``names`` says where else a name leads."""

    def __init__(self, server: ThreadingHTTPServer) -> None:
        self.server = server
        self.port: int = server.server_address[1]
        self.names: dict[str, list[str]] = {}
        server.asked, server.onward, server.pages, server.sent = [], {}, {}, 0  # type: ignore[attr-defined]

    @property
    def asked(self) -> list[tuple[str, str, str]]:
        return self.server.asked  # type: ignore[attr-defined]

    def url(self, path: str, host: str = "dinas.example.go.id", port: int | None = None) -> str:
        return f"http://{host}:{port or self.port}{path}"

    def network(self, *ports: int) -> Network:
        def resolve(host: str, _port: int) -> list[str]:
            found = self.names.get(host, ["127.0.0.1"])
            if not found:
                raise socket.gaierror(socket.EAI_NONAME, "no such name")
            return found

        return Network(lambda ip: ip == HERE, frozenset((self.port, *ports)), resolve)

    def check(self, *urls: str, ports: tuple[int, ...] = (), **manners: object) -> dict[str, Check]:
        patient = {"patience": Patience(seconds=20.0), "host_rest_s": 0.0} | manners
        return check_links(urls, network=self.network(*ports), manners=Manners(**patient))

    def status(self, url: str, **more: object) -> str:
        return self.check(url, **more)[url].status


@pytest.fixture
def web() -> Iterator[Web]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Pages)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield Web(server)
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def talker() -> Iterator[Callable[[Callable[[socket.socket], None]], int]]:
    """Starts a bare TCP server that does to each caller what it is reported; gives its port."""
    listeners: list[socket.socket] = []
    threads: list[threading.Thread] = []

    def start(answer: Callable[[socket.socket], None]) -> int:
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve() -> None:
            while True:
                try:
                    caller, _ = listener.accept()
                except OSError:
                    return
                with caller, contextlib.suppress(OSError):
                    answer(caller)

        threads.append(threading.Thread(target=serve, daemon=True))
        threads[-1].start()
        return int(listener.getsockname()[1])

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
    for thread in threads:
        thread.join(10)
