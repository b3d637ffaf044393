"""A person's answer to a closing run: approved or not, who, when, why.

An approval becomes part of the final run (``closing.json`` and the manifest). A rejection
publishes nothing, so it is kept beside the runs:
``<region>/<cycle>/approvals/<time>-rejected-<digest>.json``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from iid.tasks.store.paths import base, canonical, parse, stamp
from iid.tasks.store.published_run import read_run
from iid.tasks.store.store import Store
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import GuardError, StoreError, UsageError

APPROVED, REJECTED = "approved", "rejected"
PREFECT, TERMINAL, OPTION = "prefect", "terminal", "option"


@dataclass(frozen=True, slots=True)
class Approval:
    """One answer; ``digest``: of the inputs shown, ``at``: whole seconds.

    ``through``: the form in Prefect, the terminal, or options of the command.
    """

    decision: str
    name: str
    reason: str
    at: datetime
    through: str
    digest: str

    def as_json(self) -> dict[str, str]:
        """For ``closing.json``, the manifest and the record of a rejection."""
        return {
            "decision": self.decision,
            "name": self.name,
            "reason": self.reason,
            "at": stamp(self.at),
            "through": self.through,
            "digest": self.digest,
        }


#: Asks a person about an assessment with that digest of its inputs.
Ask = Callable[[Assessment, str], Approval]


class RejectedError(GuardError):
    """A person refused to publish the final run."""


def approvals_prefix(region: str, cycle: int) -> str:
    """``<region>/<cycle>/approvals/``."""
    return f"{base(region, cycle)}/approvals/"


def heed(answer: Approval, assessment: Assessment, store: Store) -> Approval:
    """Return an approval; record a refusal and raise RejectedError."""
    if answer.decision == APPROVED:
        return answer
    region, cycle = assessment.marker.region, assessment.cycle
    time = stamp(answer.at).replace("-", "").replace(":", "")
    key = f"{approvals_prefix(region, cycle)}{time}-{REJECTED}-{answer.digest[:16]}.json"
    content = {"schema": 1, "region": region, "cycle": cycle, "would_be": assessment.run_id}
    store.create(key, canonical({**content, **answer.as_json()}), "application/json")
    raise RejectedError(
        f"penutupan siklus {cycle} wilayah {region} ditolak oleh {answer.name}: {answer.reason}; "
        "tidak ada yang diterbitkan. Setelah diperbaiki, tutup lagi dengan iid close"
    )


def with_reason(store: Store, region: str, cycle: int, entry: dict[str, Any]) -> dict[str, Any]:
    """Return a history record, a final run's with approver and reason."""
    if (entry["event"], entry["status"]) != ("published", "final"):
        return entry
    try:
        closing = read_run(store, region, cycle, entry["run_id"]).manifest.get("closing") or {}
    except (StoreError, UsageError):
        return entry  # its files were removed
    answer = closing.get("approval") or {}
    said = {"approved_by": answer.get("name"), "reason": closing.get("reason") or answer.get("reason")}
    said |= {name: closing.get(name) for name in ("early", "accept_undecided")}
    return {**entry, **{name: words for name, words in said.items() if words}}


def rejections(store: Store, region: str, cycle: int) -> list[dict[str, Any]]:
    """Every recorded rejection, oldest first."""
    keys = store.keys(approvals_prefix(region, cycle))
    return [parse(store.get(key), store.address(key)) for key in keys]
