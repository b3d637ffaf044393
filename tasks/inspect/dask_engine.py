"""The same guarded inspections on a Dask cluster (``--engine dask``).

Only a few batches are in flight, however many files there are. A worker that is lost costs its
batches a second try elsewhere, which Dask does by itself; answers do not depend on where or how
often a file was read, so the tables are those of the local engine.
"""

# mypy: disable-error-code="no-untyped-call"

from __future__ import annotations

import asyncio
import logging
import socket
import time
import warnings
from collections import deque
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from distributed import Client, Future, wait
from distributed.client import FutureCancelledError, FuturesCancelledError
from distributed.comm.core import CommClosedError
from distributed.core import rpc
from distributed.scheduler import KilledWorker
from distributed.security import Security

from iid.tasks.inspect.dask_batch import Batch, Record, batch_of, inspect_batch, order_for
from iid.tasks.sandbox.feeding import Known, Wanted
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.shares.drive import Drive
from iid.tasks.values.errors import FailedError, IidError

if TYPE_CHECKING:
    Done = Future[list[Record]]

_CONNECT_S = 10.0
_LOOK_S = 5.0  # how often to look whether there are workers while nothing comes
#: A batch is neither so small that its start costs more than its work, nor so large that losing it hurts.
_FEWEST, _MOST, _BYTES = 8, 128, 256 * MIB
_GONE = (CommClosedError, FutureCancelledError, FuturesCancelledError, TimeoutError, ConnectionError)


class DaskEngine:
    """The cluster at *address*, with *processes* guarded workers a batch.

    Without any worker for *patience* seconds it gives up.
    """

    batch = 4_000  # less than a minute on a cluster worth having

    def __init__(self, address: str, processes: int = 1, patience: float = 60.0) -> None:
        self.address = address
        self._processes = processes
        self._patience = patience

    def check(self) -> None:
        """Say at once when nobody listens there. Raises FailedError."""
        knock(self.address)

    def __enter__(self) -> DaskEngine:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing stays here between two calls."""

    def answers(
        self, drive: Drive, wanted: Sequence[Wanted], known: Known, limits: Limits
    ) -> Generator[Answer]:
        """Yield an answer per file of *wanted*. Raises FailedError, DriveError."""
        self.check()
        with self._connected() as client:
            order = order_for(drive, limits, self._processes)
            threads = self._threads(client)
            waiting = deque(batches(wanted, threads))
            flying: dict[Done, Batch] = {}
            while waiting or flying:
                while waiting and len(flying) < 2 * threads + 2:
                    batch = batch_of(waiting.popleft(), known)
                    future = client.submit(inspect_batch, order, batch, pure=False)
                    flying[future] = batch
                for future in self._landed(client, list(flying)):
                    batch = flying.pop(future)
                    records = self._result(future)
                    future.release()
                    yield from _answers(batch, records)

    @contextmanager
    def _connected(self) -> Iterator[Client]:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # other versions: each batch checks what matters
                _greet(self.address)
                client = Client(self.address, timeout=_CONNECT_S, set_as_default=False, name="iid")
        except (OSError, TimeoutError) as error:
            raise FailedError(
                f"penjadwal Dask {self.address} tidak menjawab sebagai penjadwal Dask; tidak ada yang "
                "diterbitkan. Periksa alamat dan port-nya (biasanya 8786), dan TLS bila tls://"
            ) from error
        with _quiet():
            try:
                yield client
            finally:
                client.close(timeout=_LOOK_S)

    def _threads(self, client: Client) -> int:
        """How many batches can run at once; waits for the first worker."""
        end = time.monotonic() + self._patience
        while not (threads := self._counted(client)):
            if time.monotonic() > end:
                raise self._no_worker()
            time.sleep(0.2)
        return threads

    def _counted(self, client: Client) -> int:
        try:
            return sum(client.nthreads().values())
        except (*_GONE, OSError) as error:
            raise self._lost() from error

    def _landed(self, client: Client, flying: list[Done]) -> list[Done]:
        """Those that have ended, at least one."""
        end = time.monotonic() + self._patience
        while True:
            try:
                with client.as_current():
                    ended = wait(flying, timeout=_LOOK_S, return_when="FIRST_COMPLETED")
                return sorted(ended.done, key=_key)
            except TimeoutError:
                if client.status != "running":
                    raise self._lost() from None
            except _GONE as error:
                raise self._lost() from error
            if self._counted(client):
                end = time.monotonic() + self._patience
            elif time.monotonic() > end:
                raise self._no_worker()

    def _result(self, future: Done) -> list[Record]:
        try:
            found: list[Record] = future.result()
            return found
        except KilledWorker as error:
            raise FailedError(
                f"satu kelompok bukti tidak selesai karena pekerja Dask berulang kali mati ({self.address}); "
                "periksa memori pekerja, atau pakai --engine local"
            ) from error
        except IidError:
            raise
        except _GONE as error:
            raise self._lost() from error
        except Exception as error:
            raise FailedError(
                f"pekerja Dask ({self.address}) gagal memeriksa bukti: {type(error).__name__}: {error}. "
                "Periksa apakah iid versi yang sama terpasang di semua pekerja"
            ) from error

    def _lost(self) -> FailedError:
        return FailedError(
            f"penjadwal Dask {self.address} terputus di tengah pemeriksaan bukti; tidak ada yang "
            "diterbitkan. Ulangi, atau pakai --engine local"
        )

    def _no_worker(self) -> FailedError:
        return FailedError(
            f"penjadwal Dask {self.address} tidak punya pekerja selama {self._patience:.0f} detik; tidak ada "
            f"yang diterbitkan. Jalankan: dask worker {self.address}"
        )


def batches(wanted: Sequence[Wanted], threads: int) -> Iterator[list[Wanted]]:
    """Yield *wanted* in groups, large files first, so that the last are quick.

    Equal contents have equal sizes and so mostly come to one group, where they are inspected once.
    """
    count = min(_MOST, max(_FEWEST, len(wanted) // (4 * max(1, threads))))
    group: list[Wanted] = []
    held = 0
    for want in sorted(wanted, key=lambda want: (-want.size, want.key)):
        if group and (len(group) >= count or held + want.size > _BYTES):
            yield group
            group, held = [], 0
        group.append(want)
        held += want.size
    if group:
        yield group


@contextmanager
def _quiet() -> Iterator[None]:
    """Silence Dask's own log lines; ours say what matters, in one line."""
    names = [name for name in logging.root.manager.loggerDict if name.partition(".")[0] == "distributed"]
    before = {name: logging.getLogger(name).level for name in sorted(names)}
    for name in before:
        logging.getLogger(name).setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for name, level in before.items():
            logging.getLogger(name).setLevel(level)


