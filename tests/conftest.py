"""For every test: hypothesis judges results, not a busy machine; commands share no home of Prefect."""

from __future__ import annotations

import os

import pytest
from hypothesis import settings

settings.register_profile("iid", deadline=None)
# What is asked at the gate must be the same for the same commit; `make test` draws new examples every time.
settings.register_profile("gate", deadline=None, derandomize=True, database=None)
settings.load_profile("iid")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Modules of the product that use Prefect name its home when they are imported: commands that a test
    starts later would share that home, which is this machine's.
    """
    os.environ.pop("PREFECT_HOME", None)
