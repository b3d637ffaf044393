"""A command that is ended by a signal leaves no Prefect server behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from background import until


def family(process: psutil.Process) -> list[psutil.Process]:
    return [one for one in process.children(recursive=True) if one.status() != psutil.STATUS_ZOMBIE]


@pytest.mark.integration
@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGINT", "SIGKILL"])
def test_the_embedded_server_ends_with_the_command(name: str, tmp_path: Path) -> None:
    (tmp_path / "share" / "2026").mkdir(parents=True)
    (tmp_path / "share" / "iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n')
    where = ["--share", tmp_path / "share", "--store", tmp_path / "hasil", "--cycle", "2026"]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PREFECT_")}
    with subprocess.Popen(
        [sys.executable, "-m", "iid.flows", "assess", *map(str, where)],
        env={**environment, "HOME": str(tmp_path), "TMPDIR": str(tmp_path)},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    ) as command:
        seen = psutil.Process(command.pid)

        def server() -> list[psutil.Process]:
            return [one for one in family(seen) if any("uvicorn" in word for word in one.cmdline())]

        until(server, 120)
        children = family(seen)
        command.send_signal(getattr(signal, name))
        command.wait(timeout=120)
    until(lambda: not any(one.is_running() and one.status() != psutil.STATUS_ZOMBIE for one in children), 60)
    if name != "SIGKILL":  # the next start clears what a killed process left
        assert not list(tmp_path.glob("iid-run-*"))
