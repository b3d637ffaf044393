"""Several targets under one watcher: none waits for another, and all end together."""

from __future__ import annotations

from threading import Event
from typing import Any

import pytest

from iid.flows.service import side_by_side


class Asked(Event):
    """A wish to stop that is asked for again and again; *again* is set at the second time."""

    def __init__(self) -> None:
        super().__init__()
        self.times, self.again = 0, Event()

    def wait(self, timeout: float | None = None) -> bool:
        self.times += 1
        if self.times > 1:
            self.again.set()
        return super().wait(0.01)


def watching(keep: Any, stop: Event, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    said: list[str] = []
    monkeypatch.setattr(side_by_side, "_keep", keep)
    monkeypatch.setattr(side_by_side, "LEAVING", 0.0)
    side_by_side.watch_targets(("banjar", "tapin"), lambda: pytest.fail("not asked"), said.append, stop)
    return said


def test_a_mistake_of_ours_in_one_target_ends_all_and_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    stop = Asked()

    def keep(name: str, _plan: Any, _tell: Any, stop: Asked, _once: bool) -> None:
        if name == "tapin":
            assert stop.again.wait(60)  # the others are still being watched
            raise ZeroDivisionError(name)
        Event.wait(stop, 60)

    with pytest.raises(ZeroDivisionError, match="tapin"):
        watching(keep, stop, monkeypatch)
    assert stop.is_set()


def test_a_target_that_hangs_is_named_and_left(monkeypatch: pytest.MonkeyPatch) -> None:
    stop, hung = Event(), Event()

    def keep(name: str, *_: Any) -> None:
        if name == "tapin":
            stop.set()
            hung.wait(60)

    said = watching(keep, stop, monkeypatch)
    hung.set()
    assert said[-1].startswith("! tapin tidak menjawab")
