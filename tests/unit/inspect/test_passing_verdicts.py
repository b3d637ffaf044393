"""What was the machine's trouble, and not the file's, is not held against the file the next night."""

from __future__ import annotations

import os
import select
import signal

import pytest

from iid.tasks.sandbox import pool, worker_process
from iid.tasks.sandbox.worker_process import Job

REGULATION = "01 Dinas/Inovasi/bukti/16 Regulasi/"


class Hurt(worker_process.Worker):
    """Gets *signal* whenever it is to inspect ``a.pdf``."""

    signal = signal.SIGKILL

    def send(self, job: Job) -> None:
        if not job.path.endswith("/a.pdf") or job.verdict is not None:
            super().send(job)
            return
        if not self.ready:
            select.select([self.output], [], [], 60)
            self.receive()
            self.ready = True
        os.kill(self._process.pid, signal.SIGSTOP)
        super().send(job)
        os.kill(self._process.pid, Hurt.signal)
        if Hurt.signal != signal.SIGSTOP:
            os.kill(self._process.pid, signal.SIGCONT)


@pytest.fixture
def two(share, make):
    share.put(REGULATION + "a.pdf", make.pdf("Keputusan"))
    share.put(REGULATION + "b.pdf", make.pdf("Laporan kegiatan"))
    return share


def night(run, monkeypatch: pytest.MonkeyPatch, hurt: int):
    from iid.tasks.sandbox.limits import Limits

    Hurt.signal = hurt
    with monkeypatch.context() as trouble:
        trouble.setattr(pool, "Worker", Hurt)
        trouble.setattr(pool, "DEPTH", 1)
        return run(limits=Limits(wall_s=2.0 if hurt == signal.SIGSTOP else 180.0)).evidence


@pytest.mark.parametrize("hurt", [signal.SIGKILL, signal.SIGSTOP])
def test_a_file_whose_worker_was_killed_or_stood_still_is_inspected_again_the_next_night(
    two, run, spy, monkeypatch: pytest.MonkeyPatch, hurt: int
) -> None:
    shown = night(run, monkeypatch, hurt).set_index("source")["problem"]
    assert shown[REGULATION + "a.pdf"] in ("unreadable", "timeout")
    assert shown[REGULATION + "b.pdf"] == ""
    again = run().evidence
    assert spy.answered == [("a.pdf", True)]
    assert again["problem"].eq("").all()
    run()
    assert spy.answered == []


def test_a_file_that_brings_its_worker_down_itself_stays_unreadable_and_is_left_alone(
    two, run, spy, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = night(run, monkeypatch, signal.SIGSEGV)
    again = run().evidence
    assert spy.answered == []
    assert again.equals(first)
