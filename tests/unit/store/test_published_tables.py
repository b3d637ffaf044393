"""CSV and Parquet hold the same values, load with one line of pandas, and never run as a formula."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from iid.tasks.inspect.ledger import arrow_tables, scans
from iid.tasks.store.table_files import read_table, table_files, unescaped
from iid.tasks.values.tables import FINDINGS, FLAG, SCORES, TEXT, WHOLE, frame

SAMPLE = """\
from iid.tasks.store.table_files import table_files
from iid.tasks.values.tables import SCORES, frame
import hashlib
rows = [("pemda", "2a", "SPD", "1.50", 3, 2, None, "4.5", "3", "0", 4, "", "evidence.missing")] * 700
for name, data in table_files("scores", frame(SCORES, rows)):
    print(name, hashlib.sha256(data).hexdigest())
"""

#: Reads what another process wrote (writing starts threads); says how many threads that started.
THREADS = """\
import io, os, pathlib, sys
from iid.tasks.inspect.ledger import arrow_tables as tabling, scans
from iid.tasks.store.table_files import read_table
data = pathlib.Path(sys.argv[2]).read_bytes()
what = sys.argv[1]
table = tabling.parsed(data, scans.SCHEMA) if what in ("facts", "scans") else None
before = len(os.listdir("/proc/self/task"))
{
    "published": lambda: read_table(io.BytesIO(data)),
    "ledger": lambda: tabling.parsed(data, scans.SCHEMA),
    "facts": lambda: tabling.as_pandas(table),
    "scans": lambda: scans._frame(table),
}[what]()
print(len(os.listdir("/proc/self/task")) - before)
"""


def files(table: pd.DataFrame, **more: object) -> dict[str, bytes]:
    return dict(table_files("t", table, **more))  # type: ignore[arg-type]


texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=12)
hostile = st.one_of(
    texts,
    texts.map(lambda text: "=" + text),
    st.sampled_from(["-1.5", "'=1", "\r\n", "@x", "NA", "null", "01"]),
)


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(hostile, hostile, st.none() | st.integers(-(2**53), 2**53), st.booleans()), max_size=6)
)
def test_both_files_hold_the_same_values(rows: list[tuple[str, str, int | None, bool]]) -> None:
    table = frame({"nama": TEXT, 'ket, "a"': TEXT, "n": WHOLE, "f": FLAG}, rows)
    made = files(table)
    parquet = pd.read_parquet(io.BytesIO(made["t.parquet"]))
    csv = pd.read_csv(io.BytesIO(made["t.csv"]), dtype=str, keep_default_na=False)
    assert list(parquet.columns) == list(csv.columns) == list(table.columns)
    as_read = [
        tuple(str(c) if c is not pd.NA else "" for c in row) for row in parquet.itertuples(index=False)
    ]
    expected = [(a, b, "" if n is None else str(n), str(f)) for a, b, n, f in rows]
    assert as_read == expected
    shown = [(unescaped(a), unescaped(b), n, f.capitalize()) for a, b, n, f in csv.itertuples(index=False)]
    assert shown == expected
    pd.testing.assert_frame_equal(read_table(io.BytesIO(made["t.parquet"])), table)


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "'=1", "-", "+62 812"],
)
def test_a_text_that_a_spreadsheet_would_run_is_escaped_in_csv_alone(cell: str) -> None:
    made = files(frame({"a": TEXT}, [(cell,)]))
    [shown] = pd.read_csv(io.BytesIO(made["t.csv"]), dtype=str, keep_default_na=False)["a"]
    assert shown == "'" + cell
    assert unescaped(shown) == cell
    assert list(pd.read_parquet(io.BytesIO(made["t.parquet"]))["a"]) == [cell]


@pytest.mark.parametrize("cell", ["-50.32", "+3", "-1", "1.234,56", "biasa", "'kutip'", "a=b", " =1", ""])
def test_plain_numbers_and_plain_texts_stay_as_they_are(cell: str) -> None:
    [shown] = pd.read_csv(
        io.BytesIO(files(frame({"a": TEXT}, [(cell,)]))["t.csv"]), dtype=str, keep_default_na=False
    )["a"]
    assert shown == cell


def test_csv_is_plain_utf8_with_a_header_and_line_feeds() -> None:
    table = frame({"nama": TEXT, "n": WHOLE, "f": FLAG}, [('é, "x"\ny', 7, True), ("", None, False)])
    assert files(table)["t.csv"].decode("utf-8") == 'nama,n,f\n"é, ""x""\ny",7,true\n,,false\n'
    assert files(frame(FINDINGS, []))["t.csv"].decode() == ",".join(FINDINGS) + "\n"


def test_lists_are_joined_with_a_semicolon() -> None:
    table = pd.DataFrame({"a": pd.Series(["x\ny", "z"], dtype="string"), "b": [["p", "q"], []]})
    assert files(table, lists=("a",))["t.csv"].decode() == "a,b\nx;y,p;q\nz,\n"


def test_whole_numbers_never_turn_into_fractions() -> None:
    table = pd.DataFrame({"a": pd.array([2**53 + 1, None, 0], dtype=WHOLE), "b": pd.array([1, 2, 3], WHOLE)})
    assert files(table)["t.csv"].decode() == "a,b\n9007199254740993,1\n,2\n0,3\n"


def test_a_name_that_is_no_utf8_is_kept_readable() -> None:
    made = files(pd.DataFrame({"a": pd.Series(["bukti\udcff.pdf"], dtype=object)}))
    assert made["t.csv"].decode() == "a\nbukti\\udcff.pdf\n"
    assert list(read_table(io.BytesIO(made["t.parquet"]))["a"]) == ["bukti\\udcff.pdf"]


def test_parquet_keeps_types_and_says_nothing_of_versions_of_pandas() -> None:
    made = files(frame(SCORES, [("pemda", "2a", "SPD", "1.5", 3, None, 0, "4.5", "0", "0", 1, "", "")]))
    notes = pq.read_schema(io.BytesIO(made["t.parquet"])).metadata[b"pandas"]
    assert b"version" not in notes
    table = read_table(io.BytesIO(made["t.parquet"]))
    assert {name: str(kind) for name, kind in table.dtypes.items()} == dict(SCORES)


def test_bytes_do_not_depend_on_hash_seed_locale_or_index() -> None:
    seen = set()
    for seed, locale in (("0", "C"), ("1", "id_ID.UTF-8"), ("77", "C.UTF-8")):
        environment = {
            "PYTHONHASHSEED": seed,
            "LC_ALL": locale,
            "TZ": f"Asia/{'Makassar' if seed == '1' else 'Tokyo'}",
        }
        done = subprocess.run(
            [sys.executable, "-c", SAMPLE], capture_output=True, text=True, check=True, env=environment
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    table = frame({"a": TEXT}, [("x",), ("y",)])
    assert files(table) == files(table.set_index(pd.Index([9, 4])))


@pytest.mark.parametrize("what", ["published", "ledger", "facts", "scans"])
def test_reading_a_table_starts_no_thread_that_could_abort_the_process_at_its_end(
    what: str, tmp_path: Path
) -> None:
    rows = [("pemda", "2a", "SPD", "1.50", 3, 2, None, "4.5", "3", "0", 4, "", "evidence.missing")] * 700
    row = {"sha256": "a" * 64, "version": "1", "text": b"x" * 999, "chars": 1, "pages": 1, "pages_read": 1}
    facts = arrow_tables.serialised(pa.Table.from_pylist([row] * 700, scans.SCHEMA))
    path = tmp_path / "table"
    path.write_bytes(files(frame(SCORES, rows))["t.parquet"] if what == "published" else facts)
    order = [sys.executable, "-c", THREADS, what, str(path)]
    assert subprocess.run(order, capture_output=True, text=True, check=True).stdout == "0\n"
