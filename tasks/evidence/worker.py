"""The process that opens hostile files: ``python -m iid.tasks.evidence.worker``.

It reads jobs from standard input and writes answers to standard output, both
framed (:mod:`iid.tasks.evidence.frames`), one at a time and in order, until
its input ends. It has no secrets in its environment, may not write files, and
the kernel ends it when it takes too much time or memory.
"""

from __future__ import annotations

import ctypes
import math
import os
import resource
import signal
import sys
from collections.abc import Iterator
from queue import SimpleQueue
from threading import Thread
from typing import Any, BinaryIO

from iid.tasks.evidence import frames
from iid.tasks.evidence.content import SetupError, unreadable
from iid.tasks.evidence.facts import Facts, as_record, pack
from iid.tasks.evidence.inspectors import inspect
from iid.tasks.evidence.limits import Limits
from iid.tasks.evidence.reading import ProblemError, Read, ShareLostError, fetch_ahead, reading
from iid.tasks.evidence.sniffing import recognise

_PR_SET_PDEATHSIG = 1
_OPEN_FILES = 64


def main() -> None:
    """Serve jobs until standard input ends."""
    with os.fdopen(os.dup(0), "rb") as jobs, os.fdopen(os.dup(1), "wb") as answers:
        _quiet()
        limits = Limits(**frames.read(jobs)[0])
        _confine(limits)
        frames.write(answers, {"status": "ready"})
        seen: set[str] = set()
        for job in _queued(jobs):
            _allow(limits.cpu_s)
            answer, text = _answer(job, seen, limits)
            frames.write(answers, answer, text)
            if answer["status"] == "memory":
                # What is left of this process is not trusted with the next file; at once, because
                # an orderly end would wait for the thread that waits for jobs.
                os._exit(0)


def _queued(jobs: BinaryIO) -> Iterator[dict[str, Any]]:
    """The jobs in order; while one is worked on, the disk or network already reads the files of the next."""
    waiting: SimpleQueue[dict[str, Any] | None] = SimpleQueue()

    def receive() -> None:
        while (frame := frames.read_or_end(jobs)) is not None:
            waiting.put(frame[0])  # first: a file that hangs here hangs its own turn and no earlier one
            fetch_ahead(frame[0]["path"], frame[0]["root"])
        waiting.put(None)

    Thread(target=receive, daemon=True).start()
    yield from iter(waiting.get, None)


def _quiet() -> None:
    """Nothing but frames may reach the pipes, whatever a library prints."""
    nothing = os.open(os.devnull, os.O_RDWR)
    for stream in (0, 1, 2):
        os.dup2(nothing, stream)
    os.close(nothing)


def _confine(limits: Limits) -> None:
    """End with the parent; no core dumps, no files written, little memory."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_NOFILE, _OPEN_FILES)
    _limit(resource.RLIMIT_AS, limits.memory)


def _limit(what: int, value: int) -> None:
    hard = resource.getrlimit(what)[1]
    value = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(what, (value, value))


def _allow(seconds: int) -> None:
    """Give the next job its own processor time; past it the kernel ends this process (SIGXCPU)."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = math.ceil(used.ru_utime + used.ru_stime) + seconds
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (until if hard < 0 else min(until, hard), hard))


def _answer(job: dict[str, Any], seen: set[str], limits: Limits) -> tuple[dict[str, Any], bytes]:
    """The answer to *job*, and the packed text where the content was inspected."""
    try:
        with reading(job["path"], job["root"], limits) as read:
            answer, text = _inspected(job, read, seen, limits)
    except ProblemError as error:
        return {"status": "problem", "problem": error.problem, "detail": error.detail}, b""
    except ShareLostError as error:
        return {"status": "share_lost", "detail": str(error)}, b""
    except (ImportError, SetupError) as error:
        return {"status": "setup", "detail": str(error)}, b""
    except MemoryError:
        return {"status": "memory"}, b""
    if "facts" in answer and not job["light"]:  # only now: while it was inspected it did not change
        seen.add(answer["sha256"])
    return answer, text


def _inspected(
    job: dict[str, Any], read: Read, seen: set[str], limits: Limits
) -> tuple[dict[str, Any], bytes]:
    answer: dict[str, Any] = {
        "status": "read",
        "sha256": read.sha256,
        "size": read.size,
        "modified": read.modified,
        "racy": read.racy,
    }
    if job["light"]:
        return {**answer, "facts": as_record(recognise(read.content))}, b""
    if read.sha256 in job["known"] or read.sha256 in seen:
        return answer, b""
    facts = _scanned(read, limits) if limits.ocr_pages else inspect(read.content, limits)
    return {**answer, "facts": as_record(facts)}, pack(facts.text)


def _scanned(read: Read, limits: Limits) -> Facts:
    """The words of a scan; a picture that cannot be shown has none."""
    from iid.tasks.evidence.ocr import read_scan

    kind = recognise(read.content)
    try:
        return read_scan(read.content, kind, limits)
    except (MemoryError, ImportError, SetupError):
        raise
    except Exception:  # noqa: BLE001  a parser met what it was not made for
        return unreadable(kind, "tidak dapat ditampilkan untuk OCR")


if __name__ == "__main__":
    main()
