"""An event that a server lost is sent again; one that a run answered is not."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from types import SimpleNamespace
from typing import Any

import pytest

from iid.flows.prefect_glue import events
from iid.flows.service.sent_events import AGAIN, MOST, SentEvents
from iid.flows.service.watch_share import ALIVE_S, Plan, Watch
from iid.tasks.assess.request import AssessRequest
from iid.tasks.operate.watch.watcher import memory_file, remember
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.values.region import Marker

NOON = datetime(2026, 8, 31, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "hasil")


@pytest.fixture
def clock() -> SimpleNamespace:
    return SimpleNamespace(now=NOON)


@pytest.fixture
def sent(store: FolderStore, clock: Any) -> SentEvents:
    found = SentEvents(store, "63.03", 2026, lambda: clock.now)
    found.sent(("102",), ("2026/102/a.pdf",))
    return found


def run(store: FolderStore, begun: datetime, minutes: float = 3) -> None:
    """A run that began at *begun* is published."""
    name, at = f"{begun:%Y%m%dT%H%M%SZ}-0", begun + minutes * MINUTE
    publish(store, "63.03", 2026, name, [("a", b"a")], {}, published_at=at, status="provisional")


def test_an_event_that_no_run_answered_is_sent_again_later_and_later_and_then_left(
    sent: SentEvents, clock: Any
) -> None:
    waits = []
    while (clock.now - NOON) < 12 * 60 * MINUTE:
        if sent.lost():
            waits.append((clock.now - NOON) / AGAIN)
        clock.now += MINUTE
    assert waits == [1, 2, 4]
    assert len(waits) == MOST


def test_a_run_that_began_after_it_answers_an_event(store: FolderStore, sent: SentEvents, clock: Any) -> None:
    run(store, NOON + MINUTE)
    for _ in range(60):
        clock.now += MINUTE
        assert sent.lost() is None


def test_a_run_that_had_begun_before_it_answers_nothing(
    store: FolderStore, sent: SentEvents, clock: Any
) -> None:
    run(store, NOON - MINUTE)
    clock.now += AGAIN
    assert sent.lost() == (("102",), ("2026/102/a.pdf",))


def test_of_two_events_the_one_not_answered_is_waited_for_as_long_as_the_first(
    store: FolderStore, sent: SentEvents, clock: Any
) -> None:
    run(store, NOON + MINUTE)
    clock.now = second = NOON + 2 * MINUTE
    sent.sent(("103",), ("2026/103/b.pdf",))
    clock.now = NOON + AGAIN
    assert sent.lost() is None
    clock.now = second + AGAIN
    assert sent.lost() == (("102", "103"), ("2026/102/a.pdf", "2026/103/b.pdf"))


def test_what_was_sent_before_a_restart_and_never_answered_is_sent_again(
    store: FolderStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = FolderDrive(tmp_path / "share")
    (tmp_path / "share/2026").mkdir(parents=True)
    (tmp_path / "share/iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n')
    request = AssessRequest(share=share.url, store=store.url, cycle=2026)
    memory = memory_file(tmp_path, share.url, store.url, 2026)
    remember(memory, {})
    heard: list[Any] = []
    monkeypatch.setattr(events, "share_changed", lambda *about: heard.append(about))
    monkeypatch.setattr(events, "watching", lambda *_: None)
    how = {"quiet": 0.0, "poll": 1.0, "emit": True, "assess": False, "direct": False, "state": tmp_path}
    marker = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")
    watch = Watch(Plan(request, share, store, marker, **how), lambda _: None, Event())
    watch.step()
    assert heard == []
    watch._alive -= ALIVE_S
    watch._sent._due -= AGAIN
    watch.step()
    assert heard == [("63.03", 2026, (), ())]
