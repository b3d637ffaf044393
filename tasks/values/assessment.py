"""One finished assessment: all that is rendered and published."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

import pandas as pd

from iid.expectations.rulebook.loading import load_published
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.peers import Peers
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import DECISION_LOG, LINKS, VIEWS, frame
from iid.tasks.values.versions import versions


class RunTables(Protocol):
    """A run as its readers need it: one in memory, or one read from the store."""

    @property
    def region(self) -> str:
        """Code of the region."""
        ...

    @property
    def cycle(self) -> int:
        """Year of the cycle."""
        ...

    @property
    def run_id(self) -> str:
        """The run's id."""
        ...

    @property
    def manifest(self) -> dict[str, Any]:
        """The manifest, or what it will say of versions."""
        ...

    @property
    def files(self) -> Mapping[str, Any]:
        """Files of the run by name; none where it is not published."""
        ...

    def json(self, name: str) -> Any:
        """One JSON file of the run. KeyError or StoreError where there is none."""
        ...

    def bytes(self, name: str) -> bytes:
        """One file of the run. KeyError or StoreError where there is none."""
        ...

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by its published name. KeyError or StoreError without it."""
        ...


@dataclass(frozen=True, slots=True)
class Point:
    """A published run of a cycle; indices are texts with 2 places."""

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
        """Return the point of an ``index.json``. KeyError, TypeError, ValueError."""
        return cls(
            run_id=str(index["run_id"]),
            as_of=str(index["as_of"]),
            status=str(index["status"]),
            reported=int(index["reported"]),
            eligible=int(index["eligible"]),
            **{view: str(index[view]["index"]) for view in VIEWS},
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
    """What was published before: the points, oldest first, and the last run.

    ``last`` is None without an earlier run, and where it cannot be read any more (``unread``).
    """

    points: tuple[Point, ...] = ()
    last: RunTables | None = None
    unread: bool = False
    #: Innovations of the cycles before this one in the same store: by plain name, ``2025: <innovation_id>``.
    before: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    #: ``index.json`` of the published run of each of those cycles, the oldest first.
    cycles: tuple[Mapping[str, Any], ...] = ()
    #: Its place among the regions of its clusters, where the store has a national ranking of the cycle.
    peers: tuple[Peers, ...] = ()

    @property
    def digest(self) -> str:
        """What of it belongs to the inputs of a run; "" without an earlier run."""
        rows = [f"{p.run_id}={p.claimed}/{p.supported}/{p.verified}" for p in self.points]
        rows += ["unread"] if self.unread else []
        rows += [f"{index['cycle']}={index['run_id']}" for index in self.cycles]
        return "|".join(
            [*rows, *(f"{name}={';'.join(where)}" for name, where in sorted(self.before.items()))]
        )


#: Tables of a run that are called otherwise in the store than in an assessment.
_STORED = {"evidence": "evidence_all"}
_TABLES = (
    *("units", "innovations", "profiles", "fields", "claims", "evidence"),
    *("scores", "findings", "decisions", "links", "decision_log"),
)


@dataclass(frozen=True, eq=False)
class Assessment:
    """The tables (``values.tables``) and their origin; a :class:`RunTables`.

    ``index`` is the content of ``index.json`` (contract 5): strings with 2 places,
    whole counts. ``as_of`` is aware, whole seconds, UTC. ``dormant`` is as
    :class:`iid.tasks.score.scoring.Scored` gives it; None in one that was loaded. ``answers`` holds what
    readers have computed of it, by name, so that it is computed once; an altered copy begins without.
    """

    marker: Marker
    cycle: int
    rulebook: Rulebook
    rulebook_sha256: str
    run_id: str
    as_of: datetime
    status: str  # provisional | final
    index: dict[str, Any]
    units: pd.DataFrame  # PUBLISHED_UNITS
    innovations: pd.DataFrame  # PUBLISHED_INNOVATIONS
    profiles: pd.DataFrame  # INNOVATIONS, as read
    fields: pd.DataFrame  # FIELDS
    claims: pd.DataFrame  # CLAIMS
    evidence: pd.DataFrame  # EVIDENCE, facts filled
    scores: pd.DataFrame  # SCORES
    findings: pd.DataFrame  # FINDINGS
    decisions: pd.DataFrame  # DECISIONS
    links: pd.DataFrame = field(default_factory=lambda: frame(LINKS, []))  # LINKS
    earlier: Earlier = field(default_factory=Earlier)  # published runs before this one
    decision_log: pd.DataFrame = field(default_factory=lambda: frame(DECISION_LOG, []))  # DECISION_LOG
    dormant: pd.DataFrame | None = None  # SCORES
    parents: Mapping[str, str] = field(default_factory=dict)  # of units, by code, as the roster names them
    closing: Mapping[str, Any] = field(
        default_factory=dict
    )  # of a final run: key ``closing`` of its manifest
    answers: dict[str, Any] = field(default_factory=dict, init=False, repr=False)

    @classmethod
    def load(cls, run: RunTables, marker: Marker, rulebook: Rulebook | None = None) -> Assessment:
        """Load the assessment published as *run*; *rulebook*: its rules, if known.

        StoreError where a table is missing or altered, RulebookError where its rules are refused.
        """
        index = run.json("index.json")
        return cls(
            marker=marker,
            cycle=run.cycle,
            rulebook=rulebook or rulebook_of(run),
            rulebook_sha256=index["rulebook"]["sha256"],
            run_id=run.run_id,
            as_of=datetime.fromisoformat(index["as_of"]),
            status=index["status"],
            index=index,
            closing=run.manifest.get("closing") or {},
            **{name: run.table(_STORED.get(name, name)) for name in _TABLES},
        )

    @property
    def region(self) -> str:
        """Code of the region."""
        return self.marker.region

    @property
    def manifest(self) -> dict[str, Any]:
        """What the manifest will say of the versions."""
        return {"versions": versions()}

    @property
    def files(self) -> Mapping[str, Any]:
        """None: it is not published yet."""
        return {}

    def json(self, name: str) -> Any:
        """``index.json``. KeyError for any other."""
        return {"index.json": self.index}[name]

    def bytes(self, name: str) -> bytes:
        """No file yet: KeyError."""
        raise KeyError(name)

    def table(self, name: str) -> pd.DataFrame:
        """One table by its published name. KeyError for a name that is none."""
        found: pd.DataFrame = getattr(self, {_STORED.get(own, own): own for own in _TABLES}[name])
        return found


def rulebook_of(run: RunTables) -> Rulebook:
    """Return the rules that *run* was scored with. RulebookError, StoreError."""
    if isinstance(run, Assessment):
        return run.rulebook
    return load_published(run.bytes("rulebook.yaml"))
