"""What must be true of a store after its publisher was killed, and the small run that drills publish."""

from __future__ import annotations

import subprocess
from datetime import timedelta

import publisher

from iid.tasks.store.paths import utc_now
from iid.tasks.store.published_run import runs
from iid.tasks.store.publishing import latest, publish, read_run, verify
from iid.tasks.store.retention import prune
from iid.tasks.store.store import Store

FIRST = "20260101T000000Z-00000000"


def run_name(number: int) -> str:
    """Identifiers that grow with *number*."""
    return f"20260901T{number // 3600:02d}{number // 60 % 60:02d}{number % 60:02d}Z-{number:08x}"


def put_out(store: Store, run_id: str) -> None:
    """Publish a run in this process."""
    files = publisher.files_of(run_id)
    publish(store, "63.03", 2026, run_id, files, {}, published_at=utc_now(), status="provisional")


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


def check_nothing_grows(store: Store) -> None:
    """After a prune only published runs, their records, one pointer and one lease are left."""
    prune(store, "63.03", 2026, now=lambda: utc_now() + timedelta(days=2))
    kept = runs(store, "63.03", 2026)
    assert len([*store.keys("63.03/")]) == len(kept) * (publisher.FILES + 2 + 1) + 2
    for run_id in kept:
        assert verify(store, "63.03", 2026, run_id) == []


def kill_at_operations(store: Store, nursery: publisher.Nursery, every: int = 1, rest: int = 1) -> int:
    """Kill a publisher before each operation, or each *every*-th, in turn; how many were killed.

    The next one must come further. After each *rest*-th kill a whole run is published as well, every
    second time the one that was killed: its remains must give way.
    """
    put_out(store, FIRST)
    _, total = nursery.publish(run_name(0))
    published = check_whole(store)
    assert published == run_name(0)
    kills = 0
    for number, step in enumerate(range(1, total + 1, every)):
        name = run_name(step)
        status, _ = nursery.publish(name, kill_at=step)
        assert status in {-9, 0}, status
        kills += status == -9
        assert check_whole(store) in {published, name}
        if number % rest == 0:
            put_out(store, name if number // rest % 2 else run_name(step + 5000))
        published = check_whole(store)
    put_out(store, run_name(9999))
    assert check_whole(store) == run_name(9999)
    return kills


def kill_at_moments(store: Store, nursery: publisher.Nursery, moments: list[float]) -> None:
    """Kill a publisher of more runs than it can do after each of *moments* (seconds)."""
    put_out(store, FIRST)
    for number, moment in enumerate(moments):
        names = [run_name(number * 100 + turn) for turn in range(99)]
        status, _ = nursery.publish(*names, after=moment)
        assert status == -9
        check_whole(store)
        put_out(store, run_name(number * 100 + 99))
        assert check_whole(store) == run_name(number * 100 + 99)


def ended(process: subprocess.Popen[str]) -> bool:
    """Whether *process* ends within a moment."""
    try:
        process.wait(timeout=0.05)
    except subprocess.TimeoutExpired:
        return False
    return True
