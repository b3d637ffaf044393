"""What was published when: one small record an event, added and never changed.

``<region>/<cycle>/history/<UTC time>-<event>-<run_id>.json``. ``published`` says that a
run went out, ``reopened`` that the final run it names no longer closes the cycle, ``withdrawn``
that the run before it is published again, ``pruned`` that its files were removed on purpose.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from iid.tasks.stores.base import Store
from iid.tasks.stores.layout import canonical, history_prefix, parse, stamp
from iid.tasks.stores.reading import Latest


def record(
    store: Store,
    region: str,
    cycle: int,
    event: str,
    pointer: Latest,
    *,
    at: datetime | None = None,
    **more: str,
) -> None:
    """Add the record of *event* for the run *pointer* names; the same event again changes nothing.

    *at*: when it happened, where that is not the moment of publishing.
    """
    when = stamp(at or pointer.published_at)
    name = when.replace("-", "").replace(":", "")
    key = f"{history_prefix(region, cycle)}{name}-{event}-{pointer.run_id}.json"
    content = {**pointer.as_json(), **({"at": when} if at else {}), **more, "event": event}
    store.create(key, canonical(content), "application/json")


def history(store: Store, region: str, cycle: int) -> list[dict[str, Any]]:
    """All records, oldest first: ``event``, ``run_id``, ``manifest_sha256``, ``published_at``, ``status``."""
    keys = store.keys(history_prefix(region, cycle))
    return [parse(store.get(key), store.address(key)) for key in keys]


def recorded_runs(store: Store, region: str, cycle: int) -> set[str]:
    """Every run that was published and not removed since, from the names of the records alone."""
    found: set[str] = set()
    for key in store.keys(history_prefix(region, cycle)):
        _, event, run_id = (*key.rpartition("/")[2].removesuffix(".json").split("-", 2), "", "")[:3]
        if run_id:
            found.discard(run_id) if event == "pruned" else found.add(run_id)
    return found
