"""One Starlette application for report, health, metrics and the desk.

On loopback by default, without a word about who asked what. A client that is slow to ask holds a
connection and nothing else, and that for a while only.
"""

from __future__ import annotations

import asyncio
import socket
import sys
from collections.abc import Callable, Sequence
from http import HTTPStatus
from threading import Thread
from typing import Any
from urllib.parse import urlsplit

import uvicorn
from anyio import to_thread
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol

from iid.tasks.operate.serve.report_server import HttpAnswer, page

LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
ASK_S = 15.0  # seconds in which a request's head must have come
BACKLOG = 1024
MOST = 2_000  # connections at a time, and never more than half of the files that we may open
_HEADERS = {
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "X-Frame-Options": "SAMEORIGIN",
}


def application(
    answer: Callable[[str], HttpAnswer], desk: Sequence[BaseRoute] = (), hosts: frozenset[str] | None = None
) -> ASGIApp:
    """Return the application: *desk*, then *answer*; *hosts*: its names."""

    async def report(request: Request) -> Response:
        raw = (request.scope.get("raw_path") or b"/").decode("ascii", "replace")
        found = await to_thread.run_sync(answer, "/" + raw.lstrip("/"))  # "//x" names no host here
        headers = {**_HEADERS, **({"Location": found.location} if found.location else {})}
        return Response(found.body, found.status, headers, media_type=found.kind)

    app = Starlette(routes=[*desk, Route("/{path:path}", report, methods=["GET"])])
    return _Named(app, hosts)


class _Named:
    """Answers only under *hosts*: others may point their names at loopback."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str] | None) -> None:
        self._app, self._hosts = app, hosts

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and self._hosts is not None and not self._meant(scope):
            refused = page(HTTPStatus.FORBIDDEN, "Alamat lain.")
            await Response(refused.body, 403, _HEADERS, media_type=refused.kind)(scope, receive, send)
            return
        try:
            await self._app(scope, receive, send)
        except ConnectionError:
            pass  # the visitor has gone
        except Exception as error:  # noqa: BLE001  (one line; what was wrong is in the service's own log)
            sys.stderr.write(f"iid: halaman tidak dapat dikirim ({type(error).__name__})\n")

    def _meant(self, scope: Scope) -> bool:
        name = next((value for key, value in scope["headers"] if key == b"host"), b"")
        try:
            return urlsplit(f"//{name.decode('latin-1')}").hostname in (self._hosts or ())
        except ValueError:  # for example "[x": the name of no machine
            return False


class _Protocol(H11Protocol):
    """Hangs up on silent clients, at once where there are too many."""

    most = MOST

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self._begun = self.loop.time()
        self._patience = self.loop.call_later(ASK_S, self._give_up)
        if len(self.connections) > self.most:
            self._make_room()

    def _make_room(self) -> None:
        """Close the longest idle connection; this one where none is idle."""
        idle = (one for one in self.connections if isinstance(one, _Protocol) and one.idle)
        oldest = min(idle, key=lambda one: one._begun, default=self)
        oldest.transport.close()

    @property
    def idle(self) -> bool:
        """Whether the connection is open and no request is being answered."""
        unasked = self.cycle is None or self.cycle.response_complete
        return unasked and not self.transport.is_closing()

    def connection_lost(self, exc: Exception | None) -> None:
        self._patience.cancel()
        super().connection_lost(exc)

    def _give_up(self) -> None:
        if self.cycle is None:
            self.transport.close()


class WebServer:
    """Serves *app* on ``host:port`` (0: any) in a thread. OSError if taken."""

    def __init__(self, app: ASGIApp, host: str, port: int) -> None:
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        # asyncio sends without delay (TCP_NODELAY) only where the protocol is named: 40 ms an answer.
        self._socket = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
        try:
            self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            self._socket.bind((host, port))
        except OSError:
            self._socket.close()
            raise
        self.port: int = self._socket.getsockname()[1]
        files = _more_files()
        _Protocol.most = min(MOST, files // 2)
        config = uvicorn.Config(
            app,
            http=_Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            log_level="critical",
            server_header=False,
            proxy_headers=False,
            backlog=min(BACKLOG, files // 4),  # asyncio accepts so many before it looks at one of them
            timeout_keep_alive=15,
            timeout_graceful_shutdown=5,
            h11_max_incomplete_event_size=32 * 1024,
        )
        self._server = uvicorn.Server(config)
        self._thread = Thread(target=self._run, name="laporan", daemon=True)

    def start(self) -> None:
        """Begin to answer; what is asked meanwhile waits in the queue of the port."""
        self._socket.listen(BACKLOG)
        self._thread.start()

    def stop(self) -> None:
        """Let current answers end for some seconds; then free the port."""
        self._server.should_exit = True
        self._thread.join(15)
        self._socket.close()

    def _run(self) -> None:
        asyncio.run(self._server.serve(sockets=[self._socket]))


def _more_files() -> int:
    """Raise the limit of open files as far as allowed; return it."""
    try:
        import resource

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = min(hard, 65_536) if hard != resource.RLIM_INFINITY else 65_536
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        return max(soft, wanted)
    except (ImportError, ValueError, OSError):
        return 1_024
