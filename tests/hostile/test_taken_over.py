"""A worker that a file has really brought down, or taken over, costs that file one finding."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from iid.tasks.inspect.inspection import inspect_evidence
from iid.tasks.inspect.ledger.ledger import Ledger
from iid.tasks.sandbox import worker_process
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.shares.folder_drive import FolderDrive
from iid.tasks.values.tables import EVIDENCE, frame

LIMITS = Limits(cpu_s=1, wall_s=20, memory=600 * MIB, answer=MIB)
OLD = 1_700_000_000

#: The worker itself, but that a text which begins with ``#`` runs: what a flaw in a parser amounts to.
TAKEN_OVER = """
import ctypes, json, os, signal, struct, sys, time
from iid.tasks.inspect.inspectors import registry as inspectors
from iid.tasks.sandbox import frames, worker

honest = inspectors.sniff
def sniff(content, limits):
    data = content.read_at(0, 2000)
    if data.startswith(b"#"):
        exec(data.decode(), globals())
    return honest(content, limits)
def say(data):
    for handle in map(int, os.listdir("/proc/self/fd")):
        try:
            if os.readlink(f"/proc/self/fd/{handle}").startswith("pipe:"):
                os.write(handle, data)
        except OSError:
            pass
inspectors.sniff = sniff
worker.main()
"""

ACTS = {
    "crash": ("ctypes.string_at(0)", "unreadable", "berhenti karena isi berkas ini"),
    "quit": ("os._exit(3)", "unreadable", "berhenti karena isi berkas ini"),
    "killed": ("os.kill(os.getpid(), signal.SIGKILL)", "unreadable", "berhenti karena isi berkas ini"),
    "hang": ("time.sleep(999)", "timeout", "lebih dari 20 detik"),
    "loop": ("while True: pass", "timeout", "lebih dari 1 detik waktu prosesor"),
    "memory": ("x = [bytes(2**20) for _ in range(5000)]", "unreadable", "memori lebih dari 600 MiB"),
    "recursion": ("def f(): f()\nf()", "unreadable", "rusak atau terpotong"),
    "flood": ("say(struct.pack('>II', 2**31, 0) + b'x' * 60_000)", "unreadable", "jawaban yang tidak sah"),
    "nested": (
        "say(struct.pack('>II', 50_000, 0) + b'[' * 50_000)",
        "unreadable",
        "jawaban yang tidak sah",
    ),
    "strange": (
        "say(frames.packed({'status': 'read', 'sha256': 'x', 'size': -1}))",
        "unreadable",
        "jawaban yang tidak sah",
    ),
    "writes": (
        "os.write(os.open('ditulis.txt', os.O_CREAT | os.O_WRONLY), b'x')",
        "unreadable",
        "rusak atau terpotong",
    ),
}


@pytest.fixture
def taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    really = subprocess.Popen

    def started(command: list[str], **options: Any) -> subprocess.Popen[bytes]:
        assert command[-2] == "iid.tasks.sandbox.worker"
        return really([sys.executable, "-P", "-c", TAKEN_OVER, command[-1]], **options)

    monkeypatch.setattr(worker_process.subprocess, "Popen", started)


def inspected(root: Path, files: dict[str, str]) -> pd.DataFrame:
    root.mkdir()
    for name, text in files.items():
        (root / name).write_text(text)
        os.utime(root / name, (OLD, OLD))
    drive = FolderDrive(root)
    listing = drive.list()
    rows = frame(EVIDENCE, ({"source": e.path, "kind": "file", "size": e.size} for e in listing.entries))
    found = inspect_evidence(drive, listing, rows, Ledger(), workers=2, limits=LIMITS).evidence
    return found.set_index("source")


@pytest.mark.skipif(not Path("/proc/self/fd").is_dir(), reason="needs /proc")
@pytest.mark.usefixtures("taken_over")
def test_each_costs_its_file_one_finding_and_no_other_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    good = {f"{number}.txt": f"Laporan kegiatan nomor {number}\n" * 20 for number in range(40)}
    bad = {f"{number * 3}-{act}.txt": f"#\n{ACTS[act][0]}\n" for number, act in enumerate(ACTS)}
    alone = inspected(tmp_path / "sendiri", good)
    among = inspected(tmp_path / "bersama", {**good, **bad})
    assert alone["problem"].eq("").all()
    assert among.loc[alone.index].equals(alone)
    for name in bad:
        _, problem, words = ACTS[name.split("-")[1].removesuffix(".txt")]
        assert among.loc[name, "problem"] == problem, name
        assert words in among.loc[name, "detail"], name
        assert len(among.loc[name, "sha256"]) == 64
    assert [path.name for path in tmp_path.iterdir() if path.stat().st_size and path.is_file()] == []
