"""Runs that stewards start: one at a time for each region and cycle."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from threading import Lock, Thread

RUNNING, DONE, FAILED = "berjalan", "selesai", "gagal"
SHOWN_S = 900.0  # seconds for which the end of a run is shown


@dataclass(frozen=True, slots=True)
class Progress:
    """How a run is going; ``line`` is the last thing it said."""

    unit_code: str
    state: str  # RUNNING | DONE | FAILED
    line: str
    begun: float  # of a steady clock, as is ended
    ended: float | None = None


#: Assesses one unit of the place *key*; passes on what the run says; whether it published, and its last line.
Run = Callable[[str, str, Callable[[str], None]], tuple[bool, str]]


class Recalculations:
    """The runs that the desk has started."""

    def __init__(self, run: Run | None = None) -> None:
        self._run, self._lock = run, Lock()
        self._now: dict[str, Progress] = {}

    @property
    def possible(self) -> bool:
        """Whether a run can be started from here."""
        return self._run is not None

    def start(self, key: str, unit_code: str) -> bool:
        """Start a run of *unit_code* in place *key*; False while one is on."""
        with self._lock:
            now = self._now.get(key)
            if self._run is None or (now is not None and now.state == RUNNING):
                return False
            self._now[key] = Progress(unit_code, RUNNING, "menunggu giliran", time.monotonic())
        Thread(target=self._work, args=(key, unit_code), name="hitung ulang", daemon=True).start()
        return True

    def of(self, key: str) -> Progress | None:
        """The run that is on, or has ended in the last minutes."""
        now = self._now.get(key)
        old = now is not None and now.ended is not None and time.monotonic() - now.ended > SHOWN_S
        return None if old else now

    def _work(self, key: str, unit_code: str) -> None:
        assert self._run is not None  # noqa: S101  (start() has asked)
        try:
            well, line = self._run(key, unit_code, lambda words: self._say(key, RUNNING, words))
        except Exception as error:  # noqa: BLE001  (the page must not wait for ever)
            well, line = False, f"kesalahan yang tidak terduga ({type(error).__name__})"
        self._say(key, DONE if well else FAILED, line)

    def _say(self, key: str, state: str, line: str) -> None:
        with self._lock:
            ended = None if state == RUNNING else time.monotonic()
            self._now[key] = replace(self._now[key], state=state, line=line, ended=ended)
