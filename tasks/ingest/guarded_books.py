"""Workbooks parsed in guarded workers, each content once per version."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import pickle
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import cast

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.ingest.container import MAX_BYTES
from iid.tasks.ingest.parse_workbook import Asked, unread
from iid.tasks.ingest.parsed import MAX_TEXT, Parsed, check_fit, packed, unpacked
from iid.tasks.sandbox.facts import text_of
from iid.tasks.sandbox.feeding import Budget, Wanted, unit_of
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.store.memory import Key, Memory
from iid.tasks.store.store import Store
from iid.tasks.values.versions import versions

#: What one workbook may cost, far above any honest one: it is read in some 0.01 s.
LIMITS = Limits(cpu_s=10, wall_s=60.0, memory=1536 * MIB, answer=16 * MIB, kept=MAX_TEXT)
READER = "iid.tasks.ingest.book_reader"
_EACH = 100  # workbooks that are worth another process


@dataclass(slots=True)
class GuardedBooks:
    """Parses workbooks in *workers* processes; remembers them in *store*.

    *rules* is the rulebook's hash. With *fresh* nothing remembered is used. ``settled`` turns False
    with a workbook that may fare better in the next run although its listing stays the same;
    ``contents`` gets the hash of each that was read, by path.
    """

    store: Store
    prefix: str
    rules: str
    workers: int
    limits: Limits = LIMITS
    fresh: bool = False
    settled: bool = True
    contents: dict[str, str] = field(default_factory=dict)

    def __call__(self, asked: Iterable[Asked], rulebook: Rulebook) -> Iterator[Parsed]:
        """Yield what *asked* say, in order. Raises FailedError, DriveError."""
        memory = Memory(self.store, f"{self.prefix}/_workbooks", self._version())
        feed = _Feed(iter(asked), rulebook, memory, self)
        with Pool(self.workers, self.limits, READER, pickle.dumps(rulebook)) as pool:
            feed.budget = pool.budget
            for answer in pool.run(feed):
                feed.done(answer)
        memory.save()
        for number in range(feed.count):
            yield feed.said.pop(number)

    def _version(self) -> str:
        return json.dumps([versions(), importlib.metadata.version("openpyxl"), self.rules])


class _Feed:
    """Gives workbooks to free workers; settles known ones at once."""

    def __init__(
        self, asked: Iterator[Asked], rulebook: Rulebook, memory: Memory, books: GuardedBooks
    ) -> None:
        self._asked, self._rulebook, self._memory, self._books = asked, rulebook, memory, books
        self._more = True
        self._waiting: dict[Key, list[int]] = {}  # places that wait for the answer on one content
        self.count = 0
        self.said: dict[int, Parsed] = {}
        self.budget = Budget(books.limits)

    def pull(self, slot: int) -> Job | None:
        """Return the next workbook to parse; add a worker where many are left."""
        if slot * _EACH > self.count:
            return None
        for one in self._asked:
            number, self.count = self.count, self.count + 1
            job = self._job(number, one)
            if job is not None:
                return job
        self._more = False
        return None

    def _job(self, number: int, one: Asked) -> Job | None:
        if one.problem or len(one.data) > MAX_BYTES:
            self._books.settled &= one.listed or not one.problem
            why = one.problem or f"ukurannya lebih dari {MAX_BYTES // MIB} MB"
            self.said[number] = unread(self._rulebook, one.aspect, why)
            return None
        key = hashlib.sha256(one.data).hexdigest(), one.aspect
        self._books.contents[one.path] = key[0]
        if known := self._known(key):
            self.said[number] = known
            return None
        if key in self._waiting:
            self._waiting[key].append(number)
            return None
        if problem := self.budget.take(Wanted(number, one.path, len(one.data), 0.0)):
            self._books.settled = False
            self.said[number] = unread(self._rulebook, one.aspect, problem.detail)
            return None
        self._waiting[key] = [number]
        job = Job(number, one.path, len(one.data), unit=unit_of(one.path))
        job.form, job.data = one.aspect, one.data
        return job

    def _known(self, key: Key) -> Parsed | None:
        said = None if self._books.fresh else self._memory.recall(key)
        try:
            return unpacked(said) if said else None
        except ValueError:
            return None

    def exhausted(self) -> bool:
        """Whether every workbook has been handed out."""
        return not self._more

    def wake(self) -> None:
        """Nothing arrives by itself here."""

    def done(self, answer: Answer) -> None:
        """Take what a worker says of a workbook."""
        job = answer.job
        self.budget.spent(job)
        parsed = self._parsed(answer)
        key = hashlib.sha256(job.data).hexdigest(), job.form
        self._books.settled &= answer.lasting
        if answer.lasting:
            self._memory.learn(key, packed(parsed))
        for number in self._waiting.pop(key):
            self.said[number] = parsed

    def _parsed(self, answer: Answer) -> Parsed:
        """Return the workbook; unreadable if its worker failed or sent nonsense."""
        facts = answer.message.get("facts", answer.message)
        detail = cast("str", facts.get("detail", ""))
        if answer.status == "read" and not facts.get("problem"):
            try:
                parsed = unpacked(text_of(answer.text, MAX_TEXT))
                check_fit(parsed, self._rulebook, answer.job.form)
                return parsed
            except ValueError:
                detail = "program pembacanya memberi jawaban yang tidak sah"
        return unread(self._rulebook, answer.job.form, detail or "tidak dapat dibuka")
