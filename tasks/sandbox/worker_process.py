"""One worker process as the run sees it: jobs in, answers out, an end."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from iid.tasks.sandbox import frames
from iid.tasks.sandbox.limits import Limits

#: What a worker may see of our environment: no credentials, no settings of ours.
_ENVIRONMENT = ("PATH", "LANG", "LC_ALL", "PYTHONHOME", "PYTHONPATH", "LD_LIBRARY_PATH", "TESSDATA_PREFIX")
_REAP_S = 5.0
_PIECE = 1 << 16


@dataclass(slots=True, eq=False)
class Job:
    """One file to be read: its path on this machine and what is known of it.

    ``key`` is the caller's. ``known`` are hashes of contents of the same size whose
    facts the caller has; a content among them is hashed and not inspected. With a ``form`` the
    content itself is handed over as ``data``, to be read as that form.
    """

    key: int
    path: str
    size: int
    root: str = ""  # its unit's folder, below which it must be; "" = anywhere (a private copy)
    known: tuple[str, ...] = ()
    unit: str = ""  # whose budget it takes from
    form: str = ""
    data: bytes = field(default=b"", repr=False)
    seconds: float = 0.0  # that workers have spent on it
    tries: int = 0
    verdict: dict[str, Any] | None = None  # why its inspection failed; it is then only hashed

    def frame(self) -> bytes:
        """What is sent to the worker."""
        light = self.verdict is not None
        known = () if light else self.known
        message = {
            "path": self.path, "root": self.root, "known": known, "light": light, "form": self.form
        }  # fmt: skip
        return frames.packed(message, self.data)


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a job: the checked answer, or how the worker ended.

    ``status``: ``read`` (hashed; ``facts`` in the message unless the content is known) or
    ``problem`` (of the path). ``lasting`` is false when the same file may fare better next time.
    """

    job: Job
    status: str
    message: dict[str, Any] = field(default_factory=dict)
    text: bytes = b""
    lasting: bool = True


#: The module whose ``recognise`` and ``examine`` the worker calls.
READER = "iid.tasks.inspect.inspectors.registry"


class Worker:
    """A running ``iid.tasks.sandbox.worker``, ended with :meth:`kill`."""

    def __init__(
        self, limits: Limits, module: Sequence[str] = ("iid.tasks.sandbox.worker", READER), setup: bytes = b""
    ) -> None:
        """Start *module* (name, then arguments), which speaks as a worker does.

        *setup* is for the reader to prepare itself with.
        """
        self._limits = limits
        environment = {name: os.environ[name] for name in _ENVIRONMENT if name in os.environ}
        self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-P", "-m", *module],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            bufsize=0,
            stderr=subprocess.DEVNULL,
            env=environment,
            start_new_session=True,  # Ctrl-C is ours to handle; the worker goes with its input
        )
        self._buffer = bytearray()
        self._unsent = bytearray()
        self._turn = time.monotonic()  # when the first job in ``waiting`` got its turn
        self.waiting: deque[Job] = deque()
        self.ready = False
        self.alone = False  # one job at a time: a second try
        self.served = 0
        for end in (self.input, self.output):
            os.set_blocking(end, False)
        self._write(frames.packed(limits.as_record(), setup))

    @property
    def input(self) -> int:
        """The descriptor to wait on for room, while something is :attr:`unsent`."""
        assert self._process.stdin is not None  # noqa: S101  a pipe, by construction
        return self._process.stdin.fileno()

    @property
    def unsent(self) -> bool:
        """Whether jobs did not fit into the pipe yet."""
        return bool(self._unsent)

    @property
    def output(self) -> int:
        """The descriptor to wait on."""
        assert self._process.stdout is not None  # noqa: S101  a pipe, by construction
        return self._process.stdout.fileno()

    def send(self, job: Job) -> None:
        """Send *job*. A worker that has just died shows when its output ends."""
        if not self.waiting:
            self._turn = time.monotonic()
        self.waiting.append(job)
        self._write(job.frame())

    def _write(self, frame: bytes) -> None:
        self._unsent += frame
        self.flush()

    def flush(self) -> None:
        """Write as much as the pipe takes; never wait for a worker that waits."""
        try:
            while self._unsent:
                del self._unsent[: os.write(self.input, self._unsent[:_PIECE])]
        except BlockingIOError:
            pass
        except BrokenPipeError:
            self._unsent.clear()

    def receive(self) -> tuple[list[tuple[dict[str, Any], bytes]], bool]:
        """Return all whole answers, and whether the worker still runs.

        Raises ValueError when it sends what is no frame, or more than the limit.
        """
        alive = True
        while True:
            try:
                chunk = os.read(self.output, 1 << 16)
            except BlockingIOError:
                break
            if not chunk:
                alive = False
                break
            self._buffer += chunk
            if len(self._buffer) > self._limits.answer + frames.HEADER:
                break
        return list(self._whole_frames()), alive

    def _whole_frames(self) -> list[tuple[dict[str, Any], bytes]]:
        found = []
        while len(self._buffer) >= frames.HEADER:
            body, blob = frames.lengths(self._buffer)
            if body + blob > self._limits.answer:
                raise ValueError("answer over the limit")
            end = frames.HEADER + body + blob
            if len(self._buffer) < end:
                break
            found.append(frames.unpacked(bytes(self._buffer[frames.HEADER : end]), body))
            del self._buffer[:end]
        return found

    def takes(self, depth: int, served: int) -> bool:
        """Return whether to send a job: under *depth* wait, no replacement is due."""
        return not self.alone and len(self.waiting) < depth and self.served < served

    def send_alone(self, job: Job) -> None:
        """Hand *job* over, and no other until it is answered."""
        self.alone = True
        self.send(job)

    def turn(self) -> None:
        """The clock of the first waiting job begins."""
        self._turn = time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds since the first waiting job got its turn."""
        return time.monotonic() - self._turn

    @property
    def seconds_left(self) -> float:
        """Until the first waiting job (or the start itself) has taken too long."""
        if self.ready and not self.waiting:
            return float("inf")
        return self._turn + self._limits.wall_s - time.monotonic()

    def kill(self) -> int | None:
        """End the process; return its code (negative: signal), None if not reaped."""
        if self._process.poll() is None:  # its whole group: OCR runs below it
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(self._process.pid, signal.SIGKILL)
        for pipe in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if pipe is not None:
                    pipe.close()
        try:
            return self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:  # stuck in the kernel on a dead mount
            return None

    def exit_code(self) -> int | None:
        """Return the exit code of a worker without output; kill one that lingers."""
        try:
            code = self._process.wait(_REAP_S)
        except subprocess.TimeoutExpired:
            return self.kill()
        self.kill()
        return code
