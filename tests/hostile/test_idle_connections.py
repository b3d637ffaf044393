"""Clients that connect and say nothing, to a service that may open few files."""

from __future__ import annotations

import http.client
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack

import psutil
import pytest
from background import until

FILES = 128
SERVE = """
import sys
from iid.tasks.operate.serve.report_server import Site
from iid.tasks.operate.serve.web_server import WebServer, application
server = WebServer(application(Site(list).answer), "127.0.0.1", 0)
server.start()
print(server.port, flush=True)
sys.stdin.read()
server.stop()
"""


@pytest.fixture
def service() -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A server of its own that may open 128 files; its process and port."""
    limited = f'ulimit -n {FILES}; exec "$0" -c "$1"'
    process = subprocess.Popen(
        ["sh", "-c", limited, sys.executable, SERVE],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdin is not None and process.stdout is not None
    try:
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def answered(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", "/health")
        return connection.getresponse().status
    finally:
        connection.close()


def held(pid: int) -> int:
    """How many connections a process has."""
    return sum(one.status == "ESTABLISHED" for one in psutil.Process(pid).net_connections())


@pytest.mark.parametrize("said", [b"", b"GET /health HTTP/1.1\r\nHost: localhost\r\nX-A: "])
def test_more_idle_clients_than_files_keep_nobody_waiting_and_are_bounded(
    said: bytes, service: tuple[subprocess.Popen[str], int]
) -> None:
    process, port = service
    with ExitStack() as stack:
        clients = []
        for _ in range(3 * FILES):
            clients.append(stack.enter_context(socket.create_connection(("127.0.0.1", port), 60)))
            clients[-1].sendall(said)
        assert answered(port) in {200, 503}
        until(lambda: held(process.pid) <= FILES // 2, 30)
        assert clients[0].recv(1) == b""  # who has said nothing for the longest time is gone
        assert answered(port) in {200, 503}
    process.communicate("", timeout=60)  # on a busy machine asyncio may say that files ran out for a moment
    assert process.returncode == 0
