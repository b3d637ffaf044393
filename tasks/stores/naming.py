"""Which contents of ``evidence/`` the runs in the store name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from iid.tasks.errors import StoreError, UsageError
from iid.tasks.stores.base import Store
from iid.tasks.stores.frozen import CLOSING
from iid.tasks.stores.layout import base, parse, run_prefix
from iid.tasks.stores.reading import Latest, read_run


@dataclass(frozen=True, slots=True)
class Named:
    """SHA-256 of every content that a run names, and the addresses of what could not be read."""

    hashes: frozenset[str]
    unclear: tuple[str, ...]


def named_evidence(
    store: Store,
    region: str,
    cycle: int,
    records: Iterable[dict[str, Any]],
    pointer: Latest | None,
    gone: set[str],
) -> Named:
    """What the runs name, published or not, but those in *gone*.

    A final run in *records* (or under the *pointer*) must give its list as it was published; where
    it does not, ``unclear`` says so, and nobody can tell which evidence may go.
    """
    final = {str(entry["run_id"]) for entry in records if entry.get("status") == "final"}
    final |= {pointer.run_id} if pointer and pointer.status == "final" else set()
    hashes: set[str] = set()
    unclear = []
    for run_id in sorted(final.union(store.folders(f"{base(region, cycle)}/runs/")) - gone):
        try:
            hashes.update(_named_by(store, region, cycle, run_id, published=run_id in final))
        except (StoreError, UsageError, KeyError, TypeError):
            unclear.append(store.address(run_prefix(region, cycle, run_id) + CLOSING))
    return Named(frozenset(hashes), tuple(unclear))


def _named_by(store: Store, region: str, cycle: int, run_id: str, *, published: bool) -> Iterator[str]:
    if published:
        run = read_run(store, region, cycle, run_id)
        closing = run.json(CLOSING) if CLOSING in run.files else {}
    else:
        key = run_prefix(region, cycle, run_id) + CLOSING
        closing = parse(store.get(key), key) if store.exists(key) else {}
    for part in ("evidence", "workbooks"):
        for item in closing.get(part, []):
            yield str(item["sha256"])
