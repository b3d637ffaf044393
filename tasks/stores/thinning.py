"""Which published runs are superseded, for a store that may not keep all of them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from iid.tasks.stores.history import standing
from iid.tasks.stores.reading import Latest


def superseded(
    records: Iterable[dict[str, Any]], pointer: Latest | None, keep: int, zone: str
) -> dict[str, Latest]:
    """Published provisional runs (of *records*, oldest first) but the last *keep*, oldest first.

    Never among them: the run that the pointer names, a final run, and, while the cycle is open, the
    last run of each day on the region's clock, because it proves what stood on the share at a deadline.
    """
    known = list(records)
    closing: set[str] = set()  # final runs that were not reopened
    for entry in known:
        if entry["event"] == "reopened":
            closing.discard(entry["run_id"])
        elif entry["status"] == "final":
            closing.add(entry["run_id"])
    withdrawn_too = (entry for entry in known if entry["event"] != "withdrawn")  # their files stand as well
    provisional = [one for one in standing(withdrawn_too).values() if one.status != "final"]
    kept = {one.run_id for one in provisional[-keep:]} | ({pointer.run_id} if pointer else set())
    if not closing:
        by_day = {one.published_at.astimezone(ZoneInfo(zone)).date(): one.run_id for one in provisional}
        kept |= set(by_day.values())
    return {one.run_id: one for one in provisional if one.run_id not in kept}
