"""A Prefect server on loopback with process workers, for benchmarks/deadline_night.py."""

from __future__ import annotations

import http.client
import json
import os
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
_TRIES = 10
_PAUSE = threading.Event()  # never set; waiting on it is how a poll pauses


def ask(api: str, path: str, body: dict[str, Any] | None = None, tries: int = _TRIES) -> Any:
    """The answer of the server; POST with a *body*, else GET. Asked again while its SQLite is busy (503)."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(  # noqa: S310  our own loopback server
        f"{api}{path}", data, {"Content-Type": "application/json"}
    )
    for attempt in range(tries):
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:  # noqa: S310
                return json.load(answer)
        except (OSError, http.client.HTTPException) as error:
            wrong = isinstance(error, urllib.error.HTTPError) and error.code < 500
            if wrong or attempt == tries - 1:
                raise
            _PAUSE.wait(1 + attempt)
    raise AssertionError("unreachable")


class Server:
    """The server and its workers; all end with :meth:`end`."""

    def __init__(self, folder: Path, database: str = "") -> None:
        (folder / "home").mkdir(exist_ok=True)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.folder = folder
        self.api = f"http://127.0.0.1:{port}/api"
        self.environment = {
            **os.environ,
            "HOME": str(folder / "home"),
            "IID_TOML": str(folder / "iid.toml"),
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": self.api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_UI_ENABLED": "false",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        if database:
            self.environment["PREFECT_API_DATABASE_CONNECTION_URL"] = database
        self.workers: dict[str, subprocess.Popen[bytes]] = {}
        self._all: list[subprocess.Popen[bytes]] = []
        self._run("server", "server", "start", "--host", "127.0.0.1", "--port", str(port))
        self.until(self._answers, 180)

    @classmethod
    @contextmanager
    def started(cls, folder: Path, database: str = "") -> Iterator[Server]:
        """A server that ends, with its workers, at the end; on SQLite without a *database*."""
        server = cls(folder, database)
        try:
            yield server
        finally:
            server.end()

    def start_worker(self, pool: str, name: str) -> None:
        """A process worker that takes one run at a time."""
        words = ("worker", "start", "--type", "process", "--pool", pool, "--name", name, "--limit", "1")
        self.workers[name] = self._run(name, *words)

    def python(self, *words: str, seconds: float = 120) -> str:
        """Run Python to its end with the server's environment; what it printed."""
        done = subprocess.run(
            [sys.executable, *words], env=self.environment, cwd=self.folder,
            capture_output=True, text=True, timeout=seconds, check=False,
        )  # fmt: skip
        if done.returncode:
            raise SystemExit(f"{' '.join(words)}: {done.stderr[-2000:]}")
        return done.stdout

    def until(self, what: Callable[[], Any], seconds: float) -> None:
        """Wait for *what*. SystemExit with the ends of the logs when it does not come."""
        end = time.monotonic() + seconds
        while not what():
            if time.monotonic() > end:
                logs = "".join(f"\n--- {p.name}\n{p.read_text()[-1500:]}" for p in self.folder.glob("*.log"))
                raise SystemExit(f"nothing within {seconds:.0f} s{logs}")
            _PAUSE.wait(0.3)

    def end(self) -> None:
        """End workers first, then the server."""
        for process in reversed(self._all):
            process.terminate()
            try:
                process.wait(30)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _answers(self) -> bool:
        try:
            return bool(ask(self.api, "/health", tries=1))
        except (OSError, ValueError, http.client.HTTPException):
            return False

    def _run(self, name: str, *words: str) -> subprocess.Popen[bytes]:
        with (self.folder / f"{name}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "prefect", *words],
                env=self.environment, cwd=self.folder, stdout=log, stderr=log,
            )  # fmt: skip
        self._all.append(process)
        return process
