"""Whatever stewards type, delete, sort or duplicate: no entry is lost and nothing unclear is silent."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

ID = "1.01/Siaga"
KEYS = ("16", "17", "35")
COLUMNS = {"G": "Keputusan", "H": "Parameter baru", "I": "Catatan", "J": "Peninjau", "K": "Tanggal"}
WORDS = st.sampled_from(
    ["terima", "Tolak", "turunkan", "terimaa", "ok", "1", "2", "-", "=1+1", "kurang jelas"]
)
TEXT = st.one_of(WORDS, st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=12))
ENTRY = st.tuples(st.integers(2, 4), st.sampled_from(sorted(COLUMNS)), TEXT)
EDITS = st.lists(ENTRY, max_size=6)
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("type"), EDITS),
        st.tuples(st.just("sort"), st.permutations((2, 3, 4))),
        st.tuples(st.just("copy"), st.integers(2, 4)),
        st.tuples(st.just("evidence"), st.integers(0, 2)),
    ),
    min_size=1,
    max_size=4,
)


def entries(sheet: Any) -> set[tuple[str, str]]:
    """Every claim row's entries that say something, as (No, text)."""
    rows = sheet.iter_rows(min_row=2, values_only=True)
    return {
        (str(row[1]), " ".join(str(text).split()))
        for row in rows
        for text in row[6:11]
        if text is not None and str(text).strip() not in {"", "-", "–", "—"}
    }


def apply(review: Any, step: tuple[str, Any], number: int) -> None:
    kind, what = step
    if kind == "evidence":
        review.evidence[what]["sha256"] = f"{number:064x}"
        return

    def change(sheet: Any) -> None:
        if kind == "type":
            for row, column, text in what:
                sheet[f"{column}{row}"].value = text
        elif kind == "copy":
            sheet.append([cell.value for cell in sheet[what]])
        else:
            rows = {n: [cell.value for cell in sheet[n]] for n in what}
            for place, source in zip((2, 3, 4), what, strict=True):
                for column, value in enumerate(rows[source], 1):
                    sheet.cell(place, column, value)

    review.edit("1.01", change)


def kept(review: Any) -> set[tuple[str, str]]:
    from openpyxl import load_workbook

    book = load_workbook(review.folder / "1.01.xlsx")
    return entries(book["Keputusan"]) | entries(book["Riwayat"])


@pytest.fixture
def make(review):
    """A region of one innovation with three claims and its workbook, in a folder."""

    def made(folder: str) -> Any:
        fresh = type(review)(Path(folder), review.rulebook, 2026)
        for key, digit in zip(KEYS, "abc", strict=True):
            fresh.claim(ID, key, 3, digit * 64)
        fresh.run()
        return fresh

    return made


@given(STEPS)
@settings(
    max_examples=15,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
def test_no_entry_is_lost_and_every_row_that_does_not_count_is_reported(make, steps):
    with tempfile.TemporaryDirectory() as folder:
        fresh = make(folder)
        for number, step in enumerate(steps):
            apply(fresh, step, number + 1)
            before = kept(fresh)
            assessment, notes = fresh.run()
            assert notes == []
            assert before <= kept(fresh)
            shown = {source.rpartition("!")[2][1:] for source in assessment.findings["source"].tolist()}
            for row in assessment.decisions.to_dict("records"):
                place = row["source"].rpartition("!")[2][1:]
                replaced = row["state"] == "lapsed" and decided(assessment, row)
                assert row["in_force"] or replaced or place in shown, row


def decided(assessment: Any, row: dict[str, Any]) -> bool:
    table = assessment.decisions
    same = (table["innovation_id"] == row["innovation_id"]) & (table["indicator"] == row["indicator"])
    return bool(table.loc[same, "in_force"].any())
