"""Evidence rows come out with what each file is."""

from __future__ import annotations

import hashlib
import os

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.ledger.known_files import EMPTY_SHA256
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.facts import FACTS, text_of
from iid.tasks.values.errors import DriveError
from iid.tasks.values.tables import EVIDENCE

PREFIX = "63.03/2026"
REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"


def by_name(found: Inspection) -> pd.DataFrame:
    return found.evidence.set_index(found.evidence["source"].str.split("/").str[-1])


def test_every_column_of_a_file_is_filled(filled, run) -> None:
    row = by_name(run()).loc["sk.pdf"]
    assert (row["format"], row["media_type"], row["pages"]) == ("pdf", "application/pdf", 2)
    assert row["readable"]
    assert (row["problem"], row["detail"]) == ("", "")
    assert row["text_chars"] == len("keputusan bupati inovasi sipandu")
    assert row["sha256"] == hashlib.sha256((filled.root / row["source"]).read_bytes()).hexdigest()


def test_each_trouble_is_reported(filled, run) -> None:
    rows = by_name(run([{"source": "01 Dinas/tidak ada.pdf", "kind": "file"}]))
    shown = {
        name: (rows.loc[name, "problem"], bool(rows.loc[name, "readable"]))
        for name in ("kosong.pdf", "rusak.pdf", "kunci.pdf", "tidak ada.pdf", "foto.jpg")
    }
    assert shown == {
        "kosong.pdf": ("empty", False),
        "rusak.pdf": ("unreadable", False),
        "kunci.pdf": ("encrypted", False),
        "tidak ada.pdf": ("missing", False),
        "foto.jpg": ("", True),
    }
    assert rows.loc["kosong.pdf", "sha256"] == EMPTY_SHA256
    assert rows.loc["surat.pdf", "format"] == "docx"


def test_order_and_all_other_rows_are_kept(filled, run) -> None:
    link = {"source": "https://youtu.be/x", "kind": "link", "format": "link", "readable": True}
    missing = {"source": "y.pdf", "kind": "file", "problem": "missing", "detail": "kata pembaca"}
    before = filled.evidence(link, missing)[1]
    after = run([link, missing]).evidence
    assert list(after["source"]) == list(before["source"])
    assert_frame_equal(after.iloc[-2:], before.iloc[-2:])
    assert after.dtypes.to_dict() == before.dtypes.to_dict() == dict(EVIDENCE)


def test_identical_content_is_inspected_once_and_reported_for_every_copy(filled, run, spy) -> None:
    rows = by_name(run(workers=2))
    assert rows.loc["sk.pdf", "sha256"] == rows.loc["salinan sk.pdf", "sha256"]
    assert sorted(inspected for name, inspected in spy.answered if "sk.pdf" in name) == [False, True]


def test_facts_have_one_row_a_content_with_its_text(filled, run) -> None:
    found = run()
    assert list(found.facts) == list(FACTS)
    assert found.facts["sha256"].is_unique
    assert list(found.facts["sha256"]) == sorted(set(found.evidence["sha256"]))
    row = found.facts.set_index("sha256").loc[by_name(found).loc["sk.pdf", "sha256"]]
    assert "Inovasi SIPANDU" in text_of(row["text"])
    picture = found.facts.set_index("sha256").loc[by_name(found).loc["foto.jpg", "sha256"]]
    assert len(picture["thumbnail"]) == 768


def test_links_named_out_of_the_share_are_not_opened(filled, run, tmp_path) -> None:
    secret = tmp_path / "secret.pdf"
    secret.write_bytes(b"%PDF-1.7")
    (filled.root / REGULATION / "keluar.pdf").symlink_to(secret)
    os.mkfifo(filled.root / REGULATION / "pipa.pdf")
    rows = by_name(run())
    assert rows.loc["keluar.pdf", "problem"] == "outside_share"
    assert rows.loc["pipa.pdf", ["problem", "detail", "sha256"]].tolist() == [
        "unreadable",
        "bukan berkas biasa",
        "",
    ]


def test_a_file_that_vanishes_after_the_listing_is_missing(filled, make) -> None:
    listing, evidence = filled.evidence()
    (filled.root / REGULATION / "foto.jpg").unlink()
    rows = by_name(inspect_evidence(make.drive(filled.root), listing, evidence, Ledger()))
    assert rows.loc["foto.jpg", ["problem", "sha256"]].tolist() == ["missing", ""]
    assert not rows.loc["foto.jpg", "readable"]


def test_a_file_that_changed_after_the_listing_is_reported_as_it_was_read(filled, make, store) -> None:
    listing, evidence = filled.evidence()
    filled.put(REGULATION + "foto.jpg", make.picture(size=(50, 50)), when=1_700_009_999)
    ledger = Ledger()
    row = by_name(inspect_evidence(make.drive(filled.root), listing, evidence, ledger)).loc["foto.jpg"]
    data = (filled.root / REGULATION / "foto.jpg").read_bytes()
    assert (row["sha256"], row["size"]) == (hashlib.sha256(data).hexdigest(), len(data))
    assert row["modified_at"] == "2023-11-15T00:59:59Z"
    assert REGULATION + "foto.jpg" not in ledger.paths["path"].to_pylist()


def test_a_share_that_is_unmounted_meanwhile_fails_the_run(filled, make, monkeypatch) -> None:
    listing, evidence = filled.evidence()
    drive = make.drive(filled.root)
    answers = iter([True, False])
    monkeypatch.setattr(drive, "exists", lambda path: next(answers))
    with pytest.raises(DriveError, match="terlepas"):
        inspect_evidence(drive, listing, evidence, Ledger())


@pytest.mark.parametrize("workers", [1, 3])
@pytest.mark.parametrize("paths", [True, False])
def test_results_do_not_depend_on_workers_or_on_how_files_are_reached(
    filled, run, workers, paths, make
) -> None:
    first = run()
    listing, evidence = filled.evidence()
    other = inspect_evidence(
        make.drive(filled.root, paths=paths), listing, evidence, Ledger(), workers=workers
    )
    assert_frame_equal(other.evidence, first.evidence)
    assert_frame_equal(other.facts, first.facts)


def test_progress_counts_up_to_all_files(filled, run) -> None:
    seen: list[tuple[int, int]] = []
    run(progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (7, 7)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    seen.clear()
    run(progress=lambda done, total: seen.append((done, total)))
    assert seen == [(7, 7)]


def test_no_evidence_needs_no_worker(share, make, spy) -> None:
    listing, evidence = share.evidence()
    found = inspect_evidence(make.drive(share.root), listing, evidence, Ledger())
    assert (len(found.evidence), len(found.facts), spy.answered) == (0, 0, [])
    assert list(found.facts) == list(FACTS)
