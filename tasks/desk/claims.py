"""The claims of a published run on the desk, and decisions since."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from iid.expectations.rulebook.model import TOTAL_KEY, Indicator, Rulebook
from iid.tasks.report.losses import index_points
from iid.tasks.review.claim_keys import Claim, known_claims
from iid.tasks.review.desk_records import WITHDRAWN, DeskRecord, newest
from iid.tasks.review.fingerprints import fingerprints
from iid.tasks.shares.drive import Drive
from iid.tasks.shares.marker import province_zone
from iid.tasks.store.earlier_runs import marker_of, read_earlier
from iid.tasks.store.published_run import Run
from iid.tasks.store.store import Store
from iid.tasks.values.assessment import rulebook_of
from iid.tasks.values.region import Marker
from iid.tasks.values.row_groups import Grouped, Row, records
from iid.tasks.values.tables import REGION_ID

Key = tuple[str, str]  # innovation, indicator
#: State of a claim: not decided, decided, or decided about evidence that has changed since.
OPEN, DECIDED, LAPSED = "belum", "diputus", "gugur"
COPIES = 5  # places of one content that are named
REGION_NAME = "Pemerintah daerah"
_GROUPS = 64  # innovations whose rows are kept as dictionaries
_GRAVITY = {"critical": 3, "warning": 2, "info": 1}


@dataclass(frozen=True, slots=True)
class DeskPlace:
    """One region and cycle to decide; ``drive`` None while it is away."""

    region: str
    cycle: int
    store: Store
    drive: Drive | None = None

    @property
    def prefix(self) -> str:
        """``<region>/<cycle>``."""
        return f"{self.region}/{self.cycle}"


@dataclass(frozen=True, slots=True)
class QueueRow:
    """One claim of the queue; ``worth``: what it brings in index points."""

    unit_code: str
    innovation_id: str
    indicator: str
    name: str  # of the innovation
    title: str  # of the indicator
    claimed: str
    supported: str
    worth: Decimal
    severity: str  # of its worst finding; "" without one
    codes: tuple[str, ...]  # of its findings
    fingerprint: str

    @property
    def key(self) -> Key:
        """Innovation and indicator."""
        return self.innovation_id, self.indicator

    @property
    def order(self) -> tuple[Any, ...]:
        """By worth and gravity, the most pressing first."""
        gravity = 1 + _GRAVITY.get(self.severity, 0)
        return -(self.worth * gravity), -self.worth, self.innovation_id, self.indicator


@dataclass(frozen=True, slots=True)
class Verdict:
    """What holds of a claim now."""

    state: str  # OPEN | DECIDED | LAPSED
    decision: str = ""
    new: str = ""
    reviewer: str = ""
    origin: str = ""
    counted: bool = False  # the published run has it already


_NOTHING = Verdict(OPEN)


@dataclass(frozen=True, slots=True)
class Listed:
    """A claim of the queue with what holds of it now."""

    row: QueueRow
    verdict: Verdict


class RunClaims:
    """One published run, read once. StoreError where it cannot be read."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.rulebook: Rulebook = rulebook_of(run)
        self.index: Mapping[str, Any] = run.json("index.json")
        self.marker: Marker = marker_of(run) or Marker(run.region, run.region, province_zone(run.region))
        self.claims = run.table("claims")
        self.evidence = run.table("evidence_all")
        self.findings = Grouped(run.table("findings"), "innovation_id")
        self.decisions = run.table("decisions")
        self.units = _pairs(run.table("units"), "unit_code", "name")
        self.profiles = {row["innovation_id"]: row for row in records(run.table("profiles"))}
        self._scores = run.table("scores")
        self.by_owner = {
            "claims": Grouped(self.claims, "innovation_id"),
            "evidence": Grouped(self.evidence, "innovation_id"),
            "scores": Grouped(self._scores, "innovation_id"),
        }
        self.queue = tuple(sorted(self._rows(), key=lambda row: row.order))
        self.place = {row.key: number for number, row in enumerate(self.queue)}
        self.counted = _verdicts(self.decisions)
        self._rows_of = lru_cache(_GROUPS)(lambda table, owner: self.by_owner[table][owner])
        self._listed: tuple[Sequence[DeskRecord] | None, tuple[Listed, ...]] = None, ()

    @property
    def as_of(self) -> datetime:
        """The time of the data, aware."""
        return datetime.fromisoformat(str(self.index["as_of"]))

    def name_of(self, innovation_id: str) -> str:
        """The innovation's name; its folder where the workbook gives none."""
        if innovation_id == REGION_ID:
            return REGION_NAME
        found = self.profiles.get(innovation_id)
        return str((found or {}).get("name") or innovation_id.partition("/")[2])

    def unit_of(self, innovation_id: str) -> str | None:
        """The unit's code; None for an innovation that this run does not have."""
        if innovation_id == REGION_ID:
            return REGION_ID
        found = self.profiles.get(innovation_id)
        return None if found is None else str(found["unit_code"])

    def indicators(self, innovation_id: str) -> tuple[Indicator, ...]:
        """The rows that an innovation, or the region, answers."""
        return self.rulebook.spd_rows if innovation_id == REGION_ID else self.rulebook.sid

    def claim(self, innovation_id: str, indicator: str) -> Claim | None:
        """One claim as the rules of decisions see it."""
        claims, evidence = (self.by_owner[table].frame(innovation_id) for table in ("claims", "evidence"))
        return known_claims(claims, evidence, [innovation_id]).find(innovation_id, indicator)

    def rows(self, table: str, innovation_id: str, indicator: str) -> list[Row]:
        """Rows of ``claims``, ``evidence`` or ``scores`` about one claim."""
        return [row for row in self._rows_of(table, innovation_id) if row["indicator"] == indicator]

    def listed(self, made: Sequence[DeskRecord], sees: Callable[[str], bool]) -> Sequence[Listed]:
        """Return the claims somebody may see, in queue order, once per *made*."""
        known, claims = self._listed
        if known is not made:
            desk = newest(made)
            claims = tuple(Listed(row, self.verdict(row.key, row.fingerprint, desk)) for row in self.queue)
            self._listed = made, claims
        hidden = {unit for unit in self._queued_units if not sees(unit)}
        return [one for one in claims if one.row.unit_code not in hidden] if hidden else claims

    def copies(self, sha256: str, own: Key) -> tuple[list[str], int]:
        """Return where else the same content is claimed: some, and how many."""
        places = self._places.get(sha256, [])
        shown = [place for place in places[: COPIES + 1] if place != own][:COPIES]
        return [f"{owner}, indikator {key}" for owner, key in shown], max(len(places) - 1, 0)

    @cached_property
    def earlier(self) -> dict[str, Grouped] | None:
        """Claims, evidence and scores of the run before; None without one."""
        last = read_earlier(self.run.store, self.run.region, self.run.cycle, self.as_of).last
        if last is None:
            return None
        names = {"claims": "claims", "evidence": "evidence_all", "scores": "scores"}
        return {name: Grouped(last.table(table), "innovation_id") for name, table in names.items()}

    @cached_property
    def _queued_units(self) -> frozenset[str]:
        return frozenset(row.unit_code for row in self.queue)

    @cached_property
    def _places(self) -> dict[str, list[Key]]:
        found: defaultdict[str, dict[Key, None]] = defaultdict(dict)  # in their order, each once
        columns = ("sha256", "innovation_id", "indicator")
        for sha256, owner, key in zip(*(self.evidence[c].tolist() for c in columns), strict=True):
            if sha256:
                found[sha256][owner, key] = None
        return {sha256: list(places) for sha256, places in found.items() if len(places) > 1}

    def _rows(self) -> Iterable[QueueRow]:
        scores = _scores_of(self._scores)
        notes = self._notes()
        names = ("unit_code", "innovation_id", "indicator", "parameter", "value", "basis", "problem")
        columns = zip(*(self.claims[name].tolist() for name in names), strict=True)
        marks = fingerprints(self.claims, self.evidence)
        for (unit, owner, key, parameter, value, basis, problem), mark in zip(columns, marks, strict=True):
            codes, severity = notes.get((owner, key), ((), ""))
            claimed = value if key == TOTAL_KEY else "" if parameter is pd.NA else str(parameter)
            if claimed in {"", "0"} and severity != "critical" and not problem:
                continue
            indicator = self.rulebook.by_key[key]
            weight = Decimal(1) if key == TOTAL_KEY else Decimal(indicator.weight.value)
            worth = index_points((Decimal(claimed or 0) or 3) * weight, owner, self.index["supported"])
            title = f"{indicator.name} (basis {basis})" if basis else indicator.name
            yield QueueRow(
                unit, owner, key, self.name_of(owner), title, claimed or "0", scores.get((owner, key), ""),
                worth, severity, codes, mark,
            )  # fmt: skip

    def _notes(self) -> dict[Key, tuple[tuple[str, ...], str]]:
        found: defaultdict[Key, dict[str, str]] = defaultdict(dict)
        table = self.run.table("findings")
        columns = ("innovation_id", "indicator", "code", "severity")
        for owner, key, code, severity in zip(*(table[c].tolist() for c in columns), strict=True):
            if key:
                found[owner, key][code] = severity
        return {
            key: (tuple(sorted(codes)), max(codes.values(), key=lambda s: _GRAVITY.get(s, 0)))
            for key, codes in found.items()
        }

    def verdict(self, row_key: Key, fingerprint: str, desk: Mapping[Key, DeskRecord]) -> Verdict:
        """What holds of a claim: the desk's last decision, else that of the run."""
        made, before = desk.get(row_key), self.counted.get(row_key)
        if made is not None and made.decision == WITHDRAWN:
            return before if before is not None and before.origin == "buku" else _NOTHING
        if made is not None and made.fingerprint == fingerprint:
            counted = before is not None and before.state == DECIDED and before.origin == "meja"
            same = before is not None and (before.decision, before.new) == (made.decision, made.new)
            return Verdict(DECIDED, made.decision, made.new, made.reviewer, "meja", counted and same)
        if before is not None and before.state == DECIDED:
            return before
        if made is not None:
            return Verdict(LAPSED, made.decision, made.new, made.reviewer, "meja")
        return before or _NOTHING


def _pairs(table: pd.DataFrame, key: str, value: str) -> dict[str, str]:
    return dict(zip(table[key].tolist(), table[value].tolist(), strict=True))


def _scores_of(scores: pd.DataFrame) -> dict[Key, str]:
    columns = ("innovation_id", "indicator", "supported_parameter", "supported_score")
    found = {}
    for owner, key, parameter, points in zip(*(scores[c].tolist() for c in columns), strict=True):
        found[owner, key] = points if key == TOTAL_KEY else "" if parameter is pd.NA else str(parameter)
    return found


def _verdicts(decisions: pd.DataFrame) -> dict[Key, Verdict]:
    """What the run itself says of each claim that somebody decided."""
    from iid.tasks.review.carried_over import new_text

    found: dict[Key, Verdict] = {}
    for row in records(decisions):
        state = DECIDED if row["in_force"] else LAPSED if row["state"] == "lapsed" else OPEN
        key = str(row["innovation_id"]), str(row["indicator"])
        if state == OPEN or (key in found and found[key].state == DECIDED):
            continue
        found[key] = Verdict(
            state,
            str(row["decision"]),
            new_text(row),
            str(row["reviewer"]),
            row.get("origin") or "buku",
            True,
        )
    return found
