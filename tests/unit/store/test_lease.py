"""The lease: one publisher, named to the loser; a dead owner's lease ends by itself."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from types import FrameType

import pytest

from iid.tasks.store import lease as lease_module
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.lease import RENEW_AFTER, TTL, Lease, acquire, hold, renewed
from iid.tasks.values import scratch
from iid.tasks.values.errors import GuardError, StoreError

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)
FOLDER = "63.03/2026/lease/"


class Clock:
    """A clock that moves only when reported."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def move(self, by: timedelta) -> None:
        self.time += by


@pytest.fixture
def clock() -> Clock:
    return Clock()


def take(store: FolderStore, clock: Clock) -> Lease:
    return acquire(store, "63.03", 2026, now=clock)


def written(store: FolderStore) -> dict[str, object]:
    [key] = store.keys(FOLDER)
    content: dict[str, object] = json.loads(store.get(key))
    return content


def as_another_machine(store: FolderStore, **changes: object) -> None:
    """Rewrite the standing lease as if its owner ran elsewhere."""
    [key] = store.keys(FOLDER)
    content = json.loads(store.get(key))
    content["owner"].update({"boot": "lain", "host": "server-lain", **changes})
    store.put(key, json.dumps(content).encode())


def test_a_second_publisher_is_refused_until_the_first_is_done(store: FolderStore, clock: Clock) -> None:
    first = take(store, clock)
    with pytest.raises(GuardError, match=f"proses {os.getpid()}"):
        take(store, clock)
    first.release()
    take(store, clock).release()


def test_the_lease_is_free_again_after_an_error_in_the_block(store: FolderStore) -> None:
    with pytest.raises(ZeroDivisionError), hold(store, "63.03", 2026):
        _ = 1 / 0
    with hold(store, "63.03", 2026):
        pass


def test_an_expired_lease_of_another_machine_is_taken_over(store: FolderStore, clock: Clock) -> None:
    take(store, clock)
    as_another_machine(store)
    clock.move(TTL - timedelta(seconds=1))
    with pytest.raises(GuardError, match="server-lain"):
        take(store, clock)
    clock.move(timedelta(seconds=1))
    assert take(store, clock).generation == 2


def test_the_old_owner_notices_that_it_was_overtaken(store: FolderStore, clock: Clock) -> None:
    slow = take(store, clock)
    as_another_machine(store)
    clock.move(TTL)
    take(store, clock)
    for action in (slow.check, slow.keep):
        with pytest.raises(GuardError, match="tidak ada yang diterbitkan"):
            action()


def test_the_old_owner_gives_nothing_back_that_is_not_its_own(store: FolderStore, clock: Clock) -> None:
    slow = take(store, clock)
    clock.move(TTL)
    take(store, clock)
    before = written(store)
    slow.release()
    assert written(store) == before
    # A store that ignores conditions lets two write the same number; the last one has it.
    slow.generation = 2
    slow.release()
    assert written(store) == before


def test_an_expired_lease_stops_its_owner_even_when_nobody_took_it(store: FolderStore, clock: Clock) -> None:
    lease = take(store, clock)
    clock.move(TTL)
    with pytest.raises(GuardError):
        lease.check()


def test_a_lease_is_renewed_when_due_and_not_before(store: FolderStore, clock: Clock) -> None:
    lease = take(store, clock)
    clock.move(RENEW_AFTER - timedelta(seconds=1))
    lease.keep()
    assert written(store)["renewed_at"] == "2026-08-31T12:00:00Z"
    clock.move(timedelta(seconds=1))
    lease.keep()
    assert written(store)["renewed_at"] == "2026-08-31T12:02:00Z"
    assert written(store)["expires_at"] == "2026-08-31T12:12:00Z"


def test_a_lease_kept_up_never_ends(store: FolderStore, clock: Clock) -> None:
    lease = take(store, clock)
    for _ in range(20):
        clock.move(RENEW_AFTER)
        lease.keep()
    lease.check()


