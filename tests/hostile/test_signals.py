"""A command that is ended by a signal leaves nothing behind: no process, no folder, no lease."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psutil
import pytest
from background import until

Start = Callable[..., subprocess.Popen[str]]


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def family(command: subprocess.Popen[str]) -> list[psutil.Process]:
    try:
        return [one for one in psutil.Process(command.pid).children(recursive=True) if alive(one)]
    except psutil.NoSuchProcess:
        return []


def nothing_lives(processes: list[psutil.Process]) -> None:
    until(lambda: not any(map(alive, processes)), 60, why=lambda: str(processes))


def answering_signals() -> None:
    """Take signals as a command in a terminal does, also where the tests run under nohup or behind ``&``."""
    for name in ("SIGINT", "SIGHUP", "SIGTERM"):
        signal.signal(getattr(signal, name), signal.SIG_DFL)


def released(store: Path) -> bool:
    """Whether the last lease of the region was given back."""
    last = max((store / "63.03/2026/lease").glob("*.json"))
    assert json.loads(last.read_text())["released"] is True, [last.name, last.read_text()]
    return True


@pytest.fixture
def temporary(tmp_path: Path) -> Path:
    (tmp_path / "tmp").mkdir()
    return tmp_path / "tmp"


@pytest.fixture
def start(tmp_path: Path, temporary: Path) -> Iterator[Start]:
    """Start ``iid`` with private folders, and see that it is gone afterwards."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.startswith(("PREFECT_", "AWS_", "IID_", "XDG_"))
    }
    private = {
        "HOME": str(tmp_path),
        "TMPDIR": str(temporary),
        "XDG_RUNTIME_DIR": str(temporary),
        "IID_TOML": str(tmp_path / "no.toml"),
    }
    with ExitStack() as stack:

        def begin(*words: object, **more: str) -> subprocess.Popen[str]:
            command = stack.enter_context(
                subprocess.Popen(
                    [sys.executable, "-m", "iid.flows", *map(str, words)],
                    env={**kept, **private, **more},
                    stdin=subprocess.DEVNULL,
                    stdout=subprocess.DEVNULL,
                    stderr=subprocess.PIPE,
                    text=True,
                    start_new_session=True,
                    preexec_fn=answering_signals,  # noqa: PLW1509  no thread of ours runs here
                )
            )
            stack.callback(command.kill)
            return command

        yield begin


