"""A folder store, and the small run that these tests publish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from iid.tasks.store.folder_store import FolderStore
from iid.tasks.store.publishing import Published, publish
from iid.tasks.store.store import Store

NOW = datetime(2026, 8, 31, 12, 0, tzinfo=UTC)


@pytest.fixture
def store(tmp_path: Path) -> FolderStore:
    """An empty store in a folder that is not there yet."""
    return FolderStore(tmp_path / "hasil")


@pytest.fixture
def put_out() -> Callable[..., Published]:
    """Publish a run of a few files; *mark* makes its content."""

    def put(store: Store, run_id: str, mark: str = "satu", **options: Any) -> Published:
        files = options.pop("files", None) or [
            ("index.json", f'{{"mark": "{mark}"}}'.encode()),
            ("scores.csv", f"{mark}\n".encode() * 1000),
            ("report/index.html", b"<p>laporan"),
        ]
        given = {"published_at": NOW, "status": "provisional", **options}
        return publish(store, "63.03", 2026, run_id, files, {"as_of": "2026-08-31T12:00:00Z"}, **given)

    return put
