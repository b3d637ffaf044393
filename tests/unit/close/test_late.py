"""What changed after the deadline: content decides where it was recorded in time, else the date does."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from iid.expectations.rulebook.loading import load
from iid.tasks.assess.reading_steps import Opened, Past, listed, read_workbooks
from iid.tasks.assess.request import AssessRequest
from iid.tasks.close.closing_steps import CloseOrder, Frozen, freeze
from iid.tasks.close.late import NO_PROOF
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.closed_cycle import evidence_prefix
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import publish
from iid.tasks.store.table_files import table_files
from iid.tasks.values.errors import GuardError
from iid.tasks.values.region import Marker
from iid.tasks.values.tables import CLAIMS, EVIDENCE, FIELDS, frame
from iid.tasks.values.timetable import Deadline

DEADLINE = Deadline(datetime(2026, 8, 31, 15, 59, 59, tzinfo=UTC), "given")
BEFORE, AFTER = datetime(2026, 8, 30, tzinfo=UTC), datetime(2026, 9, 5, tzinfo=UTC)
FOLDER = "2026/105 Dinas Contoh/Antre Mudah"
SK, FOTO, BOOK = f"{FOLDER}/bukti/16/SK.pdf", f"{FOLDER}/bukti/16/foto.jpg", f"{FOLDER}/inovasi.xlsx"
Freeze = Callable[..., Frozen]


@pytest.fixture
def opened(tmp_path: Path) -> Opened:
    """A share of three files from before the deadline."""
    share = tmp_path / "share"
    for path, data in ((SK, b"surat keputusan"), (FOTO, b"foto"), (BOOK, b"bukan buku kerja")):
        (share / path).parent.mkdir(parents=True, exist_ok=True)
        (share / path).write_bytes(data)
        dated(share / path, BEFORE)
    drive, store = FolderDrive(share), FolderStore(tmp_path / "hasil")
    request = AssessRequest(share=str(share), store=str(tmp_path / "hasil"), cycle=2026)
    marker = Marker("63.03", "Banjar", "Asia/Makassar")
    return Opened(load(2026), drive, store, marker, None, request, DEADLINE.moment)


def dated(path: Path, when: datetime) -> None:
    os.utime(path, (when.timestamp(), when.timestamp()))


def path_of(opened: Opened, name: str) -> Path:
    return Path(opened.drive.url) / name


def frozen(opened: Opened, deadline: Deadline = DEADLINE) -> Frozen:
    return freeze(listed(opened, Past(), opened.drive.list("2026")), CloseOrder(AFTER), deadline)


def publish_before(opened: Opened, published_at: datetime = BEFORE) -> None:
    """A run that recorded the share as it is now."""
    read = read_workbooks(opened, opened.drive.list("2026"))
    rows = [
        {"source": name, "kind": "file", "size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in ((name, path_of(opened, name).read_bytes()) for name in (SK, FOTO))
    ]
    tables = {"evidence_all": frame(EVIDENCE, rows), "fields": read.fields, "claims": read.claims}
    assert set(read.fields.columns) == set(FIELDS)
    assert set(read.claims.columns) == set(CLAIMS)
    files = [pair for name, table in tables.items() for pair in table_files(name, table)]
    run = f"{published_at:%Y%m%dT%H%M%SZ}-aaaaaaaa"
    publish(opened.store, "63.03", 2026, run, files, {}, published_at=published_at, status="provisional")


def test_a_share_untouched_since_the_deadline_is_frozen_whole(opened: Opened) -> None:
    now = frozen(opened)
    assert now.late == ()
    assert now.listing == opened.drive.list("2026")


def test_a_file_of_the_second_after_the_deadline_is_late_and_left_out(opened: Opened) -> None:
    dated(path_of(opened, SK), DEADLINE.moment)
    assert frozen(opened).late == ()
    dated(path_of(opened, SK), datetime(2026, 8, 31, 16, 0, 0, tzinfo=UTC))
    now = frozen(opened)
    assert [(one.source, one.counted) for one in now.late] == [(SK, False)]
    assert [entry.path for entry in now.listing.entries] == sorted([FOTO, BOOK])


def test_an_inferred_deadline_only_warns(opened: Opened) -> None:
    dated(path_of(opened, SK), AFTER)
    now = frozen(opened, Deadline(DEADLINE.moment, "inferred"))
    assert [(one.source, one.counted) for one in now.late] == [(SK, True)]
    assert len(now.listing.entries) == 3


def test_content_that_a_run_had_recorded_in_time_counts_whatever_its_date(opened: Opened) -> None:
    publish_before(opened)
    for name in (SK, BOOK):
        dated(path_of(opened, name), AFTER)
    path_of(opened, FOTO).write_bytes(b"FOTO")  # as long as before, and another picture
    dated(path_of(opened, FOTO), AFTER)
    assert [one.source for one in frozen(opened).late] == [FOTO]


def test_a_run_that_was_published_after_the_deadline_proves_nothing(opened: Opened) -> None:
    publish_before(opened, AFTER)
    dated(path_of(opened, SK), AFTER)
    assert [(one.source, one.counted) for one in frozen(opened).late] == [(SK, False)]


def test_a_share_copied_after_the_deadline_counts_and_says_that_its_dates_prove_nothing(
    opened: Opened,
) -> None:
    for name in (SK, FOTO, BOOK):
        dated(path_of(opened, name), AFTER)
    assert {(one.counted, one.why) for one in frozen(opened).late} == {(True, NO_PROOF)}


def test_evidence_that_changes_while_it_is_copied_stops_the_closing(opened: Opened) -> None:
    from iid.tasks.close.kept_evidence import Content, keep_all

    data = path_of(opened, SK).read_bytes()
    kept = Content(hashlib.sha256(data).hexdigest(), len(data), (SK,))
    arguments = (opened.store, "63.03", 2026, opened.drive, [kept], lambda done, total: None)
    assert (keep_all(*arguments), keep_all(*arguments)) == (1, 0)  # the second time nothing is sent
    for key in list(opened.store.keys(evidence_prefix("63.03", 2026))):
        opened.store.delete(key)
    path_of(opened, SK).write_bytes(b"lain")
    with pytest.raises(GuardError, match=r"SK\.pdf berubah atau hilang selama penutupan"):
        keep_all(*arguments)
    assert list(opened.store.keys(evidence_prefix("63.03", 2026))) == []
