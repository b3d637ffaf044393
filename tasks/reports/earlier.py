"""The earlier published runs of a cycle: an input of the run, so that its report can show the way so far.

Only runs that were published, not withdrawn, and assessed before this one count. Their ids go into
the digest of the run (:attr:`Earlier.digest`): another past is another run. Every report carries the
points in ``riwayat.json``, so the next run reads one small file and not all runs of the cycle.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from iid.tasks.errors import StoreError, UsageError
from iid.tasks.model import Marker

if TYPE_CHECKING:
    from iid.tasks.stores.base import Store
    from iid.tasks.stores.reading import Run

HISTORY_FILE = "riwayat.json"  # below ``report/``
_VIEWS = ("claimed", "supported", "verified")


@dataclass(frozen=True, slots=True)
class Point:
    """One published run in the course of a cycle; the indices as text with 2 places (``index.json``)."""

    run_id: str
    as_of: str
    status: str
    reported: int
    eligible: int
    claimed: str
    supported: str
    verified: str

    @classmethod
    def of(cls, index: Mapping[str, Any]) -> Point:
        """The point of a run by its ``index.json``. KeyError, TypeError or ValueError if it is none."""
        return cls(
            run_id=str(index["run_id"]),
            as_of=str(index["as_of"]),
            status=str(index["status"]),
            reported=int(index["reported"]),
            eligible=int(index["eligible"]),
            **{view: str(index[view]["index"]) for view in _VIEWS},
        )

    @property
    def when(self) -> datetime:
        """The time of the data, aware."""
        return datetime.fromisoformat(self.as_of)

    def as_json(self) -> dict[str, Any]:
        """For ``riwayat.json``."""
        return {name: getattr(self, name) for name in self.__slots__}


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was published before: the points, oldest first, and the last run for a comparison.

    ``last`` is None without an earlier run, and where it cannot be read any more (``unread``).
    """

    points: tuple[Point, ...] = ()
    last: Run | None = None
    unread: bool = False

    @property
    def digest(self) -> str:
        """What of it belongs to the inputs of a run; "" without an earlier run."""
        rows = [f"{p.run_id}={p.claimed}/{p.supported}/{p.verified}" for p in self.points]
        return "|".join([*rows, "unread"] if self.unread else rows)


def history_file(marker: Marker, points: Iterable[Point]) -> bytes:
    """``riwayat.json``: whose runs they are, and the points, one a line."""
    region = json.dumps({"region": asdict(marker)}, ensure_ascii=False)
    rows = ",\n".join(json.dumps(p.as_json(), ensure_ascii=False) for p in points)
    return f'{region[:-1]}, "points": [\n{rows}\n]}}\n'.encode()


def marker_of(run: Run) -> Marker | None:
    """Whose run it is, from its report; None where it was written before reports had it."""
    try:
        return Marker(**json.loads(run.bytes(f"report/{HISTORY_FILE}"))["region"])
    except (StoreError, ValueError, TypeError, KeyError):
        return None


def read_earlier(store: Store, region: str, cycle: int, as_of: datetime) -> Earlier:
    """The runs of *region* and *cycle* that were published before *as_of*.

    A run that cannot be read any more is left out: it must not keep the next one from being published
    (``iid verify`` says what is wrong with it).
    """
    ids = [run for run in _standing(store, region, cycle) if _time(run) < as_of]
    if not ids:
        return Earlier()
    last = _run(store, region, cycle, ids[-1])
    known = _known(last) if last else {}
    points = [known.get(run) or _point(_run(store, region, cycle, run)) for run in ids]
    return Earlier(tuple(p for p in points if p is not None), last, unread=last is None)


def _standing(store: Store, region: str, cycle: int) -> list[str]:
    """Published runs that were not withdrawn, in the order of their time; from the names of the records."""
    from iid.tasks.stepping.withdrawing import standing
    from iid.tasks.stores.layout import history_prefix

    names = (
        key.rpartition("/")[2].removesuffix(".json") for key in store.keys(history_prefix(region, cycle))
    )
    parts = (name.split("-", 2) for name in names if name.count("-") >= 2)
    found = standing({"event": event, "run_id": run} for _, event, run in parts)
    return sorted(run for run in found if _dated(run))


def _dated(run_id: str) -> bool:
    try:
        _time(run_id)
    except ValueError:
        return False
    return True


def _time(run_id: str) -> datetime:
    return datetime.strptime(run_id.partition("-")[0], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)


def _run(store: Store, region: str, cycle: int, run_id: str) -> Run | None:
    from iid.tasks.stores.reading import read_run

    try:
        return read_run(store, region, cycle, run_id)
    except (StoreError, UsageError):
        return None


def _known(run: Run) -> dict[str, Point]:
    """The points that the report of *run* carries; none where it was written before reports had them."""
    try:
        rows = json.loads(run.bytes(f"report/{HISTORY_FILE}"))["points"]
        return {row["run_id"]: Point(**row) for row in rows}
    except (StoreError, ValueError, TypeError, KeyError):
        return {}


def _point(run: Run | None) -> Point | None:
    try:
        return Point.of(run.json("index.json")) if run else None
    except (StoreError, ValueError, TypeError, KeyError):
        return None
