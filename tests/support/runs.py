"""Helpers for tests that run the product as a user does."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path

AS_OF = "2026-08-31T12:00:00+00:00"
Done = subprocess.CompletedProcess[str]
Run = Callable[..., Done]


def assess(iid: Run, share: Path, store: Path, *more: str, as_of: str = AS_OF) -> Done:
    """``iid assess --direct`` of the example region."""
    return iid(
        "assess", "--share", share, "--store", store, "--cycle", "2026", "--direct", "--as-of", as_of, *more
    )


def published(store: Path) -> Path:
    """Folder of the run that the pointer names."""
    cycle = store / "63.03" / "2026"
    return cycle / "runs" / json.loads((cycle / "latest.json").read_text())["run_id"]


def snapshot(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below *folder*, by relative path; without the notes of who held the lease."""
    return {
        p.relative_to(folder).as_posix(): hashlib.sha256(p.read_bytes()).hexdigest()
        for p in sorted(folder.rglob("*"))
        if p.is_file() and "lease" not in p.parts
    }
