"""What is known is not read again, and the result is the same."""

from __future__ import annotations

import hashlib
import os
import time
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.inspectors import reader_versions
from iid.tasks.inspect.ledger.ledger import Ledger

PREFIX = "63.03/2026"
REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"


def by_name(found: Inspection) -> pd.DataFrame:
    return found.evidence.set_index(found.evidence["source"].str.split("/").str[-1])


def test_an_unchanged_share_is_not_read_again(filled, run, spy) -> None:
    first = run()
    again = run()
    assert spy.answered == []
    assert_frame_equal(again.evidence, first.evidence)
    assert_frame_equal(again.facts, first.facts)


def test_a_changed_file_alone_is_read(filled, run, spy, make) -> None:
    run()
    filled.put(REGULATION + "foto.jpg", make.picture(seed=3), when=1_700_000_777)
    rows = by_name(run())
    assert spy.answered == [("foto.jpg", True)]
    assert rows.loc["foto.jpg", "readable"]


def test_touched_renamed_moved_and_copied_files_are_hashed_and_not_inspected(filled, run, spy, make) -> None:
    run()
    folder = filled.root / REGULATION
    os.utime(folder / "foto.jpg", (1_700_000_999, 1_700_000_999))
    (folder / "sk.pdf").rename(folder / "keputusan.pdf")
    filled.put("02 Desa/Lain/bukti/16/kunci 2.pdf", (folder / "kunci.pdf").read_bytes())
    rows = by_name(run())
    assert spy.answered == [("foto.jpg", False), ("keputusan.pdf", False), ("kunci 2.pdf", False)]
    assert rows.loc["kunci 2.pdf", "problem"] == "encrypted"


def test_a_file_written_just_now_is_hashed_again_next_time(filled, run, spy, make) -> None:
    filled.put(REGULATION + "baru.pdf", make.pdf("baru"), when=time.time())
    run()
    run()
    assert spy.answered == [("baru.pdf", False)]


def test_a_new_inspector_inspects_its_kind_again_and_no_other(filled, run, spy, monkeypatch) -> None:
    first = run()
    monkeypatch.setitem(reader_versions.VERSIONS, "image", 99)
    reader_versions.inspector_version.cache_clear()
    try:
        again = run()
    finally:
        monkeypatch.undo()
        reader_versions.inspector_version.cache_clear()
    assert spy.answered == [("foto.jpg", True)]
    assert_frame_equal(again.evidence, first.evidence)


@pytest.mark.parametrize("harm", ["lost", "manifest", "cut", "flipped", "objects lost", "other release"])
def test_a_spoilt_ledger_costs_time_and_no_result(filled, run, spy, store, harm: str) -> None:
    first = run()
    folder = Path(store.url) / PREFIX / "_ledger"
    for path in folder.iterdir():
        data = path.read_bytes()
        if harm == "lost" or (harm == "objects lost" and path.suffix == ".arrow"):
            path.unlink()
        elif (harm == "manifest" and path.name == "manifest.json") or (
            harm == "cut" and path.suffix == ".arrow"
        ):
            path.write_bytes(data[: len(data) // 2])
        elif harm == "flipped" and path.suffix == ".arrow":
            path.write_bytes(data[:99] + bytes([data[99] ^ 1]) + data[100:])
        elif harm == "other release" and path.name == "manifest.json":
            path.write_bytes(data.replace(b'"format": 1', b'"format": 99'))
    again = run()
    assert len(spy.answered) == 6  # all but the empty file
    assert_frame_equal(again.evidence, first.evidence)
    assert_frame_equal(again.facts, first.facts)
    run()
    assert spy.answered == []


def test_fresh_ignores_the_ledger_for_all_or_for_some_units(filled, run, spy) -> None:
    first = run()
    again = run(fresh=True)
    assert [inspected for _, inspected in spy.answered].count(True) == 5
    assert_frame_equal(again.facts, first.facts)
    some = run(fresh_units=["02 Desa"])
    assert spy.answered == [("surat.pdf", True)]
    assert_frame_equal(some.evidence, first.evidence)
    run()
    assert spy.answered == []


def test_a_run_over_a_part_of_the_evidence_forgets_nothing_of_the_rest(
    share, store, make, filled, run, spy
) -> None:
    run()
    listing, evidence = share.evidence()
    ledger = Ledger.load(store, PREFIX)
    part = evidence[evidence["unit_code"] == "02 Desa"].reset_index(drop=True)
    inspect_evidence(make.drive(share.root), listing, part, ledger)
    ledger.save(store, PREFIX)
    run()
    assert spy.answered == []


def test_a_deleted_file_leaves_the_index(filled, run, store) -> None:
    run()
    (filled.root / REGULATION / "foto.jpg").unlink()
    run()
    assert REGULATION + "foto.jpg" not in Ledger.load(store, PREFIX).paths["path"].to_pylist()


def test_a_file_that_changed_unseen_is_found_out_and_its_copies_stay_right(filled, make) -> None:
    """Its facts are lost, its time is as before: it stands for its copy until it is read."""
    listing, evidence = filled.evidence()
    ledger = Ledger()
    inspect_evidence(make.drive(filled.root), listing, evidence, ledger)
    path = filled.root / REGULATION / "salinan sk.pdf"
    was = path.stat()
    path.write_bytes(path.read_bytes().replace(b"Type", b"Typf", 1))
    os.utime(path, ns=(was.st_atime_ns, was.st_mtime_ns))
    ledger.facts = ledger.facts.slice(0, 0)
    rows = by_name(inspect_evidence(make.drive(filled.root), listing, evidence, ledger))
    assert rows.loc["salinan sk.pdf", "sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
    assert rows.loc["sk.pdf", ["pages", "problem"]].tolist() == [2, ""]
