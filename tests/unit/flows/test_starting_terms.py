"""Assessments that a service starts: their turn, their time, and who hears how they end."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import BoundedSemaphore, Event

import pytest

from iid.flows.service import subprocess_run
from iid.flows.service.slots import TERMS, Terms
from iid.flows.service.subprocess_run import Ended
from iid.tasks.assess.request import AssessRequest


@pytest.fixture
def heard() -> Iterator[list[Ended]]:
    yield []


def ask(
    tmp_path: Path, terms: Terms, stop: Event | None = None, say: Callable[[str], None] | None = None
) -> Ended:
    request = AssessRequest(share=str(tmp_path / "tidak-ada"), store=str(tmp_path / "hasil"), cycle=2026)
    token = TERMS.set(terms)
    try:
        return subprocess_run.assess(request, stop or Event(), direct=True, say=say)
    finally:
        TERMS.reset(token)


def test_how_a_run_ends_is_heard_and_its_turn_is_given_back(tmp_path: Path, heard: list[Ended]) -> None:
    gate = BoundedSemaphore(1)
    ended = ask(tmp_path, Terms(gate, 300, heard.append))
    assert (ended.status, heard) == (2, [ended])
    assert "tidak-ada" in ended.line
    assert gate.acquire(blocking=False)


def test_a_run_that_takes_too_long_is_ended_and_said(tmp_path: Path) -> None:
    ended = ask(tmp_path, Terms(limit=0.01))
    assert ended.status == 1
    assert "tanpa hasil ([serve] limit)" in ended.line


def test_who_waits_for_a_turn_can_be_stopped(tmp_path: Path, heard: list[Ended]) -> None:
    gate, stop = BoundedSemaphore(1), Event()
    gate.acquire()
    stop.set()
    assert ask(tmp_path, Terms(gate, None, heard.append), stop) == Ended(1, "dihentikan") == heard[0]


def test_lines_for_machines_are_passed_on_and_words_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("IID_LOG_FORMAT", "json")
    ended = ask(tmp_path, Terms())
    assert "tidak-ada" in ended.line
    assert not ended.line.startswith("{")
    assert '"level": "error"' in capfd.readouterr().err


def test_each_step_of_a_run_is_heard_as_it_begins_and_is_no_part_of_how_it_ended(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    steps: list[str] = []
    ended = ask(tmp_path, Terms(), say=steps.append)
    assert steps == ["Membuka share, penyimpanan, dan peraturan"]
    assert "tidak-ada" in ended.line
    assert "Membuka share" not in ended.line + capfd.readouterr().err
