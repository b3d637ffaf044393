"""What was published when: one small record an event, never changed.

``<region>/<cycle>/history/<UTC time>-<event>-<run_id>.json``. ``published`` says that a
run went out, ``reopened`` that the final run it names no longer closes the cycle, ``withdrawn``
that the run before it is published again, ``pruned`` that its files were removed on purpose.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.paths import canonical, history_prefix, parse, stamp
from iid.tasks.store.published_run import Latest, latest, pointer_of
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError

_NAME = re.compile(r"^\d{8}T\d{6}Z-[a-z]+-.+\.json$")


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
    """Add the record of *event* for *pointer*'s run; a repeat changes nothing.

    *at*: when it happened, where that is not the moment of publishing.
    """
    when = stamp(at or pointer.published_at)
    name = when.replace("-", "").replace(":", "")
    key = f"{history_prefix(region, cycle)}{name}-{event}-{pointer.run_id}.json"
    content = {**pointer.as_record(), **({"at": when} if at else {}), **more, "event": event}
    store.create(key, canonical(content), "application/json")


def history(store: Store, region: str, cycle: int) -> list[dict[str, Any]]:
    """Return all records, oldest first: ``event``, ``run_id``, ``status`` …

    Files that are no records by their name are ignored. StoreError naming a record that is damaged.
    """
    keys = [key for key in store.keys(history_prefix(region, cycle)) if _NAME.match(key.rpartition("/")[2])]
    return list(bounded_map(lambda key: _checked(store, key), keys, store.workers))


def published_now(store: Store, region: str, cycle: int) -> Latest | None:
    """Return the pointer; where it is lost or damaged, what the records say."""
    try:
        pointer = latest(store, region, cycle)
    except StoreError:
        pointer = None
    return pointer or next(reversed(standing(history(store, region, cycle)).values()), None)


def standing(records: Iterable[dict[str, Any]]) -> dict[str, Latest]:
    """Return the runs that *records* leave published, in the pointer's order.

    Without the runs that were withdrawn or pruned since.
    """
    found: dict[str, Latest] = {}
    for entry in records:
        if entry["event"] in {"published", "withdrawn", "pruned"}:
            found.pop(entry["run_id"], None)
        if entry["event"] == "published":
            found[entry["run_id"]] = pointer_of(entry)
    return found


def _checked(store: Store, key: str) -> dict[str, Any]:
    content = parse(store.get(key), store.address(key))
    try:
        pointer_of(content), str(content["event"])
    except (KeyError, TypeError, ValueError):
        raise StoreError(f"catatan riwayat {store.address(key)} rusak; pulihkan dari cadangan") from None
    return content


def recorded_runs(store: Store, region: str, cycle: int) -> set[str]:
    """Return the runs published and not removed since, by record names alone."""
    found: set[str] = set()
    for name in (key.rpartition("/")[2] for key in store.keys(history_prefix(region, cycle))):
        if _NAME.match(name):
            _, event, run_id = name.removesuffix(".json").split("-", 2)
            found.discard(run_id) if event == "pruned" else found.add(run_id)
    return found
