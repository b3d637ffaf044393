"""Feedback of a closed cycle is made up; a run that cannot be reported from fails no closing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from iid.expectations.rulebook.loading import load
from iid.tasks.assess.reading_steps import Opened
from iid.tasks.assess.request import AssessRequest
from iid.tasks.close.missed_feedback import inform_units
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.store.closed_cycle import CLOSING
from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.published_run import latest
from iid.tasks.store.publishing import publish
from iid.tasks.values.region import Marker

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("closing", [b"{}", b'{"late": [{}], "files": []}', b'{"late": 1}', b"[]"])
def test_a_record_of_closing_with_parts_missing_is_a_note(closing: bytes, tmp_path: Path) -> None:
    store, share = FolderStore(tmp_path / "hasil"), tmp_path / "share"
    share.mkdir()
    files = [("index.json", b"{}"), (CLOSING, closing)]
    publish(store, "63.03", 2026, "r1", files, {}, published_at=NOW, status="final")
    marker = Marker("63.03", "Banjar", "Asia/Makassar")
    request = AssessRequest(share=str(share), store=str(store.root), cycle=2026)
    opened = Opened(load(2026), FolderDrive(share), store, marker, None, request, NOW)
    last = latest(store, "63.03", 2026)
    assert last is not None
    (note,) = inform_units(opened, last, opened.drive.list())
    assert note.startswith("umpan balik tidak ditulis")
