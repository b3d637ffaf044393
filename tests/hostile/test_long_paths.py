"""Paths as long as the system allows, of bytes that are no text: so is what the workers are reported."""

from __future__ import annotations

import hashlib
import os
import threading
from pathlib import Path

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox.limits import Limits
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.tables import EVIDENCE, frame

_PATH_MAX = 4096  # bytes; in a message each of them can become six


def deep(root: Path, files: int) -> None:
    """*files* large texts below folders whose names are 200 bytes and no UTF-8, as deep as goes."""
    handle = os.open(root, os.O_RDONLY)
    for depth in range((_PATH_MAX - len(os.fsencode(root)) - 60) // 201):
        name = bytes([0xFF]) * 199 + bytes([0x80 + depth])
        os.mkdir(name, dir_fd=handle)
        inner = os.open(name, os.O_RDONLY, dir_fd=handle)
        os.close(handle)
        handle = inner
    for number in range(files):
        words = " ".join(hashlib.sha256(f"{number} {n}".encode()).hexdigest() for n in range(4000))
        with os.fdopen(os.open(f"{number}.txt", os.O_WRONLY | os.O_CREAT, dir_fd=handle), "w") as file:
            file.write(words)
    os.close(handle)


def ended(work) -> bool:
    """Whether *work* ends; a pool that waits for itself would do so for ever."""
    thread = threading.Thread(target=work, daemon=True)
    thread.start()
    thread.join(120)
    return not thread.is_alive()


def test_paths_that_fill_the_pipe_while_answers_fill_the_other_hold_nobody_up(tmp_path: Path) -> None:
    root = tmp_path.resolve()
    deep(root, 8)
    drive = FolderDrive(root)
    listing = drive.list()
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file"} for e in listing.entries))
    found = []
    assert ended(lambda: found.append(inspect_evidence(drive, listing, rows, Ledger(), workers=1)))
    assert len(found[0].evidence) == 8
    assert found[0].evidence["problem"].eq("").all()


class Jobs:
    """Jobs with more hashes of known contents than a pipe holds."""

    def __init__(self, path: Path, count: int) -> None:
        self.left = [Job(key, str(path), 0, known=("f" * 64,) * 5000) for key in range(count)]

    def pull(self, slot: int) -> Job | None:
        return self.left.pop() if self.left else None

    def exhausted(self) -> bool:
        return not self.left

    def wake(self) -> None:
        return None


def test_a_job_larger_than_a_pipe_arrives_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("Laporan kegiatan")
    found: list[Answer] = []
    with Pool(1, Limits()) as pool:
        assert ended(lambda: found.extend(pool.run(Jobs(path, 6))))
    assert sorted(answer.job.key for answer in found) == list(range(6))
    assert {answer.status for answer in found} == {"read"}
