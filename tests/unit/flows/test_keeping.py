"""One target of `iid serve` that stays shut: said once, tried again, people informed after some minutes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from threading import BoundedSemaphore, Event

import pytest
from letters import Post, web_server

from iid.flows.service.schedule import Clock
from iid.flows.service.target_service import Keeper, ServeOptions
from iid.tasks.values.errors import UsageError


@pytest.fixture
def web() -> Iterator[Post]:
    with web_server() as post:
        yield post


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def keeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, web: Post, said: list[str]) -> Keeper:
    """Its share is a folder without a marker; `clock` stands still."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setenv("IID_NOTIFY_URLS", web.address)
    monkeypatch.delenv("IID_TOML", raising=False)
    (tmp_path / "share").mkdir()
    (tmp_path / "iid.toml").write_text(
        'store = "hasil"\ncycle = 2026\n[[target]]\nname = "banjar"\nshare = "share"\nregion = "63.03"\n'
    )
    clock = Clock(lambda: datetime(2026, 8, 20, tzinfo=UTC), lambda: 0.0)
    return Keeper("banjar", ServeOptions({}), BoundedSemaphore(1), said.append, Event(), clock)


def test_a_share_that_is_away_is_said_once_and_tried_after_longer_and_longer(
    keeper: Keeper, said: list[str]
) -> None:
    waits = [keeper.once() for _ in range(9)]
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]
    lines = [line for line in said if "✗" in line]
    assert len(lines) == 1
    assert lines[0].startswith("banjar: ✗ share tampaknya belum terpasang")


def test_people_are_reported_after_some_minutes_and_not_at_once(keeper: Keeper, web: Post) -> None:
    keeper.once()
    keeper.once()
    assert web.got == []
    keeper.once()
    (got,) = web.got
    assert "Penilaian ditahan pengaman" in got["message"]
    assert "belum terpasang" in got["message"]
    keeper.once()
    assert len(web.got) == 1


def test_what_was_published_is_judged_while_the_share_is_away(keeper: Keeper) -> None:
    keeper.once()
    assert (keeper.place.region, keeper.place.cycle) == ("63.03", 2026)
    assert keeper.place.store is not None


def test_a_wrong_setting_is_remembered_as_refused(keeper: Keeper, tmp_path: Path) -> None:
    (tmp_path / "iid.toml").write_text('cycle = 1\n[[target]]\nname = "banjar"\n')
    keeper.once()
    assert isinstance(keeper.refused, UsageError)
    assert "cycle = 1" in str(keeper.refused)
