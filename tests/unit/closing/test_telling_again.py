"""Feedback of a closed cycle is made up; a run that cannot be told from fails no closing."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from iid.expectations.loading import load
from iid.tasks.closing.telling import tell_units
from iid.tasks.drives.folder import FolderDrive
from iid.tasks.model import Marker
from iid.tasks.steps import Opened
from iid.tasks.stores.folder import FolderStore
from iid.tasks.stores.frozen import CLOSING
from iid.tasks.stores.publishing import publish
from iid.tasks.stores.reading import latest

NOW = datetime(2026, 9, 1, tzinfo=UTC)


@pytest.mark.parametrize("closing", [b"{}", b'{"late": [{}], "files": []}', b'{"late": 1}', b"[]"])
def test_a_record_of_closing_with_parts_missing_is_a_note(closing: bytes, tmp_path: Path) -> None:
    store, share = FolderStore(tmp_path / "hasil"), tmp_path / "share"
    share.mkdir()
    files = [("index.json", b"{}"), (CLOSING, closing)]
    publish(store, "63.03", 2026, "r1", files, {}, published_at=NOW, status="final")
    marker = Marker("63.03", "Banjar", "Asia/Makassar")
    opened = Opened(load(2026), FolderDrive(share), store, marker, None, 2026)
    last = latest(store, "63.03", 2026)
    assert last is not None
    (note,) = tell_units(opened, last, opened.drive.list())
    assert note.startswith("umpan balik tidak ditulis")
