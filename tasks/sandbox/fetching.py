"""Files without local paths, fetched by threads into private copies."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import io
import os
import tempfile
import time
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from iid.tasks.sandbox.feeding import Budget, Flights, Known, Wanted, unit_of
from iid.tasks.sandbox.file_reader import RACY_S, ProblemError
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.shares.drive import Drive, FileChangedError, OutsideShareError
from iid.tasks.values.errors import FailedError

_CHUNK = 1 << 20
#: Seconds that a file which is being written is left alone before the second look.
_REST_S = 2.0
#: Bytes of private copies at once; a larger file has the room to itself.
_ROOM = 1 << 30
_LONGER = 64 << 20
_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class _FullError(Exception):
    """There is no room for a private copy."""


@dataclass(frozen=True, slots=True)
class Copy:
    """A private copy of a file; whether its time will show the next change."""

    wanted: Wanted
    path: Path
    size: int
    racy: bool


class FetchingFeed:
    """A context manager whose copies and folder are removed at the end."""

    def __init__(
        self, drive: Drive, wanted: Sequence[Wanted], known: Known, budget: Budget, threads: int
    ) -> None:
        self._drive = drive
        self._budget = budget
        self._queue = deque(wanted)
        self._known = known
        self._flights = Flights()
        self._threads = ThreadPoolExecutor(threads, thread_name_prefix="iid-fetch")
        self._window = 2 * threads
        self._coming: dict[Future[Copy], Wanted] = {}
        self._here: deque[Copy] = deque()
        self._out: dict[int, Copy] = {}
        self._folder = tempfile.TemporaryDirectory(prefix="iid-")
        self._bell = os.pipe()
        for end in self._bell:
            os.set_blocking(end, False)
        self.problems: dict[int, ProblemError] = {}

    def __enter__(self) -> FetchingFeed:
        return self

    def __exit__(self, *_: object) -> None:
        self._queue.clear()
        self._threads.shutdown(wait=True, cancel_futures=True)
        for end in self._bell:
            os.close(end)
        self._folder.cleanup()

    def pull(self, slot: int) -> Job | None:
        """Return the next copy for *slot*. DriveError when fetching failed."""
        self._collect()
        position = self._flights.choose([copy.wanted.size for copy in self._here], slot)
        if position is None:
            return None
        copy = self._here[position]
        del self._here[position]
        self._flights.start(copy.wanted.size, slot)
        self._out[copy.wanted.key] = copy
        known, unit = self._known.of(copy.size), unit_of(copy.wanted.path)
        return Job(copy.wanted.key, str(copy.path), copy.wanted.size, known=known, unit=unit)

    def exhausted(self) -> bool:
        """Whether every file has been handed out or has a problem.

        Nothing is taken in here: that would silence the bell, and nobody would pull what has come.
        """
        return not (self._queue or self._coming or self._here)

    def wake(self) -> int:
        """Readable when a fetch has ended."""
        return self._bell[0]

    def done(self, answer: Answer) -> None:
        """Remove the copy behind *answer*, and complete it with the share's facts."""
        copy = self._out.pop(answer.job.key)
        self._flights.end(copy.wanted.size)
        self._budget.spent(answer.job)
        copy.path.unlink(missing_ok=True)
        if answer.status == "read":
            answer.message["modified"] = copy.wanted.modified
            answer.message["racy"] = copy.racy

    def _collect(self) -> None:
        """Take in what has been fetched, and start as many fetches as fit."""
        with contextlib.suppress(BlockingIOError):
            os.read(self._bell[0], 1 << 12)
        for future in [future for future in self._coming if future.done()]:
            wanted = self._coming.pop(future)
            try:
                self._here.append(future.result())
            except ProblemError as error:
                self.problems[wanted.key] = error
        while self._queue and self._has_room(self._queue[0].size):
            wanted = self._queue.popleft()
            if problem := self._budget.take(wanted):
                self.problems[wanted.key] = problem
                continue
            future = self._threads.submit(self._fetch, wanted)
            self._coming[future] = wanted
            future.add_done_callback(self._ring)

    def _has_room(self, size: int) -> bool:
        """Return whether *size* bytes more fit beside the copies made and due."""
        copies = [copy.wanted.size for copy in (*self._here, *self._out.values())]
        copies += [wanted.size for wanted in self._coming.values()]
        return not copies or (len(copies) < self._window and sum(copies) + size <= _ROOM)

    def _ring(self, _: Future[Any]) -> None:
        with contextlib.suppress(OSError):  # full: it has been rung often enough
            os.write(self._bell[1], b"!")

    def _fetch(self, wanted: Wanted) -> Copy:
        """Copy one file, in a thread; again when its length is off or it changes."""
        path = Path(self._folder.name) / str(wanted.key)
        began = time.time()
        try:
            size = self._whole(wanted, path)
        except FileNotFoundError as error:
            raise ProblemError("missing", "berkasnya hilang sewaktu diperiksa") from error
        except OutsideShareError as error:
            raise ProblemError("outside_share") from error
        except PermissionError as error:
            raise ProblemError("unreadable", error.strerror or "tidak ada hak baca") from error
        except _FullError as error:
            path.unlink(missing_ok=True)
            raise self._no_room(wanted) from error
        return Copy(wanted, path, size, racy=began - wanted.modified < RACY_S)

    def _no_room(self, wanted: Wanted) -> ProblemError | FailedError:
        """Return the fault of a full disk: the file's if it is too large, or ours."""
        if wanted.size > _ROOM:
            return ProblemError("unreadable", "terlalu besar untuk ruang sementara mesin pemeriksa")
        return FailedError(
            f"ruang sementara di {self._folder.name} habis; tidak ada yang diterbitkan. Sediakan "
            f"{_ROOM >> 30} GiB, atau pilih tempat lain dengan TMPDIR"
        )

    def _whole(self, wanted: Wanted, path: Path) -> int:
        """Return the size of an unchanged copy; else raise ``still_changing``."""
        try:
            first = self._copy(wanted.path, path, wanted.size)
            if first[0] == wanted.size:
                return first[0]
        except FileChangedError:
            time.sleep(_REST_S)
            first = None
        try:
            second = self._copy(wanted.path, path, wanted.size)
        except FileChangedError as error:
            raise ProblemError("still_changing") from error
        if first not in {None, second}:
            raise ProblemError("still_changing")
        return second[0]

    def _copy(self, source: str, target: Path, listed: int) -> tuple[int, str]:
        """Copy and hash; FileChangedError when it grows far beyond its listing."""
        digest, size = hashlib.sha256(), 0
        with self._drive.open(source) as file, _create(target) as copy:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
                size += len(chunk)
                if size > 2 * listed + _LONGER:
                    raise FileChangedError("masih ditulis selagi dibaca")
                _put(copy, chunk)
        return size, digest.hexdigest()


def _create(target: Path) -> io.RawIOBase:
    return target.open("wb", buffering=0)


def _put(copy: io.RawIOBase, chunk: bytes) -> None:
    """Write all of *chunk*. Raises _FullError."""
    rest = memoryview(chunk)
    try:
        while rest:
            rest = rest[copy.write(rest) or 0 :]
    except OSError as error:
        if error.errno in _FULL:
            raise _FullError from error
        raise
