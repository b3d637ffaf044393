"""A team's Prefect server as it is run for real: PostgreSQL, the one deploy command, process workers."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import psutil
from background import Running, running, until
from prefect_api import ask

ROOT = Path(__file__).parents[2]
BLOCK = """
import sys
from prefect.blocks.notifications import CustomWebhookNotificationBlock as Block
from prefect.blocks.system import Secret
Secret(value=sys.argv[2]).save("iid-s3")
Block(name="iid", url=sys.argv[1], json_data={"subject": "{{subject}}", "body": "{{body}}"}).save("iid")
"""


#: Seconds between two questions about a run: ten a second would be a fifth of a core of its server.
ASKED = 0.5


def answers(api: str) -> bool:
    try:
        return bool(ask(api, "/health"))
    except (OSError, ValueError):
        return False


SECRET = "kunci-s3-rahasia"  # noqa: S105 (of a test)


@dataclass
class Mailbox:
    """An HTTP server on loopback that keeps what it is sent."""

    server: ThreadingHTTPServer
    shown: list[dict[str, str]]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server.server_address[1]}/"

    def subjects(self) -> list[str]:
        return [one.get("subject", "") for one in self.shown]


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    shown: list[dict[str, str]] = []

    class Take(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            shown.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_words: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Take)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield Mailbox(server, shown)
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@dataclass
class Team:
    """The server, and how tests speak to it."""

    folder: Path
    environment: dict[str, str]
    api: str
    mail: Mailbox
    database: str | None  # None: SQLite in the folder
    stack: ExitStack
    server: Running | None = None
    workers: dict[str, Running] = field(default_factory=dict)

    def start_server(self) -> None:
        port = self.api.removesuffix("/api").rpartition(":")[2]
        more = {"PREFECT_UI_ENABLED": "false"}
        if self.database:
            more["PREFECT_API_DATABASE_CONNECTION_URL"] = self.database
        command = ("prefect", "server", "start", "--host", "127.0.0.1", "--port", port)
        log = self.folder / f"server-{len(list(self.folder.glob('server-*')))}.log"
        self.server = self.stack.enter_context(running(log, *command, **self.environment, **more))
        until(lambda: answers(self.api), 120, why=self.server.said)

    def start_worker(self, pool: str, name: str, **more: str) -> None:
        command = ("prefect", "worker", "start", "--type", "process", "--pool", pool, "--name", name)
        log = self.folder / f"worker-{name}.log"
        self.workers[name] = self.stack.enter_context(running(log, *command, **{**self.environment, **more}))

    def iid(self, *words: str | Path) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "iid.flows", *map(str, words)],
            check=False,
            capture_output=True,
            text=True,
            env={**os.environ, **self.environment},
            timeout=120,
        )

    def begin(self, deployment: str, **request: Any) -> str:
        """Start a run as the form does; its identifier."""
        found = ask(self.api, f"/deployments/name/{deployment}")
        asked = {**found["parameters"]["request"], **request}
        made = ask(
            self.api, f"/deployments/{found['id']}/create_flow_run", {"parameters": {"request": asked}}
        )
        return str(made["id"])

    def state(self, run: str) -> dict[str, Any]:
        """The state of a run; empty while the server is away."""
        try:
            return dict(ask(self.api, f"/flow_runs/{run}")["state"])
        except OSError:
            return {}

    def ends(
        self, run: str, seconds: float = 120, states: tuple[str, ...] = ("COMPLETED",)
    ) -> dict[str, Any]:
        """The state of *run* once it is one of *states*."""
        ended = {*states, "FAILED", "CANCELLED"}
        until(
            lambda: self.state(run).get("type") in ended, seconds, pause=ASKED, why=lambda: self.report(run)
        )
        found = self.state(run)
        assert found["type"] in states, self.report(run)
        return found

    def report(self, run: str) -> str:
        """What a failed test needs to be understood."""
        history = ask(self.api, f"/flow_run_states/?flow_run_id={run}")
        shown = "\n".join(f"{one['timestamp']} {one['name']} {one['message']}" for one in history)
        return shown + "".join(f"\n--- {name}\n{one.said()[-1500:]}" for name, one in self.workers.items())

    def kill_the_worker_of(self, run: str) -> str:
        """SIGKILL the worker that has a run's process, and that process, as when a machine dies; its name."""
        until(lambda: self._worker_of(run), 60, why=lambda: self.report(run))
        name = self._worker_of(run)
        family = [psutil.Process(self.workers[name].process.pid)]
        family += family[0].children(recursive=True)
        for process in family:  # the worker first, so that it cannot tell what happened
            with suppress(psutil.NoSuchProcess):  # guarded processes end with their parent
                process.kill()
        return name

    def _worker_of(self, run: str) -> str:
        """The living worker below which a run's process is, reported by that process; empty for none."""
        for name, worker in self.workers.items():
            if worker.process.poll() is None and any(
                environment.get("PREFECT__FLOW_RUN_ID") == run for environment in self._below(worker)
            ):
                return name
        return ""

    @staticmethod
    def _below(worker: Running) -> list[dict[str, str]]:
        """The environments of the processes below a worker."""
        environments = []
        for child in psutil.Process(worker.process.pid).children(recursive=True):
            with suppress(psutil.NoSuchProcess, psutil.AccessDenied):  # short-lived ones
                environments.append(child.environ())
        return environments

    def environment_of_runs(self) -> list[dict[str, str]]:
        """What the processes of running flow runs have in their environment."""
        living = [one for one in self.workers.values() if one.process.poll() is None]
        return [environment for worker in living for environment in self._below(worker)]

    def kill_server(self) -> None:
        assert self.server is not None
        self.server.process.send_signal(signal.SIGKILL)
        self.server.process.wait(timeout=30)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def team_server(folder: Path, share: Path, database: str | None, *, silence: int) -> Iterator[Team]:
    """Server and one deploy for *share*; a run silent for *silence* seconds counts as dead."""
    (folder / "home").mkdir()
    with mailbox() as mail, ExitStack() as stack:
        api = f"http://127.0.0.1:{free_port()}/api"
        environment = {
            "HOME": str(folder / "home"),
            "IID_TOML": str(folder / "iid.toml"),
            "PREFECT_HOME": str(folder / "prefect"),
            "PREFECT_API_URL": api,
            "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
            "DO_NOT_TRACK": "1",
            "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": "30",
            "PREFECT_WORKER_QUERY_SECONDS": "2",
        }
        (folder / "iid.toml").write_text(
            f'share = "{share}"\nstore = "{folder / "hasil"}"\ncycle = 2026\nfeedback = false\n'
            '[notify]\nurls = ["block:custom-webhook/iid"]\n[approval]\nrequired = true\nhours = 2\n'
            '[server.secrets]\nAWS_SECRET_ACCESS_KEY = "iid-s3"\n'
        )
        for name in ("prefect.yaml", "automations.yaml"):
            text = (ROOT / "deployments" / name).read_text(encoding="utf-8")
            for written, here in ((90, silence), (900, silence), (120, 10)):  # run, watcher, pool
                text = text.replace(f"within: {written}\n", f"within: {here}\n")
            (folder / name).write_text(text, encoding="utf-8")
        team = Team(folder, environment, api, mail, database, stack)
        team.start_server()
        saved = [sys.executable, "-c", BLOCK, mail.url, SECRET]
        subprocess.run(saved, check=True, capture_output=True, env={**os.environ, **environment})
        yield team
