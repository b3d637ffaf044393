"""Facts into tables: the ledger's rows, the evidence rows' columns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from iid.tasks.inspect.inspectors.reader_versions import inspector_version
from iid.tasks.inspect.ledger import arrow_tables, description
from iid.tasks.inspect.ledger.known_files import EMPTY_SHA256, Files
from iid.tasks.sandbox.facts import Facts, as_record

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
    facts = arrow_tables.ordered(facts, "sha256")
    hashes, places = files.hashes(), files.places(facts)
    used = np.zeros(facts.num_rows, bool)
    used[places[places >= 0]] = True
    table = arrow_tables.kept(facts, pa.array(used))
    files.moved(table, used)
    if pc.index(hashes, EMPTY_SHA256).as_py() >= 0 and pc.index(table["sha256"], EMPTY_SHA256).as_py() < 0:
        record = {**as_record(_EMPTY), "sha256": EMPTY_SHA256, "size": 0, "text": b"", "version": ""}
        table = arrow_tables.ordered(pa.concat_tables([table, arrow_tables.facts_rows([record])]), "sha256")
    return table


def filled(evidence: pd.DataFrame, files: Files, facts: pa.Table) -> pd.DataFrame:
    """*evidence* with the facts' columns filled, in the same order."""
    of_row = np.append(files.places(facts), -1)[files.rows]  # key -1 is the last place: no facts
    rows = of_row >= 0
    described = facts.select(["sha256", *_COPIED]).take(pa.array(of_row, mask=~rows))
    details = _details(facts, of_row, evidence["source"])
    described = described.append_column("detail", details)
    if not rows.all():
        described = _merged(described, evidence, pa.array(rows))
    known = arrow_tables.as_pandas(described)
    table = evidence.copy(deep=False)
    for name in known.columns:
        table[name] = known[name].array
    _fill_problems(table, files)
    _fill_actual(table, files)
    return table


def _merged(described: pa.Table, evidence: pd.DataFrame, known: pa.Array) -> pa.Table:
    """*described* where *known* holds, elsewhere what *evidence* says."""
    columns = {
        name: pc.if_else(known, described[name], pa.array(evidence[name].array).cast(described[name].type))
        for name in described.column_names
    }
    return pa.table(columns)


def _details(facts: pa.Table, places: np.ndarray, sources: pd.Series) -> pa.Array:
    """Return notes on each row's file: its content (*facts* or -1), its name."""
    special = np.flatnonzero(_is_special(facts))
    # Without the texts: taking rows joins a column's chunks first, a second copy of them all.
    described = description.phrases(facts.select(list(description.COLUMNS)).take(special))
    phrase = np.zeros(facts.num_rows + 1, np.int64)  # 0 is no phrase; the last is the place of no facts
    phrase[special] = np.arange(1, len(special) + 1)
    details = pa.concat_arrays([pa.array([""]), described]).take(pa.array(phrase[places]))
    pictures = pc.is_in(facts["format"], pa.array(description.PICTURES)).to_numpy()
    rows = np.flatnonzero(np.append(pictures, False)[places])
    origins = description.name_origins(arrow_tables.texts(sources).take(pa.array(rows)))
    known_by_name = pc.not_equal(origins, "")
    named = np.zeros(len(places), bool)
    named[rows[known_by_name.to_numpy(False)]] = True
    words = pc.binary_join_element_wise("menurut namanya", origins.filter(known_by_name), ": ")
    before = details.filter(pa.array(named))
    both = pc.if_else(pc.equal(before, ""), words, pc.binary_join_element_wise(before, words, "; "))
    return pc.replace_with_mask(details, pa.array(named), both)


def _is_special(facts: pa.Table) -> np.ndarray:
    """Which contents have more to say than their kind, size and pages."""
    said = [pc.not_equal(facts[name], "") for name in ("detail", "taken_at", "origin")]
    said += [pc.greater(facts[name], 0) for name in ("width", "duration_s", "attachments")]
    said += [facts["macros"], pc.less(facts["text_pages"], facts["pages"])]
    held: np.ndarray = np.logical_or.reduce([pc.fill_null(one, False).to_numpy(False) for one in said])
    return held


def _fill_problems(table: pd.DataFrame, files: Files) -> None:
    """Fill what is wrong with a path: gone, forbidden, unfinished, outside."""
    rows = np.flatnonzero(np.isin(files.rows, list(files.problems)))
    words = [files.problems[key] for key in files.rows[rows]]
    labels = table.index[rows]
    table.loc[labels, "problem"] = [problem for problem, _ in words]
    table.loc[labels, "detail"] = [detail for _, detail in words]
    table.loc[labels, "readable"] = False
    table.loc[files.missing, "problem"] = "missing"
    table.loc[files.missing, "readable"] = False


def _fill_actual(table: pd.DataFrame, files: Files) -> None:
    """Fill size and time, as hashed, of files that changed since the listing."""
    for place in np.flatnonzero(np.isin(files.rows, list(files.actual))):
        size, modified = files.actual[files.rows[place]]
        label = table.index[place]
        table.loc[label, "size"] = size
        table.loc[label, "modified_at"] = iso(modified)


def iso(modified: float) -> str:
    """Seconds since the epoch as the tables write a time."""
    return datetime.fromtimestamp(int(modified), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
