"""Looking things up by key: types, gaps and texts as the judges rely on them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iid.expectations.rulebook.loading import load
from iid.tasks.sandbox.facts import pack
from iid.tasks.validate.case import Case, Tables, looked_up
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, INNOVATIONS, UNITS, frame

KINDS = ["Int64", "boolean", "string", "bool", "object", "datetime64[s]"]


def _values(kind: str, count: int) -> pd.Series:
    if kind == "datetime64[s]":
        return pd.Series(pd.date_range("2026-01-01", periods=count, unit="s"))
    words = [str(n) for n in range(count)] if kind in ("string", "object") else [n % 2 for n in range(count)]
    return pd.Series(words, dtype=kind)


@pytest.mark.parametrize("kind", KINDS)
@given(known=st.lists(st.text(max_size=3), unique=True), asked=st.lists(st.text(max_size=3)))
def test_looking_up_gives_what_reindexing_gives(kind: str, known: list[str], asked: list[str]) -> None:
    values = _values(kind, len(known)).set_axis(pd.Index(known, dtype="string")).rename("fact")
    keys = pd.Series(asked + known[::2], dtype="string")
    keys.index = keys.index + 7
    expected = values.reindex(keys.array).set_axis(keys.index)
    pd.testing.assert_series_equal(looked_up(keys, values), expected)


def test_a_missing_key_finds_nothing() -> None:
    values = pd.Series([1], index=pd.Index(["a"], dtype="string"), dtype="Int64")
    assert looked_up(pd.Series([pd.NA, "a"], dtype="string"), values).tolist() == [pd.NA, 1]


def test_keys_that_repeat_are_refused() -> None:
    values = pd.Series([1, 2], index=pd.Index(["a", "a"], dtype="string"))
    with pytest.raises(ValueError, match="not unique"):
        looked_up(pd.Series(["a"], dtype="string"), values)


def test_each_content_has_its_own_text_in_any_order_of_the_facts() -> None:
    facts = pd.DataFrame(
        {"sha256": ["cc", "aa", "bb", "aa"], "text": [pack("tiga"), pack("satu"), None, b""]}
    )
    tables = Tables(*(frame(columns, []) for columns in (UNITS, INNOVATIONS, FIELDS, CLAIMS, EVIDENCE)))
    case = Case(tables, load(2026).rulebook, Marker("63.03", "Kabupaten Banjar", "Asia/Makassar"), facts)
    assert [case.text(sha256) for sha256 in ("aa", "bb", "cc", "a", "dd", "", "é")] == [
        "satu",
        "",
        "tiga",
        *[""] * 4,
    ]
