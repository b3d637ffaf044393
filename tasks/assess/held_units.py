"""Units held at their last published state, evidence gone (contract 3).

A unit whose evidence vanished keeps the rows of the last published run for a while, and everything else is
published fresh. They travel with the fresh rows from reading on, so that validation, decisions and scores
are those of the whole region; only what was found about the unit itself stays as it was published.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pandas as pd

from iid.expectations.rulebook.model import Rulebook
from iid.tasks.assess.guards import Loss, Previous
from iid.tasks.ingest.submissions import Submissions
from iid.tasks.store.paths import moment, stamp
from iid.tasks.store.published_run import Run
from iid.tasks.text.indonesian import clean, number
from iid.tasks.text.indonesian import moment as spoken
from iid.tasks.values.region import Finding, finding, findings_table
from iid.tasks.values.tables import (
    CLAIMS,
    EVIDENCE,
    FIELDS,
    FINDINGS,
    INNOVATIONS,
    REGION_ID,
    UNITS,
    Columns,
    concat,
    frame,
)

#: Of a held unit too these are judged anew in every run: they compare it with all others.
COMPARED = ("profile.duplicate",)
#: What the steps after validation find again, and what this room says itself.
_SAID_ANEW = (*COMPARED, "unit.held", "unit.evidence_gone")
NAMED = 5  # files that a sentence names


@dataclass(frozen=True, slots=True)
class Hold:
    """A loss that does not count yet.

    ``as_of`` is that of the run whose state is kept, ``since`` that of the first run that kept it.
    """

    loss: Loss
    as_of: str
    since: str
    until: str

    def as_json(self) -> dict[str, str]:
        """Its entry in ``index.json`` (``held``, by unit code)."""
        return {"as_of": self.as_of, "since": self.since, "until": self.until}


@dataclass(frozen=True, slots=True)
class Losses:
    """What units lost: those ``held``, their rows, and losses that count."""

    held: tuple[Hold, ...] = ()
    count: tuple[Loss, ...] = ()
    kept: Submissions | None = field(default=None, repr=False)

    @property
    def codes(self) -> frozenset[str]:
        """Codes of the held units."""
        return frozenset(one.loss.unit_code for one in self.held)

    def as_json(self) -> dict[str, Any]:
        """What ``index.json`` says of it; nothing where no unit is held."""
        return {"held": {one.loss.unit_code: one.as_json() for one in self.held}} if self.held else {}

    @property
    def counting(self) -> frozenset[str]:
        """Codes of the units whose loss counts in this run."""
        return frozenset(one.unit_code for one in self.count)


class When(NamedTuple):
    """The time of a run, how many hours it holds, and its rulebook."""

    as_of: datetime
    hours: float
    rules: Rulebook


def hold_of(loss: Loss, last: Previous, when: When) -> Hold:
    """The hold of a unit: begun with this run, or as the last run says."""
    begun = last.index.get("held", {}).get(loss.unit_code)
    kept, since = (begun["as_of"], begun["since"]) if begun else (last.index["as_of"], stamp(when.as_of))
    return Hold(loss, kept, since, stamp(moment(since) + timedelta(hours=when.hours)))


def losses_at(found: Collection[Loss], last: Previous, run: Run, when: When) -> Losses:
    """Return which of *found* are held and which count; *run*: the last.

    A loss whose hold is over counts. So does one under a rulebook that asks for other indicators than the
    kept rows have: they cannot be scored by it.
    """
    holds = [hold_of(loss, last, when) for loss in found]
    held = tuple(one for one in holds if when.as_of < moment(one.until))
    kept = kept_rows(run, {one.loss.unit_code for one in held})
    if held and not _fits(kept.claims, when.rules):
        held = ()
    codes = {one.loss.unit_code for one in held}
    over = tuple(loss for loss in found if loss.unit_code not in codes)
    return Losses(held, over, kept if held else None)


def _fits(claims: pd.DataFrame, rules: Rulebook) -> bool:
    """Whether the rulebook has a row for every kept claim, and no other ones."""
    for region, asked in ((True, rules.spd_rows), (False, rules.sid)):
        rows = claims[(claims["innovation_id"] == REGION_ID) == region]
        if len(rows) and set(rows["indicator"]) != {indicator.key for indicator in asked}:
            return False
    return True


def kept_rows(run: Run, codes: Collection[str]) -> Submissions:
    """Return the rows of units *codes* in *run*. StoreError if one is absent."""

    def of(name: str) -> pd.DataFrame:
        table = run.table(name)
        return table[table["unit_code"].isin(codes)]

    findings, innovations = of("findings"), of("profiles")
    anew = findings["code"].isin(_SAID_ANEW) | findings["code"].str.startswith("decision.")
    anew |= findings["source"].str.startswith(f"{run.cycle}/_")  # review workbooks are read again
    return Submissions(
        units=_units(of("units"), innovations),
        innovations=innovations,
        fields=of("fields"),
        claims=of("claims"),
        evidence=of("evidence_all"),
        findings=findings[~anew],
    )


def _units(published: pd.DataFrame, innovations: pd.DataFrame) -> pd.DataFrame:
    """Return UNITS of published units; the folder is an innovation's."""
    folders = innovations.drop_duplicates("unit_code").set_index("unit_code")["folder"]
    rows = published[["unit_code", "name", "type", "submitted"]].to_dict("records")
    folder = {row["unit_code"]: folders.get(row["unit_code"], "").rpartition("/")[0] for row in rows}
    more: dict[str, Any] = {"parent": "", "known": True}
    return frame(UNITS, ({**row, **more, "folder": folder[row["unit_code"]]} for row in rows))


