"""What to report of a region and cycle: causes with lines, once each."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from iid.tasks.operate.notify.sent import Reported, digest
from iid.tasks.store.published_run import latest, read_run
from iid.tasks.store.store import Store
from iid.tasks.text.indonesian import points
from iid.tasks.text.labels import title as title_of

if TYPE_CHECKING:
    import pandas as pd

EXAMPLES = 3  # of a cause; the report lists all of them
UNITS_NAMED = 5


@dataclass(frozen=True, slots=True)
class Cause:
    """One report; ``key``: its identity, ``seen``: findings covered."""

    kind: str  # failed | guard | critical | moved | closed | stale | unit
    key: str
    title: str
    lines: tuple[str, ...] = ()
    seen: tuple[str, ...] = ()
    count: int = 1  # of new findings


@dataclass(frozen=True, slots=True)
class Trouble:
    """A run that published nothing: exit status (contract 4) and its line."""

    status: int
    line: str

    def cause(self) -> Cause:
        """Return one cause for failures that differ in numbers only."""
        same = digest("".join(letter for letter in self.line if not letter.isdigit()))
        if self.status == 3:
            return Cause(
                "guard", f"guard:{same}", "Penilaian ditahan pengaman, tidak ada yang terbit", (self.line,)
            )
        return Cause("failed", f"failed:{same}", "Penilaian gagal, tidak ada yang terbit", (self.line,))


@dataclass(frozen=True)
class Published:
    """The published run of one region and cycle, as notifications use it."""

    region: str
    cycle: int
    run_id: str
    status: str
    index: dict[str, Any]
    findings: pd.DataFrame
    units: pd.DataFrame
    report: str  # address where a person opens it

    @cached_property
    def critical(self) -> pd.DataFrame:
        """Critical findings, each with its ``digest``, in the order of the table."""
        rows = self.findings[self.findings["severity"] == "critical"].copy()
        keys = rows[["code", "innovation_id", "indicator", "source", "message"]].astype(str)
        rows["digest"] = [digest(*row) for row in keys.itertuples(index=False)]
        return rows

    @property
    def headline(self) -> dict[str, Any]:
        """The view that counts: verified once the cycle is closed, else supported."""
        found: dict[str, Any] = self.index["verified" if self.status == "final" else "supported"]
        return found


def published(store: Store, region: str, cycle: int, link: str | None = None) -> Published | None:
    """The published run, None before the first. StoreError when it is damaged."""
    if latest(store, region, cycle) is None:
        return None
    run = read_run(store, region, cycle)
    index = run.json("index.json")
    page = "report/index.html"
    address = f"{link.rstrip('/')}/{region}/{cycle}/{page}" if link else store.address(run.prefix + page)
    tables = run.table("findings"), run.table("units")
    return Published(region, cycle, run.run_id, str(index["status"]), index, *tables, address)


def causes(run: Published, reported: Reported, today: date, moved: float) -> Iterator[Cause]:
    """Yield what of *run* is due today for a channel sent *reported*."""
    if run.status == "final" and f"closed:{run.run_id}" not in reported.days:
        view = run.headline
        line = f"Indeks final {points(view['index'])} ({view['category']})."
        yield Cause("closed", f"closed:{run.run_id}", "Siklus ditutup, hasil final terbit", (line,))
    yield from _held(run, reported)
    yield from _moved(run, reported, today, moved)
    found = []
    for code, rows in run.critical.groupby("code", sort=True):
        key = f"critical:{code}"
        new = reported.new(key, rows["digest"])
        if new and reported.may(key, today):
            found.append(_critical(str(code), rows[rows["digest"].isin(new)], tuple(rows["digest"])))
    yield from sorted(found, key=lambda cause: -cause.count)  # the most frequent cause first


def _held(run: Published, reported: Reported) -> Iterator[Cause]:
    """Yield each held unit once a hold: its files must come back in time."""
    rows = run.findings[run.findings["code"] == "unit.held"]
    for unit, message, fix in rows[["unit_code", "message", "fix"]].itertuples(index=False):
        key = f"held:{unit}:{run.index['held'][unit]['since']}"
        if key not in reported.days:
            yield Cause("guard", key, f"Unit {unit} ditahan: buktinya hilang", (message, fix))


def _moved(run: Published, reported: Reported, today: date, moved: float) -> Iterator[Cause]:
    now = str(run.headline["index"])
    if not reported.index or not reported.may("moved", today):
        return
    change = Decimal(now) - Decimal(reported.index)
    if abs(change) >= Decimal(str(moved)) and change:
        words = f"{'naik' if change > 0 else 'turun'} {points(abs(change))} poin"
        line = f"Dari {points(reported.index)} menjadi {points(now)} ({run.headline['category']})."
        yield Cause("moved", "moved", f"Indeks {words}", (line,))


def _critical(code: str, rows: pd.DataFrame, present: tuple[str, ...]) -> Cause:
    units = sorted({str(unit) for unit in rows["unit_code"]})
    named = ", ".join(units[:UNITS_NAMED]) + (
        f" dan {len(units) - UNITS_NAMED} lainnya" if len(units) > UNITS_NAMED else ""
    )
    return Cause(
        "critical",
        f"critical:{code}",
        f"{len(rows)} temuan kritis baru: {title_of(code)}",
        (f"Unit: {named}.", *_examples(rows)),
        present,
        len(rows),
    )


def _examples(rows: pd.DataFrame) -> Iterator[str]:
    for row in rows.head(EXAMPLES).itertuples(index=False):
        place = f" [{row.innovation_id}{f', indikator {row.indicator}' if row.indicator else ''}]"
        yield f"- {row.message}{place if row.innovation_id else ''}"
    if len(rows) > EXAMPLES:
        yield f"- … dan {len(rows) - EXAMPLES} lagi, lihat laporan"


def unit_cause(run: Published, unit: str, reported: Reported, today: date) -> Cause | None:
    """Return the unit's critical findings if one is new; None otherwise."""
    rows = run.critical[run.critical["unit_code"] == unit]
    key = f"unit:{unit}"
    if not reported.new(key, rows["digest"]) or not reported.may(key, today):
        return None
    about = run.units[run.units["unit_code"] == unit]
    name = str(about["name"].iloc[0]) if len(about) else unit
    lines = []
    if len(about):
        lines.append(
            f"Inovasi: {about['innovations'].iloc[0]}, memenuhi syarat: {about['eligible'].iloc[0]}."
        )
    for code, some in rows.groupby("code", sort=True):
        lines += [
            "",
            f"{title_of(str(code))} ({len(some)}):",
            *_examples(some),
            f"  Yang perlu dilakukan: {some['fix'].iloc[0]}",
        ]
    return Cause("unit", key, f"{name}: {len(rows)} temuan kritis", tuple(lines), tuple(rows["digest"]))


def remember(reported: Reported, cause: Cause, today: date, run: Published | None) -> None:
    """Note that *cause* was sent."""
    reported.days[cause.key] = today.isoformat()
    if cause.seen:
        reported.seen[cause.key] = sorted(cause.seen)
    if cause.kind in {"moved", "closed"} and run:
        reported.index = str(run.headline["index"])


def settle(reported: Reported, run: Published) -> None:
    """Note what needs no message: the first index, and findings that are gone."""
    reported.index = reported.index or str(run.headline["index"])
    for key in list(reported.seen):
        rows = run.critical
        kind, _, which = key.partition(":")
        column = "code" if kind == "critical" else "unit_code"
        reported.forget_gone(key, rows.loc[rows[column] == which, "digest"])
