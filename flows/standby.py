"""A process that has everything loaded and waits to be told what to assess.

It is started when a change was seen and the share has yet to get quiet, so that loading the
libraries (seconds) costs no time afterwards; nothing is kept in memory while nothing happens.
"""

from __future__ import annotations

import importlib
import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress

#: What an assessment loads on its way, heaviest first.
MODULES = (
    "iid.expectations.suites",
    "iid.tasks.validation.validating",
    "iid.flows.assess_cli",
    "iid.flows.settings",
    "iid.flows.pipeline",
    "iid.flows.progress",
    "iid.tasks.steps_after",
    "iid.tasks.reports.site",
    "iid.tasks.reports.workbook",
    "iid.tasks.stores.tables",
    "xlsxwriter",
    "openpyxl",
)
PREFECT = "iid.flows.assess"
GRACE = 5.0  # seconds for a process that is not needed to end


class Standby:
    """At most one waiting process. Whatever is wrong with it, an assessment just starts cold."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def prepare(self, *, direct: bool) -> None:
        """Begin to load, unless one waits already."""
        if self._process and self._process.poll() is None:
            return
        self.close()
        command = [sys.executable, "-m", "iid.flows.standby", *([] if direct else ["--prefect"])]
        with suppress(OSError):
            self._process = subprocess.Popen(  # noqa: S603  (our own command)
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                encoding="utf-8",
                errors="replace",
                env=dict(self._environment),
                start_new_session=True,
            )

    def take(self, arguments: Sequence[str]) -> subprocess.Popen[str] | None:
        """The process, told to run ``iid`` with *arguments*; None when there is none that listens."""
        process, self._process = self._process, None
        if process is None:
            return None
        try:
            if process.poll() is not None or process.stdin is None:
                raise OSError("ended")
            process.stdin.write(json.dumps(list(arguments)) + "\n")
            process.stdin.close()
            process.stdin = None
            return process
        except (OSError, ValueError):
            _end(process)
            return None

    def close(self) -> None:
        """End the process that waits."""
        process, self._process = self._process, None
        if process:
            _end(process)


def _end(process: subprocess.Popen[str]) -> None:
    process.kill()
    with suppress(subprocess.TimeoutExpired, ValueError):
        process.communicate(timeout=GRACE)


def main(arguments: Sequence[str]) -> int:
    """Load, wait for one line (a JSON list of words), run ``iid`` with it; 0 when nobody asks."""
    for name in MODULES:
        importlib.import_module(name)
    if "--prefect" in arguments:
        importlib.import_module(PREFECT)
    line = sys.stdin.readline()
    if not line:
        return 0
    from iid.flows.cli import run

    return run(json.loads(line))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
