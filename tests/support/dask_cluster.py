"""A real Dask scheduler on loopback and worker processes that a test may kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from background import until
from distributed import Client


class Cluster:
    """A scheduler; ``client`` is the test's own look at it."""

    def __init__(
        self, folder: Path, address: str, client: Client, scheduler: subprocess.Popen[bytes]
    ) -> None:
        self.folder, self.address, self.client, self.scheduler = folder, address, client, scheduler
        self.workers: list[subprocess.Popen[bytes]] = []

    def add_worker(self, **environment: str) -> str:
        """Start one more worker process with one thread; its address, once it is there."""
        before = set(self.client.nthreads())
        name = f"pekerja-{len(self.workers)}"
        self.workers.append(
            _start(
                self.folder / f"{name}.log",
                *("distributed.cli.dask_worker", self.address, "--no-nanny", "--nthreads", "1"),
                *("--host", "127.0.0.1", "--no-dashboard", "--name", name),
                *("--local-directory", str(self.folder / name)),
                **environment,
            )
        )
        new = until(lambda: set(self.client.nthreads()) - before, 120)
        return str(new.pop())

    def kill_while_working(self, number: int, address: str) -> None:
        """SIGKILL the worker in the middle of a batch: it is held still first, to be sure of it."""
        process = self.workers[number]

        def caught() -> bool:
            if not self.client.processing([address]).get(address):
                return False
            process.send_signal(signal.SIGSTOP)
            if self.client.processing([address]).get(address):
                return True
            process.send_signal(signal.SIGCONT)
            return False

        until(caught, 120)
        process.kill()
        process.wait(60)

    def remove_workers(self) -> None:
        """End all workers."""
        for process in self.workers:
            process.kill()
            process.wait(60)
        self.workers.clear()
        until(lambda: not self.client.nthreads(), 60)


@contextmanager
def cluster(folder: Path) -> Iterator[Cluster]:
    """A scheduler on a free port, without workers."""
    note = folder / "penjadwal.json"
    scheduler = _start(
        folder / "penjadwal.log",
        *("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0"),
        *("--no-dashboard", "--scheduler-file", str(note)),
    )
    found: Cluster | None = None
    try:
        until(lambda: note.exists() and note.read_text(), 120)
        address = json.loads(note.read_text())["address"]
        with Client(address, set_as_default=False, timeout=60) as client:
            found = Cluster(folder, address, client, scheduler)
            yield found
    finally:
        for process in (*(found.workers if found else ()), scheduler):
            process.kill()
            process.wait(60)


def _start(log: Path, *words: str, **environment: str) -> subprocess.Popen[bytes]:
    with log.open("wb") as out:
        return subprocess.Popen(
            [sys.executable, "-m", *words], stdout=out, stderr=out, env={**os.environ, **environment}
        )
