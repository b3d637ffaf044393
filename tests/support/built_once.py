"""What tests only look at is built once a run of the tests, by whichever process needs it first."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Callable
from pathlib import Path

from pytest import TempPathFactory


def built_once(factory: TempPathFactory, name: str, build: Callable[[Path], object]) -> Path:
    """Return a folder that *build* filled, in this process or another of the same run of tests."""
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:  # each worker has a folder of its own in that of the run
        base = base.parent
    place, finished = base / name, base / f"{name}.selesai"
    with (base / f"{name}.kunci").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not finished.exists():
            place.mkdir()  # fails for a second try: a builder's fault is not hidden
            build(place)
            finished.touch()
    return place
