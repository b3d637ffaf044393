"""Whether nothing changed since the published run, no file opened.

A run leaves ``<region>/<cycle>/_inputs.json``: digests of all it was computed from. The next one
compares them after its listing; where they are the same, the published run stays, and no workbook is
parsed, nothing validated, scored or rendered. The record is a cache: without it the run computes
everything, with the same result. It is left only where a listing shows every change to come.

What depends on the day, though nothing was changed: a look at a link is forgotten after AGE_DAYS
(:mod:`iid.tasks.inspect.links.link_table`), which the record's ``until`` says; a unit is held until a
time, so a run that holds one leaves no record. Days to the deadline are counted by the report's reader.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

from iid.tasks.assess.evidence_steps import ask_web
from iid.tasks.assess.reading_steps import Listed, Opened
from iid.tasks.assess.run_inputs import around, hash_of, inputs_of, unmarked_files
from iid.tasks.assess.step import step
from iid.tasks.inspect.ledger.known_files import turn_of, turns_since
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.links.link_table import AGE_DAYS, look_again
from iid.tasks.store.bulk import bounded_map
from iid.tasks.store.checked import is_whole, mark_checked
from iid.tasks.store.earlier_runs import YEARS_BEFORE, read_peers
from iid.tasks.store.paths import canonical, moment, parse, stamp
from iid.tasks.store.published_run import Latest, Run, latest, read_run
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import StoreError, UsageError

if TYPE_CHECKING:
    from iid.tasks.assess.scoring_steps import Scored
    from iid.tasks.ingest.submissions import Submissions
    from iid.tasks.inspect.inspection import Inspection
    from iid.tasks.shares.drive import Listing
    from iid.tasks.store.lease import Lease
    from iid.tasks.values.peers import Peers

_log = logging.getLogger(__name__)
_KEY = "_inputs.json"
_FORMAT = 1
_END = "9999-12-31T23:59:59Z"
_RACY = timedelta(seconds=2)  # a file so new could change again without a new time


@dataclass(frozen=True, slots=True)
class PublishedRun:
    """A run in the store; ``already``: it had been published before.

    ``standing`` is the run that stays published because nothing changed since; then nothing was written.
    """

    prefix: str
    already: bool
    notes: tuple[str, ...] = ()  # what did not work but does not matter for the numbers
    standing: Assessment | None = None
    checked_at: datetime | None = None


@step("Membandingkan dengan hasil terakhir", network=True)
def compare(opened: Opened, listing: Listing, lease: Lease) -> PublishedRun | None:
    """Return the published run, now checked, if nothing changed; else None."""
    if _asks_more(opened):
        return None
    try:
        record = parse(opened.store.get(_key(opened)), _KEY)
        pointer = latest(opened.store, opened.marker.region, opened.cycle)
        if pointer is None or not _holds(record, pointer, opened, listing):
            return None
        if not _unswapped(opened, listing, record["books"]):
            return None
        run = read_run(opened.store, opened.marker.region, opened.cycle, pointer.run_id)
        if opened.request.check_links and not _answers_alike(opened, listing, run, record):
            return None
    except (StoreError, UsageError, KeyError, TypeError, ValueError):
        return None
    return stays(opened, run, lease)


def _holds(record: dict[str, Any], pointer: Latest, opened: Opened, listing: Listing) -> bool:
    """Return whether *record* is of the published run, day and state."""
    return (
        (record["format"], record["run_id"]) == (_FORMAT, pointer.run_id)
        and moment(record["since"]) <= opened.as_of <= moment(record["until"])
        and record["inputs"] == inputs_of(opened, listing, _other_cycles(opened), _peers(opened))
        and record["around"] == around(opened, listing)
    )


def _answers_alike(opened: Opened, listing: Listing, run: Run, record: dict[str, Any]) -> bool:
    """Return whether the due links of *run*, asked now, answer as before.

    Then *record* becomes one of this look. What they answered is kept either way.
    """
    here = set(run.table("links")["source"])
    before, after = look_again(opened.store, opened.prefix, here, ask_web, datetime.now(UTC))
    if any(
        link not in before or (one.status, one.detail) != (before[link].status, before[link].detail)
        for link, one in after.items()
    ):
        return False
    times = [one.checked_at for one in after.values()]
    again = {"around": around(opened, listing), "until": _until(times)}
    opened.store.put(_key(opened), canonical({**record, **again}), "application/json")
    return True


def stays(opened: Opened, run: Run, lease: Lease) -> PublishedRun | None:
    """Return *run* as now checked; None if a file or the pointer is damaged."""
    if not is_whole(run):
        return None  # a whole one takes its place
    pointer = mark_checked(run.store, run.region, run.cycle, run.run_id, lease)
    if pointer is None:
        return None  # publishing repairs the pointer
    standing = Assessment.load(run, opened.marker, opened.loaded.rulebook)
    return PublishedRun(
        run.prefix.rstrip("/"), already=True, standing=standing, checked_at=pointer.checked_at
    )


@step("Mencatat keadaan share", network=True)
def remember(
    run: Listed, books: Submissions, found: Inspection, result: Scored, lease: Lease, notes: Sequence[str]
) -> bool:
    """Record the state for the next run where listings suffice; say whether.

    *lease* was taken before the share was listed. What was written back is listed now; the decisions are
    read once more, so that one which was made meanwhile is not taken for one that was assessed.
    """
    a = result.assessment
    here = around(run, run.listing)
    clear = books.settled and found.settled and not notes and not (run.losses.held or run.losses.count)
    clear = clear and not _racy(run.listing, lease.since)
    if not (clear and _decided_as(run, books, found, a)):
        return False
    unmarked = {one.path for one in unmarked_files(run.listing)}
    with suppress(KeyError):
        cycles = {index["cycle"]: index["run_id"] for index in run.past.earlier.cycles}
        record = {
            "format": _FORMAT,
            "run_id": a.run_id,
            "since": stamp(run.as_of),
            "until": _until(a.links["checked_at"].tolist()),
            "inputs": inputs_of(run, run.listing, cycles, run.past.earlier.peers),
            "around": here,
            "books": {path: sha256 for path, sha256 in books.contents.items() if path in unmarked},
        }
        try:
            run.store.put(_key(run), canonical(record), "application/json")
            return True
        except StoreError as error:
            _log.warning("keadaan share tidak dapat dicatat (%s); berikutnya semua dihitung lagi", error)
    return False


def _key(opened: Opened) -> str:
    return f"{opened.prefix}/{_KEY}"


def _asks_more(opened: Opened) -> bool:
    """Whether the request wants something done that a comparison does not do."""
    asked = opened.request
    return bool(asked.full or asked.units or asked.accept_loss)


def _unswapped(opened: Opened, listing: Listing, books: Mapping[str, str]) -> bool:
    """Return whether the unmarked files whose turn came are unchanged.

    *books*: hashes of the workbooks among them; those of evidence are in the ledger. What has none there
    was not read. Where all is as it was, the ledger notes that they had their turn.
    """
    limits = opened.request.inspect
    unmarked = unmarked_files(listing)
    if not unmarked:
        return True
    ledger = Ledger.load(opened.store, opened.prefix)
    turns = turns_since(ledger.rehashed, today(), limits.rehash_nights)
    known = dict(zip(ledger.paths["path"].to_pylist(), ledger.paths["sha256"].to_pylist(), strict=True))
    known |= books
    paths = (one.path for one in unmarked if known.get(one.path))
    due = [path for path in paths if turn_of(path, limits.rehash_nights) in turns]
    found = bounded_map(partial(hash_of, opened.drive), due, opened.store.workers)
    if any(sha256 != known[path] for path, sha256 in zip(due, found, strict=True)):
        return False
    ledger.rehashed = today()
    ledger.save(opened.store, opened.prefix)
    return True


def today() -> int:
    """Days since 1970."""
    return int(time.time() // 86_400)


def _racy(listing: Listing, since: datetime) -> bool:
    """Whether a file was written right before the run began."""
    early, late = (since - _RACY).timestamp(), (since + timedelta(days=1)).timestamp()
    return any(early <= entry.modified < late for entry in listing.entries)


def _other_cycles(opened: Opened) -> dict[int, str]:
    """The published run of each earlier cycle that is looked at."""
    years = range(opened.cycle - YEARS_BEFORE, opened.cycle)
    found = ((year, latest(opened.store, opened.marker.region, year)) for year in years)
    return {year: pointer.run_id for year, pointer in found if pointer}


def _peers(opened: Opened) -> tuple[Peers, ...]:
    return read_peers(opened.store, opened.marker.region, opened.cycle)


def _until(looks: Sequence[str]) -> str:
    """Until when the looks at links count that counted now."""
    times = [moment(when) for when in looks if when]
    return stamp(min(times) + timedelta(days=AGE_DAYS)) if times else _END


def _decided_as(run: Listed, books: Submissions, found: Inspection, a: Assessment) -> bool:
    """Return whether the decisions now are those *a* was computed with."""
    from iid.tasks.assess.scoring_steps import decisions_now

    if (a.findings["code"] == "decision.workbook_unreadable").any():
        return False
    table, unclear = decisions_now(run, books, found, a.decisions)
    return table.equals(a.decisions) and _among(unclear.to_numpy().tolist(), a.findings.to_numpy().tolist())


def _among(rows: Iterable[list[Any]], others: Iterable[list[Any]]) -> bool:
    return set(map(repr, rows)) <= set(map(repr, others))
