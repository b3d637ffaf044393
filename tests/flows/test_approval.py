"""A final run waits for a person: in Prefect with a form, on the terminal, or by options."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from background import runs, until
from prefect_api import ask
from runs import Run, published
from team_server import ROOT, team_server

NAME, WHY = "Drs. H. Budi Santoso", "angka sudah diperiksa bersama"
#: Executes flow runs as a worker's process does, several in one process, because starting one takes seconds.
DRIVER = """
import sys, uuid
from iid.flows import approve as approval
from iid.flows.close import close
from prefect.client.orchestration import get_client
from prefect.exceptions import Pause
from prefect.flow_engine import run_flow
for line in sys.stdin:
    what, rest = line.split(maxsplit=1)
    if what == "answer":
        approval.approve(approval.ApproveRequest.model_validate_json(rest))
    else:
        approval.HOUR = 1 if what == "short" else 3600
        with get_client(sync_client=True) as client:
            run = client.read_flow_run(uuid.UUID(rest.strip()))
        try:
            run_flow(close, flow_run=run, parameters=run.parameters, return_type="state")
        except Pause:
            pass
    print("done", flush=True)
"""


class Server:
    """The project's deployments on a real server, and a process that executes their runs."""

    def __init__(self, api: str, process: subprocess.Popen[str], log: Path) -> None:
        self.api, self.process, self.log = api, process, log

    def begin(self, share: Path, store: Path, **more: Any) -> str:
        found = ask(self.api, "/deployments/name/close/tutup")
        asked = {
            **found["parameters"]["request"],
            "share": str(share),
            "store": str(store),
            "as_of": "2026-08-31T23:59:59",
            "accept_undecided": "uji coba",
            **more,
        }
        made = ask(
            self.api, f"/deployments/{found['id']}/create_flow_run", {"parameters": {"request": asked}}
        )
        return str(made["id"])

    def do(self, what: str, rest: str) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(f"{what} {rest}\n")
        self.process.stdin.flush()
        assert self.process.stdout.readline() == "done\n", self.log.read_text()[-3000:]

    def answer(self, decision: str) -> None:
        self.do("answer", json.dumps({"cycle": 2026, "decision": decision, "name": NAME, "reason": WHY}))

    def state(self, run: str) -> tuple[str, str, str]:
        found = ask(self.api, f"/flow_runs/{run}")["state"]
        return found["type"], found["name"], found["message"] or ""


