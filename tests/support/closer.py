"""Closings in forks of a process that has loaded everything, to be killed at each step. Run it as a script.

One argument, the share. Then one order a line on standard input: ``store``, ``final`` (else an ordinary
assessment), ``kill_at`` (SIGKILL itself before the n-th step; 0 never) and ``after`` (seconds; killed then).
Answers with a line ``[status, steps, left]``: the titles of the steps that were begun, and how many
processes it had started still run a while after it ended.
"""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

T = TypeVar("T")
DEADLINE = datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC)
BEFORE = datetime(2026, 8, 1, tzinfo=UTC)


class Closer:
    """Assesses and closes one share as often as it is asked."""

    def __init__(self, process: subprocess.Popen[str], share: Path) -> None:
        self._process, self.share = process, share

    def run(
        self, store: Path, *, final: bool = True, kill_at: int = 0, after: float | None = None
    ) -> tuple[int, list[str], int]:
        """Exit status (-9: killed), the steps that were begun, and processes that outlived it."""
        assert self._process.stdin is not None and self._process.stdout is not None
        order = {"store": str(store), "final": final, "kill_at": kill_at, "after": after}
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        answer = self._process.stdout.readline()
        assert answer, self._process.communicate()[1]
        status, steps, left = json.loads(answer)
        return status, steps, left


@contextmanager
def closer(share: Path, **environment: str) -> Iterator[Closer]:
    """A closer of that share."""
    pipe = subprocess.PIPE
    process = subprocess.Popen(
        [sys.executable, __file__, str(share)],
        env={**os.environ, **environment},
        stdin=pipe,
        stdout=pipe,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        yield Closer(process, share)
    finally:
        process.communicate()


class DyingStep:
    """Runs the steps and dies before the chosen one, or after the last."""

    def __init__(self, kill_at: int, shown: int) -> None:
        self._kill_at, self._reported, self._count = kill_at, shown, 0

    def run(self, title: str, work: Callable[[], T]) -> T:
        self.boundary(title)
        return work()

    def boundary(self, title: str) -> None:
        self._count += 1
        if self._count == self._kill_at:
            os.kill(os.getpid(), signal.SIGKILL)
        os.write(self._reported, f"{title}\n".encode())

    def progress(self, done: int, total: int) -> None:
        """Not reported."""


def run_in_child(order: dict[str, Any], shown: int) -> None:
    """Assess or close, and end."""
    from iid.flows.assess import run_assessment
    from iid.flows.close import close_request, run_closing
    from iid.flows.settings.load import build_request
    from iid.tasks.values.errors import IidError

    status = 70
    try:
        where = {"share": sys.argv[1], "store": order["store"], "cycle": 2026, "workers": 1}
        step = DyingStep(order["kill_at"], shown)
        if order["final"]:
            run_closing(close_request(build_request(**where), as_of=DEADLINE, accept_undecided="uji"), step)
        else:
            run_assessment(build_request(**where, as_of=BEFORE), step)
        step.boundary("selesai")
        status = 0
    except IidError as error:
        status = error.exit_code
    finally:
        os._exit(status)


def left_of(session: int) -> int:
    """How many processes of *session* still run; given a while to notice that their parent is gone."""
    end = time.monotonic() + 30
    while left := sum(_session(entry.name) == session for entry in os.scandir("/proc")):
        if time.monotonic() > end:
            break
        select.select([], [], [], 0.02)
    return left


def _session(pid: str) -> int:
    try:
        state = Path("/proc", pid, "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0
    return 0 if not pid.isdecimal() or state[0] in {"Z", "X"} else int(state[3])


def main() -> None:
    """Answer orders until the input ends."""
    import great_expectations  # noqa: F401  (loaded before anything is forked)

    from iid.flows import close  # noqa: F401
    from iid.flows.settings import load  # noqa: F401
    from iid.tasks.assess import evidence_steps, publishing_steps, reading_steps, scoring_steps  # noqa: F401
    from iid.tasks.validate import validation  # noqa: F401

    for line in sys.stdin:
        order = json.loads(line)
        begun, shown = os.pipe()
        child = os.fork()
        if child == 0:
            os.setsid()
            run_in_child(order, shown)
        os.close(shown)
        handle = os.pidfd_open(child)
        if not select.select([handle], [], [], order["after"])[0]:
            os.kill(child, signal.SIGKILL)
        os.close(handle)
        _, status = os.waitpid(child, 0)
        with open(begun, "rb") as stream:  # noqa: PTH123  (a descriptor, not a path)
            steps = stream.read().decode().splitlines()
        print(json.dumps([os.waitstatus_to_exitcode(status), steps, left_of(child)]), flush=True)  # noqa: T201


if __name__ == "__main__":
    main()
