"""A run beside another of the same region: refused at once, or waiting for its turn."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from iid.tasks.assess.publishing_steps import wait_for_turn
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import HELD, acquire, held
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import Marker


@pytest.fixture
def opened(tmp_path: Path) -> Any:
    return SimpleNamespace(
        store=FolderStore(tmp_path / "hasil"), marker=Marker("63.03", "Banjar", "Asia/Makassar"), cycle=2026
    )


def test_it_waits_until_the_other_run_gives_its_lease_back(opened: Any) -> None:
    lease = acquire(opened.store, "63.03", 2026, zone="Asia/Makassar")
    assert HELD in held(opened.store, "63.03", 2026)
    pauses: list[float] = []

    def pause(seconds: float) -> None:
        pauses.append(seconds)
        if len(pauses) == 3:
            lease.release()

    wait_for_turn(opened, 600, pause)
    assert pauses == [2.0, 2.0, 2.0]
    assert held(opened.store, "63.03", 2026) == ""


def test_after_the_time_that_was_given_it_says_who_holds_it_and_how_long_it_waited(opened: Any) -> None:
    lease = acquire(opened.store, "63.03", 2026, zone="Asia/Makassar")
    with pytest.raises(GuardError, match=r"sedang diterbitkan oleh .* WITA.*sudah ditunggu 0 menit"):
        wait_for_turn(opened, 0)
    lease.release()
    wait_for_turn(opened, 0)