def with_kept(books: Submissions, losses: Losses) -> Submissions:
    """*books* with the rows that held units keep in place of their own.

    Their evidence is left out: it is not on the share to be read (:func:`with_kept_evidence`).
    """
    kept = losses.kept
    if kept is None:
        return books
    parents = books.units.set_index("unit_code")["parent"]
    units = kept.units.assign(parent=kept.units["unit_code"].map(parents).astype("string").fillna(""))
    codes = losses.codes
    return Submissions(
        units=_in_place(UNITS, books.units, units, codes),
        innovations=_in_place(INNOVATIONS, books.innovations, kept.innovations, codes),
        fields=_in_place(FIELDS, books.fields, kept.fields, codes),
        claims=_in_place(CLAIMS, books.claims, kept.claims, codes),
        evidence=books.evidence[~books.evidence["unit_code"].isin(codes)],
        findings=_in_place(FINDINGS, books.findings, kept.findings, codes),
    )


def with_kept_evidence(evidence: pd.DataFrame, losses: Losses) -> pd.DataFrame:
    """*evidence* with that of the held units, as it was published."""
    return (
        evidence if losses.kept is None else _in_place(EVIDENCE, evidence, losses.kept.evidence, losses.codes)
    )


def _in_place(
    columns: Columns, fresh: pd.DataFrame, kept: pd.DataFrame, codes: Collection[str]
) -> pd.DataFrame:
    """Return *fresh* with the units *codes* replaced by *kept*, in order."""
    table = concat(columns, [fresh[~fresh["unit_code"].isin(codes)], kept])
    order = table["unit_code"].where(table["unit_code"] != REGION_ID, "")
    return table.iloc[order.argsort(kind="stable")].reset_index(drop=True)


def with_losses(judged: pd.DataFrame, losses: Losses, zone: str) -> pd.DataFrame:
    """Return *judged* with losses; for held units only the comparisons.

    All else about those stays as it was published, with the rows they keep.
    """
    if not losses.held and not losses.count:
        return judged
    as_published = judged["unit_code"].isin(losses.codes) & ~judged["code"].isin(COMPARED)
    said = [*_said_held(losses, zone), *_said_gone(losses)]
    return concat(FINDINGS, [judged[~as_published], findings_table(said)])


def _said_held(losses: Losses, zone: str) -> Iterator[Finding]:
    for one in losses.held:
        yield finding(
            "unit.held",
            unit_code=one.loss.unit_code,
            what=what_is_gone(one.loss),
            state=spoken(moment(one.as_of), zone),
            since=spoken(moment(one.since), zone),
            until=spoken(moment(one.until), zone),
        )


def _said_gone(losses: Losses) -> Iterator[Finding]:
    for one in losses.count:
        yield finding("unit.evidence_gone", unit_code=one.unit_code, what=what_is_gone(one))


def what_is_gone(loss: Loss) -> str:
    """Say ``3 dari 10 berkas bukti … tidak ada lagi (…)``, or name the folder."""
    if not loss.gone:
        return "folder unit tidak ada atau tidak dapat dibaca"
    shown = ", ".join(clean(path.partition("/")[2]) for path in loss.gone[:NAMED])
    rest = len(loss.gone) - NAMED
    more = f", dan {number(rest)} lagi" if rest > 0 else ""
    return (
        f"{number(len(loss.gone))} dari {number(loss.counted)} berkas bukti yang dihitung tidak ada lagi "
        f"({shown}{more})"
    )
