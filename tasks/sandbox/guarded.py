"""Inspect files in guarded processes on this machine."""

from __future__ import annotations

from collections.abc import Generator, Sequence

from iid.tasks.sandbox.feeding import Known, LocalFeed, Wanted, local_root, too_large
from iid.tasks.sandbox.fetching import FetchingFeed
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.shares.drive import Drive


def guarded(drive: Drive, wanted: Sequence[Wanted], known: Known, pool: Pool) -> Generator[Answer]:
    """Yield one answer a file of *wanted* from *pool*; its owner ends it.

    Raises FailedError, DriveError. *known* may grow meanwhile.
    """
    yield from too_large(wanted, pool.limits)
    wanted = [want for want in wanted if want.size <= pool.limits.file]
    with _feed(drive, wanted, known, pool) as feed:
        for answer in pool.run(feed):
            feed.done(answer)
            yield answer
        places = {want.key: want for want in wanted}
        for key, problem in feed.problems.items():
            job = Job(key, places[key].path, places[key].size)
            yield Answer(job, "problem", {"problem": problem.problem, "detail": problem.detail})


def _feed(drive: Drive, wanted: Sequence[Wanted], known: Known, pool: Pool) -> LocalFeed | FetchingFeed:
    root = local_root(drive, wanted)
    if root:
        return LocalFeed(root, wanted, known, pool.budget)
    return FetchingFeed(drive, wanted, known, pool.budget, threads=max(4, 2 * pool.size))
