"""Scheduled runs on an injected clock: each once, a missed one caught up once, a restart loses nothing."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from iid.flows.service.schedule import Clock, Nights, timetable_of
from iid.flows.service.subprocess_run import Ended
from iid.flows.service.watch_share import Plan
from iid.flows.settings.setting_models import Keys
from iid.tasks.assess.request import AssessRequest
from iid.tasks.shares.open_share import open_drive
from iid.tasks.store.checked import mark_checked
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import HELD, hold
from iid.tasks.store.published_run import latest
from iid.tasks.store.publishing import publish
from iid.tasks.values.region import Marker

VIEW = {"index": "57.64", "category": "Inovatif"}
MINUTE = timedelta(minutes=1)


@dataclass
class World:
    """A clock that only moves when it is reported to, and runs that publish at once."""

    plan: Plan
    store: FolderStore
    now: datetime
    runs: list[datetime] = field(default_factory=list)
    said: list[str] = field(default_factory=list)
    ends: list[Ended] = field(default_factory=list)  # how the next runs end instead

    def start(self, _request: AssessRequest, _stop: Event, *, direct: bool) -> Ended:
        if self.ends:
            return self.ends.pop(0)
        self.publish("provisional")
        self.runs.append(self.now)
        return Ended(0, "indeks 57,64")

    def publish(self, status: str) -> None:
        files = [("index.json", json.dumps({"supported": VIEW, "verified": VIEW}).encode())]
        name = f"r{self.now:%Y%m%dT%H%M%S}"
        publish(self.store, "63.03", 2026, name, iter(files), {}, published_at=self.now, status=status)

    def nights(self, **keys: Any) -> Nights:
        clock = Clock(lambda: self.now, lambda: self.now.timestamp())  # noqa: PLW0108  (asked anew)
        table = timetable_of(Keys(**keys), self.plan.marker.zone, self.plan.request.cycle)
        return Nights(self.plan, self.store, table, self.said.append, Event(), clock=clock, start=self.start)

    def live(self, nights: Nights, until: datetime, step: timedelta = MINUTE) -> None:
        while self.now <= until:
            if nights.due():
                nights.run()
            self.now += step


@pytest.fixture
def world(tmp_path: Path) -> World:
    (tmp_path / "share").mkdir()
    store = FolderStore(tmp_path / "hasil")
    request = AssessRequest(share=str(tmp_path / "share"), store=store.url, cycle=2026)
    plan = Plan(
        request=request,
        drive=open_drive(str(tmp_path / "share")),
        store=store,
        marker=Marker("63.03", "Kabupaten Banjar", "Asia/Makassar"),
        quiet=1.0,
        poll=1.0,
        emit=False,
        assess=True,
        direct=True,
        state=tmp_path / "state",
    )
    return World(plan, store, datetime(2026, 8, 20, 2, tzinfo=UTC))


def local(moments: list[datetime]) -> list[str]:
    return [f"{one + timedelta(hours=8):%d %H.%M}" for one in moments]


def test_a_night_is_run_once_and_a_week_away_is_one_run(world: World) -> None:
    far = {"deadline": "2026-12-31"}
    world.live(world.nights(**far), world.now + timedelta(days=1))
    assert local(world.runs) == ["20 10.00", "21 04.00"]  # never ran: at once; then the night
    world.now += timedelta(days=5)  # the machine was off
    world.live(world.nights(**far), world.now + timedelta(hours=3))
    assert len(world.runs) == 3


def test_a_restart_right_after_a_run_starts_no_other(world: World) -> None:
    world.live(world.nights(), world.now + 5 * MINUTE)
    world.live(world.nights(), world.now + 5 * MINUTE)
    assert len(world.runs) == 1


def test_before_the_deadline_of_the_settings_it_runs_every_six_hours_then_every_hour(world: World) -> None:
    nights = world.nights(deadline="2026-08-28")
    assert nights.timetable.deadline == datetime(2026, 8, 28, 15, 59, 59, tzinfo=UTC)
    world.live(nights, datetime(2026, 8, 30, tzinfo=UTC), 5 * MINUTE)
    days = [text[:2] for text in local(world.runs)]
    counts = {day: days.count(day) for day in days}
    # A moment in the last second of an hour is seen a little later; at 04.00 one run serves both.
    assert counts == {"20": 1, "21": 1, "22": 5, "23": 5, "24": 5, "25": 5, "26": 5, "27": 5, "28": 24} | {
        "29": 2,
        "30": 1,
    }
    assert local(world.runs)[-3:] == ["29 00.00", "29 04.00", "30 04.00"]


def test_without_a_setting_the_deadline_is_the_rulebooks_and_can_be_switched_off(world: World) -> None:
    table = world.nights().timetable
    assert table.deadline is not None
    assert table.deadline.astimezone(UTC).second == 59
    assert world.nights(serve={"dense": []}).timetable.dense == ()


def test_a_run_that_fails_is_tried_again_after_longer_and_longer(world: World) -> None:
    world.ends = [Ended(1, "share rusak")] * 3
    world.live(world.nights(), world.now + timedelta(minutes=10), timedelta(seconds=5))
    waits = [line.rsplit("dalam ", 1)[1] for line in world.said if line.startswith("✗")]
    assert waits == ["30 detik", "60 detik", "120 detik"]
    assert len(world.runs) == 1


def test_behind_another_run_it_waits_and_calls_it_no_failure(world: World) -> None:
    world.ends = [Ended(3, f"penilaian 63.03 tahun 2026 {HELD} bappeda (proses 7)")] * 2
    world.live(world.nights(), world.now + timedelta(minutes=10), timedelta(seconds=5))
    waiting = [line for line in world.said if "menunggu giliran" in line]
    assert [line[:1] for line in waiting] == ["…", "…"]
    assert all("dicoba lagi dalam 30 detik" in line for line in waiting)
    assert len(world.runs) == 1


def test_a_run_by_hand_counts_as_the_nights(world: World) -> None:
    world.publish("provisional")
    world.live(world.nights(), world.now + timedelta(hours=10))
    assert world.runs == []


def test_a_night_that_found_nothing_changed_is_done(world: World) -> None:
    world.publish("provisional")
    world.now += timedelta(days=2)
    where = (world.store, "63.03", 2026)
    pointer = latest(*where)
    assert pointer
    with hold(*where, now=lambda: world.now) as lease:
        assert mark_checked(*where, pointer.run_id, lease)
    world.live(world.nights(), world.now + timedelta(hours=10))
    assert world.runs == []


def test_a_closed_cycle_is_only_shown(world: World) -> None:
    world.publish("final")
    world.live(world.nights(), world.now + timedelta(days=3), timedelta(minutes=10))
    assert world.runs == []


def test_a_store_that_is_away_is_said_and_asked_again(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.store.put("63.03/2026/latest.json", b"{")
    nights = world.nights()
    assert not nights.due()
    assert "rusak" in world.said[0]
    world.store.delete("63.03/2026/latest.json")
    assert not nights.due()  # asked again only after a while
    world.now += MINUTE
    assert nights.due()