@pytest.fixture
def silent() -> Iterator[socket.socket]:
    """A server that takes every connection and never says a word."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(60)
        yield server


@pytest.fixture
def small(tmp_path: Path) -> list[object]:
    (tmp_path / "share" / "2026").mkdir(parents=True)
    (tmp_path / "share" / "iid-share.toml").write_text('region = "63.03"\nname = "Kabupaten Banjar"\n')
    return ["--share", tmp_path / "share", "--store", tmp_path / "hasil", "--cycle", "2026"]


@pytest.mark.integration
@pytest.mark.parametrize("name", ["SIGTERM", "SIGKILL"])
def test_the_embedded_server_ends_with_the_command(
    name: str, small: list[object], start: Start, temporary: Path
) -> None:
    command = start("assess", *small)

    def server() -> list[psutil.Process]:
        return [one for one in family(command) if any("uvicorn" in word for word in one.cmdline())]

    until(server, 120)
    children = family(command)
    command.send_signal(getattr(signal, name))
    command.communicate(timeout=120)
    nothing_lives(children)
    if name != "SIGKILL":  # the next start clears what a killed process left
        assert list(temporary.iterdir()) == []


@pytest.mark.integration
@pytest.mark.parametrize(("command", "name"), [("close", "SIGINT"), ("recalculate", "SIGHUP")])
def test_a_run_in_prefect_that_a_terminal_ends_says_one_line_and_keeps_no_lease(
    command: str, name: str, small: list[object], start: Start, temporary: Path, tmp_path: Path
) -> None:
    """A terminal sends its signals to all that was started in it."""
    more = {"close": ("--early", "uji"), "recalculate": ("--unit", "pemda")}.get(command, ())
    running = start(command, *small, *more)
    leases = tmp_path / "hasil/63.03/2026/lease"
    until(lambda: list(leases.glob("*.json")), 120)
    children = family(running)
    os.killpg(running.pid, getattr(signal, name))
    _, said = running.communicate(timeout=120)
    nothing_lives(children)
    assert running.returncode == 1
    last = [line for line in said.splitlines() if not line.startswith("  ")]
    assert last == ["iid: dihentikan; hasil terakhir yang terbit tetap berlaku"]
    assert list(temporary.iterdir()) == []
    assert not (tmp_path / "hasil/63.03/2026/latest.json").exists()
    assert released(tmp_path / "hasil")


LOOKING = {
    "assess": ("--direct",),
    "close": ("--direct",),
    "recalculate": ("--direct", "--unit", "1"),
    "doctor": (),
    "watch": (),
    "serve": ("--port", "0"),
}


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP", "SIGKILL"])
@pytest.mark.parametrize("command", LOOKING)
def test_the_drive_of_a_share_that_hangs_ends_with_the_command(
    command: str, name: str, silent: socket.socket, start: Start, temporary: Path, tmp_path: Path
) -> None:
    share = f"webdav+http://ani@127.0.0.1:{silent.getsockname()[1]}/inovasi"
    where = ("--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
    running = start(command, *where, *LOOKING[command], **{"IID_WEBDAV_PASSWORD": "rahasia"})
    with silent.accept()[0]:  # somebody waits for an answer now
        drive = family(running)
        assert any("rclone" in one.name() for one in drive)
        running.send_signal(getattr(signal, name))
        _, said = running.communicate(timeout=60)
        nothing_lives(drive)
    if name == "SIGKILL":
        cleared = start("rulebook", "list")
        assert cleared.wait(timeout=60) == 0
    else:
        assert running.returncode == 1
        assert said.splitlines()[-1].endswith("dihentikan; hasil terakhir yang terbit tetap berlaku")
    assert list(temporary.iterdir()) == []


def test_a_watcher_of_several_targets_ends_at_once_when_asked_again_though_one_share_hangs(
    small: list[object], silent: socket.socket, start: Start, temporary: Path, tmp_path: Path
) -> None:
    hung = f"webdav+http://ani@127.0.0.1:{silent.getsockname()[1]}/inovasi"
    shares = {"banjar": tmp_path / "share", "tapin": hung}
    lines = [f'store = "{tmp_path / "hasil"}"', "cycle = 2026"]
    for name, share in shares.items():
        lines += ["[[target]]", f'name = "{name}"', f'share = "{share}"']
    (tmp_path / "iid.toml").write_text("\n".join(lines))
    place = {"IID_TOML": str(tmp_path / "iid.toml"), "IID_WEBDAV_PASSWORD": "rahasia"}
    watcher = start("watch", "--direct", **place)
    with silent.accept()[0]:
        until(lambda: list(tmp_path.rglob("watch/*")), 60)  # the other target is watched all the same
        children = family(watcher)
        watcher.send_signal(signal.SIGTERM)
        watcher.send_signal(signal.SIGINT)
        _, said = watcher.communicate(timeout=25)
        nothing_lives(children)
    assert watcher.returncode == 1
    assert said.splitlines()[-1] == "iid: dihentikan; hasil terakhir yang terbit tetap berlaku"
    assert list(temporary.iterdir()) == []


@pytest.fixture
def held(tmp_path: Path) -> Iterator[Callable[[subprocess.Popen[str]], psutil.Process]]:
    """Wait until the service's run has its lease, and hold that run still."""
    stopped: list[psutil.Process] = []

    def hold(service: subprocess.Popen[str]) -> psutil.Process:
        def runs() -> list[psutil.Process]:
            return [one for one in family(service) if {"assess", "standby"} & {*one.cmdline()}]

        # Found first, stopped as soon as it has its lease: a warm run publishes within a second.
        (run,) = until(runs, 120)
        leases = tmp_path / "hasil/63.03/2026/lease"
        until(lambda: list(leases.glob("*.json")), 120, pause=0.002)
        run.send_signal(signal.SIGSTOP)
        stopped.append(run)
        assert runs() == [run]
        until(lambda: run.status() == psutil.STATUS_STOPPED)
        return run

    yield hold
    for run in filter(alive, stopped):
        run.kill()


