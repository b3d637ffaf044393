"""Tables of evidence are taken apart and put in order without copying what stays together."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger import arrow_tables
from iid.tasks.inspect.ledger.ledger import Ledger

REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"
numbers = st.integers(1, 200).flatmap(
    lambda size: st.tuples(st.just(size), st.lists(st.integers(0, size - 1), max_size=size))
)


@given(numbers)
def test_rows_are_those_asked_for_in_their_order(asked: tuple[int, list[int]]) -> None:
    size, wanted = asked
    whole = pa.table({"n": range(size)})
    table = pa.concat_tables([whole.slice(0, size // 3), whole.slice(size // 3)])
    assert arrow_tables.rows_of(table, np.array(wanted, np.int64)).to_pydict() == {"n": wanted}


def test_a_few_rows_that_come_and_go_move_no_others() -> None:
    table = pa.table({"n": [*range(9000), 4000, 10]})
    held = arrow_tables.ordered(table, "n")
    assert held["n"].to_pylist() == sorted(table["n"].to_pylist())
    first = held["n"].chunk(0).buffers()[1].address
    assert first == table["n"].chunk(0).buffers()[1].address


@given(st.sets(st.text("abAé😀\uffff", max_size=3)), st.sets(st.text("abAé😀\uffff", max_size=3)))
def test_sorted_tables_are_merged_like_sorting_them(some: set[str], others: set[str]) -> None:
    one, other = (pa.table({"t": pa.array(sorted(names), pa.string())}) for names in (some, others - some))
    assert arrow_tables.merged(one, other, "t")["t"].to_pylist() == sorted(some | others)


def test_many_rows_are_merged_too() -> None:
    one, other = (pa.table({"t": [f"{n:05}" for n in range(start, 4000, 2)]}) for start in (0, 1))
    assert arrow_tables.merged(one, other, "t")["t"].to_pylist() == [f"{n:05}" for n in range(4000)]


def test_many_scattered_rows_become_one_piece() -> None:
    table = pa.table({"n": range(3000)})
    held = arrow_tables.kept(table, pa.array(np.arange(3000) % 2 == 0))
    assert held["n"].to_pylist() == list(range(0, 3000, 2))
    assert held["n"].num_chunks == 1


def test_what_is_stored_is_the_same_however_it_lies_in_memory() -> None:
    whole = pa.table({"n": range(100)})
    pieces = pa.concat_tables([whole.slice(0, 40), whole.slice(40)])
    assert arrow_tables.serialised(pieces) == arrow_tables.serialised(whole)


@pytest.mark.parametrize("nights", [1, 4, 12])
def test_after_any_number_of_nights_the_tables_are_those_of_a_fresh_look(
    filled, run, make, spy, nights: int
) -> None:
    run()
    for night in range(nights):
        filled.put(REGULATION + "foto.jpg", make.picture(seed=night), when=1_700_000_100 + night)
        run()
        assert [name for name, _ in spy.answered] == ["foto.jpg"]
    again = run()
    assert spy.answered == []
    listing, evidence = filled.evidence()
    fresh = inspect_evidence(make.drive(filled.root), listing, evidence, Ledger())
    for shown, known in ((again.evidence, fresh.evidence), (again.facts, fresh.facts)):
        assert_frame_equal(shown, known)
        assert shown.to_csv() == known.to_csv()


def test_evidence_in_another_order_gives_the_same_rows(filled, run, make) -> None:
    known = run().evidence
    listing, evidence = filled.evidence()
    turned = evidence.iloc[::-1]
    found = inspect_evidence(make.drive(filled.root), listing, turned, Ledger()).evidence
    assert_frame_equal(found.iloc[::-1], known)
