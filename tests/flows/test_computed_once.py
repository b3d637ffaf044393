"""What follows from a run is computed once in it, and handed on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from iid.flows.cli.main import run as command
from iid.tasks.review import guarded_review
from iid.tasks.sandbox.pool import Pool


def counted(monkeypatch: pytest.MonkeyPatch, calls: Counter[str], target: str) -> None:
    """Count the calls of the function named *target*."""
    room, _, name = target.rpartition(".")
    module = import_module(room)
    real: Callable[..., Any] = getattr(module, name)

    def counting(*args: Any, **named: Any) -> Any:
        calls[name] += 1
        return real(*args, **named)

    monkeypatch.setattr(module, name, counting)


def test_one_run_scores_and_searches_steps_once_and_parses_new_review_workbooks_once(
    share: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = [
        "assess",
        "--share",
        str(share),
        "--store",
        str(tmp_path / "hasil"),
        "--cycle",
        "2026",
        "--direct",
    ]
    assert command([*asked, "--as-of", "2026-08-30T12:00:00+00:00"]) == 0
    books = len(list(share.glob("2026/_tinjauan/*.xlsx")))
    assert books > 2  # one a unit that submitted, and the region's
    next(path for path in sorted(share.glob("2026/*/[!_]*/bukti/*/*")) if path.is_file()).unlink()
    calls: Counter[str] = Counter()
    for target in ("iid.tasks.score.scoring.count", "iid.tasks.report.book.steps_of"):
        counted(monkeypatch, calls, target)
    parsed: list[bytes] = []
    real = guarded_review._parsed

    def noting(data: bytes, pool: Pool) -> str:
        parsed.append(bytes(data))
        return real(data, pool)

    monkeypatch.setattr(guarded_review, "_parsed", noting)
    assert command([*asked, "--as-of", "2026-08-31T12:00:00+00:00"]) == 0
    assert (calls["count"], calls["steps_of"]) == (1, 1)
    # What was written back is read once more (a steward may have saved in between), the rest is remembered.
    assert 1 <= len(parsed) == len(set(parsed)) < books
