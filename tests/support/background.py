"""Commands that run in the background, and waiting for what they do with a deadline."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

FOUND = threading.Event()  # never set; waiting on it is how a poll pauses


def until(
    what: Callable[[], Any], seconds: float = 60, *, pause: float = 0.1, why: Callable[[], str] = lambda: ""
) -> Any:
    """The first true answer of *what*, asked every *pause* seconds until the deadline."""
    end = time.monotonic() + seconds
    while not (answer := what()):
        assert time.monotonic() < end, f"nothing within {seconds} s; {why()}"
        FOUND.wait(pause)
    return answer


class Running:
    """A command that runs in the background, with what it has said so far."""

    def __init__(self, process: subprocess.Popen[bytes], log: Path) -> None:
        self.process, self.log = process, log

    def said(self) -> str:
        return self.log.read_text(encoding="utf-8")

    def says(self, words: str, seconds: float = 60, count: int = 1) -> None:
        until(lambda: self.said().count(words) >= count, seconds, why=self.said)

    def ends(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(timeout=60)


@contextmanager
def running(log: Path, *command: str | Path, **environment: str) -> Iterator[Running]:
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", *map(str, command)],
            stdout=out,
            stderr=out,
            env={**os.environ, **environment},
            cwd=log.parent,
        )
    try:
        yield Running(process, log)
    finally:
        process.terminate()  # asked first, so that it can end what it started
        try:
            process.wait(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def proof_folder(share: Path, number: int = 0) -> Path:
    """A folder of evidence; each *number* in another unit."""
    units = {
        path.relative_to(share).parts[1]: path for path in sorted(share.glob("2026/[1-9]*/[!_]*/bukti/*/"))
    }
    return list(units.values())[number]


def unit(folder: Path) -> str:
    """Code of the unit whose folder of evidence that is."""
    return folder.parts[-4].split()[0]


def runs(store: Path) -> list[str]:
    folder = store / "63.03/2026/runs"
    return sorted(path.parent.name for path in folder.glob("*/manifest.json")) if folder.exists() else []
