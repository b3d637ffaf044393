"""Assessments in a process of their own: a crash or a leak of one run never reaches who started it."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from threading import Event

from iid.flows.request import AssessRequest

GRACE = 30.0  # seconds for a run to give its lease back after it was asked to stop


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: exit status (contract 4), and one line about it."""

    status: int
    line: str

    @property
    def well(self) -> bool:
        """Whether something was published."""
        return self.status == 0


def arguments(request: AssessRequest, *, direct: bool) -> list[str]:
    """The command line of ``iid assess`` that asks for *request*."""
    names = ("share", "store", "cycle", "region", "roster", "rulebook", "endpoint_url", "workers")
    given = {name: getattr(request, name) for name in names}  # a loss is never accepted unattended
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value is not None]
    words += [f"--unit={unit}" for unit in request.units]
    words += ["--no-feedback"] * (not request.feedback) + ["--full"] * request.full + ["--direct"] * direct
    return ["assess", *words, "--json"]


def assess(request: AssessRequest, stop: Event, *, direct: bool) -> Ended:
    """Run ``iid assess`` to its end; when *stop* is set meanwhile, end it cleanly."""
    command = [sys.executable, "-m", "iid.flows", *arguments(request, direct=direct)]
    process = subprocess.Popen(  # noqa: S603  (our own command; values are arguments, never a shell's)
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,  # Ctrl-C reaches us alone; we end the run
    )
    out, error = _talk(process, stop)
    return Ended(process.returncode, _told(process.returncode, out, error))


def _talk(process: subprocess.Popen[str], stop: Event) -> tuple[str, str]:
    try:
        while not stop.is_set():
            try:
                return process.communicate(timeout=0.2)
            except subprocess.TimeoutExpired:
                continue
        process.send_signal(signal.SIGINT)
        return process.communicate(timeout=GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _told(status: int, out: str, error: str) -> str:
    if status == 0:
        try:
            index = json.loads(out)
            view = index["supported"]
            return f"indeks {view['index'].replace('.', ',')} ({view['category']}), {index['run_id']}"
        except (ValueError, KeyError, TypeError, AttributeError):
            return "terbit"
    lines: Sequence[str] = error.strip().splitlines() or ("tanpa keterangan",)
    return lines[-1].removeprefix("iid: ")
