"""What was published when: one small record an event, added and never changed.

``<region>/<cycle>/history/<UTC time>-<event>-<run_id>.json``. Later events
(withdrawn, reopened) take their place beside ``published``.
"""

from __future__ import annotations

from typing import Any

from iid.tasks.stores.base import Store
from iid.tasks.stores.layout import canonical, history_prefix, parse, stamp
from iid.tasks.stores.reading import Latest


def record(store: Store, region: str, cycle: int, event: str, pointer: Latest, **more: str) -> None:
    """Add the record of *event* for the run *pointer* names; the same event again changes nothing."""
    when = stamp(pointer.published_at).replace("-", "").replace(":", "")
    key = f"{history_prefix(region, cycle)}{when}-{event}-{pointer.run_id}.json"
    store.create(key, canonical({**pointer.as_json(), **more, "event": event}), "application/json")


def history(store: Store, region: str, cycle: int) -> list[dict[str, Any]]:
    """All records, oldest first: ``event``, ``run_id``, ``manifest_sha256``, ``published_at``, ``status``."""
    keys = store.keys(history_prefix(region, cycle))
    return [parse(store.get(key), store.address(key)) for key in keys]


def recorded_runs(store: Store, region: str, cycle: int) -> set[str]:
    """Every run that was ever published, from the names of the records alone."""
    names = (
        key.rpartition("/")[2].removesuffix(".json") for key in store.keys(history_prefix(region, cycle))
    )
    return {name.split("-", 2)[2] for name in names if name.count("-") >= 2}
