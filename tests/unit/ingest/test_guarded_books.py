"""Workbooks are parsed in guarded processes, once for each content; a hostile one costs only itself."""

from __future__ import annotations

import json
import resource
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from read_submissions_help import ROSTER, Innovation, X
from workbook_parts import in_sheet

from iid.expectations.rulebook.loading import load
from iid.tasks.ingest.guarded_books import LIMITS, GuardedBooks
from iid.tasks.ingest.parse_workbook import Asked, parse_here
from iid.tasks.ingest.parsed import check_fit, packed, unpacked
from iid.tasks.sandbox.limits import MIB
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.memory import Memory

RULES = load(2026).rulebook
BOOKS = sorted((Path(__file__).parent / "workbooks").iterdir())
ONE = Asked("2026/01 Dinas/X/inovasi.xlsx", "SID", BOOKS[-1].read_bytes())


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    return FolderStore(tmp_path / "hasil")


@pytest.fixture
def books(store: FolderStore) -> GuardedBooks:
    return GuardedBooks(store, "63.03/2026", "rules", 2)


def asked() -> Iterator[Asked]:
    for path in BOOKS:
        for aspect in ("SID", "SPD"):
            yield Asked(f"2026/01 Dinas/{path.stem}/inovasi.xlsx", aspect, path.read_bytes())


def in_children(act: Any) -> tuple[float, Any]:
    """Processor seconds of all processes that *act* started, and what it gave."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    given = act()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return round(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, 6), given


def test_guarded_processes_read_what_this_process_reads(books: GuardedBooks) -> None:
    assert list(books(asked(), RULES)) == list(parse_here(asked(), RULES))


def test_a_known_content_starts_no_process_and_writes_nothing(
    books: GuardedBooks, store: FolderStore
) -> None:
    first = list(books([ONE], RULES))
    kept = list(store.keys(""))
    seconds, second = in_children(lambda: list(books([ONE], RULES)))
    assert second == first
    assert seconds == 0
    assert list(store.keys("")) == kept


@pytest.mark.parametrize("change", [{"rules": "others"}, {"fresh": True}])
def test_other_rules_and_a_full_run_parse_anew(books: GuardedBooks, change: dict[str, Any]) -> None:
    first = list(books([ONE], RULES))
    seconds, second = in_children(lambda: list(replace(books, **change)([ONE], RULES)))
    assert second == first
    assert seconds > 0


def test_a_spoilt_memory_costs_time_and_no_result(books: GuardedBooks, store: FolderStore) -> None:
    first = list(books([ONE], RULES))
    [key] = store.keys("63.03/2026/_workbooks/")
    store.put(key, store.get(key)[:-5])
    assert list(books([ONE], RULES)) == first


def test_a_workbook_that_takes_too_long_costs_only_itself(books: GuardedBooks, simple: bytes) -> None:
    heavy = in_sheet(simple, b"</sheetData>", b'<row r="40">%b</row></sheetData>' % (b"<c/>" * 2_400_000))
    other = replace(ONE, aspect="SPD")
    quick = replace(books, limits=replace(LIMITS, cpu_s=1))
    first, second, third = quick([ONE, replace(ONE, data=heavy), other], RULES)
    assert "detik waktu prosesor" in second.unreadable
    assert [first, third] == list(parse_here([ONE, other], RULES))
    assert not first.unreadable


def test_copies_of_one_content_are_parsed_once(books: GuardedBooks) -> None:
    copies = [replace(ONE, path=f"2026/01 Dinas/{n}/inovasi.xlsx") for n in range(30)]
    assert list(books(copies, RULES)) == list(parse_here([ONE], RULES)) * 30


def test_what_cannot_be_opened_and_what_is_too_large_says_so(books: GuardedBooks) -> None:
    gone = replace(ONE, data=b"", problem="berkasnya hilang saat dibaca")
    huge = replace(ONE, data=bytes(33 * MIB))
    assert [parsed.unreadable for parsed in books([gone, huge], RULES)] == [
        "berkasnya hilang saat dibaca",
        "ukurannya lebih dari 32 MB",
    ]


def test_a_share_read_by_guarded_processes_gives_the_same_tables(
    share: Any, innovation: Innovation, books: GuardedBooks
) -> None:
    share.put(f"{X}/inovasi.xlsx", innovation({"16": {"Parameter": 3}}))
    share.put("02 Dinas Sosial/Y/inovasi.xlsx", b"x")
    share.put("02 Dinas Sosial/Z/lain.pdf")
    here = share.read(ROSTER)
    for parser in (books, books):  # parsed, and remembered
        other = share.read(ROSTER, parser=parser)
        for name in ("units", "innovations", "fields", "claims", "evidence", "findings"):
            pd.testing.assert_frame_equal(getattr(here, name), getattr(other, name))


def test_a_killed_run_reads_at_most_500_workbooks_again(store: FolderStore) -> None:
    memory = Memory(store, "63.03/2026/_workbooks", "v")
    keys = [(f"{number:064}", "SID") for number in range(1_100)]
    for key in keys:
        memory.learn(key, "{}")
    again = Memory(store, "63.03/2026/_workbooks", "v")  # the first was never saved
    assert sum(again.recall(key) is None for key in keys) <= 500


def test_memory_is_merged_and_freed_of_what_is_outdated(store: FolderStore) -> None:
    old = Memory(store, "63.03/2026/_workbooks", "old")
    old.learn(("a" * 64, "SID"), "{}")
    old.save()
    for night in range(30):
        memory = Memory(store, "63.03/2026/_workbooks", "v")
        memory.learn((f"{night:064}", "SID"), "{}")
        memory.save()
    assert len(list(store.keys("63.03/2026/_workbooks/"))) <= 9
    last = Memory(store, "63.03/2026/_workbooks", "v")
    assert last.recall((f"{29:064}", "SID")) == "{}"
    assert last.recall((f"{1:064}", "SID")) is None


def test_a_parsed_workbook_survives_as_text() -> None:
    for one in parse_here(asked(), RULES):
        assert unpacked(packed(one)) == one


FORGED: list[tuple[str, Any]] = [
    ("claims", []),
    ("claims", None),
    ("claims", [[1, 2]]),
    ("claims", [{"indicator": 16}]),
    ("answered", "3"),
    ("answered", True),
    ("name", None),
    ("design_words", [1]),
    ("remarks", [{"code": "no.such_code"}]),
    ("remarks", [{"code": "submission.repaired"}]),
    ("remarks", [{"code": "submission.repaired", "words": [["unit_code", "x"]]}]),
    ("answers", [{"field": "no_field", "label": ""}]),
    ("unreadable", "\ud800"),
    ("more", 1),
]


@pytest.mark.parametrize(("name", "value"), FORGED)
def test_a_worker_that_was_taken_over_is_not_believed(name: str, value: Any) -> None:
    record = json.loads(packed(next(parse_here([ONE], RULES))))
    with pytest.raises(ValueError):
        check_fit(unpacked(json.dumps({**record, name: value})), RULES, "SID")


@pytest.mark.parametrize("text", ["", "[]", "1", "[" * 100_000, "{"])
def test_what_is_no_parsed_workbook_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        unpacked(text)


@pytest.mark.parametrize(
    ("listed", "settled"), [(True, True), (False, False)], ids=["the listing says so", "reading failed"]
)
def test_only_what_the_listing_says_of_a_workbook_is_the_same_tomorrow(
    books: GuardedBooks, listed: bool, settled: bool
) -> None:
    list(books([ONE, replace(ONE, data=b"", problem="tidak ada hak baca", listed=listed)], RULES))
    assert books.settled is settled
