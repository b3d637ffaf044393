"""How long to wait for a silent drive, and how often to ask again."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from iid.tasks.shares.rclone_errors import Fault, TroubleError
from iid.tasks.values.errors import UsageError

T = TypeVar("T")
_CHANCE = random.SystemRandom()
_LONGEST_PAUSE_S = 30.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How often to try, seconds before the second try, seconds of silence.

    ``rate``: requests a second that the drive is asked at most by this process, 0 = as many as it takes.
    Pauses double and vary by half, so that many readers do not come back at the same moment.
    """

    tries: int = 5
    first_pause: float = 0.5
    timeout: float = 60.0
    rate: int = 0

    def pause(self, attempt: int) -> float:
        """Seconds to wait after the failed *attempt* (0, 1, …)."""
        longest: float = min(self.first_pause * 2**attempt, _LONGEST_PAUSE_S)
        return longest * _CHANCE.uniform(0.5, 1.5)

    def over(self, action: Callable[[], T], between: Callable[[], None]) -> T:
        """Run *action*, again while the drive is away, with *between* before it.

        What the server says that we do not know is tried once more and then taken for an answer.
        """
        attempt = 0
        while True:
            try:
                return action()
            except TroubleError as trouble:
                attempt += 1
                tries = {Fault.AWAY: self.tries, Fault.ODD: min(2, self.tries)}.get(trouble.fault, 1)
                if attempt >= tries:
                    raise
            time.sleep(self.pause(attempt - 1))
            between()


def patience_wanted() -> Patience:
    """Read ``IID_DRIVE_TRIES``, ``IID_DRIVE_TIMEOUT`` and ``IID_DRIVE_RATE``.

    Tries from 1 to 20; seconds of silence from 1 to 3600; requests a second from 1 to 1000 (without
    it there is no limit).
    """
    usual = Patience()
    return Patience(
        tries=_number("IID_DRIVE_TRIES", usual.tries, 20),
        timeout=float(_number("IID_DRIVE_TIMEOUT", int(usual.timeout), 3600)),
        rate=_number("IID_DRIVE_RATE", usual.rate, 1000),
    )


def _number(name: str, usual: int, most: int) -> int:
    text = os.environ.get(name, "").strip()
    if not text:
        return usual
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= most:
        raise UsageError(f"{name} = {text!r}: yang boleh bilangan bulat 1 sampai {most}")
    return int(text)
