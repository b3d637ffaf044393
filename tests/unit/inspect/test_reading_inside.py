"""Where the system does not say what an open file is called, its path must still lead to it, inside."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from iid.tasks.sandbox import file_reader as module
from iid.tasks.sandbox.file_reader import ProblemError, reading
from iid.tasks.sandbox.limits import Limits


@pytest.fixture(params=["/proc/self/fd", "/tidak-ada"])
def root(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    if request.param == "/proc/self/fd" and not Path(request.param).is_dir():
        pytest.skip("no /proc on this system")
    monkeypatch.setattr(module, "_OPEN_FILES", request.param)
    root = Path(os.path.realpath(tmp_path)) / "unit"
    root.mkdir()
    (root / "a").write_bytes(b"sendiri")
    (root.parent / "b").write_bytes(b"orang lain")
    (root / "dalam").symlink_to(root / "a")
    (root / "luar").symlink_to(root.parent / "b")
    return root


@pytest.mark.parametrize("name", ["a", "dalam"])
def test_a_file_inside_is_read(root: Path, name: str) -> None:
    with reading(str(root / name), str(root), Limits()) as found:
        assert found.size == 7


def test_a_link_out_is_refused(root: Path) -> None:
    with pytest.raises(ProblemError) as caught, reading(str(root / "luar"), str(root), Limits()):
        pass
    assert caught.value.problem == "outside_share"


def test_a_link_that_is_swapped_back_once_it_is_open_is_refused(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Open is the other's file; when one asks where the path leads, it leads inside."""
    really = os.open

    def opening(path: str, *more: int) -> int:
        handle = really(path, *more)
        (root / "luar").unlink()
        (root / "luar").symlink_to(root / "a")
        return handle

    monkeypatch.setattr(module.os, "open", opening)
    with pytest.raises(ProblemError) as caught, reading(str(root / "luar"), str(root), Limits()):
        pass
    assert caught.value.problem == "outside_share"
