"""From many looks at a share to few changes: waits until it is quiet, and forgets nothing.

No clock and no waiting in here: the caller says when it looked (seconds of any steady clock).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from iid.tasks.watching.snapshots import Snapshot, changed

RETRY, LONGEST_RETRY = 30.0, 3600.0  # seconds after a failure; doubled each time
PATIENCE = 60  # quiet periods after which a share that never gets quiet is assessed all the same


@dataclass(frozen=True, slots=True)
class Change:
    """Everything that is different since the last change that was handled."""

    paths: tuple[str, ...]
    snapshot: Snapshot


class Watcher:
    """Compares each look with what was handled last.

    What arrives while a change is being handled is one further change afterwards.
    """

    def __init__(self, baseline: Snapshot, look: Callable[[Snapshot], Snapshot], quiet: float) -> None:
        self.baseline = baseline
        self._look = look
        self._quiet = quiet
        self._last = baseline
        self._moved = 0.0  # when a look last differed from the one before
        self._since: float | None = None  # when the pending change began
        self._tries = 0
        self._not_before = float("-inf")

    @property
    def pending(self) -> bool:
        """Whether there is a change that was not given or not handled yet."""
        return self._since is not None

    @property
    def failing(self) -> bool:
        """Whether the pending change was tried in vain; the next try may be far off."""
        return self._tries > 0

    def poll(self, now: float) -> Change | None:
        """Look once; the change when there is one and it is quiet. DriveError when the share is away."""
        seen = self._look(self._last)
        if seen != self._last:
            self._last, self._moved = seen, now
            self._not_before = float("-inf")  # something is new: perhaps what failed works now
        paths = changed(self.baseline, seen)
        if not paths:
            self._since = None
            return None
        self._since = now if self._since is None else self._since
        quiet = now - self._moved >= self._quiet or now - self._since >= PATIENCE * self._quiet
        return Change(paths, seen) if quiet and now >= self._not_before else None

    def handled(self, change: Change) -> None:
        """*change* is done; only what came after it is new."""
        self.baseline, self._since, self._tries = change.snapshot, None, 0

    def failed(self, now: float) -> float:
        """The last change could not be handled; it stays. Seconds until it is given again."""
        wait: float = min(RETRY * 2**self._tries, LONGEST_RETRY)
        self._tries = min(self._tries + 1, 16)
        self._not_before = now + wait
        return wait
