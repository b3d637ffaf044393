"""Several workers; a file that breaks its worker costs that file only.

Single-threaded and driven by its reader: jobs are pulled as workers get free, so
nothing piles up however many files there are. A job whose worker died is tried once
more, alone in a fresh worker, before the file is blamed; the jobs behind it are
simply sent again. The result of one file can therefore not depend on another.
"""

from __future__ import annotations

import select
import signal
from collections import deque
from collections.abc import Iterator
from typing import Any, Protocol

from iid.tasks.sandbox.answer_checks import AnswerError, checked_answer
from iid.tasks.sandbox.feeding import Budget
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.worker_process import READER, Answer, Job, Worker
from iid.tasks.values.errors import DriveError, FailedError

#: Jobs sent ahead to one worker, so that it need not wait for us between two files.
DEPTH = 4
#: Files after which a worker is replaced; what its libraries leak stays small.
SERVED = 2_000
_STARTS = 3  # workers that may fail to start before the installation is blamed
_LONGEST_WAIT_S = 60.0


class Feed(Protocol):
    """Where jobs come from."""

    def pull(self, slot: int) -> Job | None:
        """Return the next job for the worker in *slot*; None for none just now."""
        ...

    def exhausted(self) -> bool:
        """Whether no job will come any more, unless an answer brings one."""
        ...

    def wake(self) -> int | None:
        """Return a descriptor that is readable once a job has arrived, or None."""
        ...


