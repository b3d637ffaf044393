"""Nothing changed since a published run: only `checked_at` of the pointer moves, under the lease."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from iid.tasks.store.checked import is_whole, mark_checked
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.history import history
from iid.tasks.store.lease import TTL, hold
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.store.publishing import Published
from iid.tasks.values.errors import GuardError

NOW = datetime(2026, 8, 31, 12, tzinfo=UTC)
RUN, OTHER = "20260831T120000Z-0a1b2c3d", "20260901T120000Z-0a1b2c3d"
WHERE, KEY = ("63.03", 2026), "63.03/2026/latest.json"
PutOut = Callable[..., Published]


def check(store: FolderStore, run_id: str, now: datetime) -> Any:
    with hold(store, *WHERE, now=lambda: now) as lease:
        return mark_checked(store, *WHERE, run_id, lease)


def test_only_checked_at_moves_to_when_the_lease_was_taken(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, RUN)
    before, records = json.loads(store.get(KEY)), history(store, *WHERE)
    later = NOW + timedelta(hours=5)
    check(store, RUN, later)
    assert json.loads(store.get(KEY)) == {**before, "checked_at": "2026-08-31T17:00:00Z"}
    assert latest(store, *WHERE).checked_at == later  # type: ignore[union-attr]
    assert history(store, *WHERE) == records


def test_it_never_goes_back_nor_stands_still(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, RUN)
    for number in (1, 2):
        assert check(store, RUN, NOW - timedelta(hours=1)).checked_at == NOW + timedelta(seconds=number)


def test_a_pointer_of_another_run_or_none_stays_as_it_is(store: FolderStore, put_out: PutOut) -> None:
    assert check(store, RUN, NOW) is None
    put_out(store, RUN)
    for content in (store.get(KEY), b"{"):
        store.put(KEY, content)
        assert check(store, OTHER, NOW) is None
        assert store.get(KEY) == content


def test_who_lost_the_lease_moves_nothing(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, RUN)
    before, clock = store.get(KEY), [NOW]
    with hold(store, *WHERE, now=lambda: clock[0]) as lease:
        clock[0] += TTL
        with pytest.raises(GuardError):
            mark_checked(store, *WHERE, RUN, lease)
    assert store.get(KEY) == before


def test_a_pointer_of_an_older_version_was_checked_when_it_was_published(
    store: FolderStore, put_out: PutOut
) -> None:
    put_out(store, RUN)
    content = json.loads(store.get(KEY))
    del content["checked_at"]
    store.put(KEY, json.dumps(content).encode())
    assert latest(store, *WHERE).checked_at == NOW  # type: ignore[union-attr]


def test_a_run_is_whole_while_each_file_is_there_with_its_size(store: FolderStore, put_out: PutOut) -> None:
    put_out(store, RUN)
    run = read_run(store, *WHERE)
    assert is_whole(run)
    store.put(f"{run.prefix}scores.csv", b"satu")
    assert not is_whole(run)
    store.delete(f"{run.prefix}scores.csv")
    assert not is_whole(run)
