"""What a review workbook proposes: the claims, what matters first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import quote

import pandas as pd

from iid.expectations.findings.catalogue import bars_innovation
from iid.expectations.rulebook.words import plain
from iid.tasks.review.carried_over import in_force, new_text
from iid.tasks.review.claim_keys import plain_id
from iid.tasks.review.claim_meaning import meaning
from iid.tasks.review.fingerprints import OF_CLAIM, fingerprints
from iid.tasks.review.review_files import path_of
from iid.tasks.score.grid import ABSENT, TOTAL
from iid.tasks.text.indonesian import comma, is_web
from iid.tasks.text.labels import PROBLEMS
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.tables import REGION_ID

MAX_LINK = 2_000  # Excel refuses longer ones
_PLAIN = "/()',;=&+-@!$~"  # signs of a path that need no escape


def target_of(kind: str, source: str, problem: str) -> str:
    """Return an XlsxWriter address for an item; "" for what is not opened.

    Files are addressed from ``<cycle>/_tinjauan/`` (``../<unit>/…``), so the link works on every
    machine that sees the share, whatever it is called there. Only http and https pages.
    """
    if problem in ABSENT:
        return ""
    if kind == "link":
        return source if is_web(source) and len(source) <= MAX_LINK else ""
    inside = source.partition("/")[2]
    if not inside or "\\" in inside:  # a name that is no UTF-8 is shown, but cannot be addressed
        return ""
    path = quote(f"../{inside}", safe=_PLAIN)
    return f"external:{path}" if len(path) <= MAX_LINK else ""


_ITEM = (
    "unit_code", "innovation_id", "indicator", "source", "kind", "size", "pages", "readable", "problem",
    "format", "sha256",
)  # fmt: skip
MARKS = {"critical": "[kritis]", "warning": "[peringatan]", "info": "[info]"}
Key = tuple[str, str]  # innovation, indicator


@dataclass(frozen=True, slots=True)
class Proposal:
    """One claim to review: the computed cells of its row."""

    innovation_id: str
    indicator: str
    title: str
    claimed: str
    supported: str
    findings: str
    fingerprint: str
    meaning: tuple[str, ...]  # its row of sheet Arti klaim
    decided: tuple[str, ...] = ()  # cells of the decision in force, in the order of ENTRIES
    carried: bool = False  # its own row is gone

    @property
    def key(self) -> Key:
        """How rows of a workbook are matched with it."""
        return plain_id(self.innovation_id), plain(self.indicator)


@dataclass(frozen=True, slots=True)
class Item:
    """One item of evidence beside the claims."""

    innovation_id: str
    indicator: str
    source: str
    kind: str
    size: str
    pages: str
    opens: str
    problem: str
    sha256: str
    target: str = ""  # where a click leads

    @property
    def shown(self) -> str:
        """Its path inside the innovation's ``bukti`` folder, or its URL."""
        return self.source if self.kind == "tautan" else self.source.rpartition("/bukti/")[2]


@dataclass(frozen=True, slots=True)
class Proposals:
    """All of one unit (or the region, ``pemda``)."""

    unit_code: str
    name: str
    region: str
    cycle: int
    example: bool
    rows: tuple[Proposal, ...]
    items: tuple[Item, ...]
    meanings: tuple[tuple[str, ...], ...]  # rows of sheet Arti klaim, by innovation


def proposals(assessment: Assessment) -> Iterator[Proposals]:
    """Yield the region's and each unit's claims by unit code; none if empty."""
    a = assessment
    names = dict(zip(a.units["unit_code"].tolist(), a.units["name"].tolist(), strict=True))
    notes = _notes(a.findings)
    rows: defaultdict[str, list[tuple[Any, Proposal]]] = defaultdict(list)
    for unit, order, proposal in _proposals(a, notes):
        rows[unit].append((order, proposal))
    items = _items(a.evidence)
    for unit in sorted(rows):
        yield Proposals(
            unit_code=unit,
            name=a.marker.name if unit == REGION_ID else names.get(unit, ""),
            region=a.marker.name,
            cycle=a.cycle,
            example=a.marker.example,
            rows=tuple(proposal for _, proposal in sorted(rows[unit], key=lambda pair: pair[0])),
            items=tuple(items.get(unit, ())),
            meanings=tuple(p.meaning for _, p in sorted(rows[unit], key=lambda pair: pair[0][-2:])),
        )


@dataclass(frozen=True, slots=True)
class _Notes:
    """Findings by claim and by innovation: (severity, text) in order."""

    on_claim: dict[Key, list[tuple[str, str]]]
    on_owner: dict[str, list[tuple[str, str]]]


