"""Temporary files are private, gone at the end, and those of killed processes gone at the next start."""

from __future__ import annotations

import fcntl
import os
import signal
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from iid.tasks.values import scratch

MAKE = """
import sys, tempfile
from iid.tasks.values import scratch
folder = scratch.own_folder()
with open(tempfile.mkstemp()[0], "wb") as file:
    file.write(b"rahasia")
print(folder, flush=True)
sys.stdin.read()
"""


def process(base: Path) -> tuple[subprocess.Popen[str], Path]:
    pipe = subprocess.PIPE
    made = subprocess.Popen(
        [sys.executable, "-c", MAKE],
        env={**os.environ, "TMPDIR": str(base)},
        stdin=pipe,
        stdout=pipe,
        text=True,
        umask=0,
    )
    assert made.stdout is not None
    return made, Path(made.stdout.readline().strip())


def test_all_of_a_process_is_private_and_gone_at_its_end(tmp_path: Path) -> None:
    made, folder = process(tmp_path)
    assert folder.parent == tmp_path
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    [file] = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    made.communicate()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_use_is_locked_against_a_cleaner_of_old_files(tmp_path: Path) -> None:
    made, folder = process(tmp_path)
    seen = os.open(folder, os.O_RDONLY)
    with pytest.raises(BlockingIOError):
        fcntl.flock(seen, fcntl.LOCK_EX | fcntl.LOCK_NB)
    made.kill()
    made.communicate()
    fcntl.flock(seen, fcntl.LOCK_EX | fcntl.LOCK_NB)
    os.close(seen)


def test_what_a_killed_process_left_goes_when_the_next_one_starts(tmp_path: Path) -> None:
    living, kept = process(tmp_path)
    dead, left = process(tmp_path)
    dead.send_signal(signal.SIGKILL)
    dead.communicate()
    assert [file.read_bytes() for file in left.iterdir()] == [b"rahasia"]
    following, new = process(tmp_path)
    assert sorted(tmp_path.iterdir()) == sorted([kept, new])
    for one in (living, following):
        one.communicate()
    assert list(tmp_path.iterdir()) == []


def test_what_is_not_ours_or_may_live_elsewhere_is_left_alone(tmp_path: Path) -> None:
    elsewhere = tmp_path / "iid-run-0123456789ab-1-1-abcd"
    target = tmp_path / "lain"
    for folder in (elsewhere, target, tmp_path / "iid-run-x", tmp_path / "iid-drive-abc"):
        folder.mkdir()
    machine, _, _ = scratch._me()
    (tmp_path / f"iid-run-{machine}-1-1-link").symlink_to(target)
    assert scratch.clear(tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 5
    os.utime(elsewhere, (0, 0))
    assert scratch.clear(tmp_path) == 1
    assert not elsewhere.exists()
    assert scratch.clear(tmp_path / "tidak ada") == 0
