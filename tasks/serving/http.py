"""Answers over HTTP, on loopback by default, without a word about who asked what."""

from __future__ import annotations

import html
import sys
from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
HTML = "text/html; charset=utf-8"


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the browser."""

    status: HTTPStatus
    kind: str
    body: bytes
    location: str = ""


def page(status: HTTPStatus, words: str) -> Answer:
    """A page of one sentence."""
    text = (
        f'<!doctype html><html lang="id"><meta charset="utf-8"><title>iid</title><p>{html.escape(words)}</p>'
    )
    return Answer(status, HTML, text.encode())


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: object, client_address: object) -> None:
        """One line instead of a traceback; a visitor who hung up is none of our business."""
        error = sys.exception()
        if not isinstance(error, ConnectionError | TimeoutError):
            sys.stderr.write(f"iid: halaman tidak dapat dikirim ({type(error).__name__})\n")


def server_of(answer: Callable[[str], Answer], host: str, port: int) -> ThreadingHTTPServer:
    """A server that is bound but not serving yet. OSError when the port is taken."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 30  # seconds; a visitor who says nothing holds no thread for ever
        server_version, sys_version = "iid", ""

        def log_message(self, format: str, *arguments: object) -> None:
            """Say nothing; who reads what is nobody's business."""

        def do_GET(self) -> None:
            self._send(with_body=True)

        def do_HEAD(self) -> None:
            self._send(with_body=False)

        def _send(self, *, with_body: bool) -> None:
            found = answer(self.path) if self._is_meant() else page(HTTPStatus.FORBIDDEN, "Alamat lain.")
            self.send_response(found.status)
            self.send_header("Content-Type", found.kind)
            self.send_header("Content-Length", str(len(found.body)))
            self.send_header("Cache-Control", "no-cache")
            self.send_header("X-Content-Type-Options", "nosniff")
            self.send_header("Referrer-Policy", "no-referrer")
            self.send_header("X-Frame-Options", "SAMEORIGIN")
            if found.location:
                self.send_header("Location", found.location)
            self.end_headers()
            if with_body:
                self.wfile.write(found.body)

        def _is_meant(self) -> bool:
            """On loopback, only under a name of this machine: a foreign page may point its own name here."""
            if host not in LOOPBACK:
                return True
            try:
                return urlsplit(f"//{self.headers.get('Host', '')}").hostname in LOOPBACK
            except ValueError:  # for example "[x": the name of no machine
                return False

    return _Server((host, port), Handler)