def test_a_long_work_renews_its_lease_in_the_background(
    store: FolderStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease, put, kept, failures = take(store, clock), FolderStore.put, threading.Event(), [1]

    def put_after_one_failure(self: FolderStore, key: str, data: bytes, content_type: str = "") -> None:
        if failures:
            failures.pop()
            raise StoreError("jaringan putus")
        put(self, key, data)
        kept.set()

    monkeypatch.setattr(FolderStore, "put", put_after_one_failure)
    clock.move(RENEW_AFTER)
    with renewed(lease, every=0.01):
        assert kept.wait(30)
    assert written(store)["renewed_at"] == "2026-08-31T12:02:00Z"


def test_a_lost_lease_is_not_renewed_in_the_background(store: FolderStore, clock: Clock) -> None:
    lease = take(store, clock)
    clock.move(TTL)
    take(store, clock)
    before = written(store)
    with renewed(lease, every=0.001):
        pass
    assert written(store) == before


def test_a_killed_owner_on_this_machine_holds_nothing(store: FolderStore) -> None:
    code = (
        "import sys, os, signal, pathlib; from iid.tasks.store.folder_store import FolderStore;"
        "from iid.tasks.store.lease import acquire;"
        "acquire(FolderStore(pathlib.Path(sys.argv[1])), '63.03', 2026);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    subprocess.run([sys.executable, "-c", code, str(store.root)], check=False)
    assert written(store)["released"] is False
    with hold(store, "63.03", 2026):
        pass


def test_a_process_number_used_again_is_not_the_old_owner(store: FolderStore, clock: Clock) -> None:
    take(store, clock)
    [key] = store.keys(FOLDER)
    content = json.loads(store.get(key))
    content["owner"]["started"] = "1"
    store.put(key, json.dumps(content).encode())
    take(store, clock)


def test_a_lease_that_could_not_be_released_does_not_stop_its_own_process(
    store: FolderStore, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    lease = take(store, clock)

    def away(*_: object) -> None:
        raise StoreError("jaringan putus")

    with monkeypatch.context() as patch:
        patch.setattr(FolderStore, "put", away)
        lease.release()
    assert written(store)["released"] is False
    take(store, clock)


def test_a_damaged_lease_ends_after_the_usual_time(store: FolderStore, clock: Clock) -> None:
    for number, damage in enumerate((b"", b"{", b"[]", b'{"owner": {}}'), 1):
        key = f"{FOLDER}{number * 10:08d}.json"
        store.put(key, damage)
        os.utime(store.address(key), (clock().timestamp(),) * 2)
        with pytest.raises(GuardError, match="proses lain"):
            take(store, clock)
        clock.move(TTL)
        take(store, clock).release()


def test_one_small_file_is_left_however_often_it_was_held(store: FolderStore) -> None:
    for _ in range(12):
        with hold(store, "63.03", 2026):
            pass
    assert [*store.keys(FOLDER)] == [f"{FOLDER}00000012.json"]


def test_a_number_cleared_away_meanwhile_is_not_taken_twice(store: FolderStore, clock: Clock) -> None:
    # Two others come and go between this one's look and its writing, so that number 2 is free again.
    take(store, clock).release()
    real, looks = lease_module._generations, []

    def stale_first(*where: object) -> list[int]:
        found = real(*where)  # type: ignore[arg-type]
        if not looks:
            looks.append(found)
            for _ in range(2):
                real_take(store, clock)
        return found

    def real_take(store: FolderStore, clock: Clock) -> None:
        lease_module._generations = real
        take(store, clock).release()
        lease_module._generations = stale_first

    lease_module._generations = stale_first
    try:
        assert take(store, clock).generation == 4
    finally:
        lease_module._generations = real
    assert [*store.keys(FOLDER)] == [f"{FOLDER}00000004.json"]


def test_on_a_machine_that_does_not_tell_no_owner_is_thought_dead(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scratch, "_BOOT", Path("/tidak/ada"))
    scratch._machine.cache_clear()
    try:
        assert scratch.is_gone({**scratch.here(), "pid": 999_999_999}) is False
    finally:
        scratch._machine.cache_clear()


class Interrupted:
    """Raises KeyboardInterrupt, as a signal does, before the *n*-th line that the lease's module runs."""

    def __init__(self, n: int) -> None:
        self.left = n

    def __call__(self, frame: FrameType, event: str, _: object) -> Interrupted | None:
        if event == "call" and not frame.f_code.co_filename.endswith("store/lease.py"):
            return None
        if event == "line":
            self.left -= 1
            if not self.left:
                sys.settrace(None)
                raise KeyboardInterrupt
        return self


def test_a_signal_before_any_line_leaves_no_lease_that_is_held(tmp_path: Path) -> None:
    """Another machine would otherwise wait for the lease to expire."""
    for n in count(1):
        store, over = FolderStore(tmp_path / str(n)), Interrupted(n)
        before = sys.gettrace()
        try:
            sys.settrace(over)
            with hold(store, "63.03", 2026):
                pass
        except KeyboardInterrupt:
            pass
        finally:
            sys.settrace(before)
        held = [json.loads(store.get(key)) for key in store.keys(FOLDER)]
        assert all(lease["released"] for lease in held), n
        if over.left > 0:
            break
    assert n > 50