@pytest.mark.parametrize("command", ["watch", "serve"])
def test_the_run_of_a_service_that_is_killed_ends_with_it(
    command: str,
    small: list[object],
    start: Start,
    held: Callable[[subprocess.Popen[str]], psutil.Process],
    temporary: Path,
    tmp_path: Path,
) -> None:
    more = {"watch": ("--quiet-period", "0"), "serve": ("--port", "0")}[command]
    service = start(command, *small, "--direct", *more)
    if command == "watch":
        until(lambda: list(tmp_path.rglob("watch/*")), 60)
        (tmp_path / "share/2026/1 Dinas").mkdir()
        (tmp_path / "share/2026/1 Dinas/catatan.txt").write_text("x")
    run = held(service)
    children = family(service)
    service.kill()
    service.wait(timeout=30)
    run.send_signal(signal.SIGCONT)
    nothing_lives(children)
    assert not (tmp_path / "hasil/63.03/2026/latest.json").exists()
    assert released(tmp_path / "hasil")
    assert start("rulebook", "list").wait(timeout=60) == 0
    assert list(temporary.iterdir()) == []


def test_a_service_that_is_asked_to_end_again_ends_at_once_and_so_does_its_run(
    small: list[object],
    start: Start,
    held: Callable[[subprocess.Popen[str]], psutil.Process],
    temporary: Path,
    tmp_path: Path,
) -> None:
    service = start("serve", *small, "--direct", "--port", "0")
    run = held(service)  # it answers no signal now, and the service waits for it
    children = family(service)
    service.send_signal(signal.SIGTERM)
    until(lambda: run.status() == psutil.STATUS_STOPPED)
    service.send_signal(signal.SIGINT)
    _, said = service.communicate(timeout=25)
    assert service.returncode == 1
    assert said.splitlines()[-1] == "iid: dihentikan; hasil terakhir yang terbit tetap berlaku"
    run.send_signal(signal.SIGCONT)
    nothing_lives(children)
    assert not (tmp_path / "hasil/63.03/2026/latest.json").exists()
    assert list(temporary.iterdir()) == []


def test_commands_that_start_nothing_leave_nothing(
    silent: socket.socket, start: Start, temporary: Path
) -> None:
    """They wait for a store that says nothing."""
    store = ("--store", "s3://hasil/iid", "--cycle", "2026", "--region", "63.03")
    endpoint = ("--endpoint-url", f"http://127.0.0.1:{silent.getsockname()[1]}")
    keys = {"AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "b", "AWS_EC2_METADATA_DISABLED": "true"}
    names = ("verify", "next-steps", "compare", "history", "decisions")
    with ExitStack() as stack:
        started = []
        for name in names:
            started.append(start(name, *store, *endpoint, **keys))
            stack.enter_context(silent.accept()[0])
        for command, number in zip(
            started, ("SIGTERM", "SIGHUP", "SIGINT", "SIGTERM", "SIGKILL"), strict=True
        ):
            command.send_signal(getattr(signal, number))
        for command in started:
            command.communicate(timeout=60)
    assert [command.returncode for command in started] == [1, 1, 1, 1, -signal.SIGKILL]
    assert start("rulebook", "list").wait(timeout=60) == 0
    assert list(temporary.iterdir()) == []
