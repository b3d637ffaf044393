"""Feedback that a closing did not write: made from the final run."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from iid.tasks.assess.reading_steps import Opened
from iid.tasks.close.late import LATE
from iid.tasks.feedback.write_feedback import write_feedback
from iid.tasks.shares.drive import Entry, Listing
from iid.tasks.store.closed_cycle import CLOSING
from iid.tasks.store.published_run import Latest, Run, read_run
from iid.tasks.text.os_errors import said
from iid.tasks.values.assessment import Assessment
from iid.tasks.values.errors import IidError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping


def inform_units(opened: Opened, last: Latest, listing: Listing) -> tuple[str, ...]:
    """Write the feedback of final run *last*; return failures as notes.

    *listing*: the share as it is now. Feedback that is there already is not touched.
    """

    def write(run: Run) -> Iterator[str]:
        if CLOSING not in run.files:  # of an older version, which informed nobody
            return iter(())
        counted = as_closed(listing, run.json(CLOSING))
        return write_feedback(opened.drive, Assessment.load(run, opened.marker), counted, opened.roster)

    return _from_run(opened, last.run_id, write)


def inform_reopened(opened: Opened, run_id: str, listing: Listing) -> tuple[str, ...]:
    """Write the feedback of *run_id* for a cycle reopened; return notes.

    Findings that something came too late are left out: the next run counts it.
    """

    def write(run: Run) -> Iterator[str]:
        closed = Assessment.load(run, opened.marker)
        findings = closed.findings[~closed.findings["code"].isin(LATE)]
        shown = replace(closed, status="provisional", closing={}, findings=findings)
        return write_feedback(opened.drive, shown, listing, opened.roster)

    return _from_run(opened, run_id, write)


def _from_run(opened: Opened, run_id: str, write: Callable[[Run], Iterator[str]]) -> tuple[str, ...]:
    try:
        return tuple(write(read_run(opened.store, opened.marker.region, opened.cycle, run_id)))
    except (IidError, OSError) as error:
        return (f"umpan balik tidak ditulis ({said(error)})",)
    except (KeyError, TypeError, ValueError):  # what was asked for is done; it must not fail for this
        return ("umpan balik tidak ditulis (isi closing.json tidak lengkap)",)


def as_closed(listing: Listing, closing: Mapping[str, Any]) -> Listing:
    """Return *listing* with the files as ``closing.json`` recorded them."""
    late = {one["source"] for one in closing["late"] if not one["counted"]}
    problems = {entry.path: entry.problem for entry in listing.entries}
    entries = (
        Entry(one["source"], one["size"], one["modified"], problem=problems.get(one["source"], ""))
        for one in closing["files"]
        if one["source"] not in late
    )
    return replace(listing, entries=tuple(entries))