def _greet(address: str) -> None:
    """Ask who is there; Client itself waits forever on a silent server."""

    async def ask() -> None:
        safety = Security().get_connection_args("client")
        async with rpc(address, connection_args=safety, timeout=_CONNECT_S) as there:
            await asyncio.wait_for(there.identity(), _CONNECT_S)

    with ThreadPoolExecutor(1, thread_name_prefix="iid-dask") as thread:  # we may be inside a loop
        thread.submit(asyncio.run, ask()).result()


def _answers(batch: Batch, records: list[Record]) -> Iterator[Answer]:
    """*records* as answers; each must be about a file of *batch*."""
    of = {want.key: want for want in batch.wanted}
    for key, status, message, text, lasting in records:
        want = of.pop(key)
        yield Answer(Job(key, want.path, want.size), status, message, text, lasting)
    if of:
        raise FailedError("pekerja Dask tidak menjawab untuk semua berkas yang dikirim")


def _key(future: Any) -> str:
    return str(future.key)


_KNOCK_S = 3.0


def knock(address: str) -> None:
    """Check that *address* listens, for a few seconds. Raises FailedError."""
    host, _, port = address.partition("://")[2].rpartition(":")
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout=_KNOCK_S):
            return
    except (OSError, OverflowError) as error:
        why = "tidak menjawab" if isinstance(error, TimeoutError) else "tidak dapat dihubungi"
        raise FailedError(
            f"penjadwal Dask {address} {why}; tidak ada yang diterbitkan. Periksa alamatnya dan apakah "
            "dask-scheduler berjalan, atau pakai --engine local"
        ) from error
