"""A process that has everything loaded and waits for what to assess.

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
    "iid.expectations.suites.suites",
    "iid.tasks.validate.validation",
    "iid.flows.cli.assess_command",
    "iid.flows.settings.load",
    "iid.flows.assess",
    "iid.flows.telemetry.progress",
    "iid.tasks.report.site",
    "iid.tasks.report.result_workbook",
    "iid.tasks.store.table_files",
    "xlsxwriter",
    "openpyxl",
)
PREFECT = "iid.flows.prefect_glue.page_flow"
COMMAND = "standby"  # hidden; see flows/cli/serve_command.py
GRACE = 5.0  # seconds for a process that is not needed to end


class Standby:
    """At most one waiting process; without it an assessment starts cold."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None

    def prepare(self, *, direct: bool) -> None:
        """Begin to load, unless one waits already."""
        if self._process and self._process.poll() is None:
            return
        self.close()
        command = [sys.executable, "-m", "iid.flows", COMMAND, *([] if direct else ["--prefect"])]
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
        """Return the process, now running *arguments*; None for none."""
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


def load(*, prefect: bool) -> None:
    """Load what an assessment needs."""
    for name in (*MODULES, *([PREFECT] if prefect else ())):
        importlib.import_module(name)
