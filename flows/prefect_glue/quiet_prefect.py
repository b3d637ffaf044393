"""Prefect inside our command: own home, no telemetry, no noise.

Import this before ``prefect``. The embedded server prints "database is locked"
tracebacks that mean nothing (PrefectHQ/prefect#19771); they go to a log file.
"""

from __future__ import annotations

import atexit
import logging
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache, partial
from pathlib import Path
from typing import Any, TextIO

DEFAULTS = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
    "DO_NOT_TRACK": "1",
    "PREFECT_CLI_PROMPT": "false",
    "PREFECT_SERVER_EPHEMERAL_STARTUP_TIMEOUT_SECONDS": "180",  # the first start migrates a database
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_LOGGING_LOGGERS_PREFECT_FLOW_RUNS_LEVEL": "INFO",  # what a run found, on its page
    "PREFECT_LOGGING_SERVER_LEVEL": "CRITICAL",
    "PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
}


def log_file() -> Path:
    """Where the embedded server's output and unexpected errors go."""
    from platformdirs import user_log_path

    return _writable(user_log_path("iid")) / "iid.log"


@cache
def _writable(folder: Path) -> Path:
    """Return *folder*, made if missing; a temporary one if unwritable."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if os.access(folder, os.W_OK):
            return folder
    except OSError:
        pass  # said by the name of the folder that is used instead
    temporary = tempfile.mkdtemp(prefix="iid-")
    atexit.register(shutil.rmtree, temporary, ignore_errors=True)
    return Path(temporary)


def prepare() -> None:
    """Set what the user has not set himself, before Prefect is imported."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
    if "PREFECT_HOME" not in os.environ and "PREFECT_API_URL" not in os.environ:
        from platformdirs import user_data_path

        os.environ["PREFECT_HOME"] = str(_writable(user_data_path("iid")) / "prefect")


@contextmanager
def embedded_server() -> Iterator[None]:
    """Run with the embedded or configured server; log its noise."""
    prepare()
    from prefect.settings import PREFECT_API_URL

    with log_file().open("a", encoding="utf-8") as log, _console_into(log):
        if PREFECT_API_URL.value():
            from iid.flows.prefect_glue.server_check import require_server

            require_server()
            yield
            _deliver()
            return
        with _server(log):
            yield


@contextmanager
def _server(log: TextIO) -> Iterator[None]:
    """Run Prefect's embedded server for the block; it ends with this process."""
    from prefect.server.api.server import SubprocessASGIServer

    from iid.tasks.values.errors import FailedError

    guards: list[subprocess.Popen[bytes]] = []

    class Guarded(SubprocessASGIServer):
        def _run_uvicorn_command(self) -> subprocess.Popen[Any]:
            with _own_session():
                process = super()._run_uvicorn_command()
            guards.append(_guard(process.pid))
            return process

    server = Guarded()
    try:
        with _stderr_into(log):
            server.start()
    except RuntimeError as error:
        server.stop()
        raise FailedError(
            f"server Prefect tertanam tidak menyala ({' '.join(str(error).split())[:200]}); "
            f"lihat {log.name}, atau jalankan dengan --direct"
        ) from error
    try:
        yield
    finally:
        _deliver()
        server.stop()
        for guard in guards:
            guard.kill()
            guard.communicate()


@contextmanager
def _own_session() -> Iterator[None]:
    """Start processes in own sessions: Ctrl-C in a terminal is for us.

    Prefect leaves its server in ours: it would be gone before the run that has to report its end.
    """
    popen = subprocess.Popen
    setattr(subprocess, "Popen", partial(popen, start_new_session=True))  # noqa: B010  (no name of a type)
    try:
        yield
    finally:
        setattr(subprocess, "Popen", popen)  # noqa: B010


#: Kills the process "$1" when our end of the pipe closes: also when we were killed.
_GUARD = 'read -r _; kill -9 "$1" 2>/dev/null'


def _guard(pid: int) -> subprocess.Popen[bytes]:
    """What ends process *pid* when this one is gone."""
    return subprocess.Popen(  # noqa: S603  (a fixed shell line; the rest is its argument)
        ["/bin/sh", "-c", _GUARD, "iid-server", str(pid)],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,  # Ctrl-C is for us
    )


def _deliver() -> None:
    """Hand over the last logs and events while the server still answers."""
    from prefect.events.worker import EventsWorker
    from prefect.logging.handlers import APILogWorker

    EventsWorker.drain_all(timeout=10)
    APILogWorker.drain_all(timeout=10)


@contextmanager
def _console_into(log: TextIO) -> Iterator[None]:
    """Send Prefect's console lines (and tracebacks) to *log* for a while."""
    import prefect.main  # noqa: F401  (sets up logging)
    from prefect.logging.handlers import PrefectConsoleHandler

    handlers = [
        handler
        for name in ("", *logging.root.manager.loggerDict)
        for handler in logging.getLogger(name or None).handlers
        if isinstance(handler, PrefectConsoleHandler)
    ]
    before = [handler.console.file for handler in handlers]
    for handler in handlers:
        handler.console.file = log
    try:
        yield
    finally:
        for handler, file in zip(handlers, before, strict=True):
            handler.console.file = file


@contextmanager
def _stderr_into(log: TextIO) -> Iterator[None]:
    """Point descriptors 1 and 2 at *log*, for child processes, too."""
    sys.stdout.flush()
    sys.stderr.flush()
    saved = os.dup(1), os.dup(2)
    os.dup2(log.fileno(), 1)
    os.dup2(log.fileno(), 2)
    try:
        yield
    finally:
        os.dup2(saved[0], 1)
        os.dup2(saved[1], 2)
        os.close(saved[0])
        os.close(saved[1])
