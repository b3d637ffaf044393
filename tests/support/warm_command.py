"""The command `iid` in a process of its own, forked from one that has the libraries loaded already.

A test gets what a user gets (exit status, both outputs, an orderly end of the process) without paying
for the imports of pandas and Great Expectations again. Prefect is never loaded before the fork: it
reads its settings when it is imported.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LOADED = (
    "iid.flows.cli.main",
    "iid.flows.settings.load",
    "iid.expectations.suites.suites",
    "iid.tasks.assess.evidence_steps",
    "iid.tasks.report.site",
    "iid.tasks.report.result_workbook",
    "iid.tasks.store.table_files",
    "iid.tasks.validate.validation",
)


class WarmCommand:
    """Runs commands one after another. Close it when done."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None

    def run(
        self, words: list[str], environment: Mapping[str, str], cwd: Path | None = None, limit: float = 240
    ) -> subprocess.CompletedProcess[str]:
        """Run ``iid *words*`` with exactly this *environment*. TimeoutExpired after *limit* seconds."""
        server = self._started()
        assert server.stdin is not None and server.stdout is not None
        with tempfile.TemporaryDirectory(prefix="perintah-") as folder:
            order = {
                "words": words,
                "environment": dict(environment),
                "cwd": str(cwd or Path.cwd()),
                "folder": folder,
                "limit": limit,
            }
            server.stdin.write(json.dumps(order) + "\n")
            server.stdin.flush()
            status = json.loads(server.stdout.readline())
            out, err = (Path(folder, name).read_text(encoding="utf-8") for name in ("out", "err"))
        if status is None:
            raise subprocess.TimeoutExpired(["iid", *words], limit, out, err)
        return subprocess.CompletedProcess(["iid", *words], status, out, err)

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.communicate(timeout=30)

    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            self._process = subprocess.Popen(
                [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
            )
        return self._process


def serve() -> dict[str, Any]:
    """Fork once an order; give the order in the child. The parent ends with its input."""
    for line in sys.stdin:
        order: dict[str, Any] = json.loads(line)
        child = os.fork()
        if child == 0:
            return order
        sys.stdout.write(json.dumps(_end_of(child, order["limit"])) + "\n")
        sys.stdout.flush()
    os._exit(0)


def _end_of(child: int, limit: float) -> int | None:
    end = time.monotonic() + limit
    handle = os.pidfd_open(child)
    if not select.select([handle], [], [], max(0, end - time.monotonic()))[0]:
        os.killpg(child, signal.SIGKILL)
        os.waitpid(child, 0)
        return None
    os.close(handle)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def become(order: dict[str, Any]) -> None:
    """Make this process look like a fresh one that was started with *order*."""
    os.setsid()
    for stream, name, flags in ((1, "out", os.O_WRONLY), (2, "err", os.O_WRONLY)):
        handle = os.open(Path(order["folder"], name), flags | os.O_CREAT | os.O_APPEND, 0o600)
        os.dup2(handle, stream)
        os.close(handle)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.environ.clear()
    os.environ.update(order["environment"])
    time.tzset()
    tempfile.tempdir = None
    os.chdir(order["cwd"])
    sys.argv = [str(Path(sys.executable).with_name("iid")), *order["words"]]
    for name in ("stdin", "stdout", "stderr"):
        stream = {"stdin": 0, "stdout": 1, "stderr": 2}[name]
        opened = open(stream, "r" if stream == 0 else "w", encoding="utf-8", closefd=False)  # noqa: SIM115
        setattr(sys, name, opened)
        setattr(sys, f"__{name}__", opened)


def compile_pages() -> None:
    """Compile the report's templates, which the product does once a process."""
    from iid.tasks.report import site

    pages = site.environment("Asia/Makassar")
    for path in Path(site.__file__).parent.rglob("*.j2"):
        pages.get_template(path.name)


def main() -> None:
    """Load, serve, and in each child be the command."""
    from importlib import import_module

    for name in LOADED:
        import_module(name)
    compile_pages()
    order = serve()
    become(order)
    from iid.flows.cli.main import main as command

    command()


if __name__ == "__main__":
    main()
