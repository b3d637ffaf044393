"""The process that opens hostile files: ``iid.tasks.sandbox.worker``.

*READER* is the module that turns bytes into facts (:class:`Reader`); this room imports none.

It reads jobs from standard input and writes answers to standard output, both
framed (:mod:`iid.tasks.sandbox.frames`), one at a time and in order, until
its input ends. It has no secrets in its environment, may not write files, and
the kernel ends it when it takes too much time or memory.
"""

from __future__ import annotations

import hashlib
import math
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO, Protocol, cast

from iid.tasks.sandbox import frames
from iid.tasks.sandbox.content import Content, SetupError
from iid.tasks.sandbox.facts import Facts, as_record, pack
from iid.tasks.sandbox.file_reader import ProblemError, Read, ShareLostError, fetch_ahead, reading
from iid.tasks.sandbox.limits import Limits
from iid.tasks.values.scratch import end_with_parent

_OPEN_FILES = 64


class Reader(Protocol):
    """What a module must offer to read content inside the worker."""

    def recognise(self, content: Content) -> Facts:
        """Kind of *content*, from its first bytes."""
        ...

    def examine(self, content: Content, limits: Limits) -> Facts:
        """Facts of *content*. Raises MemoryError, ImportError and SetupError only."""
        ...

    def prepare(self, setup: bytes) -> None:
        """Take what the run hands over; called once, if it has something."""
        ...


def main() -> None:
    """Serve jobs until standard input ends."""
    reader = cast("Reader", import_module(sys.argv[1]))
    with os.fdopen(os.dup(0), "rb") as jobs, os.fdopen(os.dup(1), "wb") as answers:
        quiet()
        given, setup = frames.read(jobs)
        limits = Limits(**given)
        if setup:
            reader.prepare(setup)
        confine(limits)
        frames.write(answers, {"status": "ready"})
        seen: set[str] = set()
        for job, data in _queued(jobs):
            allow(limits.cpu_s)
            answer, text = _answer(reader, job, data, seen, limits)
            frames.write(answers, answer, text)
            if answer["status"] == "memory":
                # What is left of this process is not trusted with the next file; at once, because
                # an orderly end would wait for the thread that waits for jobs.
                os._exit(0)


def _queued(jobs: BinaryIO) -> Iterator[tuple[dict[str, Any], bytes]]:
    """The jobs in order with the content that came with them.

    While one is worked on, the disk or network already reads the files of the next.
    """
    waiting: SimpleQueue[tuple[dict[str, Any], bytes] | None] = SimpleQueue()

    def receive() -> None:
        while (frame := frames.read_or_end(jobs)) is not None:
            waiting.put(frame)  # first: a file that hangs here hangs its own turn and no earlier one
            if not frame[0]["form"]:
                fetch_ahead(frame[0]["path"], frame[0]["root"])
        waiting.put(None)

    Thread(target=receive, daemon=True).start()
    yield from iter(waiting.get, None)


def quiet() -> None:
    """Nothing but frames may reach the pipes, whatever a library prints."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def confine(limits: Limits) -> None:
    """End with the parent; no core dumps, no files written, little memory."""
    end_with_parent()
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_AS, limits.memory)


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def allow(seconds: int) -> None:
    """Limit the next job's processor time; beyond it the kernel sends SIGXCPU."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))


def _answer(
    reader: Reader, job: dict[str, Any], data: bytes, seen: set[str], limits: Limits
) -> tuple[dict[str, Any], bytes]:
    """Answer *job*, with the packed text where the content was inspected."""
    try:
        with _handed(data, job["form"]) if job["form"] else reading(job["path"], job["root"], limits) as read:
            answer, text = _inspected(reader, job, read, seen, limits)
    except ProblemError as error:
        return {"status": "problem", "problem": error.problem, "detail": error.detail}, b""
    except ShareLostError as error:
        return {"status": "share_lost", "detail": str(error)}, b""
    except (ImportError, SetupError) as error:
        return {"status": "setup", "detail": str(error)}, b""
    except MemoryError:
        return {"status": "memory"}, b""
    # Only now: while it was inspected it did not change.
    if "facts" in answer and not job["light"] and not job["form"]:
        seen.add(answer["sha256"])
    return answer, text


@contextmanager
def _handed(data: bytes, form: str) -> Iterator[Read]:
    """A content that came with its job."""
    yield Read(Content.of(data, form), hashlib.sha256(data).hexdigest(), len(data), 0.0, racy=False)


def _inspected(
    reader: Reader, job: dict[str, Any], read: Read, seen: set[str], limits: Limits
) -> tuple[dict[str, Any], bytes]:
    answer: dict[str, Any] = {
        "status": "read",
        "sha256": read.sha256,
        "size": read.size,
        "modified": read.modified,
        "racy": read.racy,
    }
    if job["light"]:
        return {**answer, "facts": as_record(reader.recognise(read.content))}, b""
    if read.sha256 in job["known"] or read.sha256 in seen:
        return answer, b""
    facts = reader.examine(read.content, limits)
    return {**answer, "facts": as_record(facts)}, pack(facts.text, limits.kept)


if __name__ == "__main__":
    main()
