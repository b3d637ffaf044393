"""The command line speaks plainly: help at once, one line for a mistake, the right exit status."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest


def iid(*arguments: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(Path(sys.executable).with_name("iid")), *arguments],
        check=False,
        capture_output=True,
        text=True,
        cwd=cwd,
    )


def names() -> list[str]:
    from iid.flows.cli.main import mount

    app = mount()
    return [c.name or c.callback.__name__ for c in app.registered_commands if c.callback and not c.hidden]


def test_help_lists_every_command_without_loading_anything_heavy() -> None:
    done = subprocess.run(
        [
            sys.executable,
            "-X",
            "importtime",
            "-c",
            "from iid.flows.cli.main import run; raise SystemExit(run(['--help']))",
        ],
        check=False,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0
    assert all(name.replace("_", "-") in done.stdout for name in names())
    heavy = {"pandas", "prefect", "great_expectations", "boto3", "openpyxl", "pyarrow", "pydantic"}
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in done.stderr.splitlines()}
    assert loaded & heavy == set()


@pytest.mark.parametrize("name", ["assess", "demo", "scaffold", "calculate", "explain", "verify", "rulebook"])
def test_every_command_answers_help(name: str) -> None:
    done = iid(name, "--help")
    assert done.returncode == 0
    assert done.stderr == ""


@pytest.mark.parametrize(
    ("arguments", "status", "word"),
    [
        (["nonsense"], 2, "nonsense"),
        (["assess", "--nonsense"], 2, "--nonsense"),
        (["assess"], 2, "--share"),
        (["assess", "--share", "nowhere", "--store", "out", "--cycle", "2026", "--direct"], 2, "nowhere"),
        (["assess", "--share", ".", "--store", "out", "--cycle", "2025", "--direct"], 2, "2026"),
        (["assess", "--share", ".", "--store", "out", "--cycle", "2026", "--direct"], 3, "iid-share.toml"),
        (["assess", "--share", ".", "--store", "out", "--cycle", "x"], 2, "x"),
        (["assess", "--share", ".", "--store", "out", "--cycle", "2026", "--as-of", "kemarin"], 2, "kemarin"),
        (["verify", "--store", "nowhere", "--cycle", "2026"], 2, "nowhere"),
        (["rulebook", "show", "1999"], 2, "1999"),
    ],
)
def test_a_mistake_gives_one_line_and_its_exit_status(
    arguments: list[str], status: int, word: str, tmp_path: Path
) -> None:
    done = iid(*arguments, cwd=tmp_path)
    assert done.returncode == status, done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    assert word in done.stderr
    assert done.stdout == ""
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "status", "kind", "command"),
    [
        (["nonsense", "--json"], 2, "usage", "nonsense"),
        (["assess", "--json", "--nonsense"], 2, "usage", "assess"),
        (["assess", "--json"], 2, "usage", "assess"),
        (["verify", "--store", "nowhere", "--cycle", "2026", "--json"], 2, "usage", "verify"),
        (["rulebook", "show", "1999", "--json"], 2, "usage", "rulebook show"),
        (
            ["assess", "--share", ".", "--store", "out", "--cycle", "2026", "--direct", "--json"],
            3,
            "guard",
            "assess",
        ),
    ],
)
def test_a_mistake_is_one_json_object_on_standard_output_where_json_is_asked_for(
    arguments: list[str], status: int, kind: str, command: str, tmp_path: Path
) -> None:
    done = iid(*arguments, cwd=tmp_path)
    reported = json.loads(done.stdout)
    assert done.returncode == status
    assert (reported["exit"], reported["kind"], reported["command"]) == (status, kind, command)
    assert done.stderr == f"iid: {reported['error']}\n"


def test_an_interrupted_command_says_so_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from iid.expectations.rulebook import loading
    from iid.flows.cli.main import KINDS, STOPPED, run

    def interrupted() -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(loading, "available", interrupted)
    assert run(["rulebook", "list", "--json"]) == 1
    out, error = capsys.readouterr()
    assert error == f"iid: {STOPPED}\n"
    said = json.loads(out)
    assert said == {"error": STOPPED, "exit": 1, "kind": "stopped", "command": "rulebook list"}
    assert said["kind"] not in KINDS.values()


def test_an_error_in_json_is_one_line_whatever_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    from iid.flows.cli.main import say

    assert say('a "b"\né', 1, ["watch", "--json"]) == 1
    out = capsys.readouterr().out
    assert out.count("\n") == 1
    assert json.loads(out) == {"error": 'a "b"\né', "exit": 1, "kind": "failed", "command": "watch"}


@pytest.mark.parametrize("words", [(), ("explain",), ("scaffold",), ("rulebook",), ("rulebook", "show")])
def test_help_is_indonesian(words: tuple[str, ...]) -> None:
    shown = iid(*words, "--help").stdout
    assert shown.startswith(f"Pemakaian: {' '.join(('iid', *words))} [PILIHAN]")
    assert "{" not in shown.splitlines()[0]  # how Typer marks an argument that is required
    english = ("Usage", "OPTIONS", "Options", "Commands", "Arguments", "Show this", "[required", "[default")
    assert [word for word in english if word in shown] == []
