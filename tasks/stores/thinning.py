"""Which published runs are superseded, for a store that may not keep all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from iid.tasks.stores.layout import moment
from iid.tasks.stores.reading import Latest


def superseded(
    records: Iterable[dict[str, Any]], pointer: Latest | None, keep: int, zone: str
) -> dict[str, Latest]:
    """Published provisional runs (of *records*, oldest first) but the last *keep*, oldest first.

    Never among them: the run that the pointer names, a final run, and, while the cycle is open, the
    last run of each day on the region's clock, because it proves what stood on the share at a deadline.
    """
    standing: dict[str, Latest] = {}
    closing: set[str] = set()  # final runs that were not reopened
    for entry in records:
        run_id, event = str(entry["run_id"]), entry.get("event")
        if event in {"published", "pruned"}:
            standing.pop(run_id, None)
        if event == "published":
            standing[run_id] = _of(entry)
        if event == "reopened":
            closing.discard(run_id)
        elif entry.get("status") == "final":
            closing.add(run_id)
    provisional = [one for one in standing.values() if one.status != "final"]
    kept = {one.run_id for one in provisional[-keep:]} | ({pointer.run_id} if pointer else set())
    if not closing:
        by_day = {one.published_at.astimezone(ZoneInfo(zone)).date(): one.run_id for one in provisional}
        kept |= set(by_day.values())
    return {one.run_id: one for one in provisional if one.run_id not in kept}


def _of(entry: dict[str, Any]) -> Latest:
    return Latest(
        run_id=str(entry["run_id"]),
        manifest_sha256=str(entry["manifest_sha256"]),
        published_at=moment(str(entry["published_at"])),
        status=str(entry["status"]),
    )
