"""Workers that crash, hang, or eat memory cost one file, and the pool goes on."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import zlib
from collections import deque
from collections.abc import Iterable
from pathlib import Path

import pytest
from PIL import Image

from iid.tasks.sandbox import pool, worker_process
from iid.tasks.sandbox.answer_checks import checked_answer
from iid.tasks.sandbox.limits import MIB, Limits
from iid.tasks.sandbox.pool import Pool
from iid.tasks.sandbox.worker_process import Answer, Job
from iid.tasks.values.errors import DriveError, FailedError


class Jobs:
    """A plain feed of paths."""

    def __init__(self, paths: Iterable[Path]) -> None:
        self.queue = deque(Job(key, str(path), 0) for key, path in enumerate(paths))

    def pull(self, slot: int) -> Job | None:
        return self.queue.popleft() if self.queue else None

    def exhausted(self) -> bool:
        return not self.queue

    def wake(self) -> None:
        return None


def answers(paths: Iterable[Path], workers: int = 2, **limits: float) -> list[Answer]:
    with Pool(workers, Limits(**limits)) as running:
        return sorted(running.run(Jobs(paths)), key=lambda answer: answer.job.key)


@pytest.fixture
def good(tmp_path: Path, make) -> list[Path]:
    """Files that open."""
    paths = []
    for number in range(12):
        paths.append(tmp_path / f"{number}.pdf")
        paths[-1].write_bytes(make.pdf(f"nomor {number}"))
    return paths


def pdf_bomb(make, size: int) -> bytes:
    """A PDF whose one page is *size* bytes of drawing when inflated."""
    stream = zlib.compress(b"0 0 m 9 9 l S\n" * (size // 14), 9)
    return make.raw_pdf(
        b"<</Type /Catalog /Pages 2 0 R>>",
        b"<</Type /Pages /Kids [3 0 R] /Count 1>>",
        b"<</Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R>>",
        b"<</Length %d /Filter /FlateDecode>> stream\n%s\nendstream" % (len(stream), stream),
    )


def test_every_file_is_answered_once(good: list[Path]) -> None:
    found = answers(good)
    assert [answer.message["facts"]["pages"] for answer in found] == [1] * len(good)


def test_a_file_that_needs_too_much_processor_time_is_a_timeout(tmp_path, make, good: list[Path]) -> None:
    bomb = tmp_path / "bomb.pdf"
    bomb.write_bytes(pdf_bomb(make, 60_000_000))
    found = answers([*good[:3], bomb, *good[3:6]], cpu_s=1)
    facts = found[3].message["facts"]
    assert (facts["problem"], facts["readable"], facts["format"]) == ("timeout", False, "pdf")
    assert facts["detail"] == "perlu lebih dari 1 detik waktu prosesor"
    assert len(found[6].message["sha256"]) == 64
    assert all(answer.message["facts"]["readable"] for answer in found if answer is not found[3])


def test_a_file_that_needs_too_much_memory_is_unreadable(tmp_path, make, good: list[Path]) -> None:
    bomb = tmp_path / "bomb.docx"
    Image.new("L", (14_000, 10_000)).save(bomb, "PNG", compress_level=1)
    found = answers([*good[:3], bomb, *good[3:6]], memory=256 * MIB)
    facts = found[3].message["facts"]
    assert (facts["problem"], facts["format"]) == ("unreadable", "png")
    assert all(answer.message["facts"]["readable"] for answer in found if answer is not found[3])


class Saboteur(worker_process.Worker):
    """A worker that is hurt from outside whenever it is given the file named *victim*."""

    victim = ""
    hurt = signal.SIGSEGV
    times = 99
    pids: list[int]

    def send(self, job: Job) -> None:
        if job.path.endswith(self.victim) and job.verdict is None and Saboteur.times > 0:
            Saboteur.times -= 1
            if not self.ready:  # to die at the start is another matter
                select.select([self.output], [], [], 60)
                self.receive()
                self.ready = True
            os.kill(self._process.pid, signal.SIGSTOP)
            super().send(job)
            os.kill(self._process.pid, self.hurt)
            if self.hurt != signal.SIGSTOP:
                os.kill(self._process.pid, signal.SIGCONT)
        else:
            super().send(job)


@pytest.fixture
def sabotage(monkeypatch: pytest.MonkeyPatch):
    def prepare(victim: str, hurt: int, times: int = 99) -> None:
        Saboteur.victim, Saboteur.hurt, Saboteur.times = victim, hurt, times
        monkeypatch.setattr(pool, "Worker", Saboteur)
        monkeypatch.setattr(pool, "DEPTH", 1)

    return prepare


def test_a_crash_costs_only_the_file_that_crashes_every_time(sabotage, good: list[Path]) -> None:
    sabotage("/5.pdf", signal.SIGSEGV)
    found = answers(good)
    facts = found[5].message["facts"]
    assert (facts["problem"], facts["detail"]) == (
        "unreadable",
        "program pembacanya berhenti karena isi berkas ini",
    )
    assert found[5].lasting
    assert all(answer.message["facts"]["readable"] for answer in found if answer.job.key != 5)


def test_a_crash_that_does_not_come_again_costs_nothing(sabotage, good: list[Path]) -> None:
    sabotage("/5.pdf", signal.SIGSEGV, times=1)
    assert all(answer.message["facts"]["readable"] for answer in answers(good))


def test_a_worker_that_was_killed_for_want_of_memory_is_no_lasting_verdict(sabotage, good) -> None:
    sabotage("/5.pdf", signal.SIGKILL)
    assert not answers(good)[5].lasting


def test_a_hang_ends_at_the_wall_limit_and_is_no_lasting_verdict(sabotage, good: list[Path]) -> None:
    sabotage("/5.pdf", signal.SIGSTOP)
    found = answers(good, wall_s=1.5)
    assert found[5].message["facts"]["problem"] == "timeout"
    assert not found[5].lasting
    assert all(answer.message["facts"]["readable"] for answer in found if answer.job.key != 5)


def test_no_worker_is_left_when_the_reader_stops_early(good: list[Path]) -> None:
    running = Pool(2, Limits())
    with running:
        next(running.run(Jobs(good)))
        pids = [worker._process.pid for worker in running._slots if worker]
    assert pids
    for pid in pids:
        with pytest.raises(ProcessLookupError):
            os.kill(pid, 0)


def test_a_worker_sees_no_secrets_writes_nothing_and_opens_few_files(
    tmp_path: Path, good, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "rahasia")
    with Pool(1, Limits()) as running:
        next(running.run(Jobs(good)))
        pid = next(worker._process.pid for worker in running._slots if worker)
        environment = Path(f"/proc/{pid}/environ").read_bytes()
        limits = Path(f"/proc/{pid}/limits").read_text(encoding="ascii")
    assert b"rahasia" not in environment
    lines = {line[:26].strip(): line[26:].split()[0] for line in limits.splitlines()}
    assert lines["Max file size"] == lines["Max core file size"] == "0"
    assert lines["Max open files"] == "64"
    assert lines["Max address space"] == str(Limits().memory)


def test_a_pool_works_with_standard_input_closed_and_in_a_thread(good: list[Path]) -> None:
    script = (
        "import os, sys, threading\n"
        "os.close(0)\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_pool import answers\n"
        "from pathlib import Path\n"
        "found = []\n"
        "t = threading.Thread(target=lambda: found.extend(answers([Path(p) for p in sys.argv[2:]])))\n"
        "t.start(); t.join()\n"
        "print(sum(a.message['facts']['readable'] for a in found))\n"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), *map(str, good)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == str(len(good))


def test_two_pools_in_two_threads_do_not_disturb_each_other(good: list[Path]) -> None:
    found: list[list[Answer]] = []
    threads = [threading.Thread(target=lambda: found.append(answers(good, workers=1))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [len(each) for each in found] == [len(good)] * 2


@pytest.mark.skipif(
    signal.getsignal(signal.SIGINT) is signal.SIG_IGN, reason="this process was started with Ctrl-C ignored"
)
def test_ctrl_c_ends_everything(good: list[Path], tmp_path: Path) -> None:
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_pool import Jobs, Limits, Pool\n"
        "try:\n"
        "    with Pool(1, Limits()) as p:\n"
        "        for a in p.run(Jobs([Path(x) for x in sys.argv[2:]])):\n"
        "            print(*[w._process.pid for w in p._slots if w], flush=True)\n"
        "            os.kill(os.getpid(), signal.SIGINT)\n"
        "except KeyboardInterrupt:\n"
        "    sys.exit(130)\n"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), *map(str, good)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 130
    for pid in done.stdout.split():
        assert not Path(f"/proc/{pid}").exists()


def test_workers_end_with_a_run_that_is_killed(good: list[Path]) -> None:
    script = (
        "import sys\n"
        "from pathlib import Path\n"
        "sys.path.insert(0, sys.argv[1])\n"
        "from test_pool import Jobs, Limits, Pool\n"
        "with Pool(2, Limits()) as p:\n"
        "    for a in p.run(Jobs([Path(x) for x in sys.argv[2:]])):\n"
        "        print(*[w._process.pid for w in p._slots if w], flush=True)\n"
        "        sys.stdin.read()\n"
    )
    command = [sys.executable, "-c", script, str(Path(__file__).parent), *map(str, good)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        handles = [os.pidfd_open(int(pid)) for pid in running.stdout.readline().split()]
        running.kill()
    assert handles
    for handle in handles:
        assert select.select([handle], [], [], 30)[0]  # readable once the process has ended
        os.close(handle)


def test_workers_that_cannot_start_fail_the_run(good, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "executable", "/bin/false")
    with pytest.raises(FailedError, match="tidak dapat dimulai"):
        answers(good)


def test_a_share_that_goes_away_fails_the_run(good, monkeypatch: pytest.MonkeyPatch) -> None:
    def lost(job: Job, *_: object) -> Answer:
        return checked_answer(job, {"status": "share_lost", "detail": "Stale file handle"}, b"")

    monkeypatch.setattr(pool, "checked_answer", lost)
    with pytest.raises(DriveError, match="Stale file handle"):
        answers(good)
