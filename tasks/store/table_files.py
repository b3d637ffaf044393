"""Published tables as CSV and Parquet: the same bytes on every machine.

CSV is what Excel and people open, so a text that a spreadsheet would run as a formula
gets a single quote in front; Parquet holds every text as it is. See docs/store.md.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Collection, Iterator
from typing import IO, Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

#: What makes a spreadsheet read a text as a formula (also the full-width signs), quotes before it or none.
_FORMULA = re.compile(r"^'*[=+\-@\t\r\n＝＋－＠]")
_NUMBER = re.compile(r"^[+-]?\d+([.,]\d+)*$")
_ESCAPED = re.compile(r"^'+[=+\-@\t\r\n＝＋－＠]")


def table_files(name: str, table: pd.DataFrame, lists: Collection[str] = ()) -> Iterator[tuple[str, bytes]]:
    """Yield *table* as ``<name>.csv`` and ``<name>.parquet``, in its order.

    Columns in *lists* hold one item a line (or Python lists); they are published with ``;``.
    """
    plain = _plain(table, lists)
    yield f"{name}.csv", csv_bytes(plain)
    yield f"{name}.parquet", parquet_bytes(plain)


def csv_bytes(table: pd.DataFrame) -> bytes:
    """Write UTF-8 CSV: comma, ``\\n``, one header row, missing cells empty."""
    cells = shown(table)
    for name in cells.columns:
        if not isinstance(table[name].dtype, _Nullable):
            cells[name] = cells[name].map(_escaped).astype("string")
    # Python's writer leaves a lone carriage return unquoted, and readers take it for a line's end.
    returns = any(cells[name].str.contains("\r", regex=False).any() for name in cells.columns)
    quoting = csv.QUOTE_ALL if returns else csv.QUOTE_MINIMAL
    text = cells.to_csv(index=False, lineterminator="\n", quoting=quoting)
    return str(text).encode("utf-8")


def parquet_bytes(table: pd.DataFrame) -> bytes:
    """Write Parquet (Zstandard): text, whole numbers, flags, no versions."""
    arrow = pa.Table.from_pandas(table, schema=_schema(table), preserve_index=False)
    notes = json.loads(arrow.schema.metadata[b"pandas"])
    for changing in ("creator", "pandas_version"):
        notes.pop(changing, None)
    arrow = arrow.replace_schema_metadata({"pandas": json.dumps(notes, sort_keys=True)})
    stream = io.BytesIO()
    pq.write_table(arrow, stream, compression="zstd")
    return stream.getvalue()


def read_table(source: IO[bytes]) -> pd.DataFrame:
    """Read a published Parquet file with :mod:`iid.tasks.values.tables` types.

    No threads: one of Arrow's that releases *source* while Python ends aborts the process,
    and a command that had said all it should would exit with 134 (apache/arrow#34314).
    """
    arrow = pq.ParquetFile(source, pre_buffer=False).read(use_threads=False)
    table = arrow.to_pandas(use_threads=False)
    types = {name: "string" for name in table.columns if not isinstance(table[name].dtype, _Nullable)}
    return table.astype(types)


def shown(table: pd.DataFrame) -> pd.DataFrame:
    """Return every cell as shown: missing is ``""``, flags true and false."""
    return pd.DataFrame({name: _as_text(table[name]) for name in table.columns})


def unescaped(text: str) -> str:
    """Return the text behind an escaped CSV cell, without the guarding quote."""
    return text[1:] if _ESCAPED.match(text) else text


_Nullable = (pd.Int64Dtype, pd.BooleanDtype)


def _plain(table: pd.DataFrame, lists: Collection[str]) -> pd.DataFrame:
    columns = {}
    for name in table.columns:
        column = table[name]
        if isinstance(column.dtype, _Nullable):
            columns[name] = column.reset_index(drop=True)
        elif name not in lists and getattr(column.dtype, "storage", "") == "pyarrow":  # all is UTF-8 there
            columns[name] = column.fillna("").reset_index(drop=True).astype("string")
        else:
            values = [_cell(value, joined=name in lists) for value in column]
            columns[name] = pd.Series(values, dtype="string")
    return pd.DataFrame(columns)


def _cell(value: Any, *, joined: bool) -> str:
    if isinstance(value, (list, tuple)):
        text = ";".join(str(item) for item in value)
    else:
        text = "" if pd.isna(value) else str(value)
        text = ";".join(text.splitlines()) if joined else text
    # Names from a drive may hold bytes that are no UTF-8; they come as lone surrogates.
    return text.encode("utf-8", "backslashreplace").decode("utf-8")


def _as_text(column: pd.Series) -> pd.Series:
    if isinstance(column.dtype, pd.BooleanDtype):
        return column.map({True: "true", False: "false"}).astype("string").fillna("")
    return column.astype("string").fillna("")


def _escaped(text: str) -> str:
    return f"'{text}" if _FORMULA.match(text) and not _NUMBER.match(text) else text


def _schema(table: pd.DataFrame) -> pa.Schema:
    kinds = {pd.Int64Dtype: pa.int64(), pd.BooleanDtype: pa.bool_()}
    return pa.schema([(name, kinds.get(type(table[name].dtype), pa.string())) for name in table.columns])
