"""Feedback of a closing that ended between publishing and telling the units: made up from the final run."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from iid.tasks.assessment import Assessment
from iid.tasks.drives.base import Entry, Listing
from iid.tasks.drives.reasons import said
from iid.tasks.errors import IidError
from iid.tasks.feedback.writing import write_feedback
from iid.tasks.stepping.picture import rulebook_of
from iid.tasks.steps import Opened
from iid.tasks.stores.frozen import CLOSING
from iid.tasks.stores.reading import Latest, Run, read_run

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Fields of an Assessment by the published table they come from.
_TABLES = {
    **{name: name for name in ("units", "innovations", "profiles", "fields", "claims", "scores")},
    **{name: name for name in ("findings", "decisions", "links", "decision_log")},
    "evidence": "evidence_all",
}


def tell_units(opened: Opened, last: Latest, listing: Listing) -> tuple[str, ...]:
    """Bring each unit's feedback to the final run *last*, as its closing would have; what failed, as notes.

    *listing*: the share as it is now. Feedback that is there already is not touched.
    """
    try:
        run = read_run(opened.store, opened.marker.region, opened.cycle, last.run_id)
        if CLOSING not in run.files:  # of an older version, which told nothing
            return ()
        counted = as_closed(listing, run.json(CLOSING))
        return tuple(write_feedback(opened.drive, _assessment(opened, run), counted, opened.roster))
    except (IidError, OSError) as error:
        return (f"umpan balik tidak ditulis ({said(error)})",)
    except (KeyError, TypeError, ValueError):  # the closing itself is done; it must not fail for this
        return ("umpan balik tidak ditulis (isi closing.json tidak lengkap)",)


def as_closed(listing: Listing, closing: Mapping[str, Any]) -> Listing:
    """*listing* with the files that counted when the cycle was closed, as ``closing.json`` recorded them."""
    late = {one["source"] for one in closing["late"] if not one["counted"]}
    problems = {entry.path: entry.problem for entry in listing.entries}
    entries = (
        Entry(one["source"], one["size"], one["modified"], problem=problems.get(one["source"], ""))
        for one in closing["files"]
        if one["source"] not in late
    )
    return replace(listing, entries=tuple(entries))


def _assessment(opened: Opened, run: Run) -> Assessment:
    """The assessment that was published as *run*. StoreError where a table is missing or altered."""
    index = run.json("index.json")
    return Assessment(
        marker=opened.marker,
        cycle=opened.cycle,
        rulebook=rulebook_of(run),
        rulebook_sha256=index["rulebook"]["sha256"],
        run_id=run.run_id,
        as_of=datetime.fromisoformat(index["as_of"]),
        status=index["status"],
        index=index,
        **{name: run.table(table) for name, table in _TABLES.items()},
    )
