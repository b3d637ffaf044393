"""How a process of ``iid`` begins and ends, also by signals."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress


def speak_utf8() -> None:
    """Restart in UTF-8 mode if needed, to read the share's names right."""
    if sys.getfilesystemencoding() != "utf-8":
        os.execv(sys.executable, [sys.executable, "-X", "utf8=1", *sys.orig_argv[1:]])  # noqa: S606


def end_as_by_ctrl_c() -> None:
    """End on SIGTERM and SIGHUP as on Ctrl-C, releasing lease and server."""

    def interrupt(number: int, _frame: object) -> None:
        raise KeyboardInterrupt(signal.Signals(number).name)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:  # nohup has its reason to ignore it
            signal.signal(number, interrupt)


def end_with_its_service() -> None:
    """End as on SIGTERM when the service that started this run is gone."""
    if parent := os.environ.pop("IID_PARENT", ""):
        from iid.tasks.values.scratch import end_with_parent

        end_with_parent(signal.SIGTERM, int(parent))


def keep_temporary_files_together() -> None:
    """Use one private folder, which the next start removes after a kill."""
    if len(sys.argv) > 1 and not {"--help", "--version"} & set(sys.argv):
        from iid.tasks.values.scratch import own_folder

        with suppress(OSError):  # who needs a temporary file and has no place for one says so
            own_folder()
