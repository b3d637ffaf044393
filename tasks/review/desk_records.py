"""Decisions made at the desk: one record each, added and never changed.

``<region>/<cycle>/decisions/<claim>-<number>.json``: *claim* is a hash of innovation and indicator,
*number* counts the decisions on that claim from 1. A number is created once, so of two stewards who
decide the same claim at the same time one is refused, on a folder and on S3 alike.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.paths import canonical, parse
from iid.tasks.store.published_run import refuse_newer
from iid.tasks.store.store import Store
from iid.tasks.values.errors import StoreError

SCHEMA = 1
_NAME = re.compile(r"^([0-9a-f]{24})-(\d{4,9})\.json$")
_TEXTS = ("innovation_id", "indicator", "decision", "new", "note", "reviewer", "at", "fingerprint")
WITHDRAWN = "cabut"  # takes the decision before it back: the desk no longer speaks of the claim
_WORDS = frozenset({"terima", "turunkan", "tolak", WITHDRAWN})


@dataclass(frozen=True, slots=True)
class DeskRecord:
    """One decision of a steward at the desk (contract 7 and 9)."""

    innovation_id: str
    indicator: str
    decision: str  # terima | turunkan | tolak | cabut
    new: str  # after turunkan: the parameter, or an SPD score as an exact decimal; else ""
    note: str
    reviewer: str  # name of the account
    at: str  # ISO time, UTC, seconds
    fingerprint: str  # of the claim and its evidence, as it was on screen
    number: int  # of the decisions on this claim, from 1
    run_id: str = ""  # the published run that was on screen

    @property
    def key(self) -> tuple[str, str]:
        """Innovation and indicator."""
        return self.innovation_id, self.indicator

    @property
    def name(self) -> str:
        """Its file name below ``decisions/``."""
        return f"{claim_hash(self.innovation_id, self.indicator)}-{self.number:04d}.json"


def decisions_prefix(prefix: str) -> str:
    """Where the records of ``<region>/<cycle>`` are."""
    return f"{prefix}/decisions/"


def claim_hash(innovation_id: str, indicator: str) -> str:
    """24 hex digits for one claim; equal on every machine."""
    text = f"{innovation_id}\0{indicator}".encode("utf-8", "surrogatepass")
    return hashlib.sha256(text).hexdigest()[:24]


def utc_text(moment: datetime) -> str:
    """``2026-11-28T22:56:39Z``."""
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}"


def keep(store: Store, prefix: str, record: DeskRecord) -> bool:
    """Write *record*; False if its number is taken. StoreError if it fails."""
    content = {name: getattr(record, name) for name in (*_TEXTS, "number", "run_id")}
    key = decisions_prefix(prefix) + record.name
    return store.create(key, canonical({"schema": SCHEMA, **content}), "application/json")


class DeskLog:
    """All records of a region and cycle; one that was read stays in memory."""

    def __init__(self, store: Store, prefix: str) -> None:
        self._store, self._prefix = store, decisions_prefix(prefix)
        self._known: dict[str, DeskRecord] = {}
        self._last: tuple[list[str], tuple[DeskRecord, ...]] = [], ()

    def read(self) -> tuple[DeskRecord, ...]:
        """Return all records by claim and number; the same object until one comes.

        StoreError naming a damaged one, or when the store fails.
        """
        names = [key.rpartition("/")[2] for key in self._store.keys(self._prefix)]
        names = [name for name in names if _NAME.match(name)]
        if names == self._last[0]:
            return self._last[1]
        missing = [name for name in names if name not in self._known]
        for record in bounded_map(self._one, missing, self._store.workers):
            self._known[record.name] = record
        self._last = names, tuple(self._known[name] for name in names)
        return self._last[1]

    def of(self, innovation_id: str, indicator: str) -> tuple[DeskRecord, ...]:
        """The records of one claim, oldest first; always asked of the store."""
        found = []
        for key in self._store.keys(f"{self._prefix}{claim_hash(innovation_id, indicator)}-"):
            name = key.rpartition("/")[2]
            if _NAME.match(name):
                record = self._known.get(name) or self._one(name)
                self._known[name] = record
                found.append(record)
        return tuple(found)

    def _one(self, name: str) -> DeskRecord:
        key = self._prefix + name
        where = self._store.address(key)
        try:
            content = parse(self._store.get(key), where)
            refuse_newer(content, where, SCHEMA)
            record = _record(content)
        except (KeyError, TypeError, ValueError):
            record = None
        if record is None or record.name != name:
            raise StoreError(f"keputusan {where} rusak; pulihkan dari cadangan")
        return record


def _record(content: Mapping[str, Any]) -> DeskRecord | None:
    """Parse *content*; None for values of no desk, KeyError if one is missing."""
    texts = {name: content[name] for name in _TEXTS}
    number, run_id = content["number"], content.get("run_id", "")
    sound = all(isinstance(value, str) for value in (*texts.values(), run_id))
    if not sound or type(number) is not int or texts["decision"] not in _WORDS:
        return None
    return DeskRecord(**texts, number=number, run_id=run_id)


def newest(records: Iterable[DeskRecord]) -> dict[tuple[str, str], DeskRecord]:
    """The last record of every claim."""
    found: dict[tuple[str, str], DeskRecord] = {}
    for record in records:
        last = found.get(record.key)
        if last is None or record.number > last.number:
            found[record.key] = record
    return found
