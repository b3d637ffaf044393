"""Where evidence is inspected: on this machine, or on a Dask cluster.

An engine takes the files that must be read and gives an answer to each, in any
order; what becomes of the answers is the same for all (:mod:`iid.tasks.inspect.inspection`).
"""

from __future__ import annotations

import re
from collections.abc import Generator, Sequence
from typing import Protocol

from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.worker_process import Answer
from iid.tasks.shares.drive import Drive
from iid.tasks.values.errors import FailedError, UsageError

ENGINES = ("local", "dask")
_ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9A-Fa-f:.]+\]|[\w.-]+):(\d{1,5})/?")


class Engine(Protocol):
    """Inspects files, each within limits in a process of its own.

    Inside a ``with`` block it may keep what it needs for the next call.
    """

    @property
    def batch(self) -> int:
        """How many files at most to give it in one go."""
        ...

    def __enter__(self) -> object: ...

    def __exit__(self, *error: object) -> None: ...

    def check(self) -> None:
        """Say at once when it cannot be used. Raises FailedError."""
        ...

    def answers(
        self, drive: Drive, wanted: Sequence[Wanted], known: Known, limits: Limits
    ) -> Generator[Answer]:
        """Yield an answer per file of *wanted*. Raises FailedError, DriveError."""
        ...


def engine_of(name: str, scheduler: str | None, workers: int | None = None) -> Engine | None:
    """Return engine *name* (None: local). Raises UsageError, FailedError.

    *workers* are the guarded processes of each batch on a Dask worker (default 1).
    """
    if name == "local":
        return None
    if name != "dask":
        raise UsageError(f"--engine {name!r}: yang boleh {', '.join(ENGINES)}")
    address = scheduler_address(scheduler)
    try:
        from iid.tasks.inspect.dask_engine import DaskEngine
    except ImportError as error:
        raise FailedError(
            f"--engine dask memerlukan paket {error.name or 'distributed'}, yang belum terpasang; "
            'pasang dengan: pip install "iid[dask]"'
        ) from error
    return DaskEngine(address, workers or 1)


def scheduler_address(text: str | None) -> str:
    """*text* as the address of a Dask scheduler. UsageError for what is none."""
    if not text:
        raise UsageError("--engine dask memerlukan --scheduler, misalnya --scheduler tcp://10.0.0.5:8786")
    if not _ADDRESS.fullmatch(text):
        shown = re.sub(r"://[^/@]*@", "://", text)
        raise UsageError(
            f"--scheduler {shown!r}: yang boleh tcp://server:port atau tls://server:port, "
            "misalnya tcp://10.0.0.5:8786"
        )
    return text.rstrip("/")
