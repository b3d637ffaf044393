"""The last published run of every region and cycle, and its age."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from iid.tasks.operate.health.health_check import SIGNS, Mark, first_line
from iid.tasks.shares.marker import province_zone
from iid.tasks.store.paths import stamp
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.store.store import Store
from iid.tasks.text.labels import STATUS
from iid.tasks.values.errors import IidError


@dataclass(frozen=True, slots=True)
class Attempt:
    """The last run that a service began, and its exit status (contract 4)."""

    at: datetime
    status: int

    def as_json(self) -> dict[str, Any]:
        """Return it as JSON: its time in UTC, ``error`` without server paths."""
        words = f"gagal (keluar {self.status}); sebabnya ada di catatan server" if self.status else ""
        return {"at": stamp(self.at), "ok": not self.status, "exit": self.status, "error": words}


@dataclass(frozen=True, slots=True)
class Standing:
    """One region in one cycle; ``age`` None if unpublished or unreadable.

    ``problem`` is "" when all is well; a closed cycle (``status`` final) never gets stale.
    """

    region: str
    cycle: int
    run_id: str = ""
    published_at: datetime | None = None
    status: str = ""
    index: str = ""
    category: str = ""
    age: timedelta | None = None
    problem: str = ""
    target: str = ""  # its name in iid.toml
    checked_at: datetime | None = None  # when a run last found it unchanged
    held: tuple[str, ...] = ()  # units that count as they were published last
    public: str = ""  # the problem for any visitor, without a place on the server; "": the same as problem
    attempt: Attempt | None = None  # of the service that asks; None: it began none yet

    def for_visitors(self) -> Standing:
        """The same row with words that anybody may read."""
        return replace(self, problem=self.public or self.problem)

    @property
    def mark(self) -> Mark:
        """For the sign in front of the line."""
        return "failed" if self.problem else "ok"

    def line(self) -> str:
        """One line for people."""
        named = f" ({self.target})" if self.target else ""
        head = f"{SIGNS[self.mark]} {self.region or '?'} {self.cycle}{named}: "
        if self.published_at is None or self.age is None:
            return head + self.problem
        from iid.tasks.text.indonesian import moment, points

        zone = province_zone(self.region)
        when = f"terbit {moment(self.published_at, zone)}"
        if self.checked_at and self.checked_at != self.published_at:
            when += f", terakhir diperiksa {moment(self.checked_at, zone)} tanpa perubahan"
        words = f"{points(self.index)} {self.category}, {STATUS.get(self.status, self.status).lower()}"
        tail = f"; unit ditahan: {', '.join(self.held)}" if self.held else ""
        tail += f"; {self.problem}" if self.problem else ""
        return f"{head}{words}, {when}, {spoken(self.age)} yang lalu{tail}"

    def as_json(self) -> dict[str, Any]:
        """Times in UTC, the age in whole seconds."""
        return {
            **({"target": self.target} if self.target else {}),
            "region": self.region,
            "cycle": self.cycle,
            "run_id": self.run_id,
            "published_at": stamp(self.published_at) if self.published_at else None,
            "checked_at": stamp(self.checked_at) if self.checked_at else None,
            "status": self.status,
            "index": self.index,
            "category": self.category,
            "held": list(self.held),
            "age_seconds": int(self.age.total_seconds()) if self.age is not None else None,
            "ok": not self.problem,
            "problem": self.problem,
            **({"last_attempt": self.attempt.as_json()} if self.attempt else {}),
        }


_UNREAD = "hasil terbit tidak dapat dibaca"
_NOT_OPENED = "belum dapat dibuka; sebabnya ada di catatan server dan pada iid doctor"


def standings(
    store: Store, now: datetime, stale: timedelta, *, cycle: int | None = None, region: str | None = None
) -> Iterator[Standing]:
    """Yield *store*'s regions and cycles (or those asked for), damaged too."""
    for code in (region,) if region else store.folders(""):
        if code.startswith("."):
            continue
        for name in store.folders(f"{code}/"):
            if name.isdecimal() and cycle in {None, int(name)}:
                yield standing(store, code, int(name), now, stale)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a target publishes; ``problem``: why store or region is unknown."""

    cycle: int
    store: Store | None = None
    region: str = ""
    target: str = ""
    problem: str = ""
    expected: Callable[[datetime], datetime] | None = None  # since when it must have been checked
    attempt: Attempt | None = None

    def standing(self, now: datetime, stale: timedelta) -> Standing:
        """How fresh it is; a place that is not known is a row with its problem."""
        if self.store is None or not self.region:
            return Standing(
                self.region, self.cycle, problem=self.problem, target=self.target, public=_NOT_OPENED
            )
        found = standing(self.store, self.region, self.cycle, now, stale)
        problem = found.problem or self._missed(found, now)
        return replace(found, target=self.target, problem=problem, attempt=self.attempt)

    def _missed(self, found: Standing, now: datetime) -> str:
        if self.expected is None or found.checked_at is None or found.status == "final":
            return ""
        if found.checked_at >= self.expected(now):
            return ""
        return "dua penilaian terjadwal berturut-turut tidak terbit, periksa catatan iid serve"


def standing(store: Store, region: str, cycle: int, now: datetime, stale: timedelta) -> Standing:
    """Return how fresh a region's run is; a damaged one with its problem."""
    try:
        pointer = latest(store, region, cycle)
        if pointer is None:
            return Standing(region, cycle, problem="belum ada hasil terbit; jalankan iid assess")
        index = read_run(store, region, cycle).json("index.json")
        view = index["verified" if pointer.status == "final" else "supported"]
        age = max(now - pointer.checked_at, timedelta())
        return Standing(
            region,
            cycle,
            pointer.run_id,
            pointer.published_at,
            pointer.status,
            view["index"],
            view["category"],
            age,
            _late(age, stale) if pointer.status != "final" else "",
            checked_at=pointer.checked_at,
            held=tuple(sorted(index.get("held", ()))),
        )
    except (IidError, KeyError, TypeError, ValueError) as error:
        problem = f"{_UNREAD}: {first_line(error)}"
        return Standing(region, cycle, problem=problem, public=f"{_UNREAD}; sebabnya disebut iid status")


def _late(age: timedelta, stale: timedelta) -> str:
    return f"lebih dari {spoken(stale)}, jalankan iid assess atau periksa iid serve" if age > stale else ""


def spoken(age: timedelta) -> str:
    """Say ``3 menit``, ``5 jam``, ``2 hari`` (days from 72 hours on)."""
    minutes = int(age.total_seconds() // 60)
    if minutes < 120:
        return f"{minutes} menit"
    hours = minutes // 60
    return f"{hours} jam" if hours < 72 else f"{hours // 24} hari"
