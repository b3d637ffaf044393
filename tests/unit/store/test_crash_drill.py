"""Killed anywhere, the last published run stays whole and the next one succeeds (on a folder)."""

from __future__ import annotations

import os
import random
from collections.abc import Iterator

import publisher
import pytest
from drills import (
    FIRST,
    check_nothing_grows,
    check_whole,
    ended,
    kill_at_moments,
    kill_at_operations,
    put_out,
    run_name,
)

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.keys import TEMP_PREFIX
from iid.tasks.store.published_run import runs
from iid.tasks.values.errors import StoreError

#: Kills at random moments, besides one before every single operation; more can be asked for.
KILLS = int(os.environ.get("IID_TEST_KILLS", "100"))


@pytest.fixture
def nursery(store: FolderStore) -> Iterator[publisher.Nursery]:
    with publisher.nursery(str(store.root)) as found:
        yield found


def check_no_temporary_file(store: FolderStore) -> None:
    assert not [path for path in store.root.rglob("*") if path.name.startswith(TEMP_PREFIX)]


def test_killed_before_any_operation_the_store_stays_whole(
    store: FolderStore, nursery: publisher.Nursery
) -> None:
    assert kill_at_operations(store, nursery) > 50
    check_nothing_grows(store)
    check_no_temporary_file(store)


def test_killed_at_random_moments_the_store_stays_whole(
    store: FolderStore, nursery: publisher.Nursery
) -> None:
    chance = random.Random(20261125)  # noqa: S311
    kill_at_moments(store, nursery, [chance.uniform(0, 0.04) for _ in range(KILLS)])
    check_nothing_grows(store)
    check_no_temporary_file(store)


class Failing:
    """A store whose n-th call fails, as a full disk or a cut network would."""

    def __init__(self, store: FolderStore, fail_at: int) -> None:
        self._store, self._left = store, fail_at

    def __getattr__(self, name: str) -> object:
        found = getattr(self._store, name)
        if not callable(found) or name in {"address"}:
            return found

        def call(*arguments: object, **options: object) -> object:
            self._left -= 1
            if self._left == 0:
                raise StoreError("ruang disk habis")
            return found(*arguments, **options)

        return call


def test_failing_at_any_call_the_store_stays_whole(store: FolderStore) -> None:
    put_out(store, FIRST)
    published, failures = FIRST, 0
    for step in range(1, 60):
        name = run_name(step)
        try:
            put_out(Failing(store, step), name)  # type: ignore[arg-type]
        except StoreError:
            failures += 1
            assert check_whole(store) in {published, name}
            put_out(store, name)
        published = check_whole(store)
        assert published == name
    assert 20 < failures < 59
    check_nothing_grows(store)


def test_of_ten_publishers_at_once_one_publishes_and_nine_are_reported(store: FolderStore) -> None:
    race(store, 10)


def test_of_two_publishers_at_once_one_publishes_and_one_is_reported(store: FolderStore) -> None:
    race(store, 2)


def race(store: FolderStore, count: int) -> None:
    put_out(store, FIRST)
    names = [run_name(number) for number in range(count)]
    processes = [publisher.start(store=str(store.root), runs=[name], gate=True) for name in names]
    waiting = list(processes)
    while len(waiting) > 1:  # the winner waits at its gate until all others have been refused
        waiting = [process for process in waiting if not ended(process)]
    assert check_whole(store) == FIRST
    [winner] = waiting
    _, errors = winner.communicate("lanjut\n", timeout=60)
    assert winner.returncode == 0, errors
    assert check_whole(store) == names[processes.index(winner)]
    for process in processes:
        if process is not winner:
            _, errors = process.communicate()
            assert process.returncode == 3, errors
            assert f"proses {winner.pid}" in errors or "diperebutkan" in errors
    check_nothing_grows(store)
    assert len(runs(store, "63.03", 2026)) == 2


@pytest.fixture(autouse=True)
def _no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    started = []
    real = publisher.start

    def start(**order: object) -> object:
        started.append(real(**order))
        return started[-1]

    monkeypatch.setattr(publisher, "start", start)
    yield
    for process in started:
        with process:
            if process.poll() is None:
                process.kill()
