"""The engine of this machine: guarded processes, by default one a core."""

from __future__ import annotations

import os
from collections.abc import Generator, Sequence

from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.guarded import guarded
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer
from iid.tasks.shares.drive import Drive


class Here:
    """The engine of this machine; *workers* processes, by default one a core.

    Inside a ``with`` block the processes stay for the next call.
    """

    batch = 300

    def __init__(self, workers: int | None = None) -> None:
        self._workers = workers or _cores()
        self._stay = False
        self._pool: Pool | None = None

    def check(self) -> None:
        """Always there."""

    def __enter__(self) -> Here:
        self._stay = True
        return self

    def __exit__(self, *_: object) -> None:
        self._stay = False
        if self._pool:
            self._pool.close()
        self._pool = None

    def answers(
        self, drive: Drive, wanted: Sequence[Wanted], known: Known, limits: Limits
    ) -> Generator[Answer]:
        """One answer a file of *wanted*. Raises FailedError, DriveError."""
        pool, self._pool = self._pool or Pool(self._workers, limits), None
        well = False
        try:
            yield from guarded(drive, wanted, known, pool)
            well = True
        finally:  # what is on its way in a pool that was left would answer the next call
            if well and self._stay:
                self._pool = pool
            else:
                pool.close()


def _cores() -> int:
    """Cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
