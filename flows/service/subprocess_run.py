"""Assessments in their own processes: a crash never reaches the caller."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from threading import Event

from iid.flows.service.slots import TERMS
from iid.flows.service.warm_worker import Standby
from iid.flows.telemetry import json_logs as logs
from iid.flows.telemetry.progress import MARK, STEPS
from iid.tasks.assess.request import AssessRequest
from iid.tasks.store.lease import HELD

PARENT = "IID_PARENT"  # of a run: the process it ends with, see flows/cli/main.py
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

    @property
    def held(self) -> bool:
        """Whether another run of the region was on, which is normal."""
        return self.status == 3 and HELD in self.line


def arguments(request: AssessRequest, *, direct: bool) -> list[str]:
    """The command line of ``iid assess`` that asks for *request*."""
    names: tuple[str, ...] = (
        "share",
        "store",
        "cycle",
        "region",
        "roster",
        "rulebook",
        "endpoint_url",
        "workers",
    )
    names += ("engine", "scheduler") if request.engine != "local" else ()
    given = {name: getattr(request, name) for name in names}  # a loss is never accepted unattended
    words = [f"--{name.replace('_', '-')}={value}" for name, value in given.items() if value is not None]
    words += [f"--unit={unit}" for unit in request.units]
    words += ["--no-feedback"] * (not request.feedback) + ["--full"] * request.full + ["--direct"] * direct
    words += ["--check-links" if request.check_links else "--no-check-links"]
    words += ["--ocr" if request.ocr else "--no-ocr"]
    return ["assess", *words, "--json"]


Say = Callable[[str], None]


def assess(
    request: AssessRequest,
    stop: Event,
    *,
    direct: bool,
    standby: Standby | None = None,
    say: Say | None = None,
) -> Ended:
    """Run ``iid assess`` to its end, in a waiting process if any.

    When *stop* is set meanwhile, it is ended cleanly. *say* receives each step as it begins, in a process
    of its own alone: one that waited for any request says nothing.
    """
    terms = TERMS.get()
    words = arguments(request, direct=direct)
    with terms.turn(stop) as ours:
        ended = _run(words, stop, terms.limit, standby, say) if ours else Ended(1, "dihentikan")
    terms.ended(ended)
    return ended


def _run(
    words: list[str], stop: Event, limit: float | None, standby: Standby | None, say: Say | None
) -> Ended:
    process = (standby.take(words) if standby else None) or _started(words, steps=say is not None)
    out, error = _talk(process, stop, limit, _Heard(say))
    error = _passed_on(error)
    if out is None:
        return Ended(1, f"dihentikan setelah {limit or 0:.0f} detik tanpa hasil ([serve] limit)")
    return Ended(process.returncode, _outcome(process.returncode, out, error))


class _Heard:
    """Passes each line about a step on, once; *say* None passes on nothing."""

    def __init__(self, say: Say | None) -> None:
        self._say, self._known = say or (lambda _: None), 0

    def __call__(self, error: str) -> str:
        """Return *error*, all written so far, without those lines."""
        lines = error.splitlines(keepends=True)
        steps = [line for line in lines if line.startswith(MARK) and line.endswith("\n")]
        for line in steps[self._known :]:
            self._say(line.removeprefix(MARK).strip())
        self._known = len(steps)
        return "".join(line for line in lines if line not in steps)


def _started(words: list[str], *, steps: bool) -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  (our own command; values are arguments, never a shell's)
        [sys.executable, "-m", "iid.flows", *words],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        errors="replace",
        env=environment() | ({STEPS: "1"} if steps else {}),
        start_new_session=True,  # Ctrl-C reaches us alone; we end the run
    )


def environment() -> dict[str, str]:
    """Ours, with the form of log lines chosen for us, and whom to end with."""
    return {**os.environ, PARENT: str(os.getpid()), **({logs.VARIABLE: "json"} if logs.wanted() else {})}


def _talk(
    process: subprocess.Popen[str], stop: Event, limit: float | None, heard: _Heard
) -> tuple[str | None, str]:
    """What it said; no output when it took longer than *limit*."""
    end = time.monotonic() + limit if limit else float("inf")
    try:
        while not stop.is_set() and time.monotonic() < end:
            try:
                out, error = process.communicate(timeout=0.2)
                return out, heard(error)
            except subprocess.TimeoutExpired as running:
                heard((running.stderr or b"").decode("utf-8", "replace"))  # bytes, all of it so far
        process.send_signal(signal.SIGINT)
        out, error = process.communicate(timeout=GRACE)
        return (out if stop.is_set() else None), heard(error)
    except subprocess.TimeoutExpired:
        process.kill()
        return (process.communicate()[0] if stop.is_set() else None), ""
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()


def _passed_on(error: str) -> str:
    """Write on what the run logged for machines; what it said to people."""
    lines = error.splitlines()
    logged = [line for line in lines if line.startswith("{")]
    sys.stderr.write("".join(f"{line}\n" for line in logged))
    said = [line for line in lines if line not in logged]
    if said or not logged:
        return "\n".join(said)
    try:
        return str(json.loads(logged[-1])["message"])
    except (ValueError, KeyError, TypeError):
        return ""


def _outcome(status: int, out: str, error: str) -> str:
    if status == 0:
        try:
            index = json.loads(out)
            view = index["supported"]
            return f"indeks {view['index'].replace('.', ',')} ({view['category']}), {index['run_id']}"
        except (ValueError, KeyError, TypeError, AttributeError):
            return "terbit"
    lines: Sequence[str] = error.strip().splitlines() or ("tanpa keterangan",)
    return lines[-1].removeprefix("iid: ")
