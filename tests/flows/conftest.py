"""One example share for all flow tests, and a real Prefect server on loopback."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from built_once import built_once
from example_share import FEW, build_units
from runs import Run
from warm_command import WarmCommand

from iid.tasks.demo.build_share import build_demo_share


@pytest.fixture(scope="session")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Some units of the example share; never changed by a test (copy it with :func:`share`)."""
    return built_once(tmp_path_factory, "beberapa", lambda place: build_units(place, *FEW))


@pytest.fixture(scope="session")
def whole_example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example share with all its units and planted faults; never changed by a test."""
    return built_once(tmp_path_factory, "contoh", build_demo_share)


@pytest.fixture
def share(example: Path, tmp_path: Path) -> Path:
    """A private copy of some units of the example share."""
    return Path(shutil.copytree(example, tmp_path / "share", symlinks=True))


@pytest.fixture(scope="session")
def warm() -> Iterator[WarmCommand]:
    """A process with the libraries loaded, from which commands are forked."""
    command = WarmCommand()
    yield command
    command.close()


@pytest.fixture
def iid(tmp_path: Path, warm: WarmCommand) -> Run:
    """Run the command as a user does, with a private home."""

    def run(*arguments: str | Path, **environment: str) -> subprocess.CompletedProcess[str]:
        home = {"HOME": str(tmp_path / "home"), "IID_TOML": str(tmp_path / "no.toml")}
        return warm.run([*map(str, arguments)], {**os.environ, **home, **environment})

    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="package")  # no longer: one that idles costs a fiftieth of a core
def prefect_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A real Prefect server on a free loopback port; gives its API address."""
    port = free_port()
    home = tmp_path_factory.mktemp("prefect")
    environment = {
        **os.environ,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
        "PREFECT_UI_ENABLED": "false",
    }
    with (home / "server.log").open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)],
            env=environment,
            stdout=log,
            stderr=log,
        )
    address = f"http://127.0.0.1:{port}/api"
    try:
        wait_for(f"{address}/health", process)
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(url: str, process: subprocess.Popen[bytes], limit: float = 180) -> None:
    end = time.monotonic() + limit
    while time.monotonic() < end and process.poll() is None:
        try:
            with urllib.request.urlopen(url, timeout=5):  # noqa: S310 (our own loopback server)
                return
        except OSError:
            time.sleep(0.2)
    raise RuntimeError(f"no answer from {url}")
