"""What goes into the ministry's application, and under which names.

Of a closed cycle what reviewers accepted, of an open one what its evidence supports. Only
innovations that count are entered; the preflight reports the others.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from iid.expectations.rulebook.model import EXTRA_PROFILE_KEYS, Indicator
from iid.tasks.answers.run_view import Picture, Record
from iid.tasks.review.fingerprints import OF_CLAIM
from iid.tasks.score.grid import TOTAL, nothing_there
from iid.tasks.text.indonesian import clean
from iid.tasks.values.folder_names import safe_name, short_name
from iid.tasks.values.row_groups import records
from iid.tasks.values.tables import REGION_ID

# Windows stops at 260 characters for the whole path; these leave room for the path of the folder.
FOLDER_LENGTH = 60
SPD_FOLDER = "00 SPD"
FORM = "Formulir.xlsx"
_ENDING = re.compile(r"[a-z0-9]{1,5}")


@dataclass(frozen=True, slots=True)
class Packed:
    """One file of evidence: its path in the export, and where its bytes are."""

    owner: str
    indicator: str
    path: str  # <folder>/<indicator> <short name>.<ending>
    sha256: str
    size: int
    sources: tuple[str, ...]  # every path of the share that held these bytes, the claim's own first

    @property
    def name(self) -> str:
        """The file's name without the folder."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class IndicatorAnswer:
    """A row of the ministry's indicator list: what to choose and to upload."""

    indicator: Indicator
    parameter: int  # 0: nothing is entered
    basis: str
    value: str  # Nilai of an SPD row
    files: tuple[Packed, ...]
    links: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One innovation (or the region's SPD rows) with its folder in the export."""

    owner: str
    folder: str
    name: str
    score: str  # of the view that is entered; exact decimal
    profile: Mapping[str, str]
    answers: tuple[IndicatorAnswer, ...]

    @property
    def files(self) -> tuple[Packed, ...]:
        """All files, in the order of the ministry's list."""
        return tuple(item for answer in self.answers for item in answer.files)


@dataclass(frozen=True, slots=True)
class Plan:
    """All to enter; ``view``: ``verified`` once closed, else ``supported``."""

    view: str
    entries: tuple[Entry, ...]  # the region first, then the innovations by their id


def plan_of(picture: Picture) -> Plan:
    """Return the entries of the run in *picture*. StoreError without a table."""
    view = "verified" if picture.index["status"] == "final" else "supported"
    made = _Maker(picture, view)
    counting = [owner for owner, one in picture.states[view].innovations.items() if one.eligible]
    return Plan(view, tuple(made.entry(owner, n) for n, owner in enumerate([REGION_ID, *sorted(counting)])))


class _Maker:
    """Makes entries; every table is grouped once."""

    def __init__(self, picture: Picture, view: str) -> None:
        self._picture, self._view = picture, view
        self._claims = {
            (r["innovation_id"], r["indicator"]): r
            for r in records(picture.table("claims")[["innovation_id", "indicator", "basis", "value"]])
        }
        self._profiles = {r["innovation_id"]: {**r} for r in records(picture.table("profiles"))}
        # What only some cycles ask is in `fields` alone.
        fields = picture.table("fields")
        for row in records(fields[fields["field"].isin(EXTRA_PROFILE_KEYS)]):
            self._profiles.setdefault(row["innovation_id"], {})[row["field"]] = row["value"]
        evidence = picture.table("evidence_all")
        evidence = evidence[evidence["listed"].isin(OF_CLAIM) & ~nothing_there(evidence)]
        self._items: defaultdict[tuple[str, str], list[Record]] = defaultdict(list)
        self._sources: defaultdict[str, list[str]] = defaultdict(list)
        for row in sorted(records(evidence), key=lambda row: str(row["source"])):
            self._items[row["innovation_id"], row["indicator"]].append(row)
            if row["sha256"]:
                self._sources[row["sha256"]].append(row["source"])

    def entry(self, owner: str, number: int) -> Entry:
        rules = self._picture.rulebook
        name = "SPD" if owner == REGION_ID else self._picture.names[owner]
        folder = SPD_FOLDER if owner == REGION_ID else f"{number:02} {safe_name(clean(name), FOLDER_LENGTH)}"
        rows = rules.spd_rows if owner == REGION_ID else rules.sid
        score = sum((Fraction(self._score(owner, i.key)) for i in rows), Fraction(0))
        return Entry(
            owner=owner,
            folder=folder,
            name=name,
            score=f"{rules.rounded(score):f}",
            profile={key: str(value or "") for key, value in self._profiles.get(owner, {}).items()},
            answers=tuple(self._answer(owner, indicator, folder) for indicator in rows),
        )

    def _score(self, owner: str, key: str) -> str:
        row = self._picture.score_rows.get((owner, key), {})
        return str(row.get(f"{self._view}_score") or "0")

    def _answer(self, owner: str, indicator: Indicator, folder: str) -> IndicatorAnswer:
        claim = self._claims.get((owner, indicator.key), {})
        row = self._picture.score_rows.get((owner, indicator.key), {})
        parameter = int(row.get(f"{self._view}_parameter") or 0)
        enters = parameter > 0 or (indicator.key == TOTAL and Fraction(self._score(owner, TOTAL)) > 0)
        items = self._items[owner, indicator.key] if enters else []
        value = self._score(owner, TOTAL) if enters and indicator.key == TOTAL else claim.get("value")
        return IndicatorAnswer(
            indicator=indicator,
            parameter=parameter,
            basis=str(claim.get("basis") or "") if parameter else "",
            value=str(value or "") if enters else "",
            files=tuple(self._packed(owner, indicator, folder, items)),
            links=tuple(str(r["source"]) for r in items if r["kind"] == "link" and indicator.accepts_links),
        )

    def _packed(self, owner: str, indicator: Indicator, folder: str, items: list[Record]) -> Iterator[Packed]:
        """Yield the claim's files, equal bytes once, numbered if several."""
        files = {row["sha256"]: row for row in reversed(items) if row["kind"] == "file" and row["sha256"]}
        stem = f"{_padded(indicator.key)} {short_name(indicator)}"
        for number, (sha256, row) in enumerate(reversed(files.items()), 1):
            own = str(row["source"])
            yield Packed(
                owner=owner,
                indicator=indicator.key,
                path=f"{folder}/{stem}{f' {number}' if len(files) > 1 else ''}{_ending(row)}",
                sha256=sha256,
                size=int(row["size"] or 0),
                sources=(own, *(s for s in self._sources[sha256] if s != own)),
            )


def _padded(key: str) -> str:
    """``2a`` as ``02a``, so that a folder sorts like the ministry's list."""
    digits = len(key.rstrip("abcdefghijklmnopqrstuvwxyz"))
    return key if not key[:1].isdigit() else "0" * (2 - digits) + key


def _ending(row: Record) -> str:
    """``.pdf`` by content; by the name where the content has no known form."""
    word = row["format"] or str(row["source"]).rpartition(".")[2].lower()
    return f".{word}" if _ENDING.fullmatch(word) else ""
