"""The tables of this package in Arrow: schemas, rows, bytes, and the data frame others see."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from iid.tasks.evidence.facts import FACTS

_ARROW = {"string": pa.string(), "Int64": pa.int64(), "boolean": pa.bool_(), "binary": pa.large_binary()}
_PANDAS = {pa.string(): pd.StringDtype(), pa.int64(): pd.Int64Dtype(), pa.bool_(): pd.BooleanDtype()}

#: FACTS with what only the ledger needs: the content's size, and who said it.
FACTS_SCHEMA = pa.schema(
    [*((name, _ARROW[kind]) for name, kind in FACTS.items()), ("size", pa.int64()), ("version", pa.string())]
)

#: A path as it was listed when its content was read; sorted by path.
PATHS_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("size", pa.int64()),
        ("modified", pa.float64()),
        ("ident", pa.string()),
        ("sha256", pa.string()),
    ]
)

_REPEATED = ("format", "media_type", "problem", "detail", "version")


def no_facts() -> pa.Table:
    """A table of facts without a row."""
    return FACTS_SCHEMA.empty_table()


def no_paths() -> pa.Table:
    """A table of paths without a row."""
    return PATHS_SCHEMA.empty_table()


def facts_rows(records: Iterable[Mapping[str, Any]]) -> pa.Table:
    """*records* (a value for every column) as a table of facts."""
    return pa.Table.from_pylist(list(records), FACTS_SCHEMA)


def paths_rows(columns: Mapping[str, list[Any]]) -> pa.Table:
    """*columns* (a list for every column of PATHS_SCHEMA) as a table, sorted by path."""
    return pa.Table.from_pydict(dict(columns), PATHS_SCHEMA).sort_by("path")


def frame(facts: pa.Table) -> pd.DataFrame:
    """*facts* as the FACTS data frame: sorted by hash, without the ledger's columns."""
    table = facts.select(list(FACTS)).sort_by("sha256")
    return table.to_pandas(types_mapper=lambda kind: _PANDAS.get(kind) or pd.ArrowDtype(kind))


def serialised(table: pa.Table) -> bytes:
    """*table* as Parquet; the texts are compressed already."""
    sink = pa.BufferOutputStream()
    packed = {name: "none" if name == "text" else "zstd" for name in table.schema.names}
    repeated = [name for name in table.schema.names if name in _REPEATED]
    pq.write_table(table, sink, compression=packed, use_dictionary=repeated, write_statistics=False)
    return bytes(sink.getvalue())


def parsed(data: bytes, schema: pa.Schema) -> pa.Table:
    """The table in *data*. Raises ValueError when its columns are not those of *schema*."""
    table = pq.read_table(pa.BufferReader(data))
    if not table.schema.equals(schema):
        raise ValueError("its columns are of another release")
    return table
