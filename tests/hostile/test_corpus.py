"""Hostile files cost one finding each; nothing hangs, nothing escapes, no other result changes."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from pandas.testing import assert_frame_equal

from iid.tasks.inspect.inspection import Inspection, inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.inspect.ledger.scans import read_scans
from iid.tasks.inspect.local_engine import Here
from iid.tasks.sandbox.facts import text_of
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.values.tables import EVIDENCE, frame

OLD = 1_700_000_000
LIMITS = Limits(cpu_s=2, wall_s=60, memory=700 * MIB, inflated=50 * MIB)

#: What must come out for the files where it is plain what must; the others must only end.
TOLD = {
    "flat bomb.docx": ("docx", "unreadable"),
    "lying bomb.docx": ("docx", "unreadable"),
    "nested bomb.zip": ("zip", ""),
    "many members.zip": ("zip", "unreadable"),
    "path tricks.zip": ("zip", ""),
    "entities.docx": ("docx", "unreadable"),
    "outside entity.docx": ("docx", "unreadable"),
    "entities.xlsx": ("xlsx", "unreadable"),
    "kids in a loop.pdf": ("pdf", "unreadable"),
    "references in a loop.pdf": ("pdf", "unreadable"),
    "billion pages.pdf": ("pdf", "unreadable"),
    "pages that are not there.pdf": ("pdf", "unreadable"),
    "huge page.pdf": ("pdf", ""),
    "much text.pdf": ("pdf", ""),
    "pixels.png": ("png", "unreadable"),
    "pixels within the limit.png": ("png", "unreadable"),
    "pixels.gif": ("gif", "unreadable"),
    "pixels.jpg": ("jpg", "unreadable"),
    "pixels.bmp": ("bmp", "unreadable"),
    "laughs.svg": ("svg", "unreadable"),
    "loop.doc": ("", "unreadable"),
    "nothing.pdf": ("", "unreadable"),
    "gif and pdf.pdf": ("gif", ""),
    "pdf and zip.pdf": ("pdf", ""),
    "script.csv": ("csv", ""),
}


def put(root: Path, files: dict[str, bytes]) -> None:
    root.mkdir(parents=True, exist_ok=True)
    for name, data in files.items():
        (root / name).write_bytes(data)
        os.utime(root / name, (OLD, OLD))


def inspected(root: Path, ledger: Ledger | None = None) -> Inspection:
    drive = FolderDrive(root)
    listing = drive.list()
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file", "size": e.size} for e in listing.entries))
    return inspect_evidence(drive, listing, rows, ledger or Ledger(), workers=2, limits=LIMITS)


@pytest.fixture(scope="module")
def found(corpus, honest, tmp_path_factory) -> Inspection:
    """Everything hostile and everything honest, in one share."""
    root = tmp_path_factory.mktemp("share")
    put(root, {**corpus, **honest})
    return inspected(root)


def test_every_hostile_file_gets_an_answer(found: Inspection, corpus) -> None:
    rows = found.evidence.set_index("source").loc[list(corpus)]
    assert rows["sha256"].str.len().eq(64).all()
    assert set(rows["problem"]) <= {"", "unreadable", "timeout", "encrypted"}
    assert (rows["readable"] == (rows["problem"] == "")).all()


def test_where_it_is_plain_what_a_file_is_that_is_reported(found: Inspection) -> None:
    rows = found.evidence.set_index("source")
    assert {name: tuple(rows.loc[name, ["format", "problem"]]) for name in TOLD} == TOLD


def test_nothing_from_this_machine_gets_into_a_text(found: Inspection) -> None:
    texts = "".join(text_of(text) for text in found.facts["text"])
    assert "root:" not in texts


def test_no_other_result_changes(found: Inspection, honest, tmp_path) -> None:
    put(tmp_path, honest)
    alone = inspected(tmp_path)
    among = found.evidence[found.evidence["source"].isin(honest)].reset_index(drop=True)
    assert_frame_equal(alone.evidence, among)
    assert alone.evidence["readable"].all()


def test_a_second_look_says_the_same_from_the_ledger(corpus, honest, tmp_path) -> None:
    some = ("flat bomb.docx", "entities.docx", "deep catalogue.pdf", "pixels.png")
    put(tmp_path, {**honest, **{name: corpus[name] for name in some}})
    ledger = Ledger()
    first = inspected(tmp_path, ledger)
    assert_frame_equal(inspected(tmp_path, ledger).evidence, first.evidence)


@pytest.mark.skipif(shutil.which("tesseract") is None, reason="tesseract is not installed")
def test_ocr_of_hostile_scans_ends_and_harms_no_other(found: Inspection, corpus, tmp_path) -> None:
    scans = (
        "huge page.pdf",
        "big stream.pdf",
        "form draws itself.pdf",
        "gigabyte picture.pdf",
        "frames in a loop.tiff",
    )
    put(tmp_path, {name: corpus[name] for name in scans})
    (tmp_path / "store").mkdir()
    mine = found.evidence[found.evidence["source"].isin(scans)].assign(counted=True, readable=True)
    read = read_scans(
        FolderDrive(tmp_path),
        mine,
        found.facts.assign(blank=False, scan_pages=1),
        engine=Here(2),
        store=FolderStore(tmp_path / "store"),
        prefix="63.03/2026",
        limits=LIMITS.for_ocr(1),
    )
    assert sorted(read["sha256"]) == sorted(mine["sha256"])


def test_details_are_short_and_on_one_line(found: Inspection) -> None:
    for detail in found.evidence["detail"]:
        assert len(detail) < 250
        assert detail.isprintable()
