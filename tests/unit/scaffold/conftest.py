"""A small roster and its scaffold."""

from __future__ import annotations

from pathlib import Path

import pytest

from iid.expectations.rulebook.loading import load
from iid.expectations.rulebook.model import Rulebook
from iid.tasks.values.region import Marker, Unit

ROSTER = (
    Unit("101", "Dinas Kesehatan", "opd"),
    Unit("201", "UPT Puskesmas: Aluh-Aluh?", "puskesmas", "101"),
    Unit("63.03.06.2009", "Desa Bi'ih", "desa"),
)
MARKER = Marker("63.03", "Kabupaten Banjar", "Asia/Makassar")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return load(2026).rulebook


@pytest.fixture
def roster() -> tuple[Unit, ...]:
    return ROSTER


@pytest.fixture
def share(tmp_path: Path, rulebook: Rulebook) -> Path:
    from iid.tasks.scaffold.scaffolding import scaffold

    path = tmp_path / "share"
    path.mkdir()
    scaffold(path, rulebook, ROSTER, MARKER)
    return path
