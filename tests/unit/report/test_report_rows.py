import random

import pandas as pd
import pytest

from iid.tasks.values import row_groups
from iid.tasks.values.row_groups import Grouped, records, stream
from iid.tasks.values.tables import FINDINGS, SCORES, frame


def test_groups_keep_the_order_of_the_table() -> None:
    table = frame(FINDINGS, ({"unit_code": u, "code": c} for u, c in ("b1", "a1", "b2", "a2", "b3")))
    grouped = Grouped(table, "unit_code")
    assert [row["code"] for row in grouped["b"]] == ["1", "2", "3"]
    assert [row["code"] for row in grouped["a"]] == ["1", "2"]


@pytest.mark.parametrize("block", [1, 3, 100])
def test_groups_are_the_same_in_every_order(monkeypatch: pytest.MonkeyPatch, block: int) -> None:
    monkeypatch.setattr(row_groups, "_BLOCK", block)
    rng = random.Random(14)  # noqa: S311
    table = frame(FINDINGS, ({"unit_code": rng.choice("abcdefg"), "code": str(n)} for n in range(40)))
    wanted = {one: [row for row in records(table) if row["unit_code"] == one] for one in "abcdefgx"}
    grouped = Grouped(table, "unit_code")
    for names in ("abcdefgx", "aabbgxfecdab", "gabcdefg"):
        for name in names:
            found = grouped[name]
            assert found == wanted[name]
            found[:1] = [{}]
            for row in found:
                row.clear()


def test_a_name_without_rows_has_an_empty_group() -> None:
    assert Grouped(frame(FINDINGS, []), "unit_code")["x"] == []


def test_missing_numbers_are_none() -> None:
    assert records(frame(SCORES, [{"indicator": "SPD"}]))[0]["claimed_parameter"] is None


def test_streaming_gives_every_row_once() -> None:
    table = pd.DataFrame({"n": range(9001)})
    assert [row["n"] for row in stream(table)] == list(range(9001))
