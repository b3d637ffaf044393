"""Review workbooks parsed in a guarded worker, each content once.

They are on the share, where others than stewards may write: what is parsed gets the worker's limits
of time and memory, and no rights. This module is also what that worker is given to read with.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache

from iid.tasks.review.review_cells import (
    MAX_SHOWN,
    Reader,
    Sheets,
    UnreadableBookError,
    read_book,
)
from iid.tasks.sandbox.content import Content, unreadable
from iid.tasks.sandbox.facts import Facts, text_of
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Job
from iid.tasks.store.memory import last_night
from iid.tasks.store.store import Store

#: What one workbook may cost, as one of an innovation; all its cells are kept, as JSON.
LIMITS = Limits(cpu_s=10, wall_s=60.0, memory=1536 * MIB, answer=16 * MIB, kept=2 * MAX_SHOWN)
_BOOK = Facts(format="buku")


@contextmanager
def remembered(store: Store, prefix: str, *, fresh: bool = False) -> Iterator[Reader]:
    """Yield a reader that knows what workbooks of known content said.

    It is remembered below *prefix* of *store*, and learnt anew where *fresh*. A content that is
    not known is parsed in a worker that ends with the block. The reader raises
    UnreadableBookError, and FailedError where no worker can start.
    """
    memory = last_night(store, prefix, "review", fresh=fresh)
    with Pool(1, LIMITS, __name__) as pool:

        def read(data: bytes) -> Sheets:
            key = hashlib.sha256(data).hexdigest(), "sheets"
            return _unpacked(memory.answer(key, lambda: _parsed(data, pool)))

        yield read
    memory.save()


class _One:
    """A feed of one workbook."""

    def __init__(self, data: bytes) -> None:
        self._jobs = [Job(0, "buku tinjauan", len(data), form="review", data=data)]

    def pull(self, slot: int) -> Job | None:
        """Return the workbook, once."""
        return self._jobs.pop() if self._jobs and not slot else None

    def exhausted(self) -> bool:
        """Whether it was handed out."""
        return not self._jobs

    def wake(self) -> None:
        """Nothing arrives by itself here."""


def _parsed(data: bytes, pool: Pool) -> str:
    """Return the sheets as JSON, or raise UnreadableBookError."""
    [answer] = pool.run(_One(data))
    facts = answer.message.get("facts", answer.message)
    if answer.status != "read" or facts.get("problem"):
        raise UnreadableBookError(str(facts.get("detail") or "tidak dapat dibuka"))
    return text_of(answer.text, LIMITS.kept)


@lru_cache(maxsize=512)
def _unpacked(said: str) -> Sheets:
    """Return remembered sheets; the same text is unpacked once in a run."""
    try:
        grids, hidden = json.loads(said)
        sheets = Sheets((name, tuple(map(tuple, rows))) for name, rows in grids.items())
        shown = [text for rows in sheets.values() for row in rows for text in row]
        if not all(isinstance(text, str) for text in (*shown, *hidden)):
            raise TypeError("no texts")
    except (AttributeError, TypeError, ValueError) as error:
        raise UnreadableBookError("program pembacanya memberi jawaban yang tidak sah") from error
    sheets.hidden = frozenset(hidden)
    return sheets


def recognise(_: Content) -> Facts:
    """A workbook is what was handed over as one."""
    return _BOOK


def examine(content: Content, limits: Limits) -> Facts:
    """Return the texts of all sheets, as text of the facts."""
    try:
        sheets = read_book(content.data or b"")
    except UnreadableBookError as error:
        return unreadable(_BOOK, str(error))
    text = json.dumps([sheets, sorted(sheets.hidden)])
    if len(text) > limits.kept:
        return unreadable(_BOOK, "isinya mengembang terlalu besar")
    return Facts(format="buku", text=text)
