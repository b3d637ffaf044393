"""One example share for the tests that only look at it."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    from iid.tasks.demo.build_share import build_demo_share

    return build_demo_share(tmp_path_factory.mktemp("demo") / "share").path
