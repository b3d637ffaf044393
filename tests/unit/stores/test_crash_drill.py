"""Killed anywhere, the last published run stays whole and the next one succeeds."""

from __future__ import annotations

import os
import random
import signal
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import publisher
import pytest

from iid.tasks.errors import StoreError
from iid.tasks.stores.base import Store
from iid.tasks.stores.folder import FolderStore
from iid.tasks.stores.keys import TEMP_PREFIX
from iid.tasks.stores.layout import utc_now
from iid.tasks.stores.pruning import prune
from iid.tasks.stores.publishing import latest, publish, read_run, verify
from iid.tasks.stores.reading import runs

FIRST = "20260101T000000Z-00000000"
#: Kills at random moments, besides one before every single operation; CI may ask for more.
KILLS = int(os.environ.get("IID_TEST_KILLS", "20"))


def run_name(number: int) -> str:
    return f"20260901T{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}Z-{number:08x}"


def killed(store: FolderStore, *names: str, kill_at: int = 0, after: float | None = None) -> None:
    process = publisher.start(store=str(store.root), runs=names, kill_at=kill_at)
    assert process.stdout is not None
    assert process.stdout.readline() == "mulai\n"
    if after is not None:
        try:
            process.wait(timeout=after)
        except subprocess.TimeoutExpired:
            process.kill()
    _, errors = process.communicate(timeout=60)
    assert process.returncode in {-signal.SIGKILL, 0}, errors


def operations(tmp_path: Path) -> int:
    """How many operations a whole publishing takes, into a store that holds a run already."""
    for name in (FIRST, run_name(0)):
        process = publisher.start(store=str(tmp_path / "hitung"), runs=[name])
        output, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
    return int(output.split()[-1])


def check_whole(store: Store) -> str:
    """The published run is one whole run; its identifier."""
    pointer = latest(store, "63.03", 2026)
    assert pointer is not None
    assert verify(store, "63.03", 2026) == []
    run = read_run(store, "63.03", 2026)
    assert run.json("index.json") == {"run_id": pointer.run_id}
    for number in range(publisher.FILES):
        assert run.bytes(f"tabel/{number}.csv").startswith(pointer.run_id.encode())
    return pointer.run_id


def put_out(store: Store, run_id: str) -> None:
    files = publisher.files_of(run_id)
    publish(store, "63.03", 2026, run_id, files, {}, published_at=utc_now(), status="provisional")


def check_nothing_grows(store: FolderStore) -> None:
    """After a prune only published runs, their records, one pointer and one lease are left."""
    prune(store, "63.03", 2026, now=lambda: utc_now() + timedelta(days=2))
    kept = runs(store, "63.03", 2026)
    files = [path for path in store.root.rglob("*") if path.is_file()]
    assert len(files) == len(kept) * (publisher.FILES + 2 + 1) + 2
    assert not [path for path in files if path.name.startswith(TEMP_PREFIX)]
    for run_id in kept:
        assert verify(store, "63.03", 2026, run_id) == []


def test_killed_before_any_operation_the_store_stays_whole(store: FolderStore, tmp_path: Path) -> None:
    put_out(store, FIRST)
    total, published = operations(tmp_path), FIRST
    assert total > 40
    for number in range(1, total + 1):
        killed(store, run_name(number), kill_at=number)
        now = check_whole(store)
        assert now in {published, run_name(number)}
        published = now
        if number % 3 == 0:  # the same run again: the remains of the dead attempt give way
            put_out(store, run_name(number))
            published = check_whole(store)
            assert published == run_name(number)
    put_out(store, run_name(9999))
    assert check_whole(store) == run_name(9999)
    check_nothing_grows(store)


def test_killed_at_random_moments_the_store_stays_whole(store: FolderStore) -> None:
    put_out(store, FIRST)
    chance = random.Random(20261125)  # noqa: S311
    for number in range(KILLS):
        names = [run_name(number * 100 + turn) for turn in range(50)]
        killed(store, *names, after=chance.uniform(0, 0.25))
        check_whole(store)
    put_out(store, run_name(9999))
    assert check_whole(store) == run_name(9999)
    check_nothing_grows(store)


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


def test_of_ten_publishers_at_once_one_publishes_and_nine_are_told(store: FolderStore) -> None:
    race(store, 10)


def test_of_two_publishers_at_once_one_publishes_and_one_is_told(store: FolderStore) -> None:
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


def ended(process: subprocess.Popen[str]) -> bool:
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return False
    return True


@pytest.fixture(autouse=True)
def _no_process_is_left(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    started: list[subprocess.Popen[str]] = []
    real = publisher.start

    def start(**order: object) -> subprocess.Popen[str]:
        started.append(real(**order))
        return started[-1]

    monkeypatch.setattr(publisher, "start", start)
    yield
    for process in started:
        with process:
            if process.poll() is None:
                process.kill()
