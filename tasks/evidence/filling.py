"""Facts into tables: the ledger's rows, and the facts' columns of the evidence rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.evidence import about, tabling
from iid.tasks.evidence.facts import Facts, as_record
from iid.tasks.evidence.files import EMPTY_SHA256, Files
from iid.tasks.evidence.versions import inspector_version
from iid.tasks.tables import EVIDENCE

_EMPTY = Facts(media_type="application/x-empty", readable=False, problem="empty")
#: Columns of EVIDENCE that are the content's facts.
_COPIED = (
    "media_type",
    "format",
    "pages",
    "text_sha256",
    "text_chars",
    "duration_s",
    "readable",
    "problem",
)


def row(sha256: str, read: Mapping[str, Any], text: bytes) -> dict[str, Any]:
    """The ledger's row of a content, from a worker's checked answer."""
    facts = read["facts"]
    own = {
        "sha256": sha256,
        "size": read["size"],
        "text": text,
        "version": inspector_version(facts["format"]),
    }
    return {**facts, **own}


def used_facts(facts: pa.Table, files: Files) -> pa.Table:
    """The facts of the contents that *files* hold, sorted by hash."""
    used = pa.array(files.sha256, pa.string()).unique()
    table = tabling.kept(facts, pc.is_in(facts["sha256"], used))
    if EMPTY_SHA256 in files.sha256 and not pc.any(pc.equal(table["sha256"], EMPTY_SHA256)).as_py():
        record = {**as_record(_EMPTY), "sha256": EMPTY_SHA256, "size": 0, "text": b"", "version": ""}
        table = pa.concat_tables([table, tabling.facts_rows([record])])
    return tabling.ordered(table, "sha256")


def filled(evidence: pd.DataFrame, files: Files, facts: pa.Table) -> pd.DataFrame:
    """*evidence* with the facts' columns filled, in the same order."""
    table = evidence.copy()
    place = pc.index_in(pa.array(files.sha256, pa.string()), facts["sha256"])
    of_key = np.append(pc.fill_null(place, -1).to_numpy(False), -1)
    of_row = of_key[files.rows]  # key -1 is the last place: no facts
    rows = of_row >= 0
    known = facts.select(["sha256", *_COPIED]).to_pandas()
    for name in known.columns:
        values = known[name].astype(EVIDENCE[name]).array.take(of_row[rows])
        if rows.all():
            table[name] = values
        else:
            table.loc[rows, name] = values
    table.loc[rows, "detail"] = _details(facts, of_row[rows], table.loc[rows, "source"])
    _fill_problems(table, files)
    _fill_actual(table, files)
    return table


def _details(facts: pa.Table, places: np.ndarray, sources: pd.Series) -> np.ndarray:
    """What is worth knowing of each file: of its content (*places* in *facts*), and of its name."""
    special = np.flatnonzero(_is_special(facts))
    phrases = np.full(facts.num_rows, "", dtype=object)
    # Without the texts: taking rows joins a column's chunks first, a second copy of them all.
    told = facts.select(list(about.COLUMNS)).take(special)
    phrases[special] = [about.about(record) for record in told.to_pylist()]
    details: np.ndarray = phrases[places]
    pictures = pc.is_in(facts["format"], pa.array(about.PICTURES)).to_numpy(False)[places]
    names = sources.to_numpy(object)
    for row in np.flatnonzero(pictures):  # few names tell anything
        origin = about.name_origin(names[row].rpartition("/")[2])
        if origin:
            details[row] = "; ".join(filter(None, (details[row], f"menurut namanya: {origin}")))
    return details


def _is_special(facts: pa.Table) -> np.ndarray:
    """Which contents have more to tell than their kind, size and pages."""
    said = [pc.not_equal(facts[name], "") for name in ("detail", "taken_at", "origin")]
    said += [pc.greater(facts[name], 0) for name in ("width", "duration_s", "attachments")]
    said += [facts["macros"], pc.less(facts["text_pages"], facts["pages"])]
    held: np.ndarray = np.logical_or.reduce([pc.fill_null(one, False).to_numpy(False) for one in said])
    return held


def _fill_problems(table: pd.DataFrame, files: Files) -> None:
    """What is wrong with the path itself: gone, forbidden, still being written, outside the share."""
    rows = np.flatnonzero(np.isin(files.rows, list(files.problems)))
    words = [files.problems[key] for key in files.rows[rows]]
    labels = table.index[rows]
    table.loc[labels, "problem"] = [problem for problem, _ in words]
    table.loc[labels, "detail"] = [detail for _, detail in words]
    table.loc[labels, "readable"] = False
    table.loc[files.missing, "problem"] = "missing"
    table.loc[files.missing, "readable"] = False


def _fill_actual(table: pd.DataFrame, files: Files) -> None:
    """Size and time of files that changed between listing and reading: those of what was hashed."""
    for place in np.flatnonzero(np.isin(files.rows, list(files.actual))):
        size, modified = files.actual[files.rows[place]]
        label = table.index[place]
        table.loc[label, "size"] = size
        table.loc[label, "modified_at"] = iso(modified)


def iso(modified: float) -> str:
    """Seconds since the epoch as the tables write a time."""
    return datetime.fromtimestamp(int(modified), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
