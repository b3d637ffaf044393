"""Which file goes to which worker: from a local path or a private copy."""

from __future__ import annotations

import os
from collections import Counter, defaultdict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from iid.tasks.sandbox.file_reader import ProblemError
from iid.tasks.sandbox.limits import GIB, Limits
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.folder_listing import is_below, own_folder
from iid.tasks.text.indonesian import comma
from iid.tasks.values.share_paths import raw_name

#: How far ahead to look for a file whose size no other worker is busy with.
_AHEAD = 64
#: Hashes of one size that are sent to a worker; past that a copy may be inspected again.
_TOLD = 64


@dataclass(frozen=True, slots=True)
class Wanted:
    """A file to read: the caller's key, path in the share, size and time."""

    key: int
    path: str
    size: int
    modified: float


class Known:
    """Hashes by size of the contents whose facts are there already."""

    def __init__(self) -> None:
        self._by_size: dict[int, dict[str, None]] = {}  # a set that keeps its order

    def add(self, size: int, sha256: str) -> None:
        """The facts of content *sha256*, *size* bytes, are known."""
        self._by_size.setdefault(size, {})[sha256] = None

    def holds(self, size: int, sha256: str) -> bool:
        """Whether the facts of content *sha256*, *size* bytes, are known."""
        return sha256 in self._by_size.get(size, ())

    def of(self, size: int) -> tuple[str, ...]:
        """Hashes worth giving a worker that reads a file of *size* bytes."""
        return tuple(islice(self._by_size.get(size, ()), _TOLD))


class Flights:
    """Which worker is reading files of which size.

    Equal contents have equal sizes, so two files of one size go to one worker, or
    one after the other; that is how each content is inspected once.
    """

    def __init__(self) -> None:
        self._by_size: dict[int, list[int]] = {}  # size → [slot, how many]

    def choose(self, sizes: Sequence[int], slot: int) -> int | None:
        """Position of the first of *sizes* that is free for *slot*."""
        for position, size in enumerate(sizes):
            flight = self._by_size.get(size)
            if flight is None or flight[0] == slot:
                return position
        return None

    def start(self, size: int, slot: int) -> None:
        """A file of *size* bytes went to *slot*."""
        self._by_size.setdefault(size, [slot, 0])[1] += 1

    def end(self, size: int) -> None:
        """A file of *size* bytes was answered."""
        flight = self._by_size.get(size)
        if flight is not None:
            flight[1] -= 1
            if flight[1] <= 0:
                del self._by_size[size]


class Budget:
    """What is left to each unit, so that none delays others or the night."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._bytes: Counter[str] = Counter()
        self._seconds: defaultdict[str, float] = defaultdict(float)

    def take(self, want: Wanted) -> ProblemError | None:
        """Charge *want* to its unit; return a problem if its budget is used up."""
        unit, limits = unit_of(want.path), self._limits
        again = "dilanjutkan pada perhitungan berikutnya"
        if self._bytes[unit] + want.size > limits.unit:
            return ProblemError(
                "timeout", f"bukti unit ini lebih dari {_gib(limits.unit)} sekali jalan; {again}"
            )
        if self._seconds[unit] > limits.unit_s:
            most = f"{limits.unit_s / 60:.0f} menit"
            return ProblemError("timeout", f"bukti unit ini perlu lebih dari {most} sekali jalan; {again}")
        self._bytes[unit] += want.size
        return None

    def spent(self, job: Job) -> None:
        """Charge the seconds of an answered *job* to its unit."""
        self._seconds[job.unit] += job.seconds


def unit_of(path: str) -> str:
    """Return the unit folder of a path inside the share; "" for none."""
    names = path.split("/", 2)
    return names[1] if len(names) == 3 else ""


def _gib(size: int) -> str:
    return comma(f"{size / GIB:.3g} GiB")


def too_large(wanted: Sequence[Wanted], limits: Limits) -> Iterator[Answer]:
    """Yield the answers to files of *wanted* too large to be read."""
    for want in wanted:
        if want.size > limits.file:
            detail = f"berukuran {_gib(want.size)}, lebih dari {_gib(limits.file)}; tidak diperiksa"
            yield Answer(
                Job(want.key, want.path, want.size), "problem", {"problem": "unreadable", "detail": detail}
            )


class LocalFeed:
    """Files below *root* on this machine, which the workers read directly.

    Each must really be in the folder of its own unit, by the rule of the listing.
    """

    def __init__(self, root: str, wanted: Sequence[Wanted], known: Known, budget: Budget) -> None:
        self._root = root
        self._budget = budget
        self._own: dict[tuple[str, ...], str] = {}  # folders of units, each looked up once
        self._queue = deque(wanted)
        self._known = known
        self._flights = Flights()
        self.problems: dict[int, ProblemError] = {}

    def pull(self, slot: int) -> Job | None:
        """Return the worker's next file; one over its unit's budget is a problem."""
        while (wanted := self._next(slot)) is not None:
            if problem := self._budget.take(wanted):
                self.problems[wanted.key] = problem
                continue
            self._flights.start(wanted.size, slot)
            known = self._known.of(wanted.size)
            place = f"{self._root.rstrip('/')}/{'/'.join(map(raw_name, wanted.path.split('/')))}"
            own = self._own_folder(wanted.path)
            return Job(wanted.key, place, wanted.size, own, known, unit=unit_of(wanted.path))
        return None

    def _next(self, slot: int) -> Wanted | None:
        ahead = min(_AHEAD, len(self._queue))
        position = self._flights.choose([self._queue[i].size for i in range(ahead)], slot)
        if position is None:
            if len(self._queue) <= _AHEAD:
                return None
            position = 0  # all of one size: better a copy inspected twice than one worker idle
        wanted = self._queue[position]
        del self._queue[position]
        return wanted

    def _own_folder(self, path: str) -> str:
        """Return the folder below which the file *path* must be."""
        names = tuple(path.split("/", 3)[:3])
        unit = names[:2] if len(names) == 3 else ()
        if unit not in self._own:
            self._own[unit] = own_folder(self._root, names)
        return self._own[unit]

    def __enter__(self) -> LocalFeed:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing to put away."""

    def exhausted(self) -> bool:
        """Whether every file has been handed out."""
        return not self._queue

    def wake(self) -> None:
        """Nothing arrives by itself here."""

    def done(self, answer: Answer) -> None:
        """*answer* has come; the next of its size may go."""
        self._flights.end(answer.job.size)
        self._budget.spent(answer.job)


def local_root(drive: Drive, wanted: Sequence[Wanted]) -> str:
    """Return the real folder that *drive* shows; "" without local paths.

    Asked once and not for every file: the worker itself checks, by the kernel's word, that what
    it opened is where it may be. A file's place only says that there are such paths; where the
    share begins never follows from it, since a link in a unit's folder can lead anywhere there.
    """
    root = os.path.realpath(drive.url)
    for want in wanted[:_AHEAD]:
        place = drive.local(want.path)
        if place is not None and is_below(str(place), root):
            return root
    return ""
