"""`iid doctor`, as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from letters import web_server

from iid.flows.cli.main import run
from iid.flows.prefect_glue.quiet_prefect import DEFAULTS


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a small share and a settings file that names it."""
    (tmp_path / "share/2026/101 Dinas").mkdir(parents=True)
    (tmp_path / "share/2026/101 Dinas/a.txt").write_text("a")
    (tmp_path / "share/iid-share.toml").write_text('region = "63.03"\n')
    (tmp_path / "iid.toml").write_text('share = "share"\nstore = "hasil"\ncycle = 2026\n')
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "prefect"))
    for name, value in DEFAULTS.items():  # what the command sets for itself must not outlive the test
        monkeypatch.setenv(name, value)
    monkeypatch.delenv("IID_TOML", raising=False)
    return tmp_path


def test_a_sound_installation_is_usable_and_every_line_has_its_sign(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["doctor"]) == 0
    *lines, last = capsys.readouterr().out.splitlines()
    assert all(line[:2] in {"✓ ", "! "} for line in lines)
    assert last == "Lanjutkan: iid assess"
    named = {line[2:].split(":")[0] for line in lines}
    assert named >= {"Pengaturan", "Share", "Penyimpanan", "Syarat tulis", "Prefect", "Zona waktu", "Jam"}
    assert named >= {"Ruang disk", "Versi", "Peraturan", "Fon", "Telemetri"}


def test_what_fails_gives_1_and_json_says_the_same(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (place / "share/iid-share.toml").unlink()
    assert run(["doctor", "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["ok"] is False
    failed = [check for check in answer["checks"] if check["mark"] == "failed"]
    assert [check["name"] for check in failed] == ["Share"]
    assert "iid-share.toml" in failed[0]["seen"]


def test_a_broken_settings_file_is_a_line_and_the_rest_is_still_checked(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (place / "iid.toml").write_text("stor = 1\n")
    assert run(["doctor", "--share", "share", "--store", "hasil"]) == 1
    out = capsys.readouterr().out
    assert "✗ Pengaturan" in out
    assert "stor" in out
    assert "✓ Share" in out
    assert "✓ Penyimpanan" in out


def test_a_server_that_does_not_answer_fails_without_showing_its_password(
    place: Path, iid, tmp_path: Path
) -> None:
    done = iid(
        *("doctor", "--share", place / "share", "--store", place / "hasil"),
        PREFECT_API_URL="http://orang:rahasia@127.0.0.1:9/api",
    )
    assert done.returncode == 1
    assert "✗ Prefect" in done.stdout
    assert "rahasia" not in done.stdout + done.stderr


def test_wrong_arguments_give_2(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["doctor", "--tidak-ada"]) == 2
    assert run(["doctor", "--cycle", "x"]) == 2


@pytest.mark.integration
def test_a_server_that_answers_is_named_with_its_version(place: Path, iid, prefect_server: str) -> None:
    done = iid(
        "doctor", "--share", place / "share", "--store", place / "hasil", PREFECT_API_URL=prefect_server
    )
    assert done.returncode == 0, done.stdout
    assert f"✓ Prefect: server {prefect_server} menjawab, versi 3.8" in done.stdout


@pytest.mark.integration
def test_deep_starts_the_embedded_server(place: Path, iid) -> None:
    done = iid("doctor", "--share", place / "share", "--store", place / "hasil", "--deep")
    assert done.returncode == 0, done.stdout
    assert "✓ Prefect: server tertanam menjawab" in done.stdout


BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock as Web
block = Web(name="uji", url=sys.argv[1], json_data={"title": "{{subject}}", "message": "{{body}}"})
block.save("uji", _sync=True)
"""


@pytest.mark.integration
def test_a_prefect_block_is_a_channel_of_notifications(place: Path, iid, prefect_server: str) -> None:
    with web_server() as web:
        environment = {**os.environ, "PREFECT_API_URL": prefect_server}
        command = [sys.executable, "-c", BLOCK, web.address.replace("json:", "http:")]
        subprocess.run(command, check=True, env=environment, capture_output=True)
        file = place / "iid.toml"
        file.write_text(f'{file.read_text()}[notify]\nurls = ["block:custom-webhook/uji"]\n')
        settings = {"PREFECT_API_URL": prefect_server, "IID_TOML": str(file)}
        shown = iid("doctor", "--share", place / "share", "--store", place / "hasil", **settings).stdout
        assert "✓ Pemberitahuan: kanal 1 (blok custom-webhook/uji)" in shown
        done = iid("notify", "--test", **settings)
        assert done.returncode == 0, done.stderr
        assert web.got[0]["title"] == "IID: percobaan pemberitahuan"
        file.write_text(file.read_text().replace("/uji", "/tidak-ada"))
        done = iid("notify", "--test", **settings)
        assert done.returncode == 1
        assert "blok custom-webhook/tidak-ada: ValueError" in done.stderr
