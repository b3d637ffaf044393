"""A web server and a mail server on loopback that keep what they are sent."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.controller import Controller


@dataclass
class Post:
    """What a server on loopback was sent."""

    address: str
    got: list[dict[str, Any]] = field(default_factory=list)
    refuse: int = 0  # that many are answered 503


@contextmanager
def listening(take: Callable[[str, Message, bytes], bool]) -> Iterator[str]:
    """A web server that gives every POST (path, headers, body) to *take*; 503 where that says False."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            if not take(self.path, self.headers, body):
                self.send_error(503)
                return
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@contextmanager
def web_server() -> Iterator[Post]:
    post = Post("")

    def take(_path: str, _headers: Message, body: bytes) -> bool:
        if post.refuse:
            post.refuse -= 1
            return False
        post.got.append(json.loads(body))
        return True

    with listening(take) as where:
        post.address = f"json://{where}/jalan-rahasia"
        yield post


class OnAnyPort(Controller):
    """aiosmtpd greets its own server when it starts, at the port it was reported, not at the one it got."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@contextmanager
def mail_server() -> Iterator[Post]:
    post = Post("")

    class Handler:
        async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802
            message = message_from_bytes(envelope.content, policy=policy.default)
            body = message.get_body(("plain", "html"))
            post.got.append(
                {"to": envelope.rcpt_tos, "title": message["Subject"], "message": body.get_content()}
            )
            return "250 OK"

    controller = OnAnyPort(Handler(), hostname="127.0.0.1", port=0)
    controller.start()
    post.address = f"mailto://127.0.0.1:{controller.port}?from=iid@banjarkab.go.id&to=bappeda@banjarkab.go.id"
    yield post
    controller.stop()