def _notes(findings: pd.DataFrame) -> _Notes:
    notes = _Notes(defaultdict(list), defaultdict(list))
    columns = ("severity", "code", "innovation_id", "indicator", "message")
    barring = bars_innovation(findings).tolist()
    found = set(zip(*(findings[c].tolist() for c in columns), barring, strict=True))
    order = list(MARKS)
    for severity, _, owner, key, message, bars in sorted(found, key=lambda row: (order.index(row[0]), *row)):
        text = f"{MARKS[severity]} {message}"
        if key:
            notes.on_claim[owner, key].append((severity, text))
        elif bars:
            notes.on_owner[owner].append((severity, f"[inovasi tidak dinilai] {message}"))
    return notes


def _proposals(a: Assessment, notes: _Notes) -> Iterator[tuple[str, Any, Proposal]]:
    """Every claim worth a look with its unit and its place in the order."""
    places = {indicator.key: place for place, indicator in enumerate(a.rulebook.indicators)}
    scores = _columns(a.scores, "innovation_id", "indicator", "supported_parameter", "supported_score")
    counts = {(owner, key): (parameter, points) for owner, key, parameter, points in scores}
    marks = fingerprints(a.claims, a.evidence)
    decided, elsewhere = in_force(a.decisions), _elsewhere(a)
    called = {REGION_ID: a.marker.name, **dict(_columns(a.innovations, "innovation_id", "name"))}
    names = ("unit_code", "innovation_id", "indicator", "parameter", "value", "basis", "problem")
    for row, mark in zip(_columns(a.claims, *names), marks, strict=True):
        unit, owner, key, parameter, value, basis, problem = row
        found = notes.on_claim.get((owner, key), [])
        critical = any(severity == "critical" for severity, _ in found)
        claimed = value if key == TOTAL else "" if parameter is pd.NA else str(parameter)
        if claimed in {"", "0"} and not critical and not problem:
            continue
        indicator = a.rulebook.by_key[key]
        counted, points = counts[owner, key]
        title = f"{indicator.name} (basis {basis})" if basis else indicator.name
        listed = [text for _, text in [*notes.on_owner.get(owner, []), *found]]
        texts = "\n".join([*listed, *elsewhere.get((owner, key), ())])
        supported = points if key == TOTAL else "" if counted is pd.NA else str(counted)
        urgency = 0 if owner in notes.on_owner else 3 if critical else 2 if found else 1
        # What an unread claim could be worth is not known, so it counts as a full one.
        at_stake = (Decimal(claimed or 0) or 3) * (1 if key == TOTAL else Decimal(indicator.weight.value))
        order = (-urgency * at_stake, -urgency, owner, places[key])
        explained = (owner, called[owner], key, title, claimed or "0", *meaning(indicator, claimed, basis))
        cells = (owner, key, title, claimed or "0", supported, texts, mark, explained)
        yield unit, order, Proposal(*cells, *decided.get((owner, key), ()))


def _elsewhere(a: Assessment) -> dict[Key, tuple[str]]:
    """Return by claim a note where only a copy or the desk has decided it."""
    own: set[Key] = set()
    notes: dict[Key, tuple[str]] = {}
    for row in a.decisions[a.decisions["in_force"]].to_dict("records"):
        key = row["innovation_id"], row["indicator"]
        path, _, cell = str(row["source"]).rpartition("#")
        at_desk = row.get("origin") == "meja"
        own_book = path_of(a.cycle, row["innovation_id"].partition("/")[0])
        if not at_desk and (path == own_book or "!" not in cell):
            own.add(key)
            continue
        new = comma(new_text(row)) if row["decision"] == "turunkan" else ""
        words = f"{row['decision']} ke {new}" if new else row["decision"]
        place = "meja tinjauan" if at_desk else path.rpartition("/")[2]
        notes[key] = (f"{MARKS['info']} Sudah diputuskan {words} di {place}.",)
    return {key: note for key, note in notes.items() if key not in own}


def _columns(table: pd.DataFrame, *names: str) -> Iterator[tuple[Any, ...]]:
    return zip(*(table[name].tolist() for name in names), strict=True)


def _items(evidence: pd.DataFrame) -> dict[str, list[Item]]:
    own = evidence[evidence["listed"].isin(OF_CLAIM)]
    items: defaultdict[str, list[Item]] = defaultdict(list)
    rows = zip(*(own[c].astype("string").fillna("").tolist() for c in _ITEM), strict=True)
    for unit, owner, key, source, kind, size, pages, readable, problem, form, sha256 in sorted(rows):
        items[unit].append(
            Item(
                innovation_id=owner,
                indicator=key,
                source=source,
                kind="tautan" if kind == "link" else form.upper() or "berkas",
                size=size,
                pages=pages,
                opens="ya" if readable == "True" else "tidak",
                problem=PROBLEMS.get(problem, problem),
                sha256=sha256,
                target=target_of(kind, source, problem),
            )
        )
    return items