class Pool:
    """*size* workers under *limits*; a context manager that ends them all.

    *reader* is the module that reads the contents, *setup* what it prepares itself with.
    """

    def __init__(self, size: int, limits: Limits, reader: str = READER, setup: bytes = b"") -> None:
        self._module, self._setup = ("iid.tasks.sandbox.worker", reader), setup
        self.limits = limits
        self.budget = Budget(limits)
        self._slots: list[Worker | None] = [None] * max(1, size)
        self._again: deque[Job] = deque()  # sent again as they were
        self._alone: deque[Job] = deque()  # second tries
        self._failed_starts = 0

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """End all workers."""
        for slot in range(len(self._slots)):
            self._end(slot)

    @property
    def size(self) -> int:
        """How many workers there may be."""
        return len(self._slots)

    def run(self, feed: Feed) -> Iterator[Answer]:
        """Yield answers to the jobs of *feed*. Raises FailedError, DriveError."""
        while True:
            for slot in range(len(self._slots)):
                self._supply(slot, feed)
            busy = any(worker and worker.waiting for worker in self._slots)
            if not busy and feed.exhausted():
                return
            yield from self._wait(feed.wake())

    def _supply(self, slot: int, feed: Feed) -> None:
        """Give the worker in *slot* what it can take; start it with its first job."""
        worker = self._slots[slot]
        if worker is not None and not worker.waiting and (worker.served >= SERVED or self._alone):
            self._end(slot)
            worker = None
        if worker is None and self._alone:
            self._start(slot).send_alone(self._alone.popleft())
            return
        while worker is None or worker.takes(DEPTH, SERVED):
            job = self._again.popleft() if self._again else feed.pull(slot)
            if job is None:
                return
            worker = worker or self._start(slot)
            worker.send(job)

    def _start(self, slot: int) -> Worker:
        worker = Worker(self.limits, self._module, self._setup)
        self._slots[slot] = worker
        return worker

    def _end(self, slot: int) -> None:
        worker, self._slots[slot] = self._slots[slot], None
        if worker is not None:
            worker.kill()

    def _wait(self, wake: int | None) -> Iterator[Answer]:
        """Wait for an event; yield answers, and handle workers that ended."""
        running = [(slot, worker) for slot, worker in enumerate(self._slots) if worker is not None]
        poll = select.poll()
        for descriptor in [worker.output for _, worker in running] + ([] if wake is None else [wake]):
            poll.register(descriptor, select.POLLIN)
        for descriptor in [worker.input for _, worker in running if worker.unsent]:
            poll.register(descriptor, select.POLLOUT)
        left = min([worker.seconds_left for _, worker in running] + [_LONGEST_WAIT_S])
        heard = {descriptor for descriptor, _ in poll.poll(max(0.0, left) * 1000)}
        for slot, worker in running:
            if worker.unsent and worker.input in heard:
                worker.flush()
            if worker.output in heard:
                yield from self._hear(slot, worker)
            elif worker.seconds_left <= 0:
                yield from self._overdue(slot, worker)

    def _hear(self, slot: int, worker: Worker) -> Iterator[Answer]:
        try:
            messages, alive = worker.receive()
            for message, text in messages:
                if worker.ready:
                    yield from self._answered(worker, message, text)
                else:
                    worker.ready = True
                    self._failed_starts = 0
                    worker.turn()
        except ValueError:  # AnswerError, or no frame at all
            yield from self._lost(slot, worker, "program pembacanya memberi jawaban yang tidak sah")
            return
        if not alive:
            yield from self._died(slot, worker)

    def _answered(self, worker: Worker, message: dict[str, Any], text: bytes) -> Iterator[Answer]:
        """Yield the first waiting job's answer, checked: the sender is untrusted."""
        if not worker.waiting:
            raise AnswerError("answer to nothing")
        answer = checked_answer(worker.waiting[0], message, text, self.limits.kept)
        if answer.status == "share_lost":
            raise DriveError(
                f"Share tidak dapat dibaca lagi di tengah pemeriksaan: {answer.message['detail']}."
            )
        if answer.status == "setup":
            raise FailedError(f"Pemeriksa bukti tidak dapat bekerja: {answer.message['detail']}.")
        if answer.status != "memory":  # else the worker ends by itself; see _died
            worker.waiting.popleft().seconds += worker.elapsed
            worker.served += 1
            worker.alone = False
            worker.turn()
            yield answer

    def _overdue(self, slot: int, worker: Worker) -> Iterator[Answer]:
        """A worker that neither works nor answers."""
        self._charge(worker)
        if worker.ready:
            detail = f"lebih dari {self.limits.wall_s:.0f} detik"
            yield from self._blame(slot, worker, "timeout", detail, lasting=False)
        else:
            self._start_failed(slot, worker)

    def _died(self, slot: int, worker: Worker) -> Iterator[Answer]:
        """A worker's output has ended: over its first waiting job, if it has one."""
        code = worker.exit_code()
        self._charge(worker)
        if not worker.ready:
            self._start_failed(slot, worker)
        elif code == -signal.SIGXCPU:
            detail = f"perlu lebih dari {self.limits.cpu_s} detik waktu prosesor"
            yield from self._blame(slot, worker, "timeout", detail)
        elif code == 0:  # it gave up for want of memory
            yield from self._lost(slot, worker, f"perlu memori lebih dari {self.limits.memory // MIB} MiB")
        else:  # SIGKILL is not the file's doing: the machine was short of memory
            detail = "program pembacanya berhenti karena isi berkas ini"
            yield from self._lost(slot, worker, detail, lasting=code != -signal.SIGKILL)

    @staticmethod
    def _charge(worker: Worker) -> None:
        """The time of a worker that is about to go is its first waiting job's."""
        if worker.waiting:
            worker.waiting[0].seconds += worker.elapsed

    def _lost(self, slot: int, worker: Worker, detail: str, *, lasting: bool = True) -> Iterator[Answer]:
        """Retry the lost worker's first job once, alone; then blame the file."""
        job = worker.waiting[0] if worker.waiting else None
        if job is None or job.tries or job.verdict:
            yield from self._blame(slot, worker, "unreadable", detail, lasting=lasting)
            return
        job.tries += 1
        self._alone.append(worker.waiting.popleft())
        self._replace(slot, worker)

    def _blame(
        self, slot: int, worker: Worker, problem: str, detail: str, *, lasting: bool = True
    ) -> Iterator[Answer]:
        """Settle the first waiting job's file; hash it once more, unopened."""
        job = worker.waiting.popleft() if worker.waiting else None
        self._replace(slot, worker)
        if job is None:
            return
        if job.verdict is None:
            job.verdict = {"problem": problem, "detail": detail, "lasting": lasting}
            self._alone.append(job)
        else:  # not even its bytes can be read
            yield Answer(job, "problem", {"problem": problem, "detail": detail}, lasting=False)

    def _replace(self, slot: int, worker: Worker) -> None:
        self._end(slot)
        self._again.extend(worker.waiting)

    def _start_failed(self, slot: int, worker: Worker) -> None:
        self._replace(slot, worker)
        self._failed_starts += 1
        if self._failed_starts >= _STARTS:
            raise FailedError(
                "Pemeriksa bukti tidak dapat dimulai (python -m iid.tasks.sandbox.worker); "
                "periksa pemasangan paket dengan iid doctor."
            )
