"""One example share for the tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest
from built_once import built_once

from iid.tasks.demo.build_share import build_demo_share


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built_once(tmp_path_factory, "contoh", build_demo_share)
