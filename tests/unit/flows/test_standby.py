"""A process that waits with everything loaded runs one command, and ends when nobody needs it."""

from __future__ import annotations

import os
import subprocess
import sys
from threading import Event

import pytest
from background import until

from iid.flows.service import subprocess_run
from iid.flows.service.warm_worker import COMMAND, Standby
from iid.tasks.assess.request import AssessRequest


@pytest.fixture
def waiting() -> Standby:
    made = Standby(os.environ)
    made.prepare(direct=True)
    return made


def test_it_runs_the_command_it_is_reported_and_ends(waiting: Standby) -> None:
    process = waiting.take(["--version"])
    assert process is not None
    out, error = process.communicate(timeout=120)
    assert (process.returncode, out.split()[0], error) == (0, "iid", "")
    assert waiting.take(["--version"]) is None  # one command a process


def test_it_ends_when_it_is_not_needed_or_its_starter_is_gone(waiting: Standby) -> None:
    process = waiting._process
    assert process is not None
    waiting.prepare(direct=True)
    assert waiting._process is process  # one is enough
    waiting.close()
    assert process.poll() is not None
    orphan = subprocess.Popen(
        [sys.executable, "-m", "iid.flows", COMMAND], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    orphan.communicate(timeout=120)  # closes its input, as the end of the starter does
    assert orphan.returncode == 0


def test_a_dead_one_is_no_obstacle(waiting: Standby, tmp_path) -> None:
    assert waiting._process is not None
    waiting._process.kill()
    until(lambda: waiting._process.poll() is not None)
    request = AssessRequest(share=str(tmp_path / "tidak-ada"), store=str(tmp_path / "t"), cycle=2026)
    ended = subprocess_run.assess(request, Event(), direct=True, standby=waiting)
    assert ended.status == 2
    assert "tidak-ada" in ended.line
