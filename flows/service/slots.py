"""How a service's assessments share a machine: turn, time, notice."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from threading import BoundedSemaphore, Event
from typing import Any


@dataclass(frozen=True, slots=True)
class Terms:
    """``gate``: how many at once; ``limit``: seconds, None for no end."""

    gate: BoundedSemaphore | None = None
    limit: float | None = None
    ended: Callable[[Any], None] = lambda _: None

    @contextmanager
    def turn(self, stop: Event) -> Iterator[bool]:
        """Wait for a turn; False when *stop* was set before it came."""
        if self.gate is None:
            yield True
            return
        while not (taken := self.gate.acquire(timeout=0.5)) and not stop.is_set():
            continue
        try:
            yield taken
        finally:
            if taken:
                self.gate.release()


ALONE = Terms()
TERMS: ContextVar[Terms] = ContextVar("terms", default=ALONE)