@pytest.fixture(scope="module")
def server(example: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("persetujuan")
    with team_server(folder, example, None, silence=90) as team:
        done = team.iid("deploy", "--file", folder / "prefect.yaml")
        assert done.returncode == 0, done.stderr
        log = folder / "driver.log"
        with (
            log.open("w") as errors,
            subprocess.Popen(
                [sys.executable, "-c", DRIVER],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                env={**os.environ, **team.environment},
            ) as process,
        ):
            yield Server(team.api, process, log)
            process.kill()


@pytest.mark.integration
def test_an_approved_run_becomes_final_with_who_when_and_why(
    server: Server, example: Path, tmp_path: Path
) -> None:
    run = server.begin(example, tmp_path)
    server.do("run", run)
    assert server.state(run)[:2] == ("PAUSED", "Suspended")
    assert runs(tmp_path) == []
    artifacts = ask(server.api, "/artifacts/filter", {"flow_runs": {"id": {"any_": [run]}}})
    (asked,) = (one["data"] for one in artifacts if one["description"] == "Menunggu persetujuan")
    for words in ("Yang menjadi final: ", "belum melaporkan apa pun", "Kabupaten Banjar"):
        assert words in asked, "the summary is there before anybody is asked"
    form = json.loads(
        next(
            one["value"]
            for one in ask(server.api, f"/flow_runs/{run}/input/filter", {"prefix": "suspended"})
            if one["key"].endswith("schema")
        )
    )
    assert {one["title"] for one in form["properties"].values()} == {"Keputusan", "Nama", "Alasan"}
    assert form["required"] == ["decision", "name", "reason"]
    assert form["properties"]["decision"]["enum"] == ["setujui", "tolak"]
    server.answer("setujui")
    server.do("run", run)
    assert server.state(run)[0] == "COMPLETED"
    closing = json.loads((published(tmp_path) / "closing.json").read_text())
    manifest = json.loads((published(tmp_path) / "manifest.json").read_text())
    assert manifest["status"] == "final"
    assert closing["approval"] == manifest["closing"]["approval"]
    assert (closing["approval"]["name"], closing["approval"]["reason"]) == (NAME, WHY)
    assert (closing["approval"]["decision"], closing["approval"]["through"]) == ("approved", "prefect")
    assert closing["approval"]["digest"].startswith(manifest["run_id"].rpartition("-")[2])
    for name, content in (("closing", closing), ("manifest", manifest)):
        schema = json.loads((ROOT / f"docs/schema/{name}.schema.json").read_text())
        jsonschema.Draft202012Validator(schema).validate(content)


@pytest.mark.integration
def test_an_approval_of_other_numbers_does_not_count_and_a_no_publishes_nothing(
    server: Server, share: Path, tmp_path: Path
) -> None:
    store = tmp_path / "hasil"
    run = server.begin(share, store)
    server.do("run", run)
    next(path for path in sorted(share.glob("2026/1*/*/bukti/*/*.pdf"))).unlink()
    server.answer("setujui")
    server.do("run", run)
    assert server.state(run)[:2] == ("PAUSED", "Suspended")  # asked again, about what is there now
    assert runs(store) == []
    server.answer("tolak")
    server.do("run", run)
    kind, name, message = server.state(run)
    assert (kind, name) == ("CANCELLED", "Ditolak")
    assert NAME in message
    assert runs(store) == []
    (record,) = (store / "63.03/2026/approvals").iterdir()
    shown = json.loads(record.read_text())
    assert (shown["decision"], shown["name"], shown["reason"]) == ("rejected", NAME, WHY)


@pytest.mark.integration
def test_without_an_answer_in_time_nothing_is_published(
    server: Server, example: Path, tmp_path: Path
) -> None:
    run = server.begin(example, tmp_path, approval=False)  # the form does not switch off what is configured
    server.do("short", run)
    until(lambda: server.state(run)[0] == "FAILED", 60, why=lambda: str(server.state(run)))
    assert "Suspended" in {one["name"] for one in ask(server.api, f"/flow_run_states/?flow_run_id={run}")}
    assert runs(tmp_path) == []


@pytest.fixture
def closing(share: Path, tmp_path: Path) -> Callable[..., list[str]]:
    def order(*more: str) -> list[str]:
        place = ("--share", share, "--store", tmp_path / "hasil", "--cycle", "2026")
        when = ("--as-of", "2026-08-31T23:59:59", "--direct")
        return ["close", *map(str, place), *when, "--accept-undecided", "uji coba", *more]

    return order


def test_without_a_server_the_command_asks_for_a_name_and_a_reason(
    iid: Run, closing: Callable[..., list[str]], tmp_path: Path
) -> None:
    required = {"IID_APPROVAL__REQUIRED": "true"}
    silent = iid(*closing(), **required)
    assert silent.returncode == 3
    assert "--approved-by" in silent.stderr
    assert len(silent.stderr.splitlines()) == 1
    assert iid(*closing("--approved-by", NAME), **required).returncode == 2  # no reason
    done = iid(*closing("--approved-by", NAME, "--reason", WHY), **required)
    assert done.returncode == 0, done.stderr
    approval = json.loads((published(tmp_path / "hasil") / "closing.json").read_text())["approval"]
    assert (approval["name"], approval["reason"], approval["through"]) == (NAME, WHY, "option")


def test_a_no_on_the_terminal_publishes_nothing_and_is_recorded(
    closing: Callable[..., list[str]], tmp_path: Path
) -> None:
    ours, theirs = pty.openpty()
    environment: dict[str, Any] = {
        **os.environ,
        "HOME": str(tmp_path),
        "IID_TOML": str(tmp_path / "no.toml"),
        "IID_APPROVAL__REQUIRED": "true",
    }
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "iid.flows", *closing()],
            stdin=theirs,
            stdout=said,
            stderr=said,
            env=environment,
        )
        os.write(ours, f"mungkin\ntidak\n{NAME}\n{WHY}\n".encode())
        assert process.wait(timeout=120) == 3, (tmp_path / "said").read_text()
    os.close(ours)
    os.close(theirs)
    words = (tmp_path / "said").read_text()
    assert "jawab dengan ya atau tidak" in words
    assert f"ditolak oleh {NAME}" in words
    assert runs(tmp_path / "hasil") == []
    (record,) = (tmp_path / "hasil/63.03/2026/approvals").iterdir()
    assert json.loads(record.read_text())["through"] == "terminal"
