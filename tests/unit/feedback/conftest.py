"""A small region, new for each test that changes it; one for all that only read."""

from __future__ import annotations

from pathlib import Path

import pytest
from small_region import Region, emptied, filled

from iid.tasks.feedback.unit_feedback import Feedback


@pytest.fixture
def empty(tmp_path: Path) -> Region:
    """A share with folders of three units, and nothing in them."""
    return emptied(tmp_path)


@pytest.fixture
def region(tmp_path: Path) -> Region:
    """The same with innovations, evidence and faults."""
    return filled(emptied(tmp_path))


@pytest.fixture(scope="session")
def standing(tmp_path_factory: pytest.TempPathFactory) -> tuple[Region, dict[str, Feedback]]:
    """Such a region for tests that only read, with what its units are reported."""
    region = filled(emptied(tmp_path_factory.mktemp("umpan-balik")))
    return region, region.feedback()
